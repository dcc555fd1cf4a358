package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import memwall.cli.Commands.Outcome;
import memwall.core.config.Presets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands besides {@code run}: what they print, how they end. */
class CommandsTest {
  private final ObjectMapper mapper = new ObjectMapper();

  @TempDir Path temp;
  private Commands commands;
  private Path file;

  @BeforeEach
  void scenario() throws IOException {
    commands = new Commands(temp);
    file = commands.write("run.yaml", Commands.TRACE_RUN_FILE);
  }

  @Test
  void runPrintsItsSummaryAndNothingElse() throws IOException {
    Outcome outcome = Commands.run("run", commands.runFile(), "-o", commands.path("out"));
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("run           small, completed\n")
        .contains("requests      12 arrived, 12 completed, 0 refused, 0 running, 0 waiting\n")
        .contains("\nfiles         " + commands.path("out") + " (open report.html");
  }

  @Test
  void theManifestNamesEveryFileThatWasRead() throws IOException {
    Path base = commands.write("base.yaml", Commands.RUN_FILE);
    Path small = commands.write("small.yaml", "extends: base.yaml\nsystem: mine\n");
    Files.createDirectories(temp.resolve("presets/system"));
    Path mine =
        commands.write(
            "presets/system/mine.yaml", "description: ours\nsource: ours\nextends: dgx-h100\n");
    Files.writeString(temp.resolve("presets/system/other.yaml"), "source: not used\n");
    Outcome outcome =
        Commands.run(
            "run", small, "--presets", temp.resolve("presets"), "-o", commands.path("out"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode inputs = mapper.readTree(commands.path("out/manifest.json").toFile()).path("inputs");
    assertThat(inputs.findValuesAsText("path"))
        .containsExactly(small.toString(), base.toString(), mine.toString());
    assertThat(inputs.findValuesAsText("sha256")).allMatch(hash -> hash.length() == 64);
  }

  @Test
  void aRunThatCompletesNothingFails() throws IOException {
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER + "{\"id\":\"a\",\"arrival\":0,\"input\":200000,\"output\":1}\n");
    Outcome outcome = Commands.run("run", file, "-o", commands.path("out"));
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).isEqualTo("no request was completed\n");
    assertThat(commands.path("out/summary.json")).exists();
  }

