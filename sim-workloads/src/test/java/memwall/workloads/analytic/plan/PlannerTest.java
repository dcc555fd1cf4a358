package memwall.workloads.analytic.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.shard.ShardingPlan;
import org.junit.jupiter.api.Test;

/** What the planner must hold whatever the machine is. */
final class PlannerTest {
  private static final String DENSE =
      """
      memwall: 1
      name: question
      system: { extends: son2026-hbm4-8, scale_out: { link_rate: 100 GB/s, latency: 2 us } }
      model: llama-3.1-70b
      precision: { weights: bf16, kv: bf16, activations: bf16 }
      plan:
        input: 1000
        output: 500
        prefill: elsewhere
        limits: { tpot: 50 ms }
        search: { chips: [1, 2, 4, 8, 16] }
      """;

  private static PlanSpec spec(String text, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("plan.yaml", text, List.of(sets), Presets.builtIn(), faults);
    return PlanSpec.read(config, faults);
  }

  private static PlanResult last(PlanSpec spec) {
    List<PlanResult> results = new Planner(spec).plan();
    return results.get(results.size() - 1);
  }

  @Test
  void everyWayOfCuttingIsEitherProposedOrRefusedWithAReason() {
    for (PlanResult result : new Planner(spec(DENSE)).plan()) {
      int ways = 0;
      for (int tensor = 1; tensor <= Math.min(8, result.chips()); tensor *= 2) {
        int rest = result.chips() / tensor;
        for (int pipeline = 1; pipeline <= rest; pipeline++) {
          ways += rest % pipeline == 0 ? 1 : 0;
        }
      }
      assertThat(result.best().size() + result.rejected().size()).isEqualTo(ways);
      assertThat(result.rejected()).allMatch(rejected -> !rejected.reason().isEmpty());
      for (Mapping mapping : result.best()) {
        assertThat(mapping.sharding().ranks()).isEqualTo(result.chips());
        assertThat(mapping.tpotPs()).isLessThanOrEqualTo(50e9);
        assertThat(mapping.sequences())
            .isEqualTo(
                (long) mapping.sequencesPerStep()
                    * mapping.sharding().pipelineParallel()
                    * mapping.sharding().dataParallel());
      }
    }
  }

  @Test
  void partsSumToTheTimeBetweenTokensIfStagesAreEven() {
    for (Mapping mapping : last(spec(DENSE, "plan.stages=even")).best()) {
      double sum = mapping.parts().stream().mapToDouble(Mapping.Part::timePs).sum();
      assertThat(sum).isCloseTo(mapping.tpotPs(), within(mapping.tpotPs() * 1e-9));
    }
    // 80 layers on 3 stages: the longest one has 27.
    Mapping uneven =
        last(
                spec(
                    DENSE,
                    "plan.search.chips=[3]",
                    "system.chips=3",
                    "plan.search.tensor_parallel=[1]"))
            .best()
            .stream()
            .filter(mapping -> mapping.sharding().pipelineParallel() == 3)
            .findFirst()
            .orElseThrow();
    double sum = uneven.parts().stream().mapToDouble(Mapping.Part::timePs).sum();
    assertThat(sum).isLessThan(uneven.tpotPs());
    assertThat(sum).isGreaterThan(uneven.tpotPs() * 0.95);
  }

  /** One more sequence per step breaks the limit that is named. */
  @Test
  void theNamedLimitBinds() {
    PlanSpec spec = spec(DENSE);
    for (PlanResult result : new Planner(spec).plan()) {
      for (Mapping mapping : result.best()) {
        StepModel step = new StepModel(spec, spec.systemOf(result.chips()), mapping.sharding());
        int more = mapping.sequencesPerStep() + 1;
        StepModel.Missing missing = step.missing(more);
        if (mapping.limit() == Mapping.Limit.TPOT) {
          assertThat(missing).isNull();
          assertThat(step.tpotPs(more)).isGreaterThan((double) spec.mostTpotPs());
        } else {
          assertThat(missing).isNotNull();
          assertThat(missing.limit()).isEqualTo(mapping.limit());
        }
        assertThat(step.tpotPs(mapping.sequencesPerStep())).isEqualTo(mapping.tpotPs());
      }
    }
  }

  /** Replicas of a dense model have nothing to say to each other. */
  @Test
  void replicasOfADenseModelServeAsManyTokensEach() {
    Mapping alone = mapping(spec(DENSE, "plan.search.chips=[4]"), new ShardingPlan(4));
    Mapping twice = mapping(spec(DENSE, "plan.search.chips=[8]"), new ShardingPlan(4, 1, 2, 1));
    assertThat(twice.tpotPs()).isEqualTo(alone.tpotPs());
    assertThat(twice.sequences()).isEqualTo(2 * alone.sequences());
  }

  /** Experts that are spread over replicas: each rank holds fewer, and more tokens share them. */
  @Test
  void spreadExpertsLeaveMoreRoom() {
    String moe = DENSE.replace("llama-3.1-70b", "llama-4-maverick");
    PlanSpec spec = spec(moe, "plan.search.chips=[8]");
    PlanResult result = last(spec);
    ShardingPlan spread = new ShardingPlan(1, 1, 8, 8);
    assertThat(result.best()).anyMatch(mapping -> mapping.sharding().equals(spread));
    // A chip of 288 GiB cannot hold all 128 experts.
    assertThat(result.rejected())
        .anyMatch(
            rejected ->
                rejected.sharding().equals(new ShardingPlan(1, 1, 8, 1))
                    && rejected.reason().contains("memory 'hbm' of each chip is")
                    && rejected.reason().contains("too small"));
  }

  @Test
  void promptsHereCostStepsAndElsewhereWrites() {
    Mapping here = mapping(spec(DENSE, "plan.prefill=here"), new ShardingPlan(8, 1, 2, 1));
    Mapping added = mapping(spec(DENSE), new ShardingPlan(8, 1, 2, 1));
    Mapping free = mapping(spec(DENSE, "plan.kv_write=free"), new ShardingPlan(8, 1, 2, 1));
    assertThat(here.timePs(Mapping.Kind.KV_WRITE)).isZero();
    assertThat(free.timePs(Mapping.Kind.KV_WRITE)).isZero();
    assertThat(added.timePs(Mapping.Kind.KV_WRITE)).isPositive();
    assertThat(here.sequences()).isLessThan(added.sequences());
    assertThat(free.sequences()).isGreaterThanOrEqualTo(added.sequences());
    // m / output prompts of 1000 tokens per step, a KV head of 80 layers each, at 12.8 TB/s.
    double bytes = added.sequencesPerStep() / 500.0 * 1000 * 80 * 2 * 128 * 2;
    assertThat(added.timePs(Mapping.Kind.KV_WRITE))
        .isCloseTo(bytes / 12.8, within(bytes / 12.8 * 1e-9));
  }

  private static Mapping mapping(PlanSpec spec, ShardingPlan sharding) {
    return last(spec).best().stream()
        .filter(mapping -> mapping.sharding().equals(sharding))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatDoesNotFitTogetherIsSaid() {
    assertThatThrownBy(() -> spec(DENSE, "plan.search.chips=[12]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("chips: 12 is neither within a node of 8 chips nor whole nodes");
    assertThatThrownBy(
            () -> spec(DENSE.replace(", scale_out: { link_rate: 100 GB/s, latency: 2 us }", "")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "chips: 16 chips are more than a node of 8, and the system has no 'scale_out'");
    assertThatThrownBy(() -> spec(DENSE, "plan.input=200000"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("output: 200000 + 500 tokens are more than the 131072");
  }
}
