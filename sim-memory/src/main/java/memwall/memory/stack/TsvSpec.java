package memwall.memory.stack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * The vertical wires of a stack: through-silicon vias, or hybrid bonds where dies are bonded face
 * to face. Data wires are divided into lane groups; memory layers that use the same group compete.
 * One group is shared by all layers, as many groups as layers are private lanes; the channels of an
 * HBM stack are in between, each shared by the dies at the same place of their ranks.
 *
 * @param count data wires of the stack, a multiple of {@code laneGroups}
 * @param wireBytesPerSec rate of one data wire, in bytes per second
 * @param laneGroups groups of wires that work independently; layer {@code l} uses group {@code l
 *     mod laneGroups}
 * @param layerDelayPs from one layer to the next
 * @param rowAccessPs from the submission of a transfer to its first bit at the wires, for each
 *     memory layer counted from the logic die: the latency class of the layer
 * @param pitchUm distance of neighbouring wires in micrometres
 * @param totalCount all wires, with those for commands, power and ground; at least {@code count}
 * @param areaShare share of the die's area that wires may take, in (0, 1]
 */
public record TsvSpec(
    long count,
    long wireBytesPerSec,
    int laneGroups,
    long layerDelayPs,
    List<Long> rowAccessPs,
    double pitchUm,
    long totalCount,
    double areaShare) {
  private static final long MAX_COUNT = 1_000_000_000L;
  private static final long MAX_BYTES_PER_SEC = 1_000_000_000_000_000_000L;
  private static final long MAX_DELAY_PS = 1_000_000_000_000L;
  private static final double UM2_PER_MM2 = 1e6;

  /** Checks the ranges. */
  public TsvSpec {
    rowAccessPs = List.copyOf(rowAccessPs);
    if (count < 1 || count > MAX_COUNT || wireBytesPerSec < 1 || totalCount < count) {
      throw new IllegalArgumentException("a stack has wires with a rate");
    }
    if (laneGroups < 1 || count % laneGroups != 0 || rowAccessPs.size() % laneGroups != 0) {
      throw new IllegalArgumentException("wires and layers divide evenly into lane groups");
    }
    if (wireBytesPerSec > MAX_BYTES_PER_SEC / count) {
      throw new IllegalArgumentException("more than " + MAX_BYTES_PER_SEC + " B/s");
    }
    if (!isDelay(layerDelayPs) || !rowAccessPs.stream().allMatch(TsvSpec::isDelay)) {
      throw new IllegalArgumentException("delays are from 0 ps to 1 s");
    }
    if (!(pitchUm > 0) || !(areaShare > 0 && areaShare <= 1)) {
      throw new IllegalArgumentException("pitch and area share are positive");
    }
  }

  /** Reads the keys of section {@code tsv}; faults are recorded there. */
  static TsvSpec read(Config config, int layers, double dieMm2) {
    long count = config.integer("count", 1, MAX_COUNT, "Data wires of the stack");
    long rate = config.quantity("rate", Dimension.BYTE_RATE, "Data rate of one wire");
    int groups =
        (int)
            config.integer(
                "lane_groups",
                1,
                1024,
                "Groups of wires: 1 is shared by all layers, as many as layers are private ones");
    if (layers % groups != 0) {
      config.fault("lane_groups", layers + " memory layers cannot share " + groups + " groups");
      groups = 1;
    }
    if (count % groups != 0) {
      config.fault("count", count + " wires do not divide into " + groups + " groups");
      count = groups;
    }
    if (rate > MAX_BYTES_PER_SEC / count) {
      config.fault(
          "rate", count + " wires of " + rate + " B/s carry more than the largest rate, 1000 PB/s");
      rate = MAX_BYTES_PER_SEC / count;
    }
    List<Long> access = rowAccess(config, layers);
    double pitch =
        Ranges.quantity(
            config, "pitch", Dimension.LENGTH, 0.001, 10_000, "From one wire to the next");
    long total =
        config.integer(
            "total",
            1,
            MAX_COUNT,
            count,
            "All wires of the stack, with those for commands, power and ground");
    if (total < count) {
      config.fault("total", total + " wires in all are fewer than the " + count + " for data");
      total = count;
    }
    double share =
        config.number("area_share", 0.0001, 1, "Share of the die's area that wires may take");
    TsvSpec spec =
        new TsvSpec(
            count,
            rate,
            groups,
            delay(
                config,
                "layer_delay",
                config.quantity("layer_delay", Dimension.TIME, "From one layer to the next")),
            access,
            pitch,
            total,
            share);
    if (spec.areaMm2() > share * dieMm2) {
      config.fault(
          "pitch",
          spec.totalCount()
              + " wires at a pitch of "
              + pitch
              + " um take "
              + spec.areaMm2()
              + " mm2; allowed is a share of "
              + share
              + " of "
              + dieMm2
              + " mm2");
    }
    config.finish();
    return spec;
  }

  private static List<Long> rowAccess(Config config, int layers) {
    if (!config.has("row_access")) {
      return same(0, layers);
    }
    List<Long> given =
        config.quantities(
            "row_access",
            Dimension.TIME,
            "Latency class of each memory layer from the logic die on, or one for all");
    List<Long> access = new ArrayList<>();
    for (long accessPs : given) {
      access.add(delay(config, "row_access", accessPs));
    }
    if (access.size() == 1) {
      return same(access.get(0), layers);
    }
    if (access.size() != layers) {
      config.fault(
          "row_access",
          given.size() + " latencies for " + layers + " memory layers; allowed are 1 or as many");
      return same(0, layers);
    }
    return access;
  }

  private static boolean isDelay(long ps) {
    return ps >= 0 && ps <= MAX_DELAY_PS;
  }

  private static long delay(Config config, String key, long ps) {
    if (!isDelay(ps)) {
      config.fault(key, ps + " ps are longer than a second");
      return 0;
    }
    return ps;
  }

  private static List<Long> same(long accessPs, int layers) {
    return Collections.nCopies(layers, accessPs);
  }

  /** Rate of all data wires together: count x rate. */
  public long bytesPerSec() {
    return count * wireBytesPerSec;
  }

  /** Rate of one lane group, which is what a layer can get at most. */
  public long groupBytesPerSec() {
    return count / laneGroups * wireBytesPerSec;
  }

  /** The lane group of a memory layer. */
  public int group(int layer) {
    return layer % laneGroups;
  }

  /** Layer boundaries between a memory layer and the logic die: 1 for the nearest, layer 0. */
  public int crossings(int layer) {
    return layer + 1;
  }

  /** Delay along the wire from a memory layer to the logic die, or back. */
  public long delayPs(int layer) {
    return crossings(layer) * layerDelayPs;
  }

  /** Row access and wire delay of the slowest layer: of a transfer that is spread over all. */
  public long slowestPs() {
    long slowest = 0;
    for (int layer = 0; layer < rowAccessPs.size(); layer++) {
      slowest = Math.max(slowest, rowAccessPs.get(layer) + delayPs(layer));
    }
    return slowest;
  }

  /** Area that all wires take: one square of the pitch each. */
  public double areaMm2() {
    return totalCount * pitchUm * pitchUm / UM2_PER_MM2;
  }
}
