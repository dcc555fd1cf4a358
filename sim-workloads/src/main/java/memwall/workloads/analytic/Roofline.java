package memwall.workloads.analytic;

import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.network.AllReduceFormula;
import memwall.workloads.execution.Parts;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;

/**
 * The closed form of an unloaded step: per operator the fixed overhead, then the longest of compute
 * ({@code FLOPs / rate}), each memory ({@code exposed latency + sum of bytes / rate}) and the
 * all-reduce formula; operators are added up (S. Williams, A. Waterman, D. Patterson, "Roofline",
 * CACM 52(4), 2009, applied per operator). No queueing, and no overlap between operators but one: a
 * flash array that is slower than its link reads ahead into its staging buffer. An independent
 * figure that simulated steps are compared with, and the engine of fidelity {@code analytic}.
 */
public final class Roofline {
  private static final Usage[] USAGES = Usage.values();
  private static final Usage[] STORED = {Usage.WEIGHTS, Usage.KV};

  private final SystemSpec system;
  private final ChipSpec chip;
  private final AllReduceFormula allReduce;
  private final double[] spentPs;
  private final boolean arrayBound;

  /** Per tier, bytes of one lane that its array has read ahead. */
  private final double[] aheadBytes;

  /**
   * The formula for a group of ranks.
   *
   * @param ranks chips that share a model by tensor parallelism
   */
  public Roofline(SystemSpec system, int ranks) {
    this.system = system;
    this.chip = system.chip();
    this.allReduce = new AllReduceFormula(system.network(), ranks);
    this.aheadBytes = new double[chip.tiers().size()];
    this.arrayBound =
        chip.tiers().stream()
            .anyMatch(tier -> tier.device().arrayBytesPerSec() < tier.device().linkBytesPerSec());
    this.spentPs = new double[new Parts(chip).size()];
  }

