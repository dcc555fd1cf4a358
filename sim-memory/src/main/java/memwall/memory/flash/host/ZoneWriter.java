package memwall.memory.flash.host;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.Arrays;
import java.util.function.IntPredicate;
import memwall.memory.flash.FlashWear;

/**
 * Programs zones page by page, replays blocks that fail, puts spares where blocks are retired, and
 * knows which zones lack blocks.
 */
final class ZoneWriter {
  private final ZoneMap map;
  private final ZonePool[] pools;
  private final HostOperations operations;
  private final HostCounts counts;
  private final SpareBlocks spares;
  private final int failuresToRetire;
  private final int endurance;

  /** Working columns of each die set, and those that each zone was last opened with. */
  private final int[][] working;

  private final int[][] columns;

  /** Whether a block of a zone ever differed from its zone. */
  private final boolean[] isSpecial;

  /** Zones x width + column: the block there is retired and nothing stands in for it. */
  private final IntOpenHashSet gaps = new IntOpenHashSet();

  ZoneWriter(
      ZoneMap map,
      ZonePool[] pools,
      HostSpec spec,
      FlashWear wear,
      HostOperations operations,
      HostCounts counts) {
    this.map = map;
    this.pools = pools;
    this.operations = operations;
    this.counts = counts;
    spares = new SpareBlocks(map, spec.spareBlocks());
    failuresToRetire = spec.failuresToRetire();
    endurance = wear.endurance();
    int[] all = new int[map.width()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    working = new int[map.dieSets()][];
    Arrays.fill(working, all);
    columns = new int[map.zones()][];
    Arrays.fill(columns, all);
    isSpecial = new boolean[map.zones()];
  }

  long stateBytes() {
    return 9L * columns.length + 8L * working.length + spares.stateBytes() + 8L * gaps.size();
  }

  private int zoneErases(int zone) {
    return pools[map.dieSet(zone)].erases(map.blockNumber(zone));
  }

  private int key(int zone, int column) {
    return zone * map.width() + column;
  }

  // Layout -------------------------------------------------------------------------------------

  /** The columns that a zone's pages go round over. */
  int[] columns(int zone) {
    return columns[zone];
  }

  /** Columns of a die set that work. */
  int[] working(int dieSet) {
    return working[dieSet];
  }

  /** Pages of a zone with the columns that it has. */
  int roomPages(int zone) {
    return columns[zone].length * map.geometry().pagesPerBlock();
  }

  /** Pages of a zone of a die set if it were opened now. */
  int freshPages(int dieSet) {
    return working[dieSet].length * map.geometry().pagesPerBlock();
  }

  SpareBlocks spares() {
    return spares;
  }

  /** Whether a block of a zone ever differed from its zone. */
  boolean isSpecial(int zone) {
    return isSpecial[zone];
  }

  /** Whether a zone has no block in a column. */
  boolean isGap(int zone, int column) {
    return isSpecial[zone] && gaps.contains(key(zone, column));
  }

  /** Whether pages of a zone lie where it has no block. */
  boolean hasGap(int zone) {
    if (isSpecial[zone]) {
      for (int column : columns[zone]) {
        if (gaps.contains(key(zone, column))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Pages among a zone's first so many that lie where it has no block. */
  int lostPages(int zone, int pages) {
    if (!isSpecial[zone]) {
      return 0;
    }
    int lost = 0;
    for (int i = 0; i < columns[zone].length; i++) {
      lost += gaps.contains(key(zone, columns[zone][i])) ? rows(zone, i, pages) : 0;
    }
    return lost;
  }

  /** How many of a zone's first so many pages lie in the i-th of its columns. */
  private int rows(int zone, int i, int pages) {
    int width = columns[zone].length;
    return (pages + width - 1 - i) / width;
  }

  /** Erases of the block that a zone has in a column. */
  int erases(int zone, int column) {
    return zoneErases(zone) + (isSpecial[zone] ? spares.extraErases(zone, column) : 0);
  }

  // Erasing ------------------------------------------------------------------------------------

  /** A zone was erased to be used: false if a block of it cannot be, and has no spare. */
  boolean opened(int zone) {
    columns[zone] = working[map.dieSet(zone)];
    return erased(zone);
  }

  /** A zone was erased, all blocks of it: false if one of them cannot be, and has no spare. */
  boolean erased(int zone) {
    counts.zonesErased++;
    boolean isWhole = true;
    int worked = columns[zone].length;
    if (isSpecial[zone]) {
      for (int column : columns[zone]) {
        if (gaps.contains(key(zone, column))) {
          worked--;
          isWhole = false;
        } else if (erases(zone, column) > endurance) {
          // It was not erased this time; a spare is.
          spares.retire(zone, column, zoneErases(zone) - 1);
          counts.blocksRetired++;
          if (!spares.substitute(zone, column, zoneErases(zone) - 1)) {
            gaps.add(key(zone, column));
            worked--;
            isWhole = false;
          }
        }
      }
    }
    counts.blocksErased += worked;
    return isWhole;
  }

  /** Fills the gaps of a zone that holds nothing any more; false if spares do not suffice. */
  boolean mend(int zone) {
    boolean isWhole = true;
    if (isSpecial[zone]) {
      for (int column : working[map.dieSet(zone)]) {
        int key = key(zone, column);
        if (gaps.contains(key)) {
          if (spares.substitute(zone, column, zoneErases(zone))) {
            gaps.remove(key);
          } else {
            isWhole = false;
          }
        }
      }
    }
    return isWhole;
  }

  /** A zone is retired for want of a block; its others become spares. */
  void scatter(int zone) {
    counts.zonesRetired++;
    for (int column : working[map.dieSet(zone)]) {
      if (!gaps.remove(key(zone, column))) {
        spares.donate(zone, column, zoneErases(zone), endurance);
      }
    }
  }

  /** The block that a zone has in a column is bad; what it held is lost. */
  void lose(int zone, int column) {
    isSpecial[zone] = true;
    if (gaps.add(key(zone, column))) {
      spares.retire(zone, column, zoneErases(zone));
      counts.blocksRetired++;
    }
  }

  /** A column of all zones of a die set is lost for good; {@code exists}: not retired before. */
  void loseColumn(int dieSet, int column, IntPredicate exists) {
    int first = dieSet * map.zonesPerSet();
    for (int zone = first; zone < first + map.zonesPerSet(); zone++) {
      if (exists.test(zone)) {
        isSpecial[zone] = true;
        if (gaps.add(key(zone, column))) {
          spares.retire(zone, column, zoneErases(zone));
        }
      }
    }
    spares.retirePlane(map.firstPlane(dieSet) + column);
    working[dieSet] = Arrays.stream(working[dieSet]).filter(other -> other != column).toArray();
  }

  // Programming --------------------------------------------------------------------------------

  /**
   * Programs pages of a zone, replaying what fails.
   *
   * @return how many were programmed before a block was lost; it is a gap then
   */
  int write(int zone, int page, int pages, int extent, long data, WriteCause cause) {
    int width = columns[zone].length;
    int done = 0;
    while (done < pages) {
      int good = operations.program(zone, page + done, pages - done, 1, extent, data + done, cause);
      counts.programmed(cause, good);
      done += good;
      if (done < pages) {
        counts.failedPrograms++;
        int failed = page + done;
        int rows = failed / width + 1;
        counts.invalidated += rows - 1;
        if (!replay(zone, failed % width, rows, extent, data - page)) {
          return done;
        }
        // The failed page itself is not written again but for the first time.
        counts.programmed(WriteCause.REPLAY, -1);
        counts.programmed(cause, 1);
        done++;
      }
    }
    return done;
  }

  /** Writes all pages of a zone anew in place, but for those that have no block. */
  void rewrite(int zone, int pages, int extent, long start, WriteCause cause) {
    int width = columns[zone].length;
    for (int i = 0; i < width; i++) {
      int rows = rows(zone, i, pages);
      if (rows == 0 || isGap(zone, columns[zone][i])) {
        continue;
      }
      int good = operations.program(zone, i, rows, width, extent, start + i, cause);
      counts.programmed(cause, good);
      if (good < rows) {
        counts.failedPrograms++;
        counts.invalidated += good;
        replay(zone, i, rows, extent, start);
      }
    }
  }

  /**
   * A program failed that the device had seemed to take: all rows of its block are written anew.
   */
  boolean replayWritten(int zone, int page, int pages, int extent, long start) {
    int column = page % columns[zone].length;
    int rows = rows(zone, column, pages);
    counts.failedPrograms++;
    counts.invalidated += rows;
    return replay(zone, column, rows, extent, start);
  }

  /**
   * Programs the first rows of a column from page 0 on, in place or in a spare, until they stand.
   *
   * @param i which of the zone's columns
   * @param start number of the zone's first page in its part of the extent
   * @return false if the block is lost and has no spare
   */
  private boolean replay(int zone, int i, int rows, int extent, long start) {
    int column = columns[zone][i];
    isSpecial[zone] = true;
    while (true) {
      boolean isBad = spares.fail(zone, column) >= failuresToRetire;
      if (isBad || erases(zone, column) >= endurance) {
        spares.retire(zone, column, zoneErases(zone));
        counts.blocksRetired++;
        if (!spares.substitute(zone, column, zoneErases(zone))) {
          gaps.add(key(zone, column));
          return false;
        }
      }
      spares.eraseAlone(zone, column);
      counts.blocksErased++;
      counts.blocksReplayed++;
      int width = columns[zone].length;
      int good = operations.program(zone, i, rows, width, extent, start + i, WriteCause.REPLAY);
      counts.programmed(WriteCause.REPLAY, good);
      if (good == rows) {
        return true;
      }
      counts.failedPrograms++;
      counts.invalidated += good;
    }
  }
}
