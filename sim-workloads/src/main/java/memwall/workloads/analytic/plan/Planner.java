package memwall.workloads.analytic.plan;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import memwall.core.unit.Quantities;
import memwall.workloads.analytic.plan.PlanResult.Rejected;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.SystemSpec;
import org.jspecify.annotations.Nullable;

/**
 * Tries every way of cutting a model over a number of chips: tensor-parallel groups inside nodes,
 * pipelines, replicas, experts cut or spread; and for each the largest micro-batch that keeps the
 * limits. Times are those of the {@link memwall.workloads.analytic.Roofline}, without contention.
 */
public final class Planner {
  private static final long MOST_SEQUENCES = 1 << 20;

  private final PlanSpec spec;

  /** A planner for a question. */
  public Planner(PlanSpec spec) {
    this.spec = spec;
  }

  /** Answers for each number of chips. */
  public ImmutableList<PlanResult> plan() {
    return spec.chips().stream().map(this::plan).collect(ImmutableList.toImmutableList());
  }

  private PlanResult plan(int chips) {
    List<Mapping> found = new ArrayList<>();
    ImmutableList.Builder<Rejected> rejected = ImmutableList.builder();
    SystemSpec system = spec.systemOf(chips);
    for (ShardingPlan sharding : shardings(chips)) {
      String fault = fault(system, sharding);
      if (fault != null) {
        rejected.add(new Rejected(sharding, fault));
        continue;
      }
      StepModel step = new StepModel(spec, system, sharding);
      String reason = broken(step, 1);
      if (reason == null) {
        found.add(largest(chips, sharding, step));
      } else {
        rejected.add(new Rejected(sharding, reason));
      }
    }
    found.sort(
        Comparator.comparingDouble(Mapping::tokensPerSec)
            .reversed()
            .thenComparing(mapping -> mapping.sharding().pipelineParallel())
            .thenComparing(mapping -> mapping.sharding().dataParallel()));
    return new PlanResult(chips, ImmutableList.copyOf(found), rejected.build());
  }

  /** All ways of cutting, whether the model can be cut like this or not. */
  private List<ShardingPlan> shardings(int chips) {
    List<ShardingPlan> all = new ArrayList<>();
    for (int tensor : spec.tensorParallel()) {
      if (tensor > spec.system().chips() || chips % tensor != 0) {
        continue;
      }
      int rest = chips / tensor;
      for (int pipeline = 1; pipeline <= Math.min(rest, spec.mostStages()); pipeline++) {
        if (rest % pipeline != 0) {
          continue;
        }
        int data = rest / pipeline;
        all.add(new ShardingPlan(tensor, pipeline, data, 1));
        if (spec.model().moe().experts() > 0 && tensor * data > 1) {
          all.add(new ShardingPlan(tensor, pipeline, data, tensor * data));
        }
      }
    }
    return all;
  }

  private @Nullable String fault(SystemSpec system, ShardingPlan sharding) {
    List<String> faults = sharding.faults(spec.model());
    if (!faults.isEmpty()) {
      return String.join("; ", faults);
    }
    int ports = system.network().ports();
    if (Math.min(sharding.stageRanks(), system.chips()) > ports) {
      return "a stage has more ranks in a node than the " + ports + " ports of its network";
    }
    OperatorPlan plan = new OperatorPlan(spec.model(), spec.precision(), sharding);
    for (int i = 0; i < plan.size(); i++) {
      if (!plan.kind(i).communicates() && !system.chip().compute().supports(plan.format(i))) {
        return "the chip has no peak rate for " + plan.format(i);
      }
    }
    return null;
  }

  private @Nullable String broken(StepModel step, long sequences) {
    StepModel.Missing missing = step.missing(sequences);
    if (missing != null) {
      return missing.reason();
    }
    double tpotPs = step.tpotPs(sequences);
    return tpotPs <= spec.mostTpotPs()
        ? null
        : "one sequence takes "
            + Quantities.TIME.human(tpotPs)
            + " per token, the limit is "
            + Quantities.TIME.human((double) spec.mostTpotPs());
  }

  private Mapping largest(int chips, ShardingPlan sharding, StepModel step) {
    long fits = 1;
    long breaks = 2;
    while (breaks <= MOST_SEQUENCES && limit(step, breaks) == null) {
      fits = breaks;
      breaks *= 2;
    }
    while (breaks - fits > 1) {
      long middle = (fits + breaks) / 2;
      if (limit(step, middle) == null) {
        fits = middle;
      } else {
        breaks = middle;
      }
    }
    Mapping.Limit limit = limit(step, breaks);
    double tpotPs = step.tpotPs(fits);
    return new Mapping(
        chips,
        sharding,
        Math.toIntExact(fits),
        fits * sharding.pipelineParallel() * sharding.dataParallel(),
        tpotPs,
        limit == null ? Mapping.Limit.TPOT : limit,
        step.parts(fits));
  }

  private Mapping.@Nullable Limit limit(StepModel step, long sequences) {
    StepModel.Missing missing = step.missing(sequences);
    if (missing != null) {
      return missing.limit();
    }
    return step.tpotPs(sequences) <= spec.mostTpotPs() ? null : Mapping.Limit.TPOT;
  }
}
