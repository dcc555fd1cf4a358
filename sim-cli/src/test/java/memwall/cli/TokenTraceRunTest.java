package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import memwall.workloads.trace.RecordedRequest;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TokenTrace;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run writes the tokens that it produced; the trace is replayed in a closed or an open loop. */
class TokenTraceRunTest {
  @TempDir Path temp;
  private Commands commands;
  private Path file;
  private Path recorded;

  @BeforeEach
  void record() throws IOException {
    commands = new Commands(temp);
    file = commands.runFile();
    recorded = commands.runs("recorded", file, "--token-trace");
    // The scenario replays it, so the name of the run stays.
    commands.write(
        "replay.yaml",
        Commands.TRACE_RUN_FILE.replace("t.requests.jsonl", "recorded/tokens.jsonl.gz"));
  }

  @Test
  void aClosedLoopReproducesTheRun() throws IOException {
    Path again = commands.runs("again", commands.path("replay.yaml"), "--token-trace");
    assertThat(again.resolve("requests.csv.gz"))
        .hasSameBinaryContentAs(recorded.resolve("requests.csv.gz"));
    assertThat(again.resolve("tokens.jsonl.gz"))
        .hasSameBinaryContentAs(recorded.resolve("tokens.jsonl.gz"));
  }

  @Test
  void theTraceHasTheTimesOfTheRequests() throws IOException {
    Map<String, String[]> rows = rows(recorded);
    Map<String, long[]> times = times(recorded);
    assertThat(times).hasSize(12).containsOnlyKeys(rows.keySet());
    times.forEach(
        (id, tokens) -> {
          assertThat(rows.get(id)[6]).isEqualTo(Long.toString(tokens[0]));
          assertThat(rows.get(id)[7]).isEqualTo(Long.toString(tokens[tokens.length - 1]));
          assertThat(rows.get(id)[3]).isEqualTo(Integer.toString(tokens.length));
        });
  }

  @Test
  void anOpenLoopPacesTokensOnTheSameSystem() {
    Path paced = replay("paced");
    Map<String, long[]> before = times(recorded);
    boolean[] equal = {false};
    times(paced)
        .forEach(
            (id, tokens) -> {
              long[] recordedPs = before.get(id);
              assertThat(tokens).hasSameSizeAs(recordedPs);
              for (int i = 0; i < tokens.length; i++) {
                assertThat(tokens[i]).as(id + " token " + i).isGreaterThanOrEqualTo(recordedPs[i]);
                equal[0] |= i > 0 && tokens[i] == recordedPs[i];
              }
            });
    // From the other side: pacing alone delays nothing.
    assertThat(equal[0]).isTrue();
  }

  @Test
  void anOpenLoopPacesTokensOnAFasterSystem() {
    Path paced = replay("paced", "--set", "system=son2026-hbm4-8");
    Path free =
        commands.runs(
            "free",
            commands.path("replay.yaml"),
            "--token-trace",
            "--set",
            "system=son2026-hbm4-8");
    Map<String, long[]> before = times(recorded);
    Map<String, long[]> unpaced = times(free);
    boolean[] wouldBeEarlier = {false};
    boolean[] earlier = {false};
    times(paced)
        .forEach(
            (id, tokens) -> {
              long[] recordedPs = before.get(id);
              for (int i = 1; i < tokens.length; i++) {
                // Asked for when the one before it was recorded, and done some time after that.
                assertThat(tokens[i]).as(id + " token " + i).isGreaterThan(recordedPs[i - 1]);
                wouldBeEarlier[0] |= unpaced.get(id)[i] < recordedPs[i - 1];
                earlier[0] |= tokens[i] < recordedPs[i];
              }
            });
    // From the other side: without the pace tokens would be earlier, and with it the system is
    // faster still where the pace allows.
    assertThat(wouldBeEarlier[0]).isTrue();
    assertThat(earlier[0]).isTrue();
  }

  @Test
  void refusedRequestsAreNotAnnounced() throws IOException {
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER
            + "{\"id\":\"a\",\"arrival\":0,\"input\":10,\"output\":3}\n"
            + "{\"id\":\"long\",\"arrival\":5,\"input\":200000,\"output\":2}\n"
            + "{\"id\":\"b\",\"arrival\":7,\"input\":10,\"output\":2}\n"
            + "{\"id\":\"longer\",\"arrival\":9,\"input\":300000,\"output\":2}\n");
    commands.write("run2.yaml", Commands.TRACE_RUN_FILE);
    Path out = commands.runs("out", commands.path("run2.yaml"), "--token-trace");
    assertThat(RequestTraces.scan(out.resolve("tokens.jsonl.gz")).requests()).isEqualTo(2);
    assertThat(times(out)).containsOnlyKeys("a", "b");
    assertThat(rows(out).get("long")[1]).isEqualTo("refused");
    assertThat(rows(out).get("longer")[12]).isEqualTo("context");
  }

  private Path replay(String name, Object... arguments) {
    Object[] all = new Object[arguments.length + 4];
    all[0] = commands.path("replay.yaml");
    all[1] = "--token-trace";
    all[2] = "--set";
    all[3] = "workload.replay=open-loop";
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return commands.runs(name, all);
  }

  private static Map<String, long[]> times(Path folder) {
    Map<String, long[]> times = new LinkedHashMap<>();
    try (TokenTrace trace = TokenTrace.open(folder.resolve("tokens.jsonl.gz"))) {
      for (RecordedRequest request = trace.nextRecorded();
          request != null;
          request = trace.nextRecorded()) {
        times.put(request.request().id(), request.completionPs().toLongArray());
      }
    }
    return times;
  }

  /** Rows of requests.csv.gz by id. */
  private static Map<String, String[]> rows(Path folder) throws IOException {
    Map<String, String[]> rows = new LinkedHashMap<>();
    List<String> lines =
        Commands.unpacked(folder.resolve("requests.csv.gz")).lines().skip(1).toList();
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      rows.put(fields[0], fields);
    }
    assertThat(Files.exists(folder.resolve("tokens.jsonl.gz"))).isTrue();
    return rows;
  }
}
