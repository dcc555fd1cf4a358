package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

/** Whole runs of machines whose all-reduces go over trees of switches that add. */
final class TreesRunTest {
  private static RunSpec spec(String network, String... sets) {
    Faults faults = new Faults();
    String text =
        """
        memwall: 1
        name: trees
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

  private static final String SHARP =
      "{ extends: infiniband-ndr-256-sharp, in_network: { use: always } }";

  private static ServedRun run(String network, String... sets) {
    ServedRun run = ServedRun.of(spec(network, sets));
    assertThat(run.run().laws(run.outcome())).allMatch(RunLaw::holds);
    return run;
  }

  /** One chip stands for all: around one switch all ranks have their results at once. */
  @Test
  void foldingAndLeapingChangeNothing() {
    ServedRun fast = run(SHARP, "fidelity=fast");
    ServedRun exact = run(SHARP, "fidelity=exact");
    assertThat(fast.records()).isEqualTo(exact.records()).hasSize(5);
    assertThat(fast.outcome().stepsPs()).isEqualTo(exact.outcome().stepsPs());
    assertThat(fast.run().simulation().eventsFired())
        .isLessThan(exact.run().simulation().eventsFired() / 2);
    Snapshot some = fast.run().snapshot();
    Snapshot all = exact.run().snapshot();
    for (Snapshot.Value value : all.values()) {
      if (value.path().startsWith("network.tree.")) {
        assertThat(some.number(value.path())).as(value.path()).isEqualTo(value.number());
      }
    }
    assertThat(all.number("network.tree.rank_calls")).isPositive();
    assertThat(all.number("network.tree.contributions_added"))
        .isEqualTo(all.number("network.tree.contributions"));
  }

  /**
   * The law of validate: an unloaded system is within 1 % of the closed forms. That of sums that go
   * through a member is a bound for vectors of many chunks, whose two ways share links.
   */
  @Test
  void anUnloadedSystemIsNearItsClosedForms() {
    for (String network : List.of(SHARP, "nvswitch3-8-nvls")) {
      RunSpec spec = spec(network, "model.hidden_size=2048", "model.ffn_size=8192");
      List<Validation.Comparison> rows = Validation.compare("trees", "small", spec);
      assertThat(rows).isNotEmpty();
      for (Validation.Comparison each : rows) {
        assertThat(Math.abs(each.deviationPercent()))
            .as("%s", each)
            .isLessThan(network.equals(SHARP) ? 1 : 5);
      }
    }
  }

  @Test
  void moreRanksThanHosts() {
    String small = "{ extends: nvswitch3-8-nvls, in_network: { hosts: [h0, h5] } }";
    assertThatThrownBy(() -> spec(small))
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching(
            "test.yaml:\\d+:\\d+: sharding.tensor_parallel: 4 ranks do not fit on a network of 2"
                + " ports");
  }
}
