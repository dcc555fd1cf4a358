package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            "no presets of kind 'chop'; did you mean 'chip'? (known: [aggregation, chip, dram,"
                + " dram-protocol, fabric, flash, generator, loggp, memory, model, network, pim, pnm, stack,"
                + " system])\n");
    assertThat(kind.code()).isEqualTo(2);
    Outcome name = Commands.run("presets", "system", "dgx-h10");
    assertThat(name.err())
        .startsWith(
            "no system preset 'dgx-h10'; did you mean 'dgx-h100'? (known: [attacc-h100-8,"
                + " axdimm-host, cent-device, custom-3d-8, cxl-pnm, dgx-b200, dgx-h100, ");
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
    assertThat(list).hasSize(5);
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

  @Test
  void traceGenerateConvertInspect() throws IOException {
    Path made = commands.path("made.requests.jsonl.gz");
    Outcome generated =
        Commands.run("trace", "generate", "azure-conv", "--set", "requests=50", "-o", made);
    assertThat(generated.code()).isZero();
    assertThat(generated.out()).isEmpty();
    assertThat(generated.err()).isEqualTo("50 requests written to " + made + "\n");
    Path again = commands.path("again.requests.jsonl.gz");
    commands.write("spec.yaml", "generator: { extends: azure-conv, requests: 50 }\n");
    Commands.run("trace", "generate", commands.path("spec.yaml"), "--seed", 1, "-o", again);
    assertThat(again).hasSameBinaryContentAs(made);
    Path other = commands.path("other.requests.jsonl.gz");
    Commands.run("trace", "generate", commands.path("spec.yaml"), "--seed", 2, "-o", other);
    assertThat(Files.readAllBytes(other)).isNotEqualTo(Files.readAllBytes(made));

    Path cut = commands.path("cut.requests.jsonl");
    Outcome converted =
        Commands.run("trace", "convert", made, cut, "--first=20", "--rate-scale=2", "--from=1 s");
    assertThat(converted.err()).isEqualTo("20 requests written to " + cut + "\n");
    JsonNode whole = mapper.readTree(Commands.run("trace", "inspect", made, "--json").out());
    JsonNode half = mapper.readTree(Commands.run("trace", "inspect", cut, "--json").out());
    assertThat(whole.path("requests").asInt()).isEqualTo(50);
    assertThat(half.path("requests").asInt()).isEqualTo(20);
    assertThat(half.path("format").asText()).isEqualTo("requests");
    assertThat(Commands.run("trace", "inspect", cut).out())
        .contains("requests           20\n", "source             azure-conv, seed 1\n", "tokens  ")
        .contains("prompt", "output", "rate");
  }

  @Test
  void modelImport() throws IOException {
    Path file =
        commands.write(
            "config.json",
            """
            {"model_type": "llama", "hidden_size": 256, "num_attention_heads": 4,
             "num_hidden_layers": 2, "intermediate_size": 512, "vocab_size": 1000,
             "max_position_embeddings": 4096, "tie_word_embeddings": true}
            """);
    Files.createDirectories(commands.path("presets/model"));
    Path model = commands.path("presets/model/tiny.yaml");
    Outcome outcome = Commands.run("model", "import", file, "-o", model);
    assertThat(outcome.err()).isEqualTo("model written to " + model + "\n");
    // Two layers of 4 x 256^2 and 3 x 256 x 512, and 1000 x 256 once.
    assertThat(outcome.out()).contains("parameters", "0.002 G", "2,048 bytes", "4,096 tokens");
    assertThat(Files.readString(model))
        .startsWith("description: Imported, 0.002 G parameters.\nsource: 'config.json'\n");
    assertThat(
            Commands.run("presets", "model", "tiny", "--presets", commands.path("presets")).code())
        .isZero();
    assertThat(Commands.run("model", "import", file, "-o", model).errors())
        .containsExactly(model + ": exists already, expected the name of a new file");
    commands.write("config.json", "{\"model_type\": \"lama\"}");
    Outcome wrong = Commands.run("model", "import", file, "-o", commands.path("x.yaml"));
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).startsWith(file + ": 'model_type': 'lama' is not known; did you mean");
  }

  @Test
  void traceFit() throws IOException {
    Path made = commands.path("made.requests.jsonl");
    Commands.run("trace", "generate", "azure-conv", "--set", "requests=500", "-o", made);
    Path fitted = commands.path("like.yaml");
    Outcome outcome = Commands.run("trace", "fit", made, "-o", fitted);
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("requests/s", "dispersion in 1 s", "prompt p99", " %");
    assertThat(outcome.err()).isEqualTo("generator written to " + fitted + "\n");
    Path like = commands.path("like.requests.jsonl");
    assertThat(Commands.run("trace", "generate", fitted, "-o", like).code()).isZero();
    assertThat(Commands.run("trace", "inspect", like).out())
        .contains("source             fit of made.requests.jsonl, seed 1\n");
    assertThat(Commands.run("trace", "fit", made, "-o", fitted).errors())
        .containsExactly(fitted + ": exists already, expected the name of a new file");
    Path one = commands.path("one.requests.jsonl");
    Commands.run("trace", "convert", made, one, "--first=1");
    Outcome few = Commands.run("trace", "fit", one, "-o", commands.path("few.yaml"));
    assertThat(few.errors())
        .containsExactly(one + ": 1 requests within 0 ps have no rate that could be fitted");
    assertThat(few.code()).isEqualTo(2);
    assertThat(Commands.run("trace", "fit", made, "-o", one, "--window", "0 s").errors())
        .containsExactly("--window: must be more than 0");
  }

  @Test
  void tracesOfOthers() throws IOException {
    Path vidur =
        commands.write(
            "v.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n2,5,6\n1,7,8\n1,7,0\n");
    assertThat(Commands.run("trace", "inspect", vidur).errors())
        .hasSize(1)
        .first()
        .asString()
        .endsWith("('memwall trace convert --sort' puts them there)");
    Path sorted = commands.path("v.requests.jsonl");
    assertThat(Commands.run("trace", "convert", vidur, sorted, "--sort").err())
        .isEqualTo(
            "2 requests written to "
                + sorted
                + "\n1 requests without prompt or output tokens left out\n");
    assertThat(Files.readString(sorted))
        .contains(
            "{\"id\":\"r2\",\"arrival\":1000000000,\"input\":7,\"output\":8}\n{\"id\":\"r1\"");
    Path spread = commands.path("s.requests.jsonl");
    Commands.run("trace", "convert", sorted, spread, "--jitter=500 ms", "--sample=1", "--seed=3");
    assertThat(Files.readString(spread)).contains("\"jitter\":\"uniform(0,500000000ns), seed 3\"");
    assertThat(Commands.run("trace", "convert", sorted, commands.path("x"), "--sample=2").errors())
        .containsExactly("memwall trace convert: a share of 2.0, allowed is more than 0 to 1");
    Path blocks =
        commands.write(
            "m.jsonl",
            """
            {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1]}
            {"timestamp": 5, "input_length": 600, "output_length": 5, "hash_ids": [0, 2]}
            {"timestamp": 9, "input_length": 600, "output_length": 0, "hash_ids": []}
            """);
    assertThat(Commands.run("trace", "inspect", blocks).out())
        .contains("blocks of prompts  4, 3 different\n", "seen before      25 %", "left out");
    JsonNode json = mapper.readTree(Commands.run("trace", "inspect", blocks, "--json").out());
    assertThat(json.path("prefix").path("hits").asInt()).isEqualTo(1);
    assertThat(json.path("left_out").asInt()).isEqualTo(1);
  }

  @Test
  void traceFormats() {
    assertThat(
            Commands.run("trace", "formats").out().lines().map(line -> line.replaceAll(" .*", "")))
        .containsExactly(
            "format",
            "requests",
            "azure",
            "burstgpt",
            "mooncake",
            "qwen-bailian",
            "vidur",
            "llmservingsim",
            "splitwise",
            "blis",
            "tokens");
  }

  @Test
  void traceGenerateOfNothingKnown() {
    Outcome outcome = Commands.run("trace", "generate", "azure-cnv", "-o", commands.path("x"));
    assertThat(outcome.err())
        .isEqualTo(
            "'azure-cnv' is neither a file nor a generator preset; did you mean 'azure-conv'?"
                + " (known: [azure-conv, azure-conv-lognormal, long-context, reasoning-r1])\n");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(commands.names()).containsExactly("run.yaml");
  }

  @Test
  void traceGenerateWithAWrongOverride() {
    Outcome outcome =
        Commands.run(
            "trace", "generate", "azure-conv", "--set", "requests=0", "-o", commands.path("x"));
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("--set #1 (")
        .endsWith("generator.requests: '0' is out of range: a whole number from 1 to 1000000000\n");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(commands.names()).containsExactly("run.yaml");
  }

  @Test
  void traceConvertRefusesWhatMakesNoSense() throws IOException {
    Path in =
        commands.write(
            "t.requests.jsonl",
            Commands.HEADER + "{\"id\":\"a\",\"arrival\":0,\"input\":1,\"output\":1}\n");
    Path out = commands.path("o.requests.jsonl");
    convertFails(
        List.of(
            "--from: '5' has no unit where a time is wanted: a number with one of the units [ps, ns,"
                + " us, ms, s, min, h, d]",
            "--rate-scale: 'x1.5' is neither a number nor a fraction A/B of two whole numbers"),
        in,
        out,
        "--from=5",
        "--rate-scale=x1.5");
    convertFails(
        List.of("memwall trace convert: 0 requests, allowed are 1 or more"), in, out, "--first=0");
    convertFails(
        List.of(
            "memwall trace convert: a window from 2000000000000 to 1000000000000 ps, the end must"
                + " come after the begin"),
        in,
        out,
        "--from=2 s",
        "--to=1 s");
    convertFails(
        List.of(in + ": no request arrives in the window; an empty trace is of no use"),
        in,
        out,
        "--from=1 s");
    convertFails(List.of(in + ": exists already, expected the name of a new file"), in, in);
    convertFails(
        List.of(commands.path("no/o.jsonl") + ": cannot be written: its folder does not exist"),
        in,
        commands.path("no/o.jsonl"));
  }

  private void convertFails(List<String> messages, Path in, Path out, String... options) {
    Object[] arguments = new Object[4 + options.length];
    arguments[0] = "trace";
    arguments[1] = "convert";
    arguments[2] = in;
    arguments[3] = out;
    System.arraycopy(options, 0, arguments, 4, options.length);
    Outcome outcome = Commands.run(arguments);
    assertThat(outcome.errors()).isEqualTo(messages);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(commands.names()).containsExactly("run.yaml", "t.requests.jsonl");
  }
}
