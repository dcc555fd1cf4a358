package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trace} and {@code model}: what they print and write, how they end. */
class TraceCommandsTest {
  private final ObjectMapper mapper = new ObjectMapper();

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void scenario() throws IOException {
    commands = new Commands(temp);
    commands.write("run.yaml", Commands.TRACE_RUN_FILE);
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
