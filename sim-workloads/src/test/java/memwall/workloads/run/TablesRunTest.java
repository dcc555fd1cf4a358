package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose operators take the times of tables, worked out by hand. */
final class TablesRunTest {
  private static final String ATTENTION =
      """
      prefill_chunk,kv_prefill,n_decode,kv_decode,time_us
      0,0,1,16,5
      0,0,1,116,15
      0,0,9,16,13
      0,0,9,116,33
      16,0,0,0,20
      116,0,0,0,120
      16,0,1,16,40
      116,0,1,16,40
      """;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Path rank = Files.createDirectories(folder.resolve("tp1"));
    StringBuilder dense = new StringBuilder("layer,tokens,time_us\n");
    for (String name :
        List.of(
            "embedding",
            "layernorm",
            "qkv_proj",
            "rotary_emb",
            "o_proj",
            "gate_up_proj",
            "act_fn",
            "down_proj",
            "final_layernorm")) {
      dense.append(name).append(",1,1\n").append(name).append(",101,11\n");
    }
    Files.writeString(rank.resolve("dense.csv"), dense);
    Files.writeString(
        rank.resolve("per_sequence.csv"),
        "layer,sequences,time_us\nlm_head,1,10\nlm_head,11,20\nsampler,1,3\nsampler,11,3\n");
    Files.writeString(rank.resolve("attention.csv"), ATTENTION);
    Files.writeString(
        folder.resolve("t.requests.jsonl"),
        """
        {"tdt":1,"kind":"requests","time_unit":"ns"}
        {"id":"a","arrival":0,"input":51,"output":3}
        """);
  }

  private RunSpec spec(String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml",
            """
            memwall: 1
            name: tables
            system: rtx-4090
            model: llama-3.1-8b
            precision: { weights: bf16, kv: bf16, activations: bf16 }
            sharding: { tensor_parallel: 1 }
            serving: { max_batch: 8 }
            operators: { tables: "%s" }
            workload: { trace: "%s" }
            """
                .formatted(folder, folder.resolve("t.requests.jsonl")),
            List.of(sets),
            Presets.builtIn(),
            faults);
    RunSpec spec = RunSpec.read(config, faults, true);
    faults.throwIfAny();
    return spec;
  }

  /**
   * 51 tokens: dense operators take 6 us each, of which a layer has eight and the step two;
   * attention 55. One token: 1 us each, attention at 51 and 52 entries behind it 8.5 and 8.6 us.
   */
  @Test
  void aStepIsTheSumOfItsOperators() {
    ServedRun served = ServedRun.of(spec());
    long prompt = 32 * (8 * 6 + 55) + 2 * 6 + 13;
    double tokens = 2 * (32 * 8 + 2 + 13) + 32 * (8.5 + 8.6);
    assertThat(served.records().get(0).firstTokenPs()).isEqualTo(prompt * 1_000_000);
    assertThat(served.records().get(0).lastTokenPs())
        .isEqualTo(Math.round((prompt + tokens) * 1e6));
    assertThat(served.spentPs("attention")).isEqualTo(Math.round(32 * (55 + 17.1) * 1e6));
    assertThat(served.spentPs("layernorm")).isEqualTo(64 * 8 * 1_000_000L);
    Snapshot snapshot = served.run().snapshot();
    assertThat(snapshot.number("tables.lookups")).isEqualTo(3 * 12);
    assertThat(snapshot.number("tables.beyond")).isZero();
    assertThat(snapshot.number("tables.time_ps"))
        .isEqualTo((double) served.records().get(0).lastTokenPs());
  }

  @Test
  void hostTimeIsAddedAndTokensAreFilledUp() {
    long plain = ServedRun.of(spec()).records().get(0).lastTokenPs();
    assertThat(ServedRun.of(spec("system.step_overhead=1 ms")).records().get(0).lastTokenPs())
        .isEqualTo(plain + 3 * 1_000_000_000L);
    // Two steps of one token are filled up to eleven: a microsecond more for each of 258 operators.
    assertThat(ServedRun.of(spec("operators.graph_sizes=[31, 11]")).records().get(0).lastTokenPs())
        .isEqualTo(plain + 2 * (32 * 8 + 2) * 1_000_000L);
  }

  @Test
  void whatLiesBeyondIsCounted() throws IOException {
    Files.writeString(
        folder.resolve("tp1/attention.csv"), ATTENTION.replace("116,0,0,0,120\n", ""));
    Snapshot snapshot = ServedRun.of(spec()).run().snapshot();
    assertThat(snapshot.number("tables.beyond")).isEqualTo(1);
    assertThat(snapshot.number("tables.beyond_ps")).isEqualTo(32 * 20e6);
  }

  @Test
  void badInput() {
    assertThatThrownBy(() -> spec("fidelity=fast"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("with 'operators', steps take the times of tables: it must be");
    assertThatThrownBy(() -> spec("model=mixtral-8x7b", "serving.memory_share=1"))
        .hasMessageContaining("Mixtral-8x7B needs moe.csv");
    assertThatThrownBy(() -> spec("operators.tables=" + folder.resolve("no")))
        .hasMessageContaining("no folder 'tp1' with the tables of a rank of 1");
    assertThatThrownBy(() -> spec("operators.graph_sizes=[0]"))
        .hasMessageContaining("operators.graph_sizes");
  }
}
