package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.serving.RequestSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run replays of its trace. */
final class WorkloadTest {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;

  private static final String HEAD =
      """
      memwall: 1
      name: t
      system: dgx-h100
      model: llama-3.1-70b
      precision: { weights: bf16, kv: bf16, activations: bf16 }
      sharding: { tensor_parallel: 8 }
      serving: { max_batch: 8 }
      """;

  @TempDir Path folder;

  private Workload workload(String keys) throws IOException {
    Path trace = folder.resolve("t.csv");
    StringBuilder rows = new StringBuilder("arrived_at,num_prefill_tokens,num_decode_tokens\n");
    for (int i = 0; i < 200; i++) {
      rows.append(i).append(',').append(100 + i).append(",5\n");
    }
    Files.writeString(trace, rows);
    String text = HEAD + "seed: 4\nworkload: { trace: " + trace + ", " + keys + " }\n";
    Faults faults = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), faults);
    RunSpec spec = RunSpec.read(config, faults, true);
    faults.throwIfAny();
    return Workload.scan(spec);
  }

  private static List<Long> seconds(Workload workload) {
    List<Long> seconds = new ArrayList<>();
    try (RequestSource source = workload.open()) {
      for (RequestSource.Item item = source.next(); item != null; item = source.next()) {
        seconds.add(item.request().arrivalPs() / PS_PER_SECOND);
      }
    }
    return seconds;
  }

  @Test
  void cutAndFaster() throws IOException {
    Workload workload = workload("from: 10 s, to: 20 s, rate_scale: 2, limit: 7");
    assertThat(seconds(workload)).containsExactly(0L, 0L, 1L, 1L, 2L, 2L, 3L);
    assertThat(workload.requests()).isEqualTo(7);
    assertThat(workload.summary().requests()).isEqualTo(10);
    assertThat(workload.summary().maxPromptTokens()).isEqualTo(119);
    assertThat(seconds(workload("rate_scale: 1/2, limit: 3"))).containsExactly(0L, 2L, 4L);
    assertThat(seconds(workload("rate_scale: 0.25, limit: 2"))).containsExactly(0L, 4L);
  }

  @Test
  void drawn() throws IOException {
    Workload sampled = workload("sample: 0.5");
    assertThat(sampled.requests()).isBetween(75L, 125L).isEqualTo(seconds(sampled).size());
    assertThat(seconds(workload("sample: 0.5"))).isEqualTo(seconds(sampled));
    List<Long> spread = seconds(workload("jitter: 30 s"));
    assertThat(spread).hasSize(200).isSorted().isNotEqualTo(seconds(workload("jitter: 0 s")));
  }

  @Test
  void wrongKeys() {
    assertThatThrownBy(() -> workload("from: 5 s, to: 5 s, sample: 0, rate_scale: fast"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("workload.to: must be after 'from'")
        .hasMessageContaining("workload.sample: '0' is out of range")
        .hasMessageContaining("workload.rate_scale: 'fast' is neither a number nor a fraction");
    assertThatThrownBy(() -> workload("from: 1 h"))
        .hasMessageContaining("workload: no request is left of the trace");
  }

  @Test
  void openLoopKeepsItsTimes() throws IOException {
    Path tokens = folder.resolve("t.tokens.jsonl");
    Files.writeString(
        tokens,
        """
        {"tdt":1,"kind":"tokens","time_unit":"ps"}
        {"id":"a","arrival":4,"input":1,"output":1}
        {"id":"a","i":0,"t":5}
        """);
    String text = HEAD + "workload: { trace: " + tokens + ", replay: open-loop, rate_scale: 2 }\n";
    Faults faults = new Faults();
    RunSpec spec =
        RunSpec.read(
            ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), faults),
            faults,
            true);
    faults.throwIfAny();
    assertThatThrownBy(() -> Workload.scan(spec))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a token trace in open loop is replayed at its times");
  }
}
