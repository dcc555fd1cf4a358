package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

/** Whole runs on memory that is simulated down to its banks, with a model of a few megabytes. */
final class BankedRunTest {
  private static RunSpec spec(String... sets) {
    Faults faults = new Faults();
    String text =
        """
        memwall: 1
        name: banks
        system: { extends: dgx-h100, chips: 2, chip: mobile-lpddr5x }
        model: { extends: llama-3.1-8b, layers: 4, hidden_size: 512, ffn_size: 1024,
          vocabulary: 2000, attention: { heads: 8, kv_heads: 2, head_size: 64 } }
        precision: { weights: fp8, kv: fp8, activations: bf16, compute: fp8 }
        sharding: { tensor_parallel: 2 }
        serving: { max_batch: 4, max_batched_tokens: 256 }
        workload:
          generator: { extends: azure-conv, requests: 3, arrivals: { rate: 2000 /s },
            input: { max: 48 }, output: { max: 4 } }
        seed: 3
        """;
    Config config =
        ConfigLoader.fromText("test.yaml", text, List.of(sets), Presets.builtIn(), faults);
    RunSpec spec = RunSpec.read(config, faults, true);
    faults.throwIfAny();
    return spec;
  }

  private static ServedRun run(String... sets) {
    return ServedRun.of(spec(sets));
  }

  /** Laws F1 and F4: one channel that leaps for all, and every command of every channel. */
  @Test
  void fastEqualsExact() {
    ServedRun fast = run("fidelity=fast");
    ServedRun exact = run("fidelity=exact");
    assertThat(fast.records()).isEqualTo(exact.records()).hasSize(3);
    assertThat(fast.outcome().stepsPs()).isEqualTo(exact.outcome().stepsPs());
    assertThat(fast.run().simulation().nowPs()).isEqualTo(exact.run().simulation().nowPs());
    assertThat(fast.run().simulation().eventsFired())
        .isLessThan(exact.run().simulation().eventsFired() / 3);
    Snapshot exactStats = exact.run().snapshot();
    int ofBanks = 0;
    for (Snapshot.Value value : fast.run().snapshot().values()) {
      assertThat(exactStats.number(value.path())).as(value.path()).isEqualTo(value.number());
      ofBanks += value.path().contains(".dram.row_") && value.number() > 0 ? 1 : 0;
    }
    assertThat(ofBanks).isEqualTo(3);
  }

  @Test
  void whatTheControllerDoesMatters() {
    long basePs = run().run().simulation().nowPs();
    for (String set :
        List.of(
            "system.chip.memory.dram.device.controller.read_queue=8",
            "system.chip.memory.dram.device.controller.mapping=row-contiguous",
            "system.chip.memory.dram.device.path_latency=1 us",
            "system.chip.memory.dram.device.dram=lpddr5-6400-16gb-x16")) {
      assertThat(run(set).run().simulation().nowPs()).as(set).isGreaterThan(basePs);
    }
  }

  /** The law of validate: an unloaded system is within 1 % of the roofline. */
  @Test
  void anUnloadedSystemIsWithinOnePerCentOfTheRoofline() {
    // Weights large enough that transfers are streams.
    RunSpec spec =
        spec("model.hidden_size=2048", "model.ffn_size=8192", "model.attention.head_size=256");
    for (Validation.Comparison each : Validation.compare("mobile", "small", spec)) {
      assertThat(Math.abs(each.deviationPercent())).as("%s", each).isLessThan(1);
    }
  }
}
