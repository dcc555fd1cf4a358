package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import memwall.cli.Commands.Outcome;
import memwall.core.config.Presets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of bad input: the whole message, exit code 2, nothing on standard output or disk. */
class BadInputTest {
  private static final String LINE = "{\"id\":\"a\",\"arrival\":5,\"input\":10,\"output\":5}\n";

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void scenario() throws IOException {
    commands = new Commands(temp);
    commands.write("run.yaml", Commands.TRACE_RUN_FILE);
    commands.write("t.requests.jsonl", Commands.HEADER + LINE);
  }

  @Test
  void theScenarioIsSound() {
    commands.runs("out", commands.path("run.yaml"));
    assertThat(commands.path("out/summary.json")).exists();
  }

  @Test
  void unknownKeysAllInOnePass() throws IOException {
    commands.write(
        "run.yaml",
        Commands.TRACE_RUN_FILE.replace("seed:", "sead:").replace("max_batch:", "max_bach:"));
    fails(
        "RUN:7:12: unknown key 'serving.max_bach'; did you mean 'max_batch'? (known: [max_batch,"
            + " max_batched_tokens, chunked_prefill, kv_block, memory_share, slo, admission,"
            + " preemption, order, priorities, swap, prefix_cache, kv_blocks])",
        "RUN:9:1: unknown key 'sead'; did you mean 'seed'? (known: [memwall, name, system, model,"
            + " precision, sharding, serving, workload, operators, fidelity, seed, output,"
            + " economy])");
  }

  @Test
  void missingKeys() throws IOException {
    commands.write("run.yaml", Commands.TRACE_RUN_FILE.replaceAll("(?m)^(name|model):.*\n", ""));
    fails(
        "RUN:1:1: missing key 'name' (Name of the run, for reports); wanted is text",
        "RUN:1:1: missing key 'model' (The language model); wanted is a mapping or the name"
            + " of a model preset");
  }

  @Test
  void aMissingWorkload() throws IOException {
    commands.write("run.yaml", Commands.TRACE_RUN_FILE.replaceAll("(?m)^workload:.*\n", ""));
    fails("RUN:1:1: missing key 'workload' (What is replayed); wanted is a mapping");
  }

  @Test
  void aWorkloadWithoutRequests() throws IOException {
    commands.write(
        "run.yaml", Commands.TRACE_RUN_FILE.replace("trace: t.requests.jsonl", "limit: 5"));
    fails("RUN:8:11: workload.trace: nothing to replay: give 'trace: FILE' or 'generator: NAME'");
  }

  @Test
  void aQuantityWithoutUnit() {
    failsWith(
        "system.step_overhead=5",
        "SET: system.step_overhead: '5' has no unit where a time is wanted: a number with one of"
            + " the units [ps, ns, us, ms, s, min, h, d]");
  }

  @Test
  void aUnitOfAnotherQuantity() {
    failsWith(
        "system.step_overhead=5 GB",
        "SET: system.step_overhead: '5 GB' is a size where a time is wanted: a number with one of"
            + " the units [ps, ns, us, ms, s, min, h, d]");
  }

  @Test
  void aNegativeValue() {
    failsWith(
        "serving.max_batch=-4",
        "SET: serving.max_batch: '-4' is out of range: a whole number from 1 to 1048576");
  }

  @Test
  void anAbsurdValue() {
    failsWith(
        "serving.memory_share=90",
        "SET: serving.memory_share: '90' is out of range: a number from 0.01 to 1");
  }

  @Test
  void preemptionWithoutWhatItNeeds() {
    failsWith(
        "serving={ preemption: swap, priorities: { a: 5000 } }",
        "SET: serving.preemption: nobody is preempted unless 'admission' is current",
        "SET: serving.priorities.a: '5000' is out of range: a whole number from -1000 to 1000",
        "SET: serving.priorities: nothing goes by them unless 'order' is priority",
        "SET: serving.preemption: swap needs the section 'swap' with 'bandwidth' and 'capacity'");
    failsWith(
        "serving={ swap: { bandwidth: 0 GB/s, capacity: 1 GB } }",
        "SET: serving.swap.bandwidth: '0 GB/s' is out of range: a data rate is from 1 B/s to 1000"
            + " PB/s",
        "SET: serving.swap: nothing is copied there unless 'preemption' is swap");
    failsWith(
        "serving.kv_blocks=10000000",
        "SET: serving.kv_blocks: 10000000 blocks take 2.621 TB of each chip; there is room for 83.87"
            + " GB");
  }

