package memwall.workloads.analytic;

import memwall.memory.MemorySpec;
import memwall.memory.TierLayout;
import memwall.memory.Usage;
import memwall.workloads.execution.KernelPlan;
import memwall.workloads.execution.NearPlan;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.SubBatches;
import memwall.workloads.execution.TierBytes;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.StagingSpec;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;
import org.jspecify.annotations.Nullable;

/**
 * The closed form of an unloaded step: per operator the fixed overhead, then the longest of compute
 * ({@code FLOPs / rate}), each memory ({@code max(exposed latency + stored bytes / link rate,
 * stored bytes / array rate) + activation bytes / link rate}) and the all-reduce formula; operators
 * are added up (S. Williams, A. Waterman, D. Patterson, "Roofline", CACM 52(4), 2009, applied per
 * operator). An operator that is left to the memory of its data takes the closed form of its
 * kernels instead of compute and stored bytes; one for which the chip has a kernel, the kernel's
 * fixed time and work, and what partial overlap adds ({@link KernelPlan}). No queueing, and no
 * overlap between operators but one: a flash array that is slower than its link reads ahead into
 * its staging buffer, and a page that found no room there comes a read time after room was made
 * ({@link ReadAhead}). Memories that share a link take the time of both on it ({@link
 * SharedLinks}); weights that are staged arrive as a fluid ({@link StagedFlow}). An independent
 * figure that simulated steps are compared with, and the engine of fidelity {@code analytic}.
 */
public final class Roofline {
  private static final Usage[] USAGES = Usage.values();
  private static final Usage[] STORED = {Usage.WEIGHTS, Usage.KV};

  private final SystemSpec system;
  private final ChipSpec chip;
  private final GroupTimes group;
  private final double[] spentPs;
  private final boolean arrayBound;
  private final SubBatches batches;
  private final Parts parts;

  /** Per tier, bytes of one lane that its array was asked for ahead. */
  private final double[] aheadBytes;

  /** Per tier, picoseconds until the last of them is sensed. */
  private final double[] pendingPs;

  /**
   * Per tier, picoseconds after that for which programs of earlier operators still hold the planes.
   */
  private final double[] programmingPs;

  /** Per tier, what its staging buffer was asked for. */
  private final ReadAhead[] readAhead;

  /** Of one device, by tier and usage, for what lies there. */
  private final long[][] bytesPerSec;

  /** Of the operator being added, by tier: its time, the latency in it, bytes in access units. */
  private final double[] tiersPs;

  private final double[] tiersExposedPs;
  private final double[] tiersMovedBytes;

  /** Null where weights are not staged. */
  private final @Nullable StagedFlow staged;

  private double clockPs;

  /** By operator of the plan, its time in the last step; empty if nobody asked for it. */
  private double[] operatorsPs = {};

  /** Weights behind the operator being added that may be staged meanwhile. */
  private double allowedBytes;

  /** Of the batch whose operators are being added. */
  private NearPlan near;

  /** Of the batch whose operators are being added. */
  private final KernelPlan kernels;

  /**
   * The formula for a group of ranks.
   *
   * @param ranks chips that share a model by tensor parallelism
   */
  public Roofline(SystemSpec system, int ranks) {
    this(system, ranks, new Footprint(0, 0, 0));
  }

  /**
   * A system whose chips hold so much: where memories have tiers, it decides in which of them.
   *
   * @param ranks chips that share a model by tensor parallelism
   */
  public Roofline(SystemSpec system, int ranks, Footprint footprint) {
    this(system, new ShardingPlan(ranks), footprint);
  }

