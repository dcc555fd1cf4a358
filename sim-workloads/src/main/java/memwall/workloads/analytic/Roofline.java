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
 * CACM 52(4), 2009, applied per operator). No queueing, no rounding to pages or channels, no
 * overlap between operators: an independent figure that simulated steps are compared with, and the
 * engine of fidelity {@code analytic}.
 */
public final class Roofline {
  private final SystemSpec system;
  private final ChipSpec chip;
  private final AllReduceFormula allReduce;
  private final double[] spentPs;

  /**
   * The formula for a group of ranks.
   *
   * @param ranks chips that share a model by tensor parallelism
   */
  public Roofline(SystemSpec system, int ranks) {
    this.system = system;
    this.chip = system.chip();
    this.allReduce = new AllReduceFormula(system.network(), ranks);
    this.spentPs = new double[new Parts(chip).size()];
  }

  /** Time of a step in picoseconds; {@link #spentPs} then tells its parts. */
  public double stepPs(OperatorPlan plan) {
    java.util.Arrays.fill(spentPs, 0);
    spentPs[Parts.HOST] = system.stepOverheadPs();
    for (int segment = 0; segment < plan.segments(); segment++) {
      for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
        if (!plan.isIdle(i)) {
          add(plan, i, plan.segmentRepeat(segment));
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

  private void add(OperatorPlan plan, int i, int times) {
    spentPs[Parts.OVERHEAD] += (double) times * chip.overhead().ofPs(plan.kind(i));
    double longestPs = 0;
    int longest = Parts.OVERHEAD;
    double latencyPs = 0;
    int latencyPart = Parts.OVERHEAD;
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
    for (int tier = 0; tier < chip.tiers().size(); tier++) {
      double dataPs = 0;
      double exposedPs = 0;
      double mostPs = 0;
      int most = Parts.OVERHEAD;
      for (Usage usage : USAGES) {
        long bytes = tier == chip.tierIndex(usage) ? bytes(plan, i, usage) : 0;
        if (bytes > 0) {
          double usagePs = dataPs(chip.tiers().get(tier), usage, bytes);
          dataPs += usagePs;
          exposedPs = Math.max(exposedPs, exposedLatencyPs(plan, i, tier, usage));
          if (usagePs > mostPs) {
            mostPs = usagePs;
            most = Parts.read(tier, usage);
          }
        }
      }
      if (dataPs + exposedPs > longestPs) {
        longestPs = dataPs + exposedPs;
        longest = most;
        latencyPs = exposedPs;
        latencyPart = Parts.latency(tier);
      }
    }
    if (longest == Parts.COMPUTE || longest == Parts.NETWORK) {
      latencyPs = 0;
    }
    spentPs[latencyPart] += times * latencyPs;
    spentPs[longest] += times * (longestPs - latencyPs);
  }

  private static final Usage[] USAGES = Usage.values();

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
  private static double dataPs(TierSpec tier, Usage usage, long bytes) {
    MemorySpec device = tier.device();
    double lanes = (double) device.lanes() * tier.count();
    double rate =
        usage == Usage.ACTIVATIONS ? device.writeBytesPerSec(usage) : device.readBytesPerSec();
    double laneRate = rate / device.lanes();
    if (usage != Usage.ACTIVATIONS) {
      return laneBytes(bytes, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    }
    double readPs =
        laneBytes(bytes - bytes / 2, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    double writePs = laneBytes(bytes / 2, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    return device.fullDuplex(usage) ? Math.max(readPs, writePs) : readPs + writePs;
  }

  private static double laneBytes(long bytes, long accessBytes, double lanes) {
    return Math.ceil(Math.ceil((double) bytes / accessBytes) / lanes) * accessBytes;
  }

  private double exposedLatencyPs(OperatorPlan plan, int i, int tier, Usage usage) {
    TierSpec spec = chip.tiers().get(tier);
    boolean early =
        spec.announces(usage) && (usage == Usage.KV || plan.kind(i).addressKnownEarly());
    return early ? 0 : spec.device().readLatencyPs(usage);
  }
}
