package memwall.memory.flash.host;

import java.util.ArrayList;
import java.util.List;

/**
 * How worn the blocks of a device are, and what wrote on it.
 *
 * @param observedS how long it was watched, seconds
 * @param capacityBytes bytes of the zones that are not retired
 * @param written bytes by cause
 * @param blocks in zones that are not retired
 * @param leastErases P/E cycles of the block with the fewest
 * @param meanErases their mean (AVGPEC of OCP HBF 0.7)
 * @param mostErases of the block with the most
 * @param deviation standard deviation over the blocks
 * @param histogram how many blocks have so many P/E cycles, from the fewest up
 * @param retired what is out of use, by how it went
 */
public record WearReport(
    double observedS,
    long capacityBytes,
    Written written,
    long blocks,
    int leastErases,
    double meanErases,
    int mostErases,
    double deviation,
    List<Bin> histogram,
    Retired retired) {
  /** Most bins of a histogram. */
  public static final int BINS = 32;

  /** Takes an unchangeable copy of the histogram. */
  public WearReport {
    histogram = List.copyOf(histogram);
  }

  /**
   * Bytes programmed, by cause.
   *
   * @param hostBytes that the host appended
   * @param ageBytes refreshed because of their age
   * @param readsBytes refreshed because of reads
   * @param swapBytes moved to level wear
   * @param replayBytes written again because a block failed or was retired
   */
  public record Written(
      long hostBytes, long ageBytes, long readsBytes, long swapBytes, long replayBytes) {
    static Written of(HostCounts counts, long pageBytes) {
      return new Written(
          pageBytes * counts.programs(WriteCause.HOST),
          pageBytes * counts.programs(WriteCause.AGE),
          pageBytes * counts.programs(WriteCause.READS),
          pageBytes * counts.programs(WriteCause.SWAP),
          pageBytes * counts.programs(WriteCause.REPLAY));
    }

    /** All of them. */
    public long allBytes() {
      return hostBytes + ageBytes + readsBytes + swapBytes + replayBytes;
    }

    /** Bytes programmed per byte of the host; NaN before the first. */
    public double writeAmplification() {
      return allBytes() / (double) hostBytes;
    }
  }

  /**
   * Blocks with numbers of P/E cycles.
   *
   * @param fromErases the fewest
   * @param toErases the most
   * @param blocks how many
   */
  public record Bin(int fromErases, int toErases, long blocks) {}

  /**
   * What is out of use.
   *
   * @param blocks retired one by one
   * @param planes retired as a bank, or with their die or channel
   * @param zones that lack a block for which there was no spare
   * @param wornZones that have stood all they can
   * @param spareBlocks still left
   * @param lostBytes of capacity, for whatever reason
   */
  public record Retired(
      long blocks, long planes, long zones, long wornZones, long spareBlocks, long lostBytes) {}

  /** Takes the erases of blocks one by one. */
  private static final class Tally {
    long blocks;
    long sum;
    double squares;
    int least = Integer.MAX_VALUE;
    int most;

    void add(int erases, long times) {
      blocks += times;
      sum += erases * times;
      squares += (double) erases * erases * times;
      least = Math.min(least, erases);
      most = Math.max(most, erases);
    }
  }

  private interface Blocks {
    void add(int erases, long times);
  }

  static WearReport of(Zones zones) {
    Tally tally = new Tally();
    visit(zones, tally::add);
    long pageBytes = zones.map.geometry().pageBytes();
    Written written = Written.of(zones.counts, pageBytes);
    Retired retired = retired(zones, pageBytes);
    long capacityBytes = zones.map.zones() * zones.map.zoneBytes() - retired.lostBytes();
    if (tally.blocks == 0) {
      return new WearReport(
          zones.nowS(), capacityBytes, written, 0, 0, 0, 0, 0, List.of(), retired);
    }
    int least = tally.least;
    int widthErases = (tally.most - least) / BINS + 1;
    long[] blocks = new long[(tally.most - least) / widthErases + 1];
    visit(zones, (erases, times) -> blocks[(erases - least) / widthErases] += times);
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < blocks.length; i++) {
      int from = least + i * widthErases;
      bins.add(new Bin(from, from + widthErases - 1, blocks[i]));
    }
    double mean = (double) tally.sum / tally.blocks;
    double variance = Math.max(0, tally.squares / tally.blocks - mean * mean);
    return new WearReport(
        zones.nowS(),
        capacityBytes,
        written,
        tally.blocks,
        least,
        mean,
        tally.most,
        StrictMath.sqrt(variance),
        bins,
        retired);
  }

  private static void visit(Zones zones, Blocks blocks) {
    int zone = 0;
    for (ZonePool pool : zones.pools) {
      for (int local = 0; local < pool.zones(); local++, zone++) {
        if (pool.isRetired(local)) {
          continue;
        }
        int[] working = zones.writer.working(zones.map.dieSet(zone));
        if (!zones.writer.isSpecial(zone)) {
          blocks.add(pool.erases(local), working.length);
          continue;
        }
        for (int column : working) {
          if (!zones.writer.isGap(zone, column)) {
            blocks.add(zones.writer.erases(zone, column), 1);
          }
        }
      }
    }
  }

  private static Retired retired(Zones zones, long pageBytes) {
    ZoneMap map = zones.map;
    long planes = 0;
    long spares = 0;
    long scattered = 0;
    long worn = 0;
    long leftPages = 0;
    for (int set = 0; set < map.dieSets(); set++) {
      planes += map.width() - zones.writer.working(set).length;
      for (int column : zones.writer.working(set)) {
        spares += zones.writer.spares().spares(map.firstPlane(set) + column);
      }
      ZonePool pool = zones.pools[set];
      for (int local = 0; local < pool.zones(); local++) {
        if (zones.isScattered(set * map.zonesPerSet() + local)) {
          scattered++;
        } else if (pool.isRetired(local) && !pool.canErase(local)) {
          worn++;
        }
      }
      leftPages += (long) (pool.free() + pool.used()) * zones.writer.freshPages(set);
    }
    return new Retired(
        zones.counts.blocksRetired(),
        planes,
        scattered,
        worn,
        spares,
        map.zones() * map.zoneBytes() - leftPages * pageBytes);
  }
}