  @Test
  void tablesThatAreNotThere() {
    failsWith(
        "operators={ tables: no-tables, skew: often }",
        "SET: operators.skew: 'often' is not one of [auto, always, never]");
    failsWith(
        "operators.tables=" + commands.path("no-tables"),
        commands.path("no-tables") + ": no folder 'tp8' with the tables of a rank of 8");
  }

  @Test
  void notANumber() {
    failsWith(
        "serving.memory_share=NaN",
        "SET: serving.memory_share: 'NaN' is not a number from 0.01 to 1");
  }

  @Test
  void headsThatCannotBeDivided() {
    failsWith(
        "sharding.tensor_parallel=6",
        "SET: sharding.tensor_parallel: 6 does not fit Llama-3.1-8B: 32 query heads cannot be"
            + " divided over 6 ranks; 8 KV heads can neither be divided nor replicated over 6 ranks:"
            + " one number must divide the other; 4096 hidden elements cannot be divided over 6"
            + " ranks; 14336 FFN elements cannot be divided over 6 ranks");
  }

  @Test
  void moreRanksThanChips() {
    failsWith(
        "sharding.tensor_parallel=16",
        "SET: sharding.tensor_parallel: 16 ranks do not fit on a system of 8 chips",
        "SET: sharding.tensor_parallel: 16 ranks do not fit on a network of 8 ports");
  }

  @Test
  void aModelThatDoesNotFitSaysByHowMuchPerChip() {
    failsWith(
        "model=llama-3.1-405b",
        "SET: model: does not fit: memory 'hbm' of each chip is 24.25 GB too small (weights 101.5"
            + " GB, activations 85.72 MB per chip; capacity 85.9 GB, of which"
            + " 'serving.memory_share' may be used); use more chips (sharding.tensor_parallel),"
            + " narrower number formats or a smaller step");
  }

  @Test
  void anUnknownPreset() {
    failsWith(
        "system=dgx-h10",
        "SET: system: no system preset 'dgx-h10'; did you mean 'dgx-h100'? (known: "
            + Presets.builtIn().names("system")
            + ")");
  }

  @Test
  void aMissingRunFile() throws IOException {
    Files.delete(commands.path("run.yaml"));
    fails("RUN: no such file");
  }

  @Test
  void aMissingTrace() throws IOException {
    Files.delete(commands.path("t.requests.jsonl"));
    fails("TRACE: no such file, expected a trace");
  }

  @Test
  void anEmptyTrace() throws IOException {
    trace("");
    fails("TRACE: the file is empty, expected a trace");
    trace(Commands.HEADER);
    fails("TRACE: the trace has a header but no request, expected at least one");
  }

  @Test
  void aFileThatIsNoTrace() throws IOException {
    trace("hello\n");
    fails(
        "TRACE:1: found 'hello', expected a header such as"
            + " {\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\"} or"
            + " TIMESTAMP,ContextTokens,GeneratedTokens ('memwall trace formats' lists what can be"
            + " read)");
  }

  @Test
  void aTruncatedLine() throws IOException {
    trace(Commands.HEADER + LINE + "{\"id\":\"b\",\"arrival\":7,\"inp");
    fails("TRACE:3:27: the line ends inside the JSON object (truncated?), expected the rest of it");
  }

  @Test
  void malformedLinesAllInOnePass() throws IOException {
    trace(
        Commands.HEADER
            + LINE
            + "{\"id\":\"b\",\"arrival\":7,\"input\":\"ten\",\"output\":1}\n"
            + "{\"id\":\"c\",\"arrival\":8,\"input\":1,\"ouput\":1}\n");
    fails(
        "TRACE:3:31: 'input': 'ten' given, expected a whole number from 1 to 100000000",
        "TRACE:4:33: unknown key 'ouput', did you mean 'output'? (allowed: id, arrival, input,"
            + " output, phases, session, parent, turn, gap_after_parent, model, tenant, class,"
            + " slo_ttft, slo_tpot, media, hash_ids, observed, x)");
  }

  @Test
  void unsortedArrivals() throws IOException {
    trace(Commands.HEADER + LINE + LINE.replace("\"a\"", "\"b\"").replace("5,", "3,"));
    fails(
        "TRACE:3: the arrival 3 ns is before 5 ns in line 2, expected arrivals in order ('memwall"
            + " trace convert --sort' puts them there)");
  }

  @Test
  void zeroTokens() throws IOException {
    trace(Commands.HEADER + LINE.replace("\"output\":5", "\"output\":0"));
    fails("TRACE:2:43: 'output': '0' given, expected a whole number from 1 to 100000000");
  }

  @Test
  void notANumberOfTokens() throws IOException {
    trace(Commands.HEADER + LINE.replace("10", "NaN"));
    fails("TRACE:2:31: 'input': 'NaN' given, expected a whole number from 1 to 100000000");
  }

