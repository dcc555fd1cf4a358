package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.memory.Usage;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.serving.TierOutcome;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.Footprint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs of chips whose data of a usage lie in several memories. */
class TieredRunTest {
  private static final String KV = "system.chip.placement.kv_tiering=";
  private static final String AGENTS =
      Path.of(System.getProperty("memwall.root", ".."), "traces/agents-70b-kv/run.yaml").toString();

  private static RunSpec spec(String system, String model, String... sets) {
    Faults faults = new Faults();
    String text =
        """
        memwall: 1
        name: test
        system: %s
        model: %s
        precision: { weights: fp8, kv: fp8, activations: bf16, compute: fp8 }
        sharding: { tensor_parallel: 8 }
        serving: { max_batch: 16, max_batched_tokens: 512 }
        workload:
          generator: { extends: azure-conv, requests: 12, arrivals: { rate: 400 /s }, output: { max: 40 } }
        seed: 3
        """
            .formatted(system, model);
    Config config =
        ConfigLoader.fromText("test.yaml", text, List.of(sets), Presets.builtIn(), faults);
    return RunSpec.read(config, faults, true);
  }

  private static RunSpec agents(String... sets) {
    Faults faults = new Faults();
    Config config = ConfigLoader.load(Path.of(AGENTS), List.of(sets), Presets.builtIn(), faults);
    return RunSpec.read(config, faults, true);
  }

  private static TierOutcome tiered(ServedRun run) {
    TierOutcome tiered = run.outcome().tiered();
    if (tiered == null) {
      throw new AssertionError("no second memory");
    }
    return tiered;
  }

  private static void same(RunSpec fastSpec, RunSpec exactSpec) {
    ServedRun fast = ServedRun.of(fastSpec);
    ServedRun exact = ServedRun.of(exactSpec);
    assertThat(fast.records()).isEqualTo(exact.records()).isNotEmpty();
    assertThat(fast.outcome().stepsPs()).isEqualTo(exact.outcome().stepsPs());
    Snapshot exactStats = exact.run().snapshot();
    for (Snapshot.Value value : fast.run().snapshot().values()) {
      assertThat(exactStats.number(value.path())).as(value.path()).isEqualTo(value.number());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "son2026-hbf-experts-8, llama-4-maverick, ''",
    "son2026-hbf-experts-8, deepseek-v3, ''",
    "son2026-hbf-staged-8, llama-3.1-70b, ''",
    "h3-like-8, llama-3.1-70b, 'policy: long-context, min_context: 300'",
    "son2026-hbf-kv-8, llama-3.1-405b, 'policy: long-context, min_context: 300'",
    "son2026-hbf-kv-8, llama-4-maverick, 'policy: long-context, min_context: 300'",
    "son2026-hbf-kv-8, llama-3.1-70b, 'policy: write-back, min_reads: 2, expected_output: 20'",
  })
  void fastEqualsExact(String system, String model, String kv) {
    String placed =
        kv.isEmpty() ? "workload.limit=4" : KV + "{memory: hbf, daily_writes: 1 PB, " + kv + "}";
    String[] sets = {"model.layers=8", "workload.limit=4", placed, "fidelity=fast"};
    RunSpec fast = spec(system, model, sets);
    sets[3] = "fidelity=exact";
    same(fast, spec(system, model, sets));
    if (!kv.isEmpty()) {
      assertThat(tiered(ServedRun.of(fast)).storedBytes()).isPositive();
    }
  }

  /** Reports count what the machine counted: weights from flash, and twice the copies in HBM. */
  @ParameterizedTest
  @ValueSource(strings = {"fast", "exact", "analytic"})
  void stagedRuns(String fidelity) {
    RunSpec spec =
        spec(
            "son2026-hbf-8",
            "llama-3.1-70b",
            "model.layers=4",
            "workload.limit=2",
            "fidelity=" + fidelity,
            "system.chip.placement.kv=hbm",
            "system.chip.memory.hbf.device.planes_per_die=1",
            "system.chip.placement.staging={memory: hbm, size: 200 MB, policy: layer}");
    ServedRun run = ServedRun.of(spec);
    assertThat(run.records()).hasSize(2);
    long staged = run.run().executor().stagedBytes();
    long weights = run.outcome().work().weightBytes();
    // All but the rows of the embedding.
    assertThat(staged).isBetween(weights * 99 / 100, weights - 1);
    Footprint footprint = spec.capacity().footprint();
    assertThat(footprint.bytes(spec.system().chip(), 0, Usage.WEIGHTS)).isEqualTo(200_000_000);
    if (!fidelity.equals("analytic")) {
      Snapshot stats = run.run().snapshot();
      double hit = stats.number("rank0.staging.hit_bytes");
      double missed = stats.number("rank0.staging.missed_bytes");
      assertThat(hit + missed).isEqualTo((double) staged);
      // One plane a die is slower than the chip: most of each layer is waited for.
      assertThat(missed).isGreaterThan(hit);
      assertThat(stats.number("rank0.staging.stalls")).isPositive();
      assertThat(stats.number("rank0.staging.stall_ps"))
          .isBetween(1.0, (double) run.run().simulation().nowPs());
    }
  }

