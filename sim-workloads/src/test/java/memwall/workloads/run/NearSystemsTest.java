package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.workloads.execution.NearTotals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shipped systems whose memories compute, with a few layers of a model. */
final class NearSystemsTest {
  private static final String MODEL =
      "{ extends: llama-3.1-8b, layers: 3, hidden_size: 1024, ffn_size: 2048, vocabulary: 1024,"
          + " attention: { heads: 16, kv_heads: 8, head_size: 64 } }";

  private static RunSpec spec(String system, String format, int ranks, String... sets) {
    Faults faults = new Faults();
    Config config = config(system, format, ranks, faults, sets);
    RunSpec spec = RunSpec.read(config, faults, true);
    faults.throwIfAny();
    return spec;
  }

  private static Config config(
      String system, String format, int ranks, Faults faults, String... sets) {
    String text =
        """
        memwall: 1
        name: near
        system: %s
        model: %s
        precision: { weights: %s, kv: %s, activations: fp16 }
        sharding: { tensor_parallel: %d }
        serving: { max_batch: 4, max_batched_tokens: 512 }
        workload:
          generator: { extends: azure-conv, requests: 3, arrivals: { rate: 2000 /s },
            input: { max: 32 }, output: { max: 4 } }
        seed: 3
        """
            .formatted(system, MODEL, format, format, ranks);
    return ConfigLoader.fromText("test.yaml", text, List.of(sets), Presets.builtIn(), faults);
  }

  /**
   * Refreshes included, a step and a request take what closed forms say. Kernels of a few
   * microseconds meet a refresh or not; with whole models it is one per cent (docs/validation.md).
   */
  @ParameterizedTest
  @CsvSource({
    "mobile-lpddr5x-pim, int8, 1",
    "mobile-lpddr5x-pim, fp16, 1",
    "mi100-hbm-pim, fp16, 1",
    "neupims, fp16, 1",
    "attacc-h100-8, fp16, 8",
    "hbm4-pnm-8, bf16, 8",
    "cxl-pnm, bf16, 1",
    "axdimm-host, bf16, 1"
  })
  void anUnloadedSystemTakesItsRoofline(String system, String format, int ranks) {
    RunSpec spec = spec(system, format, ranks);
    for (Validation.Comparison comparison : Validation.compare(system, "small", spec)) {
      assertThat(comparison.deviationPercent()).as(comparison.toString()).isCloseTo(0, within(2.0));
    }
  }

  /** With 32 channels of many refreshes, products of a whole layer's size. */
  @Test
  void aCentLikeDeviceTakesItsRoofline() {
    RunSpec spec =
        spec(
            "cent-device",
            "bf16",
            1,
            "model.layers=1",
            "model.hidden_size=4096",
            "model.ffn_size=14336",
            "model.attention.heads=32",
            "model.attention.head_size=128");
    for (Validation.Comparison comparison : Validation.compare("cent-device", "layer", spec)) {
      assertThat(comparison.deviationPercent()).as(comparison.toString()).isCloseTo(0, within(2.0));
    }
  }

  /** Laws F1 and F4 with kernels between transfers: one channel for all, and every channel. */
  @ParameterizedTest
  @CsvSource({"mobile-lpddr5x-pim, int8", "neupims, fp16"})
  void fastEqualsExact(String system, String format) {
    ServedRun fast = ServedRun.of(spec(system, format, 1, "fidelity=fast"));
    ServedRun exact = ServedRun.of(spec(system, format, 1, "fidelity=exact"));
    assertThat(fast.records()).isEqualTo(exact.records()).hasSize(3);
    assertThat(fast.outcome().stepsPs()).isEqualTo(exact.outcome().stepsPs());
    Snapshot exactStats = exact.run().snapshot();
    for (Snapshot.Value value : fast.run().snapshot().values()) {
      assertThat(exactStats.number(value.path())).as(value.path()).isEqualTo(value.number());
    }
  }

  @Test
  void whatIsLeftToTheMemoryIsTheSameInClosedForm() {
    ServedRun fast = ServedRun.of(spec("mobile-lpddr5x-pim", "int8", 1));
    ServedRun analytic = ServedRun.of(spec("mobile-lpddr5x-pim", "int8", 1, "fidelity=analytic"));
    NearTotals totals = fast.run().executor().near();
    assertThat(totals.weights().bytes()).isPositive();
    assertThat(totals.kv().bytes()).isZero();
    assertThat(fast.spentPs("dram.near")).isPositive();
    // Requests meet in other steps, so that only the single-token ones need be alike.
    assertThat(analytic.run().executor().near().weights().bytes()).isPositive();
    assertThat((double) analytic.spentPs("dram.near"))
        .isCloseTo((double) fast.spentPs("dram.near"), within(0.2 * fast.spentPs("dram.near")));
  }

  /** Input and results as planned are the bursts that the memory counted, over all devices. */
  @ParameterizedTest
  @CsvSource({"mobile-lpddr5x-pim, int8, dram", "neupims, fp16, hbm", "cxl-pnm, bf16, lpddr"})
  void inputAndResultsOnTheBusesAreCounted(String system, String format, String tier) {
    ServedRun result = ServedRun.of(spec(system, format, 1));
    NearTotals totals = result.run().executor().near();
    Snapshot snapshot = result.run().snapshot();
    assertThat((double) totals.weights().inputBytes() + totals.kv().inputBytes())
        .isEqualTo(snapshot.number("rank0." + tier + ".near.input_bytes"))
        .isPositive();
    assertThat((double) totals.weights().resultBytes() + totals.kv().resultBytes())
        .isEqualTo(snapshot.number("rank0." + tier + ".near.result_bytes"))
        .isPositive();
  }

  @Test
  void formatsThatTheMemoryDoesNotMultiplyAreRefused() {
    Faults faults = new Faults();
    Config config = config("neupims", "bf16", 1, faults);
    List<String> messages = new ArrayList<>();
    try {
      RunSpec.read(config, faults, true);
    } catch (memwall.core.config.ConfigException e) {
      messages.addAll(e.faults());
    }
    assertThat(messages)
        .singleElement()
        .asString()
        .endsWith("system: memory 'hbm' multiplies [FP16], but precision.kv is BF16");
  }
}