  @Test
  void aHugeLine() throws IOException {
    try (OutputStream out = Files.newOutputStream(commands.path("t.requests.jsonl"))) {
      out.write((Commands.HEADER + LINE).getBytes(StandardCharsets.UTF_8));
      out.write(blanks(17 << 20));
    }
    fails("TRACE:3: the line is longer than 16 MiB, refused");
  }

  @Test
  void aGzipBomb() throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(commands.path("bomb.jsonl.gz")), 1 << 16)) {
      out.write(Commands.HEADER.getBytes(StandardCharsets.UTF_8));
      byte[] blanks = blanks(15 << 20);
      for (int i = 0; i < 6; i++) {
        String line = "{\"id\":\"r" + i + "\",\"arrival\":0,\"input\":1,\"output\":1";
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.write(blanks);
        out.write("}\n".getBytes(StandardCharsets.UTF_8));
      }
    }
    List<String> errors = errors("workload.trace=" + commands.path("bomb.jsonl.gz"));
    assertThat(errors)
        .containsExactly(
            commands.path("bomb.jsonl.gz")
                + ":6: the gzip data unpacks to more than 200 times its size, refused as a bomb");
  }

  @Test
  void damagedGzip() throws IOException {
    Path file = commands.path("t.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write((Commands.HEADER + LINE).getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 12));
    assertThat(errors("workload.trace=" + file))
        .hasSize(1)
        .first()
        .asString()
        .startsWith(file.toString())
        .contains("gzip");
  }

  @Test
  void aUsedOutputFolder() throws IOException {
    Files.createDirectory(commands.path("out"));
    commands.write("out/old", "result");
    Outcome outcome = Commands.run("run", commands.path("run.yaml"), "-o", commands.path("out"));
    assertThat(outcome.err())
        .isEqualTo(
            "output folder '"
                + commands.path("out")
                + "': is not empty, and results are never overwritten; remove it or name another"
                + " with -o DIR\n");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(commands.names()).containsExactly("out", "run.yaml", "t.requests.jsonl");
    assertThat(Commands.names(commands.path("out"))).containsExactly("old");
  }

  @Test
  void anUnwritableOutputFolder() throws IOException {
    Path proc = Path.of("/proc");
    assumeTrue(Files.isDirectory(proc), "no /proc: a place where nobody can write is needed");
    Outcome outcome = Commands.run("run", commands.path("run.yaml"), "-o", "/proc/run");
    assertThat(outcome.err())
        .isEqualTo(
            "output folder '/proc/run': cannot be created: no folder can be made at"
                + " '/proc/.run.partial-1'; name another with -o DIR\n");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void aFileAboveTheOutputFolder() {
    Path file = commands.path("run.yaml");
    Outcome outcome = Commands.run("run", file, "-o", file.resolve("out"));
    assertThat(outcome.err())
        .isEqualTo(
            "output folder '"
                + file.resolve("out")
                + "': cannot be created: '"
                + file
                + "' is a file, not a folder; name another with -o DIR\n");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void missingParentsOfTheOutputFolderAreCreated() {
    commands.runs("a/b/out", commands.path("run.yaml"));
    assertThat(commands.path("a/b/out/report.html")).exists();
    assertThat(Commands.names(commands.path("a/b"))).containsExactly("out");
  }

  private void trace(String text) throws IOException {
    commands.write("t.requests.jsonl", text);
  }

  private static byte[] blanks(int count) {
    byte[] blanks = new byte[count];
    Arrays.fill(blanks, (byte) ' ');
    return blanks;
  }

  /** Runs into a folder whose parent is missing too; nothing may be left of either. */
  private List<String> errors(String... sets) {
    List<String> before = commands.names();
    List<Object> arguments = new ArrayList<>(List.of("run", commands.path("run.yaml")));
    for (String set : sets) {
      arguments.add("--set");
      arguments.add(set);
    }
    arguments.addAll(List.of("--token-trace", "-o", commands.path("new/out")));
    Outcome outcome = Commands.run(arguments.toArray());
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(commands.names()).isEqualTo(before);
    return outcome.errors();
  }

  private void fails(String... messages) {
    assertThat(errors()).containsExactly(named(messages, ""));
  }

  private void failsWith(String set, String... messages) {
    assertThat(errors(set)).containsExactly(named(messages, set));
  }

  private String[] named(String[] messages, String set) {
    return Arrays.stream(messages)
        .map(
            message ->
                message
                    .replace("RUN:", commands.path("run.yaml") + ":")
                    .replace("TRACE:", commands.path("t.requests.jsonl") + ":")
                    .replace("SET:", "--set #1 (" + set + "):"))
        .toArray(String[]::new);
  }
}