  /** Time of a step in picoseconds; {@link #spentPs} then tells its parts. */
  public double stepPs(OperatorPlan plan) {
    java.util.Arrays.fill(spentPs, 0);
    spentPs[Parts.HOST] = system.stepOverheadPs();
    java.util.Arrays.fill(aheadBytes, 0);
    for (int segment = 0; segment < plan.segments(); segment++) {
      // Without anything carried from operator to operator, repeats are alike.
      int rounds = arrayBound ? plan.segmentRepeat(segment) : 1;
      int times = plan.segmentRepeat(segment) / rounds;
      for (int round = 0; round < rounds; round++) {
        for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
          if (!plan.isIdle(i)) {
            double operatorPs = add(plan, i, times);
            if (arrayBound) {
              stageAhead(plan, segment, round, i, operatorPs);
            }
          }
        }
      }
    }
    double sum = 0;
    for (double part : spentPs) {
      sum += part;
    }
    return sum;
  }

  /** Time of the last step's part, by index in {@link Parts}. */
  public double spentPs(int part) {
    return spentPs[part];
  }

  /** Adds an operator to the parts; returns its time once, overhead included. */
  private double add(OperatorPlan plan, int i, int times) {
    long overheadPs = chip.overhead().ofPs(plan.kind(i));
    spentPs[Parts.OVERHEAD] += (double) times * overheadPs;
    double longestPs = 0;
    int longest = Parts.OVERHEAD;
    long collectiveBytes = plan.collectiveBytes(i);
    if (collectiveBytes > 0) {
      longestPs = allReduce.latencyPs(collectiveBytes);
      longest = Parts.NETWORK;
    }
    long flops = plan.flops(i);
    if (flops > 0) {
      double computePs = flops * 1e12 / chip.compute().flopsPerSec(plan.format(i));
      if (computePs > longestPs) {
        longestPs = computePs;
        longest = Parts.COMPUTE;
      }
    }
    int longestTier = -1;
    for (int tier = 0; tier < chip.tiers().size(); tier++) {
      double tierPs = exposedPs(plan, i, tier);
      for (Usage usage : USAGES) {
        tierPs += usagePs(plan, i, tier, usage);
      }
      if (tierPs > longestPs) {
        longestPs = tierPs;
        longestTier = tier;
      }
    }
    if (longestTier < 0) {
      spentPs[longest] += times * longestPs;
    } else {
      spentPs[Parts.latency(longestTier)] += times * exposedPs(plan, i, longestTier);
      for (Usage usage : USAGES) {
        spentPs[Parts.read(longestTier, usage)] += times * usagePs(plan, i, longestTier, usage);
      }
    }
    return overheadPs + longestPs;
  }

  private double usagePs(OperatorPlan plan, int i, int tier, Usage usage) {
    long bytes = tier == chip.tierIndex(usage) ? bytes(plan, i, usage) : 0;
    return bytes == 0 ? 0 : dataPs(tier, usage, bytes);
  }

  private double exposedPs(OperatorPlan plan, int i, int tier) {
    double longestPs = 0;
    for (Usage usage : USAGES) {
      if (tier == chip.tierIndex(usage) && bytes(plan, i, usage) > 0) {
        longestPs = Math.max(longestPs, exposedLatencyPs(plan, i, tier, usage));
      }
    }
    return longestPs;
  }

  private static long bytes(OperatorPlan plan, int i, Usage usage) {
    return switch (usage) {
      case WEIGHTS -> plan.weightBytes(i);
      case KV -> plan.kvReadBytes(i);
      case ACTIVATIONS -> plan.activationBytes(i);
    };
  }

  /**
   * Time to move bytes at the sustained rate; every lane carries whole access units, so short
   * transfers do not use all lanes. Activations are half read and half written; on a full-duplex
   * link at the same time.
   */
  private double dataPs(int tierIndex, Usage usage, long bytes) {
    TierSpec tier = chip.tiers().get(tierIndex);
    MemorySpec device = tier.device();
    double lanes = (double) device.lanes() * tier.count();
    double laneRate = (double) device.linkBytesPerSec() / device.lanes();
    if (usage != Usage.ACTIVATIONS) {
      double onLane = laneBytes(bytes, device.accessBytes(usage), lanes);
      double notAhead = Math.max(0, onLane - aheadBytes[tierIndex]);
      double arrayRate = (double) device.arrayBytesPerSec() / device.lanes();
      return Math.max(onLane * 1e12 / laneRate, notAhead * 1e12 / arrayRate);
    }
    double readPs =
        laneBytes(bytes - bytes / 2, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    double writePs = laneBytes(bytes / 2, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    return device.fullDuplex(usage) ? Math.max(readPs, writePs) : readPs + writePs;
  }

  private static double laneBytes(long bytes, long accessBytes, double lanes) {
    return Math.ceil(Math.ceil((double) bytes / accessBytes) / lanes) * accessBytes;
  }

  /**
   * What the arrays have read ahead into their staging buffers when an operator ends: what was
   * ahead and is not used up, plus what the array delivered beyond the operator's own need, at most
   * a buffer full, and nothing in front of a read that cannot be announced.
   */
  private void stageAhead(OperatorPlan plan, int segment, int repeat, int i, double operatorPs) {
    for (int tier = 0; tier < aheadBytes.length; tier++) {
      MemorySpec device = chip.tiers().get(tier).device();
      if (device.stagingBytes() == 0) {
        continue;
      }
      double lanes = (double) device.lanes() * chip.tiers().get(tier).count();
      double needed = 0;
      for (Usage usage : STORED) {
        if (tier == chip.tierIndex(usage)) {
          needed += laneBytes(bytes(plan, i, usage), device.accessBytes(usage), lanes);
        }
      }
      double own = Math.max(0, needed - aheadBytes[tier]);
      double left = Math.max(0, aheadBytes[tier] - needed);
      double delivered = device.arrayBytesPerSec() * 1e-12 / device.lanes() * operatorPs;
      aheadBytes[tier] =
          nextIsAnnounced(plan, tier, segment, repeat, i)
              ? Math.min((double) device.stagingBytes(), left + Math.max(0, delivered - own))
              : 0;
    }
  }

  /** Whether the next read of stored data from a tier is announced. */
  private boolean nextIsAnnounced(
      OperatorPlan plan, int tier, int atSegment, int atRepeat, int atOperator) {
    int segment = atSegment;
    int repeat = atRepeat;
    int i = atOperator + 1;
    while (true) {
      if (i == plan.segmentEnd(segment)) {
        if (++repeat == plan.segmentRepeat(segment)) {
          repeat = 0;
          if (++segment == plan.segments()) {
            return false;
          }
        }
        i = plan.segmentFirst(segment);
      }
      for (Usage usage : STORED) {
        if (tier == chip.tierIndex(usage) && bytes(plan, i, usage) > 0) {
          return chip.tiers().get(tier).announces(usage)
              && (usage == Usage.KV || plan.kind(i).addressKnownEarly());
        }
      }
      i++;
    }
  }

  private double exposedLatencyPs(OperatorPlan plan, int i, int tier, Usage usage) {
    TierSpec spec = chip.tiers().get(tier);
    boolean early =
        spec.announces(usage) && (usage == Usage.KV || plan.kind(i).addressKnownEarly());
    return early ? 0 : spec.device().readLatencyPs(usage);
  }
}
