package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import memwall.core.config.ConfigException;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.workloads.trace.RecordedRequest.Replay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenTraceTest {
  private static final String HEADER =
      "{\"tdt\":1,\"kind\":\"tokens\",\"time_unit\":\"ps\",\"moe_layers\":2,\"experts\":256}\n";
  private static final String START =
      "{\"id\":\"a\",\"arrival\":100,\"input\":10,\"output\":5,"
          + "\"phases\":[[\"think\",3],[\"answer\",2]]}\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("t.tokens.jsonl"), text);
  }

  private static List<TokenEntry> read(Path path) {
    List<TokenEntry> entries = new ArrayList<>();
    try (TokenTrace trace = TokenTrace.open(path)) {
      for (TokenEntry entry = trace.next(); entry != null; entry = trace.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  @Test
  void bothFormsOfTokens() throws IOException {
    String text =
        HEADER
            + START
            + "{\"id\":\"a\",\"i\":0,\"t\":150,\"phase\":\"think\",\"c\":10,"
            + "\"e\":[[3,17],[201,9]]}\n"
            + "{\"id\":\"b\",\"arrival\":120,\"input\":1,\"output\":1}\n"
            + "{\"id\":\"a\",\"i\":1,\"t\":160,\"acc\":2}\n"
            + "{\"id\":\"b\",\"i0\":0,\"t0\":170,\"dt\":[]}\n"
            + "{\"id\":\"a\",\"i0\":3,\"t0\":180,\"dt\":[7]}\n";
    Path path = file(text);
    List<TokenEntry> entries = read(path);
    assertThat(entries.get(5))
        .isEqualTo(new TokenEntry.Run("a", 3, LongImmutableList.of(180, 187)));
    assertThat(((TokenEntry.Detail) entries.get(1)).experts().get(1).getInt(0)).isEqualTo(201);

    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    try (TokenTrace trace = TokenTrace.open(path)) {
      TokenTraceWriter writer = TokenTraceWriter.create(copy, trace.header());
      for (TokenEntry entry = trace.next(); entry != null; entry = trace.next()) {
        writer.write(entry);
      }
      writer.finish();
    }
    assertThat(copy.toString(StandardCharsets.UTF_8)).isEqualTo(text);

    try (TokenTrace trace = TokenTrace.open(path)) {
      RecordedRequest a = trace.nextRecorded();
      assertThat(a.request().id()).isEqualTo("a");
      assertThat(a.completionPs().toLongArray()).containsExactly(150, 160, 160, 180, 187);
      assertThat(a.notBeforePs(0, Replay.OPEN_LOOP)).isEqualTo(100);
      assertThat(a.notBeforePs(4, Replay.OPEN_LOOP)).isEqualTo(180);
      assertThat(a.notBeforePs(4, Replay.CLOSED_LOOP)).isEqualTo(100);
      assertThat(trace.nextRecorded().request().id()).isEqualTo("b");
      assertThat(trace.nextRecorded()).isNull();
    }

    TraceSummary summary = RequestTraces.scan(path);
    assertThat(summary.format()).isEqualTo("tokens");
    assertThat(summary.requests()).isEqualTo(2);
    assertThat(summary.outputTokens()).isEqualTo(6);
    assertThat(summary.header().kind()).isEqualTo(TraceHeader.REQUESTS);
  }

  @Test
  void exportReadExportGivesTheSameBytes() throws IOException {
    RandomStream random = new RandomStreams(7).stream("test", "tokens");
    Path first = folder.resolve("1.tokens.jsonl");
    int longest = 3 * TokenTraceWriter.RUN_TOKENS + 5;
    List<RecordedRequest> expected = new ArrayList<>();
    try (TokenTraceWriter writer = TokenTraceWriter.create(first, TraceHeader.tokens(Map.of()))) {
      long arrivalPs = 0;
      for (int r = 0; r < 40; r++) {
        arrivalPs += random.nextLong(1_000_000_007L);
        int output = r == 5 ? longest : 1 + (int) random.nextLong(300);
        int think = (int) random.nextLong(output);
        Request request =
            new Request(
                "r" + r, arrivalPs, 7, output, Phases.thinkThenAnswer(think, output - think), null);
        writer.requestStarted(request);
        long[] times = new long[output];
        long now = arrivalPs;
        for (int i = 0; i < output; i++) {
          now += random.nextLong(50_000_000_000L);
          times[i] = now;
        }
        int split = (int) random.nextLong(output);
        writer.tokens(request.id(), 0, times, 0, split);
        writer.tokens(request.id(), split, times, split, output);
        expected.add(new RecordedRequest(request, new LongImmutableList(times)));
      }
      writer.finish();
    }
    Path second = folder.resolve("2.tokens.jsonl");
    try (TokenTrace trace = TokenTrace.open(first);
        TokenTraceWriter writer = TokenTraceWriter.create(second, trace.header())) {
      for (TokenEntry entry = trace.next(); entry != null; entry = trace.next()) {
        writer.write(entry);
      }
      writer.finish();
    }
    assertThat(second).hasSameBinaryContentAs(first);
    List<RecordedRequest> recorded = new ArrayList<>();
    try (TokenTrace trace = TokenTrace.open(first)) {
      for (RecordedRequest r = trace.nextRecorded(); r != null; r = trace.nextRecorded()) {
        recorded.add(r);
      }
    }
    assertThat(recorded).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"z\",\"i\":0,\"t\":150}|3: 'id': 'z' is not running, expected a request that"
            + " started in an earlier line and has tokens left",
        "{\"id\":\"a\",\"i\":1,\"t\":150}|3: token 1 of 'a' skips some, expected token 0",
        "{\"id\":\"a\",\"i\":0,\"t\":99}|3: token 0 of 'a' is complete at 99 ps, expected not before"
            + " its arrival at 100 ps",
        "{\"id\":\"a\",\"i0\":0,\"t0\":150,\"dt\":[1,1,1,1,1]}|3: tokens up to 5 of 'a', expected at"
            + " most 5 tokens as announced in line 2",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"acc\":6}|3: tokens up to 5 of 'a', expected at most 5"
            + " tokens as announced in line 2",
        "{\"id\":\"a\",\"i0\":0,\"t0\":150,\"dt\":[1,1]}|2: request 'a' announces 5 tokens, but only"
            + " 3 follow",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"phase\":\"answer\"}|3: 'phase' is 'answer', expected"
            + " 'think' as in 'phases' of the request in line 2",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"phase\":\"thinks\"}|3:33: 'phase': 'thinks' is no phase,"
            + " did you mean 'think'? (allowed: think, answer, tool, draft)",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"c\":16}|3: 'c' is 16, expected at most input + output ="
            + " 15",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"e\":[[1,2]]}|3:35: 'e': 1 MoE layers, expected the"
            + " header's 'moe_layers' = 2",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"e\":[[1,256],[3]]}|3:33: 'e': '256' given, expected a"
            + " whole number from 0 to 255",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"e\":[[1,1],[3]]}|3:33: 'e': expert 1 twice in MoE layer 0",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"e\":[5]}|3:30: 'e': '5' given, expected a list of experts"
            + " such as [3,17]",
        "{\"id\":\"a\",\"i\":0,\"acc\":1}|3: key 't' is missing, expected id, i, t, phase, c, e, acc",
        "{\"id\":\"a\",\"i0\":0,\"t0\":5}|3: key 'dt' is missing, expected id, i0, t0, dt",
        "{\"id\":\"a\",\"i0\":0,\"t0\":150,\"dt\":[-1]}|3:33: 'dt': '-1' given, expected a whole"
            + " number from 0 to 4611686018427387904",
        "{\"id\":\"a\",\"i0\":0,\"t0\":4611686018427387904,\"dt\":[4611686018427387904]}|3: 'dt' leads beyond 53"
            + " days",
        "{\"id\":\"a\",\"i0\":0,\"i0\":0,\"t0\":150,\"dt\":[]}|3:18: key 'i0' is given twice",
        "{\"id\":\"a\",\"i\":0,\"t\":150,\"cc\":3}|3:25: unknown key 'cc', did you mean 'c'?"
            + " (allowed: id, i, t, phase, c, e, acc)",
        "{\"id\":\"a\"}|3: found none of the keys 'arrival' (a request), 'i' (a token), 'i0' (a run"
            + " of tokens)",
        "{\"id\":\"a\",\"arrival\":100,\"input\":1,\"output\":1}|3: 'id': 'a' was used before,"
            + " expected a new id",
        "{\"id\":\"b\",\"arrival\":99,\"input\":1,\"output\":1}|3: the arrival 99 ps is before 100 ps"
            + " in line 2, expected arrivals in order ('memwall trace convert"
            + " --sort' puts them there)",
      })
  void wrongLines(String line, String message) throws IOException {
    Path path = file(HEADER + START + line + "\n");
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> read(path));
    assertThat(e.faults()).containsExactly(path + ":" + message);
    ConfigException scan =
        catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path));
    assertThat(scan.faults()).isEqualTo(e.faults());
  }

  @Test
  void timesThatGoBackAndTokensGivenAgain() throws IOException {
    Path path =
        file(
            HEADER
                + START
                + "{\"id\":\"a\",\"i0\":0,\"t0\":150,\"dt\":[5]}\n"
                + "{\"id\":\"a\",\"i\":1,\"t\":160}\n"
                + "{\"id\":\"a\",\"i\":2,\"t\":154}\n");
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> read(path));
    assertThat(e.faults())
        .containsExactly(
            path + ":4: token 1 of 'a' is given again, expected token 2",
            path
                + ":5: token 2 of 'a' is complete at 154 ps, expected not before the token before"
                + " it at 155 ps");
  }

  @Test
  void noRequest() throws IOException {
    Path path = file(HEADER);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> read(path));
    assertThat(e.faults())
        .containsExactly(path + ": the trace has a header but no request, expected at least one");
  }

  @Test
  void writersRefuseTimesThatGoBack() {
    TokenTraceWriter writer =
        TokenTraceWriter.create(new ByteArrayOutputStream(), TraceHeader.tokens(Map.of()));
    writer.requestStarted(new Request("a", 5, 1, 2));
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class,
                () -> writer.tokens("a", 0, new long[] {9, 8}, 0, 2)))
        .hasMessage("a: token 1 is complete before the one before it");
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class,
                () -> writer.requestStarted(new Request("b", 4, 1, 2))))
        .hasMessage("b arrives at 4 ps, before 5");
  }
}