  @Test
  void fastEqualsExactWithSharedPrefixes() {
    String[] sets = {"model.layers=4", "workload.limit=8", "fidelity=fast"};
    RunSpec fast = agents(sets);
    sets[2] = "fidelity=exact";
    same(fast, agents(sets));
    assertThat(tiered(ServedRun.of(fast)).storedBytes()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "analytic"})
  void sharedPrefixesSaveWorkAndRoom(String fidelity) {
    String some = "workload.limit=24";
    ServedRun shared = ServedRun.of(agents("fidelity=" + fidelity, some));
    ServedRun kept =
        ServedRun.of(agents("fidelity=" + fidelity, some, KV + "{memory: hbf, policy: none}"));
    TierOutcome tiered = tiered(shared);
    assertThat(kept.outcome().tiered()).isNull();
    assertThat(shared.outcome().promptTokens() + tiered.reusedTokens())
        .isEqualTo(kept.outcome().promptTokens());
    assertThat(shared.outcome().kvPeakBytes()).isLessThan(kept.outcome().kvPeakBytes() / 2);
    assertThat(shared.outcome().work().kvWriteBytes())
        .isLessThan(kept.outcome().work().kvWriteBytes() / 2);
    assertThat(shared.outcome().endToEndPs()).isLessThan(kept.outcome().endToEndPs());
  }

  @Test
  void aSmallDailyBudgetIsNotExceeded() {
    String base = "{memory: hbf, policy: shared-prefix, daily_writes: ";
    ServedRun run = ServedRun.of(agents("fidelity=analytic", KV + base + "2 TB, burst: 100 MB}"));
    TierOutcome tiered = tiered(run);
    assertThat(tiered.refusedBudgetBytes()).isPositive();
    double seconds = run.run().simulation().nowPs() * 1e-12;
    assertThat((double) tiered.storedBytes())
        .isLessThan(100e6 + 2e12 / 86_400 * seconds)
        .isGreaterThan(100e6);
  }

  /** Weights split as the chip says; each tier has what lies in it, and all together have all. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-4-maverick", "deepseek-v3", "mixtral-8x7b"})
  void footprintsAreSplit(String modelName) {
    RunSpec spec = spec("son2026-hbf-experts-8", modelName);
    ChipSpec chip = spec.system().chip();
    Footprint footprint = spec.capacity().footprint();
    ModelSpec model = spec.model();
    long hbm = footprint.bytes(chip, 0, Usage.WEIGHTS);
    long hbf = footprint.bytes(chip, 1, Usage.WEIGHTS);
    assertThat(hbm + hbf).isEqualTo(footprint.weightBytes());
    long experts = model.moeLayers() * model.expertElements() * model.moe().experts() / 8;
    assertThat(hbf).isEqualTo(experts * 3 / 4);
    OperatorPlan plan =
        new OperatorPlan(model, Precision.FP8, new ShardingPlan(8), chip.hotExperts(model));
    assertThat(plan.size()).isPositive();
    assertThat(chip.hotExperts(model)).isEqualTo(model.moe().experts() / 4);
  }

  @Test
  void expertsThatDoNotFitWhereTheyArePlaced() {
    assertThatThrownBy(
            () ->
                spec(
                    "son2026-hbf-experts-8",
                    "deepseek-v3",
                    "system.chip.memory.hbf.device.capacity=8 GiB"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model: does not fit: memory 'hbf' of each chip is")
        .hasMessageContaining("too small (weights 61.3 GB, activations elsewhere per chip;");
  }

  @Test
  void aSecondMemoryWithoutRoom() {
    String one = "system.chip.memory.hbf.count=1";
    String all = "serving.memory_share=1";
    long weights =
        spec("son2026-hbf-kv-8", "llama-3.1-8b", one, all).capacity().footprint().weightBytes();
    // Less than a page is left.
    String full = "system.chip.memory.hbf.device.capacity=" + (weights + 4095) / 4096 * 4 + " KiB";
    assertThatThrownBy(() -> spec("son2026-hbf-kv-8", "llama-3.1-8b", one, all, full))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "model: the weights leave no room for keys and values in memory 'hbf', which"
                + " 'placement.kv_tiering' wants to hold some");
  }
}
