package memwall.workloads.run;

import java.util.ArrayList;
import java.util.List;
import memwall.memory.Usage;
import memwall.network.CollectiveTime;
import memwall.workloads.execution.KernelPlan;
import memwall.workloads.execution.NearPlan;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.SubBatches;
import memwall.workloads.execution.TierBytes;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.serving.StepBusy;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.SystemSpec;

/** How long each resource of a chip works for a plan at its sustained rate. */
final class SystemBusy implements StepBusy {
  private static final Usage[] STORED = {Usage.WEIGHTS, Usage.KV};

  private final ChipSpec chip;
  private final CollectiveTime allReduce;
  private final int ranks;
  // All collectives of a step are alike.
  private long lastCollectiveBytes;
  private long lastCollectivePs;
  private long[] rates = {};
  private final List<String> resources = new ArrayList<>();
  private final SubBatches batches;
  private final KernelPlan kernels;

  /** Tiers that are left operators; resources behind all others. */
  private final List<Integer> nearTiers = new ArrayList<>();

  SystemBusy(SystemSpec system, int ranks) {
    this.chip = system.chip();
    this.ranks = ranks;
    this.allReduce = system.network().allReduceTime(ranks);
    resources.add("compute");
    if (ranks > 1) {
      resources.add("network");
    }
    chip.tiers().forEach(tier -> resources.add(tier.name()));
    this.batches = new SubBatches(chip);
    this.kernels = new KernelPlan(chip);
    Parts parts = new Parts(chip);
    for (int tier = 0; tier < chip.tiers().size(); tier++) {
      if (parts.near(tier) > 0) {
        nearTiers.add(tier);
        resources.add(parts.list().get(parts.near(tier)).key());
      }
    }
  }

  @Override
  public List<String> resources() {
    return resources;
  }

  @Override
  public double busyPs(int resource, OperatorPlan plan) {
    batches.decide(plan);
    double sum = 0;
    for (int batch = 0; batch < batches.count(); batch++) {
      sum += busyPs(resource, batches.plan(batch), batches.near(batch));
    }
    return sum;
  }

  private double busyPs(int resource, OperatorPlan plan, NearPlan near) {
    int firstTier = ranks > 1 ? 2 : 1;
    if (resource == 0) {
      return computePs(plan, near);
    }
    if (resource < firstTier) {
      return networkPs(plan);
    }
    int tier = resource - firstTier;
    if (tier >= chip.tiers().size()) {
      return nearPs(plan, near, nearTiers.get(tier - chip.tiers().size()));
    }
    long bytes = 0;
    for (Usage usage : STORED) {
      bytes += TierBytes.totalStored(chip, plan, tier, usage);
      // What is left to memories lies in one tier.
      bytes -= tier == chip.tierIndex(usage) ? nearBytes(plan, near, usage) : 0;
    }
    if (tier == chip.stagingTier()) {
      // Copies are written and read.
      bytes += 2 * TierBytes.totalStaged(chip, plan);
    }
    if (tier == chip.tierIndex(Usage.ACTIVATIONS)) {
      bytes += plan.totalActivationBytes();
    }
    return bytes * 1e12 / chip.tiers().get(tier).readBytesPerSec();
  }

  /** The rate for an operator; looked up once, because operators keep their number format. */
  private long flopsPerSec(OperatorPlan plan, int operator) {
    if (rates.length != plan.size()) {
      rates = new long[plan.size()];
    }
    if (rates[operator] == 0) {
      rates[operator] = chip.compute().flopsPerSec(plan.format(operator));
    }
    return rates[operator];
  }

  private double computePs(OperatorPlan plan, NearPlan near) {
    kernels.fill(plan);
    double sum = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        long flops = near.isNear(i) ? 0 : plan.flops(i);
        if (flops > 0) {
          sum +=
              plan.segmentRepeat(s)
                  * (kernels.has(i)
                      ? (double) kernels.chipPs(i)
                      : flops * 1e12 / flopsPerSec(plan, i));
        }
      }
    }
    return sum;
  }

  private double nearPs(OperatorPlan plan, NearPlan near, int tier) {
    double sum = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        if (near.isNear(i) && near.tier(plan.kind(i)) == tier) {
          sum += (double) plan.segmentRepeat(s) * near.expectedPs(i);
        }
      }
    }
    return sum;
  }

  /** Bytes of a usage that operators left to memories read where they lie. */
  private long nearBytes(OperatorPlan plan, NearPlan near, Usage usage) {
    long sum = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        if (near.isNear(i) && NearPlan.usage(plan.kind(i)) == usage) {
          sum += plan.segmentRepeat(s) * (plan.weightBytes(i) + plan.kvReadBytes(i));
        }
      }
    }
    return sum;
  }

  private double networkPs(OperatorPlan plan) {
    double sum = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        long bytes = plan.collectiveBytes(i);
        if (bytes > 0) {
          if (bytes != lastCollectiveBytes) {
            lastCollectiveBytes = bytes;
            lastCollectivePs = allReduce.latencyPs(bytes);
          }
          sum += (double) plan.segmentRepeat(s) * lastCollectivePs;
        }
      }
    }
    return sum;
  }
}