  @Test
  void requestsThatFailedWhereTheyWereRecorded() throws IOException {
    commands.write(
        "v.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n0,5,2\n0,7,0\n1,7,2\n");
    Outcome outcome =
        Commands.run(
            "run",
            file,
            "-o",
            commands.path("out"),
            "--set",
            "workload.trace=" + commands.path("v.csv"));
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().replaceAll("\\s+", " "))
        .contains("1 requests of the trace have no prompt or no output tokens", "2 completed");
  }

  @Test
  void goodput() throws IOException {
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER
            + """
            {"id":"a","arrival":0,"input":20,"output":4}
            {"id":"b","arrival":0,"input":20,"output":4,"slo_ttft":1}
            {"id":"c","arrival":9,"input":20,"output":4,"class":"batch"}
            """);
    Outcome outcome =
        Commands.run(
            "run",
            file,
            "-o",
            commands.path("out"),
            "--set",
            "serving.slo.ttft=1 min",
            "--set",
            "serving.slo.classes.batch.tpot=1 ps");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("goodput", "33.3 % of requests kept their limits", "tpot 1, ttft 1");
    JsonNode slo = mapper.readTree(commands.path("out/summary.json").toFile()).path("slo");
    assertThat(slo.path("judged").asInt()).isEqualTo(3);
    assertThat(slo.path("kept").asInt()).isEqualTo(1);
    assertThat(slo.path("missed").path("ttft").asInt()).isEqualTo(1);
    assertThat(slo.path("missed").path("e2e").asInt()).isZero();
    assertThat(slo.path("classes").path(0).path("name").asText()).isEqualTo("batch");
    assertThat(slo.path("classes").path(0).path("kept").asInt()).isZero();
    Outcome wrong =
        Commands.run(
            "run", file, "-o", commands.path("no"), "--set", "serving.slo.classes.x.tpot=0 s");
    assertThat(wrong.errors()).hasSize(1);
    assertThat(wrong.err()).contains("serving.slo.classes.x.tpot: must be more than 0");
  }

  /** Blocks of 16 tokens: three requests that need two each, and later three, of five. */
  @Test
  void preemptionsAreReported() throws IOException {
    Path file = commands.write("run.yaml", Commands.TRACE_RUN_FILE);
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER
            + """
            {"id":"a","arrival":0,"input":20,"output":20}
            {"id":"b","arrival":0,"input":20,"output":20}
            {"id":"c","arrival":9,"input":20,"output":20,"class":"batch"}
            """);
    Outcome outcome =
        Commands.run(
            "run",
            file,
            "-o",
            commands.path("out"),
            "--set",
            "serving.kv_blocks=5",
            "--set",
            "serving.admission=current",
            "--set",
            "serving.prefix_cache=true");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("preempted", "KV entries computed again", "prefix cache");
    JsonNode summary = mapper.readTree(commands.path("out/summary.json").toFile());
    JsonNode scheduling = summary.path("scheduling");
    assertThat(scheduling.path("preemptions").asInt()).isPositive();
    assertThat(scheduling.path("lost_tokens").asInt()).isPositive();
    assertThat(scheduling.path("prefix_cache").path("hit_blocks").asInt()).isZero();
    assertThat(summary.path("requests").path("completed").asInt()).isEqualTo(3);
    assertThat(commands.path("out/report.html")).content().contains("Room for KV entries");
  }

  /** One request of two steps; attention was measured for one token of context only. */
  @Test
  void measuredOperatorsAreReported() throws IOException {
    Path file = commands.write("run.yaml", Commands.TRACE_RUN_FILE);
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER + "{\"id\":\"a\",\"arrival\":0,\"input\":20,\"output\":2}\n");
    Files.createDirectories(commands.path("tables/tp8"));
    StringBuilder dense = new StringBuilder("layer,tokens,time_us\n");
    for (String name :
        "embedding layernorm qkv_proj rotary_emb o_proj gate_up_proj act_fn down_proj final_layernorm"
            .split(" ", -1)) {
      dense.append(name).append(",1,10\n").append(name).append(",20,10\n");
    }
    commands.write("tables/tp8/dense.csv", dense.toString());
    commands.write(
        "tables/tp8/per_sequence.csv", "layer,sequences,time_us\nlm_head,1,10\nsampler,1,10\n");
    commands.write(
        "tables/tp8/attention.csv",
        "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n20,0,0,0,10\n0,0,1,1,10\n");
    Outcome outcome =
        Commands.run(
            "run",
            file,
            "-o",
            commands.path("out"),
            "--set",
            "operators.tables=" + commands.path("tables"));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("24 look-ups of measured times, 4.2 % of them", "1 of 24 times of operators");
    JsonNode summary = mapper.readTree(commands.path("out/summary.json").toFile());
    assertThat(summary.path("fidelity").asText()).isEqualTo("analytic");
    JsonNode tables = summary.path("tables");
    assertThat(tables.path("lookups").asInt()).isEqualTo(24);
    assertThat(tables.path("beyond").asInt()).isEqualTo(1);
    assertThat(tables.path("beyond_ps").asLong()).isEqualTo(32 * 10_000_000L);
    assertThat(tables.path("time_ps").asLong()).isEqualTo(2 * (32 * 9 + 4) * 10_000_000L);
    assertThat(commands.path("out/report.html")).content().contains("Measured operators");
  }

  @Test
  void theNameOfARunIsNoPath() {
    assertThat(RunCommand.folderName("chat on flash")).isEqualTo("chat on flash");
    assertThat(RunCommand.folderName("../../etc/x")).isEqualTo("run..-..-etc-x");
    assertThat(RunCommand.folderName("/")).isEqualTo("-");
    assertThat(RunCommand.folderName(" ")).isEqualTo("run");
  }

  @Test
  void validateComparesStepsAndARequestWithoutTheTrace() {
    Outcome outcome = Commands.run("validate", file);
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().lines().map(line -> line.replaceAll(" {2,}", "|")).toList())
        .hasSize(5)
        .satisfies(
            lines -> {
              assertThat(lines.get(0))
                  .isEqualTo(
                      "run|model|precision|step|tokens|simulated ms|roofline ms|deviation %");
              assertThat(lines.get(1)).startsWith("small|Llama-3.1-8B|bf16|decode step|1024|1.9");
              assertThat(lines.get(2)).startsWith("small|Llama-3.1-8B|bf16|prefill step|512|");
              assertThat(lines.get(3)).startsWith("small|Llama-3.1-8B|bf16|request TTFT|1024|");
              assertThat(lines.get(4)).startsWith("small|Llama-3.1-8B|bf16|request TPOT|1024|1.9");
            });
    assertThat(outcome.err()).isEqualTo("4 of 4 within 1 %\n");
    assertThat(commands.names()).containsExactly("run.yaml");
  }

  @Test
  void validateExitsWithThreeOutsideTheTolerance() throws IOException {
    Outcome outcome =
        Commands.run("validate", file, "--json", "--tolerance=0", "--set", "system=son2026-hbm4-8");
    assertThat(outcome.code()).isEqualTo(3);
    JsonNode tree = mapper.readTree(outcome.out());
    assertThat(tree.path("schema").asText()).isEqualTo("memwall.validate/1");
    assertThat(tree.path("comparisons")).hasSize(4);
    JsonNode decode = tree.path("comparisons").get(0);
    assertThat(decode.path("step").asText()).isEqualTo("decode");
    assertThat(decode.path("within").asBoolean()).isFalse();
    double deviation = decode.path("deviation_percent").asDouble();
    assertThat(deviation)
        .isEqualTo(
            100
                * (decode.path("simulated_ms").asDouble() / decode.path("roofline_ms").asDouble()
                    - 1),
            org.assertj.core.data.Offset.offset(1e-9));
    assertThat(Math.abs(deviation)).isGreaterThan(0).isLessThan(1);
  }

  @Test
  void validateReportsTheFaultsOfAllFiles() throws IOException {
    Path other =
        commands.write("other.yaml", "memwall: 2\n" + Commands.TRACE_RUN_FILE.substring(11));
    Outcome outcome = Commands.run("validate", commands.path("none.yaml"), other);
    assertThat(outcome.errors())
        .containsExactly(
            commands.path("none.yaml") + ": no such file",
            other + ":1:10: memwall: '2' is out of range: a whole number from 1 to 1");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void presetsByKindAndName() throws IOException {
    Outcome all = Commands.run("presets");
    assertThat(all.out()).contains("\nchip ", "\nmodel ", "\nsystem ", "\nmemory ", "\nnetwork ");
    Outcome chips = Commands.run("presets", "chip");
    assertThat(chips.out())
        .containsPattern("h100-sxm +NVIDIA H100 SXM, 80 GB HBM3\n")
        .doesNotContain("llama");
    JsonNode list = mapper.readTree(Commands.run("presets", "chip", "--json").out());
    assertThat(list).hasSize(Presets.builtIn().names("chip").size());
    assertThat(list.get(0).path("source").asText()).isNotEmpty();
    Outcome one = Commands.run("presets", "system", "dgx-h100");
    assertThat(one.out())
        .isEqualTo(
            """
            # preset system/dgx-h100 from presets/system/dgx-h100.yaml
            description: Eight H100 SXM on NVLink 4
            source: NVIDIA DGX H100 data sheet; see the chip and the network.
            chips: 8
            chip: h100-sxm
            network: nvlink4-8
            """);
    assertThat(
            mapper
                .readTree(Commands.run("presets", "system", "dgx-h100", "--json").out())
                .path("text")
                .asText())
        .startsWith("description: Eight H100");
  }

  @Test
  void unknownPresets() {
    Outcome kind = Commands.run("presets", "chop");
    assertThat(kind.err())
        .isEqualTo(
            "no presets of kind 'chop'; did you mean 'chip'? (known: [aggregation, bill,"
                + " chip, dram, dram-protocol, fabric, flash, generator, kernels, loggp, memory,"
                + " model, network, pim, pnm, site, stack, system])\n");
    assertThat(kind.code()).isEqualTo(2);
    Outcome name = Commands.run("presets", "system", "dgx-h10");
    assertThat(name.err())
        .startsWith(
            "no system preset 'dgx-h10'; did you mean 'dgx-h100'? (known: [attacc-h100-8,"
                + " axdimm-host, cent-device, custom-3d-8, cxl-pnm, dgx-a100, dgx-b200, ");
    assertThat(name.code()).isEqualTo(2);
  }

  @Test
  void aPresetOfTheUserIsMarked() throws IOException {
    Files.createDirectories(commands.path("mine/system"));
    Path mine =
        commands.write(
            "mine/system/dgx-h100.yaml",
            "source: mine\nchips: 4\nchip: h100-sxm\nnetwork: nvlink4-8\n");
    Path folder = commands.path("mine");
    String note = "system/dgx-h100: " + mine + " replaces presets/system/dgx-h100.yaml";
    assertThat(Commands.run("presets", "system", "--presets", folder).out())
        .contains("(replaces the built-in one)");
    assertThat(Commands.run("presets", "system", "dgx-h100", "--presets", folder).out())
        .startsWith("# preset system/dgx-h100 from " + mine + "\n# " + note + "\nsource: mine\n");
    assertThat(
            Commands.run(
                    "explain",
                    file,
                    "seed",
                    "--presets",
                    folder,
                    "--set",
                    "sharding.tensor_parallel=4")
                .err())
        .isEqualTo("note: " + note + "\n");
  }

  @Test
  void explainTellsWhereAValueComesFrom() throws IOException {
    Outcome outcome =
        Commands.run("explain", file, "serving", "--set", "serving.kv_block=32", "--json");
    assertThat(outcome.code()).isZero();
    JsonNode list = mapper.readTree(outcome.out());
    assertThat(list).hasSize(10);
    assertThat(list.get(0).path("path").asText()).isEqualTo("serving.max_batch");
    assertThat(list.get(0).path("origin").asText()).isEqualTo(file + ":7:23");
    assertThat(list.findValuesAsText("origin")).contains("--set #1", "default");
    Outcome one = Commands.run("explain", file, "serving.max_batch");
    assertThat(one.out().lines().map(line -> line.replaceAll(" {2,}", "|")).toList())
        .containsExactly(
            "path|value|computed in|origin|what it is",
            "serving.max_batch|8|" + file + ":7:23|Most sequences that run at once");
    Outcome all = Commands.run("explain", file);
    assertThat(all.out()).contains("system.chip.memory.hbm.", "preset memory/hbm3-h100:", "B/s");
    assertThat(commands.names()).containsExactly("run.yaml");
  }

  @Test
  void explainAnUnknownPath() {
    Outcome outcome = Commands.run("explain", file, "servin");
    assertThat(outcome.err())
        .isEqualTo(
            file
                + ": no value 'servin'; did you mean 'serving'? (without a path, explain lists"
                + " all)\n");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void reportDrawsTheSamePageAgain() throws IOException {
    Path out = commands.runs("out", commands.runFile());
    Path report = out.resolve("report.html");
    byte[] before = Files.readAllBytes(report);
    Files.delete(report);
    Outcome outcome = Commands.run("report", out);
    assertThat(outcome.out()).isEqualTo(report + "\n");
    assertThat(report).hasBinaryContent(before);
  }

  @Test
  void reportOfAFolderThatIsNone() {
    Outcome outcome = Commands.run("report", commands.path("none"), temp);
    assertThat(outcome.errors())
        .startsWith("'" + commands.path("none") + "' is not a run folder: there is no such folder")
        .contains("'" + temp + "' is not a complete run folder: summary.json is missing");
    assertThat(outcome.code()).isEqualTo(2);
  }
}
