package memwall.workloads.execution;

import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.pnm.NearCompute;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Chip;
import memwall.workloads.system.ChipSpec;

/**
 * The operator of a batch that is under way: submits its work, waits for all of it and attributes
 * the time that the rank waited. The last part to complete owns the wait; what kernels in memory
 * take is theirs.
 */
final class OperatorRun {
  private static final Usage[] USAGES = Usage.values();

  /** Told when an operator is done. */
  interface Listener {
    void operatorDone(boolean awaited);
  }

  private final RankContext rank;
  private final Simulation simulation;
  private final Chip chip;
  private final ChipSpec spec;
  private final Parts parts;
  private final Listener listener;
  private final Completion partDone = this::partDone;
  private final Completion nearDone = this::nearDone;
  private final long[] usageBytes = new long[USAGES.length];

  private OperatorPlan plan;
  private NearPlan near;
  private int operator;
  private long waitedFromPs;
  private boolean awaited;
  private int pending;
  private int latestPart;
  private long latestPartPs;
  private boolean weightsAnnounced;
  private boolean kvAnnounced;
  private long nearDonePs;

  OperatorRun(RankContext rank, OperatorPlan first, NearPlan near, Listener listener) {
    this.rank = rank;
    this.simulation = rank.simulation;
    this.chip = rank.chip;
    this.spec = rank.spec;
    this.parts = rank.parts;
    this.near = near;
    this.plan = first;
    this.listener = listener;
  }

  /** Whether not all of its work is done. */
  boolean isUnderWay() {
    return pending > 0;
  }

  /**
   * Submits all work of an operator.
   *
   * @param itsNear whether and how it is left to a memory
   * @param wait whether the rank waits for it from now on
   */
  void issue(OperatorPlan itsPlan, NearPlan itsNear, int i, boolean wait) {
    plan = itsPlan;
    near = itsNear;
    operator = i;
    long nowPs = simulation.nowPs();
    waitedFromPs = nowPs;
    awaited = wait;
    // One for this method itself, so that nothing completes the operator before all is submitted.
    pending = 1;
    latestPartPs = -1;
    nearDonePs = nowPs;
    long collectiveBytes = plan.collectiveBytes(i);
    if (collectiveBytes > 0) {
      pending++;
      rank.network.allReduce(rank.rank, collectiveBytes, partDone, Parts.NETWORK);
    }
    boolean isNear = near.isNear(i);
    long activationBytes = plan.activationBytes(i);
    if (isNear) {
      weightsAnnounced = false;
      kvAnnounced = false;
      readActivations(activationBytes);
      // The new entries have to be there before the kernel reads them.
      writeKv(i);
      compute(i);
    } else {
      weightsAnnounced = read(Usage.WEIGHTS, plan.weightBytes(i), AccessPattern.SEQUENTIAL);
      kvAnnounced = read(Usage.KV, plan.kvReadBytes(i), rank.kvPattern);
      readActivations(activationBytes);
    }
    writeActivations(activationBytes / 2);
    if (!isNear) {
      writeKv(i);
    }
    long flops = isNear ? 0 : plan.flops(i);
    if (flops > 0) {
      pending++;
      long servicePs = Units.transferPs(flops, rank.flopsPerSec[i]);
      chip.compute().serveFor(servicePs, partDone, Parts.COMPUTE);
    }
  }

  /** To be called when whoever issued the operator has done so. */
  void issued() {
    partDone(Parts.OVERHEAD);
  }

  /** From now on the rank waits for the operator under way. */
  void await() {
    awaited = true;
    waitedFromPs = simulation.nowPs();
  }

  private void writeKv(int i) {
    if (rank.kvWrites.write(plan.kvWriteBytes(i), this)) {
      pending++;
    }
  }

  /** Leaves an operator to the memory that holds its data. */
  private void compute(int i) {
    NearCounters counters = rank.near;
    if (counters == null) {
      throw new IllegalStateException("nothing is left to memories");
    }
    int tier = near.tier(plan.kind(i));
    Region region = chip.region(NearPlan.usage(plan.kind(i)));
    NearCompute memory = chip.near(tier);
    for (NearPlan.Work work : near.works(i)) {
      counters.kernels(work.times());
      for (int n = 0; n < work.times(); n++) {
        pending++;
        memory.compute(region, work.kernel(), nearDone, parts.near(tier));
      }
    }
    counters.operator(plan, near, i);
  }

