package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

/** Whole runs of machines whose chips are joined by routers, simulated flit by flit. */
final class RoutersRunTest {
  private static RunSpec spec(String network, String... sets) {
    Faults faults = new Faults();
    String text =
        """
        memwall: 1
        name: routers
        system: { extends: dgx-h100, network: %s }
        model: { extends: llama-3.1-8b, layers: 6, hidden_size: 512, ffn_size: 1024,
          vocabulary: 2000, attention: { heads: 8, kv_heads: 4, head_size: 64 } }
        precision: { weights: fp8, kv: fp8, activations: bf16, compute: fp8 }
        sharding: { tensor_parallel: 4 }
        serving: { max_batch: 4, max_batched_tokens: 256 }
        workload:
          generator: { extends: azure-conv, requests: 5, arrivals: { rate: 2000 /s },
            input: { max: 48 }, output: { max: 6 } }
        seed: 3
        """
            .formatted(network);
    Config config =
        ConfigLoader.fromText("test.yaml", text, List.of(sets), Presets.builtIn(), faults);
    RunSpec spec = RunSpec.read(config, faults, true);
    faults.throwIfAny();
    return spec;
  }

  private static ServedRun run(String network, String fidelity) {
    return ServedRun.of(spec(network, "fidelity=" + fidelity));
  }

  /** On a switch with equal pieces no rank waits for another: one chip stands for all exactly. */
  @Test
  void onASwitchFoldingChangesNothing() {
    ServedRun fast = run("nvswitch3-8", "fast");
    ServedRun exact = run("nvswitch3-8", "exact");
    assertThat(fast.records()).isEqualTo(exact.records()).hasSize(5);
    assertThat(fast.outcome().stepsPs()).isEqualTo(exact.outcome().stepsPs());
    assertThat(fast.run().simulation().eventsFired())
        .isLessThan(exact.run().simulation().eventsFired() / 2);
    Snapshot some = fast.run().snapshot();
    Snapshot all = exact.run().snapshot();
    assertThat(some.number("network.lockstep_calls")).isZero();
    for (String name : List.of("collectives_done", "messages", "message_bytes", "link_flits")) {
      assertThat(some.number("network." + name)).as(name).isEqualTo(all.number("network." + name));
      assertThat(some.number("network." + name)).as(name).isPositive();
    }
  }

  /** Where ranks end apart, all go on with the last one: a little later, and it is counted. */
  @Test
  void elsewhereTheLastRankDecides() {
    String network =
        "{ extends: ici-v7-64, fabric: mesh-4x4, collectives: { all_reduce: double-tree } }";
    ServedRun fast = run(network, "fast");
    ServedRun exact = run(network, "exact");
    assertThat(fast.run().snapshot().number("network.lockstep_wait_ps")).isPositive();
    double ratio = (double) fast.run().simulation().nowPs() / exact.run().simulation().nowPs();
    assertThat(ratio).isBetween(1.0, 1.1);
  }

  /** The law of validate: an unloaded system is within 1 % of the closed forms. */
  @Test
  void anUnloadedSystemIsWithinOnePerCentOfItsClosedForms() {
    RunSpec spec = spec("nvswitch3-8", "model.hidden_size=2048", "model.ffn_size=8192");
    List<Validation.Comparison> rows = Validation.compare("routers", "small", spec);
    assertThat(rows).isNotEmpty();
    for (Validation.Comparison each : rows) {
      assertThat(Math.abs(each.deviationPercent())).as("%s", each).isLessThan(1);
    }
  }
}
