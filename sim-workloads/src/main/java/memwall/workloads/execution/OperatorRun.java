package memwall.workloads.execution;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.pnm.NearCompute;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Chip;
import memwall.workloads.system.ChipSpec;
import org.jspecify.annotations.Nullable;

/**
 * The operator of a batch that is under way: submits its work, waits for all of it and attributes
 * the time that the rank waited. The last part to complete owns the wait; what kernels in memory
 * take is theirs. Of an operator for which the chip has a kernel, memory and compute overlap only
 * in part: what that adds to the longer of both passes at its end.
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

  private final KernelPlan kernels;

  /** The end of the tail of a kernel; null without kernels. */
  private final @Nullable Event tail;

  private OperatorPlan plan;
  private NearPlan near;
  private int operator;
  private long issuedPs;
  private long memoryDonePs;
  private long waitedFromPs;
  private boolean awaited;
  private int pending;
  private int latestPart;
  private long latestPartPs;

  /** By tier: whether what the operator reads there had been announced. */
  private final boolean[] announced;

  private long nearDonePs;

  /** Weights of the operator that it reads from the staging buffer. */
  private long stagedBytes;

  OperatorRun(
      RankContext rank, OperatorPlan first, NearPlan near, KernelPlan kernels, Listener listener) {
    this.rank = rank;
    this.simulation = rank.simulation;
    this.chip = rank.chip;
    this.spec = rank.spec;
    this.parts = rank.parts;
    this.near = near;
    this.plan = first;
    this.listener = listener;
    this.announced = new boolean[rank.spec.tiers().size()];
    this.kernels = kernels;
    this.tail =
        kernels.any() ? simulation.event("rank" + rank.rank + ".tail", this::tailDone) : null;
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
    issuedPs = nowPs;
    memoryDonePs = nowPs;
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
      Arrays.fill(announced, false);
      stagedBytes = 0;
      readActivations(activationBytes);
      // The new entries have to be there before the kernel reads them.
      writeKv(i);
      compute(i);
    } else {
      readStored(i);
      readActivations(activationBytes);
    }
    writeActivations(activationBytes / 2);
    if (!isNear) {
      writeKv(i);
    }
    long flops = isNear ? 0 : plan.flops(i);
    if (flops > 0) {
      pending++;
      long servicePs =
          kernels.has(i) ? kernels.chipPs(i) : Units.transferPs(flops, rank.flopsPerSec[i]);
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

  /** Reads weights and KV entries, from all tiers that have any of them at the same time. */
  private void readStored(int i) {
    Arrays.fill(announced, false);
    stagedBytes = 0;
    for (int tier : rank.weightTiers) {
      readStored(tier, Usage.WEIGHTS, i, AccessPattern.SEQUENTIAL);
    }
    for (int tier : rank.kvTiers) {
      readStored(tier, Usage.KV, i, rank.kvPattern(tier));
    }
  }

  private void readStored(int tier, Usage usage, int i, AccessPattern pattern) {
    if (usage == Usage.WEIGHTS && spec.stages(plan.kind(i), tier)) {
      readStaged(i);
      return;
    }
    if (read(tier, usage, TierBytes.stored(spec, plan, i, tier, usage), pattern)) {
      AnnouncementCursor cursor = rank.cursors[tier];
      announced[tier] |= cursor != null && cursor.take();
    }
  }

  /** Reads weights from the staging buffer, as they come. */
  private void readStaged(int i) {
    StagingBuffer buffer = rank.staging;
    long bytes = TierBytes.stored(spec, plan, i, spec.weightsTier(), Usage.WEIGHTS);
    if (buffer != null && bytes > 0) {
      pending++;
      stagedBytes = bytes;
      buffer.want(bytes, partDone, Parts.read(spec.stagingTier(), Usage.WEIGHTS));
    }
  }

  private void readActivations(long bothBytes) {
    read(
        spec.activationsTier(),
        Usage.ACTIVATIONS,
        bothBytes - bothBytes / 2,
        AccessPattern.SEQUENTIAL);
  }

  /** Reads if there is anything to read; returns whether there is. */
  private boolean read(int tier, Usage usage, long bytes, AccessPattern pattern) {
    if (bytes == 0) {
      return false;
    }
    pending++;
    chip.tier(tier)
        .read(chip.region(tier, usage), bytes, pattern, partDone, Parts.read(tier, usage));
    return true;
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
    if (parts.isRead((int) part)) {
      memoryDonePs = nowPs;
    }
    if (--pending > 0) {
      return;
    }
    if (awaited) {
      attribute(nowPs);
    }
    if (tail != null && !near.isNear(operator)) {
      long tailPs = (long) kernels.tailPs(operator, (double) (memoryDonePs - issuedPs));
      if (tailPs > 0) {
        pending = 1;
        rank.spent[parts.overlap()].add(tailPs);
        tail.in(tailPs, 0);
        return;
      }
    }
    listener.operatorDone(awaited);
  }

  private void tailDone(long ignored) {
    pending = 0;
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
      int tier = Parts.tierOf(last);
      long stallPs = tier == spec.stagingTier() ? stallPs(waitedPs) : 0;
      rank.spent[Parts.read(spec.weightsTier(), Usage.WEIGHTS)].add(stallPs);
      spendOnTier(tier, waitedPs - stallPs);
    } else {
      rank.spent[last].add(waitedPs);
    }
  }

  /** How long it waited for weights that were not in the staging buffer. */
  private long stallPs(long waitedPs) {
    StagingBuffer buffer = rank.staging;
    if (buffer == null || stagedBytes == 0) {
      return 0;
    }
    long stallPs = Math.max(0, Math.min(waitedPs, buffer.arrivedPs() - waitedFromPs));
    buffer.countStall(stallPs);
    return stallPs;
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
      usageBytes[u] = bytes(tier, usage);
      if (usageBytes[u] > 0) {
        allBytes += usageBytes[u];
        if (usage == Usage.ACTIVATIONS || !announced[tier]) {
          latencyPs = Math.max(latencyPs, rank.latenciesPs[tier][u]);
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

  private long bytes(int tier, Usage usage) {
    if (usage == Usage.ACTIVATIONS) {
      return tier == spec.activationsTier() ? plan.activationBytes(operator) : 0;
    }
    if (near.isNear(operator)) {
      return 0;
    }
    if (usage == Usage.WEIGHTS && stagedBytes > 0) {
      if (tier == spec.weightsTier()) {
        return 0;
      }
      if (tier == spec.stagingTier()) {
        return stagedBytes + TierBytes.stored(spec, plan, operator, tier, usage);
      }
    }
    return TierBytes.stored(spec, plan, operator, tier, usage);
  }
}