  /**
   * The same for a model that is cut in more than one way; replicas are alike.
   *
   * @param sharding how it is cut
   */
  public Roofline(SystemSpec system, ShardingPlan sharding, Footprint footprint) {
    this.system = system;
    this.chip = system.chip();
    this.bytesPerSec = new long[chip.tiers().size()][USAGES.length];
    for (int tier = 0; tier < bytesPerSec.length; tier++) {
      placeRegions(tier, footprint);
    }
    this.group = new GroupTimes(system, sharding);
    this.tiersPs = new double[chip.tiers().size()];
    this.tiersExposedPs = new double[chip.tiers().size()];
    this.tiersMovedBytes = new double[chip.tiers().size()];
    this.aheadBytes = new double[chip.tiers().size()];
    this.pendingPs = new double[chip.tiers().size()];
    this.programmingPs = new double[chip.tiers().size()];
    this.readAhead = new ReadAhead[chip.tiers().size()];
    for (int tier = 0; tier < readAhead.length; tier++) {
      readAhead[tier] = new ReadAhead(chip.tiers().get(tier));
    }
    this.arrayBound =
        chip.tiers().stream()
            .anyMatch(tier -> tier.device().arrayBytesPerSec() < tier.device().linkBytesPerSec());
    StagingSpec staging = chip.tiering().staging();
    this.staged = staging == null ? null : new StagedFlow(chip, staging);
    this.batches = new SubBatches(chip);
    this.near = batches.near(0);
    this.kernels = new KernelPlan(chip);
    this.parts = new Parts(chip);
    this.spentPs = new double[parts.size()];
  }

  /** Rates of one device for what lies in it; chips reserve in the order of usages. */
  private void placeRegions(int tierIndex, Footprint footprint) {
    TierSpec tier = chip.tiers().get(tierIndex);
    TierLayout layout = new TierLayout(tier.device(), tier.count());
    for (int u = 0; u < USAGES.length; u++) {
      if (chip.holds(tierIndex, USAGES[u])) {
        long bytes = footprint.bytes(chip, tierIndex, USAGES[u]);
        bytesPerSec[tierIndex][u] = layout.bytesPerSec(USAGES[u], bytes);
        layout.take(USAGES[u], bytes);
      }
    }
  }

  /** Time of a step in picoseconds; {@link #spentPs} then tells its parts. */
  public double stepPs(OperatorPlan plan) {
    java.util.Arrays.fill(spentPs, 0);
    spentPs[Parts.HOST] = system.stepOverheadPs();
    java.util.Arrays.fill(aheadBytes, 0);
    java.util.Arrays.fill(pendingPs, 0);
    java.util.Arrays.fill(programmingPs, 0);
    java.util.Arrays.fill(operatorsPs, 0);
    batches.decide(plan);
    if (batches.count() == 1) {
      near = batches.near(0);
      addWhole(plan);
    } else {
      addInterleaved();
    }
    double sum = 0;
    for (double part : spentPs) {
      sum += part;
    }
    return sum;
  }

