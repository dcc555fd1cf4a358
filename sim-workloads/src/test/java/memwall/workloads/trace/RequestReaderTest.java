package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The strict reader of {@code *.requests.jsonl}: what it accepts and each message. */
final class RequestReaderTest {
  private static final String HEADER = "{\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\"}\n";
  private static final String LINE = "{\"id\":\"a\",\"arrival\":0,\"input\":10,\"output\":5";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return file("t.requests.jsonl", text.getBytes(StandardCharsets.UTF_8));
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  static List<Request> read(Path path) {
    List<Request> requests = new ArrayList<>();
    try (RequestTrace trace = RequestTraces.open(path)) {
      for (Request request = trace.next(); request != null; request = trace.next()) {
        requests.add(request);
      }
    }
    return requests;
  }

  private List<String> faults(String text) throws IOException {
    Path path = file(text);
    ConfigException scan =
        catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path));
    ConfigException open = catchThrowableOfType(ConfigException.class, () -> read(path));
    assertThat(scan).isNotNull();
    assertThat(open).isNotNull();
    assertThat(open.faults()).isEqualTo(scan.faults());
    return scan.faults().stream().map(f -> f.replace(path.toString(), "t")).toList();
  }

  @Test
  void readsTheFourRequiredFields() throws IOException {
    Path path = file(HEADER + LINE + "}\n{\"id\":\"b\",\"arrival\":7,\"input\":1,\"output\":1}");
    assertThat(read(path))
        .containsExactly(new Request("a", 0, 10, 5), new Request("b", 7_000, 1, 1));
    assertThat(read(path).get(0).extras()).isNull();
    assertThat(read(path).get(0).phases()).isSameAs(Phases.ANSWER);
    TraceSummary summary = RequestTraces.scan(path);
    assertThat(summary.format()).isEqualTo("requests");
    assertThat(summary.requests()).isEqualTo(2);
    assertThat(summary.promptTokens()).isEqualTo(11);
    assertThat(summary.outputTokens()).isEqualTo(6);
    assertThat(summary.firstArrivalPs()).isZero();
    assertThat(summary.lastArrivalPs()).isEqualTo(7_000);
    assertThat(summary.maxPromptTokens()).isEqualTo(10);
    assertThat(summary.maxOutputTokens()).isEqualTo(5);
    assertThat(summary.maxContextTokens()).isEqualTo(15);
  }

  @Test
  void everyFieldSurvivesAConversion() throws IOException {
    String header =
        "{\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\",\"block_tokens\":512,"
            + "\"source\":\"s\",\"license\":\"l\",\"epoch\":\"e\",\"model\":\"m\","
            + "\"tokenizer\":\"t\",\"hash_space\":\"h\",\"jitter\":\"none\",\"x\":{\"k\":[1.50]}}\n";
    String full =
        "{\"id\":\"r\\\"1\\\\é\",\"arrival\":5,\"input\":2000,\"output\":932,"
            + "\"phases\":[[\"think\",812],[\"answer\",110],[\"tool\",6],[\"draft\",4]],"
            + "\"session\":\"s1\",\"parent\":\"r0\",\"turn\":2,\"gap_after_parent\":9,"
            + "\"model\":\"m\",\"tenant\":\"t\",\"class\":\"gold\",\"slo_ttft\":2000000000,"
            + "\"slo_tpot\":50000000,\"media\":[{\"kind\":\"image\",\"tokens\":1225}],"
            + "\"hash_ids\":[1,2,3,4],\"observed\":{\"queued\":6,\"scheduled\":7,\"first\":8,"
            + "\"last\":9,\"ok\":true},\"x\":{\"a\": 1.50, \"b\":[{\"c\":null}]}}\n";
    Path path = file(header + full);
    Request request = read(path).get(0);
    assertThat(request.phases().at(811)).isEqualTo(Phase.THINK);
    assertThat(request.phases().at(812)).isEqualTo(Phase.ANSWER);
    assertThat(request.phases().count(Phase.TOOL, 932)).isEqualTo(6);
    assertThat(request.extras().sloTtftPs()).isEqualTo(2_000_000_000_000L);
    Path copy = folder.resolve("copy.requests.jsonl");
    try (RequestTrace trace = RequestTraces.open(path);
        RequestTraceWriter writer = RequestTraceWriter.create(copy, trace.header())) {
      writer.write(trace.next());
      writer.finish();
    }
    assertThat(copy).hasContent(header + full);
  }

  @Test
  void picosecondsAndGzip() throws IOException {
    TraceHeader header = TraceHeader.requests(java.util.Map.of()).asRequests(1);
    Path path = folder.resolve("p.requests.jsonl.gz");
    Request request = new Request("a", 1_234_567_891L, 3, 4, Phases.thinkThenAnswer(1, 3), null);
    try (RequestTraceWriter writer = RequestTraceWriter.create(path, header)) {
      writer.write(request);
      writer.finish();
    }
    assertThat(Files.readAllBytes(path)).startsWith(0x1f, 0x8b);
    assertThat(read(path)).containsExactly(request);
  }

  @Test
  void windowsLineEndsAndByteOrderMarkAreRead() throws IOException {
    Path path = file("\uFEFF" + HEADER.replace("\n", "\r\n") + LINE + "}\r\n");
    assertThat(read(path)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"arrival\":0,\"input\":0,\"output\":5|t:2:31: 'input': '0' given, expected a whole number"
            + " from 1 to 100000000",
        "\"arrival\":0,\"input\":-3,\"output\":5|t:2:31: 'input': '-3' given, expected a whole"
            + " number from 1 to 100000000",
        "\"arrival\":0,\"input\":3,\"output\":100000001|t:2:42: 'output': '100000001' given,"
            + " expected a whole number from 1 to 100000000",
        "\"arrival\":0,\"input\":3,\"output\":99999999999999999999|t:2:42: 'output':"
            + " '99999999999999999999' given, expected a whole number from 1 to 100000000",
        "\"arrival\":0,\"input\":NaN,\"output\":5|t:2:31: 'input': 'NaN' given, expected a whole"
            + " number from 1 to 100000000",
        "\"arrival\":0,\"input\":2.5,\"output\":5|t:2:31: 'input': '2.5' given, expected a whole"
            + " number from 1 to 100000000",
        "\"arrival\":0,\"input\":\"7\",\"output\":5|t:2:31: 'input': '7' given, expected a whole"
            + " number from 1 to 100000000",
        "\"arrival\":0,\"input\":[1],\"output\":5|t:2:31: 'input': a list given, expected a whole"
            + " number from 1 to 100000000",
        "\"arrival\":-1,\"input\":1,\"output\":5|t:2:21: 'arrival': '-1' given, expected a whole"
            + " number from 0 to 4611686018427387",
        "\"arrival\":0,\"input\":1|t:2: key 'output' is missing, expected for example"
            + " {\"id\":\"r1\",\"arrival\":0,\"input\":374,\"output\":44}",
        "\"arrival\":0,\"input\":1,\"input\":2,\"output\":5|t:2:33: key 'input' is given twice",
        "\"id\":\"b\",\"arrival\":0,\"input\":1,\"output\":5|t:2:11: key 'id' is given twice",
      })
  void wrongValues(String fields, String message) throws IOException {
    assertThat(faults(HEADER + "{\"id\":\"a\"," + fields + "}\n")).containsExactly(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"sesion\":\"x\"|unknown key 'sesion', did you mean 'session'? (allowed: id, arrival,",
        "\"session\":\"\"|'session': text of 0 characters, expected 1 to 1024",
        "\"session\":5|'session': '5' given, expected text in quotes",
        "\"session\":\"\\u0007\"|'session': '\\u0007' has a control character or half a surrogate",
        "\"session\":\"\\ud800\"|'session': '\\ud800' has a control character or half a surrogate",
        "\"phases\":[[\"thinking\",5]]|'phases': 'thinking' is no phase, did you mean 'think'?",
        "\"phases\":[[\"think\"]]|'phases': a pair must be a phase and a number of tokens",
        "\"phases\":[[\"think\",2,3]]|'phases': a pair must be a phase and a number of tokens",
        "\"phases\":[[\"think\",0]]|'phases': '0' given, expected a whole number from 1",
        "\"phases\":[5]|'phases': '5' given, expected a pair such as [\"think\",812]",
        "\"phases\":5|'phases': '5' given, expected a list of [phase, tokens] pairs",
        "\"phases\":[]|'phases': 0 tokens in sum, expected 1 to 100000000",
        "\"phases\":[[\"think\",4]]|'phases' has 4 tokens in sum, expected 'output' = 5",
        "\"gap_after_parent\":3|'gap_after_parent' is given without 'parent', expected both",
        "\"parent\":\"a\"|'parent' is the request itself, expected the id of an earlier request",
        "\"media\":[{\"kind\":\"image\",\"tokens\":11}]|'media' has 11 tokens in sum, expected at"
            + " most 'input' = 10",
        "\"media\":[{\"kind\":\"imag\",\"tokens\":1}]|'kind': 'imag' is unknown, did you mean"
            + " 'image'? (allowed: image, audio, video)",
        "\"media\":[{\"kind\":\"image\"}]|'media': each object needs 'kind' and 'tokens'",
        "\"media\":[{\"kind\":\"image\",\"kind\":\"image\"}]|key 'kind' is given twice",
        "\"media\":[{\"kinds\":1}]|unknown key 'kinds', did you mean 'kind'? (allowed: kind, tok",
        "\"media\":[1]|'media': '1' given, expected an object",
        "\"media\":1|'media': '1' given, expected a list of objects",
        "\"hash_ids\":[1,-1]|'hash_ids': '-1' given, expected a whole number from 0",
        "\"hash_ids\":{}|'hash_ids': an object given, expected a list of whole numbers",
        "\"observed\":3|'observed': '3' given, expected an object such as",
        "\"observed\":{\"ok\":1}|'ok': '1' given, expected true or false",
        "\"observed\":{\"frist\":1}|unknown key 'frist', did you mean 'first'?",
        "\"observed\":{\"last\":1,\"last\":2}|key 'last' is given twice",
        "\"observed\":{\"first\":2,\"last\":1}|'observed': 'last' is earlier than a time before it",
        "\"x\":3|'x': '3' given, expected an object",
        "\"x\":{\"a\":1,\"a\":2}|'x': key 'a' is given twice",
        "\"x\":{\"a\":NaN}|'x': 'NaN' is not a number",
        "\"slo_ttft\":0|'slo_ttft': '0' given, expected a whole number from 1",
      })
  void wrongOptionalFields(String field, String message) throws IOException {
    assertThat(faults(HEADER + LINE + "," + field + "}\n"))
        .singleElement()
        .asString()
        .contains(message)
        .startsWith("t:2");
  }

  @Test
  void moreBlocksThanThePromptHas() throws IOException {
    String header = HEADER.replace("}", ",\"block_tokens\":4}");
    assertThat(faults(header + LINE + ",\"hash_ids\":[1,2,3,4]}\n"))
        .containsExactly(
            "t:2: 'hash_ids' has 4 blocks, expected at most 3 (input 10 in blocks of 4)");
    assertThat(read(file(header + LINE + ",\"hash_ids\":[1,2,3]}\n"))).hasSize(1);
  }

  @Test
  void brokenSyntax() throws IOException {
    assertThat(faults(HEADER + LINE + "}\n" + LINE.substring(0, 30)))
        .containsExactly(
            "t:3:31: the line ends inside the JSON object (truncated?), expected the rest of it");
    assertThat(faults(HEADER + LINE + "} {}\n"))
        .containsExactly(
            "t:2:46: found more text after the JSON object, expected the end of the line");
    assertThat(faults(HEADER + LINE + ",,}\n"))
        .singleElement()
        .asString()
        .startsWith("t:2:45: not valid JSON at ',}");
    assertThat(faults(HEADER + "\n" + LINE + "}\n"))
        .containsExactly(
            "t:2: the line is empty, expected a request such as " + RequestJson.EXAMPLE);
    assertThat(faults(HEADER + "[1]\n"))
        .containsExactly("t:2:1: found a list, expected a request such as " + RequestJson.EXAMPLE);
  }

  @Test
  void unsortedArrivalsNameBothLines() throws IOException {
    String later = "{\"id\":\"b\",\"arrival\":9,\"input\":1,\"output\":1}\n";
    assertThat(faults(HEADER + later + LINE + "}\n"))
        .containsExactly(
            "t:3: the arrival 0 ns is before 9 ns in line 2, expected arrivals in order ('memwall"
                + " trace convert --sort' puts them there)");
  }

  @Test
  void anIdUsedTwice() throws IOException {
    assertThat(faults(HEADER + LINE + "}\n" + LINE + "}\n"))
        .containsExactly("t:3: 'id': 'a' was used before, expected a new id");
  }

  @Test
  void emptyTraces() throws IOException {
    assertThat(faults("")).containsExactly("t: the file is empty, expected a trace");
    assertThat(faults(HEADER))
        .containsExactly("t: the trace has a header but no request, expected at least one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"tdt\":2,\"kind\":\"requests\",\"time_unit\":\"ns\"}|t:1:8: 'tdt': '2' given, expected a"
            + " whole number from 1 to 1",
        "{\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"us\"}|t:1:40: 'time_unit': 'us' given,"
            + " expected 'ns' or 'ps'",
        "{\"tdt\":1,\"kind\":\"requests\"}|t:1: key 'time_unit' is missing, expected a header such as"
            + " {\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\"}",
        "{\"tdt\":1,\"kind\":\"requests\",\"tdt\":1,\"time_unit\":\"ns\"}|t:1:28: key 'tdt' is given"
            + " twice",
      })
  void wrongHeaders(String header, String message) throws IOException {
    assertThat(faults(header + "\n" + LINE + "}\n")).containsExactly(message);
  }

  @Test
  void noHeader() throws IOException {
    assertThat(faults(LINE + "}\n"))
        .singleElement()
        .asString()
        .startsWith("t:1: found '{\"id\":\"a\",\"arrival\":0")
        .contains(
            "expected a header such as {\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\"}");
    Path path = file(LINE + "}\n");
    ConfigException forced =
        catchThrowableOfType(
            ConfigException.class, () -> RequestTraces.open(path, "requests").close());
    assertThat(forced.getMessage()).contains(":1:2: unknown key 'id'");
    ConfigException unknown =
        catchThrowableOfType(
            ConfigException.class, () -> RequestTraces.open(path, "request").close());
    assertThat(unknown.getMessage())
        .contains("unknown trace format 'request', did you mean 'requests'? (allowed: requests,");
  }

  @Test
  void twentyFaultsAndTheRestCounted() throws IOException {
    StringBuilder text = new StringBuilder(HEADER);
    for (int i = 0; i < 50; i++) {
      text.append(LINE.replace("\"a\"", "\"a" + i + "\"").replace(":5", ":0")).append("}\n");
    }
    List<String> faults = faults(text.toString());
    assertThat(faults).hasSize(21);
    assertThat(faults.get(19)).startsWith("t:21:");
    assertThat(faults.get(20)).isEqualTo("t: and 30 more");
  }

  @Test
  void tenThousandFaultsEndTheReading() throws IOException {
    assertThat(faults(HEADER + "x\n".repeat(20_000)))
        .hasSize(21)
        .last()
        .isEqualTo("t: and 9980 more at least; the rest was not read");
  }

  @Test
  void invalidUtf8() throws IOException {
    byte[] bytes = (HEADER + LINE + "}\n").getBytes(StandardCharsets.UTF_8);
    bytes[HEADER.length() + 7] = (byte) 0xff;
    Path path = file("u.requests.jsonl", bytes);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> read(path));
    assertThat(e.faults()).containsExactly(path + ":2:8: byte 0xff is not valid UTF-8");
  }

  @Test
  void theDigestIsThatOfTheFile() throws IOException {
    Path path = file(HEADER + LINE + "}\n");
    String expected =
        com.google.common.hash.Hashing.sha256().hashBytes(Files.readAllBytes(path)).toString();
    assertThat(RequestTraces.scan(path).sha256()).isEqualTo(expected);
  }

  @Test
  void missingFileDirectoryAndUnreadableFile() throws IOException {
    Path missing = folder.resolve("nothing");
    assertThat(message(missing)).isEqualTo(missing + ": no such file, expected a trace");
    assertThat(message(folder)).isEqualTo(folder + ": is a directory, expected a trace file");
    Path secret = file(HEADER + LINE + "}\n");
    assertThat(secret.toFile().setReadable(false)).isTrue();
    Assumptions.assumeFalse(Files.isReadable(secret), "skipped: this user may read every file");
    assertThat(message(secret)).isEqualTo(secret + ": no permission to read this file");
  }

  private static String message(Path path) {
    return catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path)).getMessage();
  }

  @Test
  void aLineWithoutEndIsRefusedAtSixteenMebibytes() throws IOException {
    Path path = folder.resolve("long.requests.jsonl");
    try (OutputStream out = Files.newOutputStream(path)) {
      out.write(HEADER.getBytes(StandardCharsets.UTF_8));
      byte[] mebibyte = new byte[1 << 20];
      Arrays.fill(mebibyte, (byte) 'a');
      for (int i = 0; i < 80; i++) {
        out.write(mebibyte);
      }
    }
    assertThat(message(path)).isEqualTo(path + ":2: the line is longer than 16 MiB, refused");
  }

  @Test
  void gzipThatIsTruncatedDamagedOrNone() throws IOException {
    byte[] packed = gzip((HEADER + LINE + "}\n").repeat(1).getBytes(StandardCharsets.UTF_8));
    Path truncated = file("a.jsonl.gz", Arrays.copyOf(packed, packed.length - 12));
    assertThat(message(truncated)).endsWith("the gzip data ends early: the file is truncated");
    byte[] damaged = packed.clone();
    damaged[packed.length - 6] ^= 0x55;
    assertThat(message(file("b.jsonl.gz", damaged))).contains("the gzip data is damaged (");
    assertThat(message(file("c.jsonl.gz", HEADER.getBytes(StandardCharsets.UTF_8))))
        .endsWith("the name ends in .gz but the content is not gzip data");
  }

  @Test
  void gzipOfSeveralMembersIsReadToItsEnd() throws IOException {
    byte[] first = gzip((HEADER + LINE + "}\n").getBytes(StandardCharsets.UTF_8));
    byte[] second = gzip((LINE.replace("\"a\"", "\"b\"") + "}\n").getBytes(StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    // Also without the suffix: the content decides.
    assertThat(read(file("joined", both))).hasSize(2);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void gzipBombIsRefused() throws IOException {
    Path path = folder.resolve("bomb.requests.jsonl.gz");
    String blank = ",\"x\":{\"p\":\"" + " ".repeat(1 << 19) + "\"}}\n";
    try (OutputStream out =
        new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(path)))) {
      out.write(HEADER.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 300; i++) {
        out.write(
            (LINE.replace("\"a\"", "\"a" + i + "\"") + blank).getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThat(message(path))
        .startsWith(path + ":12")
        .endsWith("more than 200 times its size, refused as a bomb");
  }

  @Test
  void writersLeaveNothingHalfWritten() throws IOException {
    Path path = folder.resolve("w.requests.jsonl");
    TraceHeader header = TraceHeader.requests(java.util.Map.of());
    try (RequestTraceWriter writer = RequestTraceWriter.create(path, header)) {
      writer.write(new Request("a", 0, 1, 1));
      ConfigException second =
          catchThrowableOfType(
              ConfigException.class, () -> RequestTraceWriter.create(path, header).close());
      assertThat(second.getMessage()).contains(".part: exists already");
    }
    assertThat(folder).isEmptyDirectory();
    Files.writeString(path, "mine");
    ConfigException exists =
        catchThrowableOfType(
            ConfigException.class, () -> RequestTraceWriter.create(path, header).close());
    assertThat(exists.getMessage()).endsWith("exists already, expected the name of a new file");
    ConfigException nowhere =
        catchThrowableOfType(
            ConfigException.class,
            () -> RequestTraceWriter.create(folder.resolve("no/w.jsonl"), header).close());
    assertThat(nowhere.getMessage()).contains("cannot be written");
  }

  @Test
  void writersRefuseWhatTheFormatCannotHold() {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    RequestTraceWriter writer =
        RequestTraceWriter.create(out, TraceHeader.requests(java.util.Map.of()));
    writer.write(new Request("a", 5_000, 1, 1));
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class, () -> writer.write(new Request("b", 4_000, 1, 1))))
        .hasMessage("b arrives at 4000 ps, before 5000");
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class, () -> writer.write(new Request("b", 5_500, 1, 1))))
        .hasMessage("5500 ps is not a whole number of units of 1000 ps");
  }
}