  private void nearDone(long part) {
    nearDonePs = simulation.nowPs();
    partDone(part);
  }

  private void readActivations(long bothBytes) {
    read(Usage.ACTIVATIONS, bothBytes - bothBytes / 2, AccessPattern.SEQUENTIAL);
  }

  /** Reads if there is anything to read; returns whether the read had been announced. */
  private boolean read(Usage usage, long bytes, AccessPattern pattern) {
    if (bytes == 0) {
      return false;
    }
    int tier = spec.tierIndex(usage);
    pending++;
    chip.tier(tier).read(chip.region(usage), bytes, pattern, partDone, Parts.read(tier, usage));
    AnnouncementCursor cursor = rank.cursors[tier];
    return usage != Usage.ACTIVATIONS && cursor != null && cursor.take();
  }

  private void writeActivations(long bytes) {
    if (bytes == 0) {
      return;
    }
    int tier = spec.activationsTier();
    pending++;
    chip.tier(tier)
        .write(
            chip.region(Usage.ACTIVATIONS),
            bytes,
            AccessPattern.SEQUENTIAL,
            partDone,
            Parts.read(tier, Usage.ACTIVATIONS));
  }

  /** There is room again in the write buffer. */
  void written() {
    partDone(Parts.write(spec.kvTier()));
  }

  /**
   * One part of the operator is complete; the last one ends it and owns its time. Of parts that
   * complete at one instant it is the first in the list of parts, so that the order of events at an
   * instant, which folding and leaping change, decides nothing.
   */
  private void partDone(long part) {
    long nowPs = simulation.nowPs();
    if (nowPs > latestPartPs || part < latestPart) {
      latestPart = (int) part;
      latestPartPs = nowPs;
    }
    if (--pending > 0) {
      return;
    }
    if (awaited) {
      attribute(nowPs);
    }
    listener.operatorDone(awaited);
  }

  private void attribute(long nowPs) {
    // What is left when the kernels are done is waited for on the chip's side.
    long nearPs = Math.max(0, nearDonePs - waitedFromPs);
    if (nearPs > 0) {
      rank.spent[parts.near(near.tier(plan.kind(operator)))].add(nearPs);
    }
    long waitedPs = nowPs - waitedFromPs - nearPs;
    int last = latestPart;
    if (parts.isRead(last)) {
      spendOnTier(Parts.tierOf(last), waitedPs);
    } else {
      rank.spent[last].add(waitedPs);
    }
  }

  /**
   * The operator waited longest for a tier: first for its first byte, if nothing was announced,
   * then for the data of each usage in proportion to their bytes. The parts sum exactly to the
   * wait.
   */
  private void spendOnTier(int tier, long waitedPs) {
    long latencyPs = 0;
    long allBytes = 0;
    int most = 0;
    for (int u = 0; u < USAGES.length; u++) {
      Usage usage = USAGES[u];
      usageBytes[u] = tier == rank.usageTiers[u] ? bytes(usage) : 0;
      if (usageBytes[u] > 0) {
        allBytes += usageBytes[u];
        boolean early =
            usage == Usage.WEIGHTS ? weightsAnnounced : usage == Usage.KV && kvAnnounced;
        if (!early) {
          latencyPs = Math.max(latencyPs, rank.usageLatenciesPs[u]);
        }
        most = usageBytes[u] > usageBytes[most] ? u : most;
      }
    }
    latencyPs = Math.min(latencyPs, waitedPs);
    rank.spent[Parts.latency(tier)].add(latencyPs);
    long dataPs = waitedPs - latencyPs;
    long restPs = dataPs;
    for (int u = 0; u < USAGES.length; u++) {
      if (u != most && usageBytes[u] > 0) {
        long sharePs = (long) ((double) dataPs * usageBytes[u] / allBytes);
        rank.spent[Parts.read(tier, USAGES[u])].add(sharePs);
        restPs -= sharePs;
      }
    }
    rank.spent[Parts.read(tier, USAGES[most])].add(restPs);
  }

  private long bytes(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> near.isNear(operator) ? 0 : plan.weightBytes(operator);
      case KV -> near.isNear(operator) ? 0 : plan.kvReadBytes(operator);
      case ACTIVATIONS -> plan.activationBytes(operator);
    };
  }
}