  private void addWhole(OperatorPlan plan) {
    kernels.fill(plan);
    clockPs = system.stepOverheadPs();
    for (ReadAhead each : readAhead) {
      each.begin(clockPs);
    }
    if (staged != null) {
      staged.begin(plan);
    }
    for (int segment = 0; segment < plan.segments(); segment++) {
      // Without anything carried from operator to operator, repeats are alike.
      int rounds = arrayBound || staged != null ? plan.segmentRepeat(segment) : 1;
      int times = plan.segmentRepeat(segment) / rounds;
      for (int round = 0; round < rounds; round++) {
        for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
          if (!plan.isIdle(i)) {
            allowedBytes = staged == null ? 0 : staged.allowedBytes(plan, segment, round, i);
            double operatorPs = add(plan, i, times);
            if (operatorsPs.length > 0) {
              operatorsPs[i] += times * operatorPs;
            }
            if (arrayBound) {
              stageAhead(plan, segment, round, i, operatorPs);
              clockPs += operatorPs;
            }
          }
        }
      }
    }
  }

  /**
   * Sub-batches: everything on the chip one after the other, and what kernels take beyond the
   * chip's work for the other batch.
   */
  private void addInterleaved() {
    SubBatchSchedule schedule = new SubBatchSchedule(chip.tiers().size());
    for (int batch = 0; batch < batches.count(); batch++) {
      OperatorPlan plan = batches.plan(batch);
      near = batches.near(batch);
      kernels.fill(plan);
      for (int segment = 0; segment < plan.segments(); segment++) {
        int repeats = plan.segmentRepeat(segment);
        for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
          if (plan.isIdle(i)) {
            continue;
          }
          long overheadPs = kernels.overheadPs(plan, i, near.isNear(i));
          if (near.isNear(i)) {
            spentPs[Parts.OVERHEAD] += (double) repeats * overheadPs;
            schedule.chip(batch, (double) overheadPs);
            schedule.near(batch, near.tier(plan.kind(i)), add(plan, i, 0) - overheadPs);
          } else {
            schedule.chip(batch, add(plan, i, repeats));
          }
        }
        schedule.repeat(batch, repeats);
      }
    }
    schedule.run();
    for (int tier = 0; tier < chip.tiers().size(); tier++) {
      if (parts.near(tier) > 0) {
        spentPs[parts.near(tier)] += schedule.waitedPs(tier);
      }
    }
  }

  /** What the last step is carried out as. */
  SubBatches batches() {
    return batches;
  }

  /**
   * Time of the last step by operator of its plan, all repeats together, without the host's. To be
   * asked for once before the step. Steps of sub-batches are not taken apart.
   */
  public double[] operatorsPs(OperatorPlan plan) {
    if (operatorsPs.length != plan.size()) {
      operatorsPs = new double[plan.size()];
    }
    return operatorsPs;
  }

  /** Time of the last step's part, by index in {@link Parts}. */
  public double spentPs(int part) {
    return spentPs[part];
  }

  /** Adds an operator to the parts; returns its time once, overhead included. */
  private double add(OperatorPlan plan, int i, int times) {
    long overheadPs = kernels.overheadPs(plan, i, near.isNear(i));
    spentPs[Parts.OVERHEAD] += (double) times * overheadPs;
    double longestPs = 0;
    int longest = Parts.OVERHEAD;
    int longestTier = -1;
    double latencyPs = 0;
    double stalledPs = 0;
    long collectiveBytes = plan.collectiveBytes(i);
    if (collectiveBytes > 0) {
      longestPs = group.latencyPs(plan.kind(i), collectiveBytes);
      longest = Parts.NETWORK;
    }
    boolean isNear = near.isNear(i);
    int nearTier = isNear ? near.tier(plan.kind(i)) : -1;
    double nearPs = isNear ? near.expectedPs(i) + entriesPs(plan, i) : 0;
    if (isNear) {
      longestPs = nearPs;
      longest = parts.near(nearTier);
    }
    long flops = isNear ? 0 : plan.flops(i);
    if (flops > 0) {
      double computePs =
          kernels.has(i)
              ? (double) kernels.chipPs(i)
              : flops * 1e12 / chip.compute().flopsPerSec(plan.format(i));
      if (computePs > longestPs) {
        longestPs = computePs;
        longest = Parts.COMPUTE;
      }
    }
    for (int tier = 0; tier < chip.tiers().size(); tier++) {
      double linkPs = 0;
      double arrayPs = 0;
      double activationPs = 0;
      double exposedPs = 0;
      tiersMovedBytes[tier] = 0;
      for (int u = 0; u < USAGES.length; u++) {
        Usage usage = USAGES[u];
        long bytes = bytes(plan, i, tier, usage);
        if (bytes > 0) {
          double usagePs = dataPs(tier, u, bytes);
          long unitBytes = chip.tiers().get(tier).device().accessBytes(usage);
          tiersMovedBytes[tier] += laneBytes(bytes, unitBytes, 1);
          if (usage == Usage.ACTIVATIONS) {
            activationPs = usagePs;
          } else {
            linkPs += usagePs;
            arrayPs += arrayPs(tier, usage, bytes);
          }
          exposedPs = Math.max(exposedPs, exposedLatencyPs(plan, i, tier, usage));
        }
      }
      // Planes that sense at once need one read time for all their pages: it is not added to
      // theirs.
      double storedPs = Math.max(linkPs + exposedPs, arrayPs);
      if (arrayBound) {
        storedPs = Math.max(storedPs, sensedPs(plan, i, tier, clockPs + overheadPs));
      }
      // A memory serves in order of submission: activations come behind stored data.
      tiersPs[tier] = (tier == nearTier ? nearPs : storedPs) + activationPs;
      tiersExposedPs[tier] = exposedPs;
    }
    SharedLinks.delay(chip, tiersPs, tiersExposedPs, tiersMovedBytes);
    for (int tier = 0; tier < tiersPs.length; tier++) {
      if (tiersPs[tier] > longestPs) {
        longestPs = tiersPs[tier];
        longestTier = tier;
        latencyPs = tiersExposedPs[tier];
      }
    }
    double tailPs = isNear ? 0 : tailPs(i);
    if (tailPs > 0) {
      spentPs[parts.overlap()] += times * tailPs;
    }
    if (staged != null) {
      int buffer = chip.stagingTier();
      double withCopiesPs =
          staged.add(
              (double) overheadPs,
              longestPs + tailPs,
              tiersPs[buffer],
              tiersPs[chip.weightsTier()],
              staged.bytes(plan, i),
              allowedBytes);
      // What the copies take longer is waited for in front of the buffer.
      spentPs[Parts.read(chip.weightsTier(), Usage.WEIGHTS)] +=
          times * (withCopiesPs - longestPs - tailPs);
      stalledPs = withCopiesPs - longestPs - tailPs;
    }
    if (longestTier < 0) {
      spentPs[longest] += times * longestPs;
    } else if (isNear) {
      spentPs[parts.near(nearTier)] += times * nearPs;
      spentPs[Parts.read(longestTier, Usage.ACTIVATIONS)] += times * (longestPs - nearPs);
    } else {
      spendOnTier(plan, i, longestTier, times * latencyPs, times * (longestPs - latencyPs));
    }
    return overheadPs + longestPs + tailPs + stalledPs;
  }

  /** What partial overlap of the memories and the chip's work adds. */
  private double tailPs(int i) {
    double memoryPs = 0;
    for (double tierPs : tiersPs) {
      memoryPs = Math.max(memoryPs, tierPs);
    }
    return kernels.tailPs(i, memoryPs);
  }

  /** New KV entries, which have to be in the memory before kernels read them. */
  private double entriesPs(OperatorPlan plan, int i) {
    TierSpec tier = chip.tier(Usage.KV);
    double bytesPerSec = (double) tier.device().writeBytesPerSec(Usage.KV) * tier.count();
    return plan.kvWriteBytes(i) * 1e12 / bytesPerSec;
  }

  /** Attributes a wait for a memory: the latency, and the rest to usages by their bytes. */
  private void spendOnTier(OperatorPlan plan, int i, int tier, double latencyPs, double restPs) {
    spentPs[Parts.latency(tier)] += latencyPs;
    double allBytes = 0;
    for (Usage usage : USAGES) {
      allBytes += bytes(plan, i, tier, usage);
    }
    for (Usage usage : USAGES) {
      if (chip.holds(tier, usage)) {
        spentPs[Parts.read(tier, usage)] += restPs * bytes(plan, i, tier, usage) / allBytes;
      }
    }
  }

  /** From the issue of an operator's read of stored data until its last page can be sensed. */
  private double sensedPs(OperatorPlan plan, int i, int tierIndex, double issuePs) {
    MemorySpec device = chip.tiers().get(tierIndex).device();
    double lanes = (double) device.lanes() * chip.tiers().get(tierIndex).count();
    double neededBytes = 0;
    boolean early = true;
    for (Usage usage : STORED) {
      long bytes = bytes(plan, i, tierIndex, usage);
      if (bytes > 0) {
        neededBytes += laneBytes(bytes, device.accessBytes(usage), lanes);
        early &= exposedLatencyPs(plan, i, tierIndex, usage) == 0;
      }
    }
    return device.stagingBytes() == 0 || neededBytes == 0
        ? 0
        : readAhead[tierIndex].sensedPs(issuePs, neededBytes, early);
  }

  private long bytes(OperatorPlan plan, int i, int tier, Usage usage) {
    if (usage == Usage.ACTIVATIONS) {
      return tier == chip.activationsTier() ? plan.activationBytes(i) : 0;
    }
    if (near.isNear(i)) {
      return 0;
    }
    long bytes = TierBytes.stored(chip, plan, i, tier, usage);
    if (usage == Usage.WEIGHTS && chip.stages(plan.kind(i), chip.weightsTier())) {
      if (tier == chip.weightsTier()) {
        return 0;
      }
      if (tier == chip.stagingTier()) {
        return bytes + TierBytes.stored(chip, plan, i, chip.weightsTier(), usage);
      }
    }
    return bytes;
  }

  /**
   * Time to move bytes over the link at the sustained rate; every lane carries whole access units,
   * so short transfers do not use all lanes. Activations are half read and half written; on a
   * full-duplex link at the same time.
   */
  private double dataPs(int tierIndex, int usageIndex, long bytes) {
    Usage usage = USAGES[usageIndex];
    TierSpec tier = chip.tiers().get(tierIndex);
    MemorySpec device = tier.device();
    double lanes = (double) device.lanes() * tier.count();
    double laneRate = (double) bytesPerSec[tierIndex][usageIndex] / device.lanes();
    if (usage != Usage.ACTIVATIONS) {
      return laneBytes(bytes, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    }
    double readPs =
        laneBytes(bytes - bytes / 2, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    double writePs = laneBytes(bytes / 2, device.accessBytes(usage), lanes) * 1e12 / laneRate;
    return device.fullDuplex(usage) ? Math.max(readPs, writePs) : readPs + writePs;
  }

  /** Time that the array needs for what it has not read ahead. */
  private double arrayPs(int tierIndex, Usage usage, long bytes) {
    TierSpec tier = chip.tiers().get(tierIndex);
    MemorySpec device = tier.device();
    double lanes = (double) device.lanes() * tier.count();
    double onLane = laneBytes(bytes, device.accessBytes(usage), lanes);
    double bytesPerPs = device.arrayBytesPerSec() * 1e-12 / device.lanes();
    double notAhead = onLane - aheadBytes[tierIndex];
    // Pages that were asked for ahead do not wait for programs, nor for those behind them.
    return notAhead > 0
        ? pendingPs[tierIndex] + programmingPs[tierIndex] + notAhead / bytesPerPs
        : Math.max(0, pendingPs[tierIndex] + notAhead / bytesPerPs);
  }

  private static double laneBytes(long bytes, long accessBytes, double lanes) {
    return Math.ceil(Math.ceil((double) bytes / accessBytes) / lanes) * accessBytes;
  }

  /**
   * What the arrays were asked for ahead when an operator ends: a staging buffer full, but nothing
   * beyond a read that cannot be announced; and how long they still work for that and, behind it,
   * for programs.
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
        needed += laneBytes(bytes(plan, i, tier, usage), device.accessBytes(usage), lanes);
      }
      double bytesPerPs = device.arrayBytesPerSec() * 1e-12 / device.lanes();
      double used = Math.min(aheadBytes[tier], needed);
      double most =
          nextIsAnnounced(plan, tier, segment, repeat, i) ? (double) device.stagingBytes() : 0;
      double left = aheadBytes[tier] - used;
      double room = Math.max(0, most - left);
      // Nothing was asked for beyond a read that cannot be announced.
      double pending = Math.max(0, pendingPs[tier] - Math.max(0, left - most) / bytesPerPs);
      // In this order: what was asked for ahead, earlier programs, the operator's own pages, pages
      // for the room that they leave in the staging buffer, the operator's programs.
      double sensingPs =
          pending + programmingPs[tier] + (needed - used + room) / bytesPerPs - operatorPs;
      double allPs = sensingPs + programPs(plan, i, tier, lanes);
      pendingPs[tier] = Math.max(0, sensingPs);
      programmingPs[tier] = Math.max(0, allPs) - pendingPs[tier];
      aheadBytes[tier] = Math.min(most, left + room);
    }
  }

  /** Time that the planes of a tier need to program what an operator writes. */
  private double programPs(OperatorPlan plan, int i, int tier, double lanes) {
    if (tier != chip.tierIndex(Usage.KV)) {
      return 0;
    }
    MemorySpec device = chip.tiers().get(tier).device();
    return plan.kvWriteBytes(i) / lanes * device.lanes() * 1e12 / device.writeBytesPerSec(Usage.KV);
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
        if (bytes(plan, i, tier, usage) > 0) {
          return chip.tiers().get(tier).announces(usage)
              && (usage == Usage.KV || chip.knowsEarly(plan.kind(i)));
        }
      }
      i++;
    }
  }

  private double exposedLatencyPs(OperatorPlan plan, int i, int tier, Usage usage) {
    TierSpec spec = chip.tiers().get(tier);
    boolean early = spec.announces(usage) && (usage == Usage.KV || chip.knowsEarly(plan.kind(i)));
    return early ? 0 : spec.device().readLatencyPs(usage);
  }
}
