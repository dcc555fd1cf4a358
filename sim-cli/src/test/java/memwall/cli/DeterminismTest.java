package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal input, equal results; and what may differ between fidelities. */
class DeterminismTest {
  private static final List<String> RESULTS =
      List.of(
          "summary.json",
          "stats.csv",
          "series.csv",
          "requests.csv.gz",
          "histograms.hlog",
          "config.resolved.yaml",
          "tokens.jsonl.gz");

  private final ObjectMapper mapper = new ObjectMapper();

  @TempDir Path temp;
  private Commands commands;
  private Path file;

  @BeforeEach
  void scenario() throws IOException {
    commands = new Commands(temp);
    file = commands.runFile();
  }

  @Test
  void twoRunsAreEqualByteForByte() throws IOException {
    Path first = commands.runs("out", file, "--token-trace");
    Path kept = commands.path("kept");
    Files.move(first, kept);
    Path second = commands.runs("out", file, "--token-trace");
    for (String name : RESULTS) {
      assertThat(second.resolve(name)).hasSameBinaryContentAs(kept.resolve(name));
    }
    // The report shows the command line, which is the same here, output folder included.
    assertThat(second.resolve("report.html")).hasSameBinaryContentAs(kept.resolve("report.html"));
  }

  @Test
  void anotherSeedGivesAnotherRun() throws IOException {
    JsonNode first = summary(commands.runs("first", file));
    JsonNode second = summary(commands.runs("second", file, "--seed", 2));
    assertThat(second.path("fingerprint")).isNotEqualTo(first.path("fingerprint"));
    assertThat(second.path("latency")).isNotEqualTo(first.path("latency"));
    assertThat(second.path("seed").asLong()).isEqualTo(2);
    JsonNode same = summary(commands.runs("same", file, "--set", "seed=2"));
    assertThat(same.path("fingerprint")).isEqualTo(second.path("fingerprint"));
  }

  @Test
  void theResolvedConfigurationGivesTheSameRun() throws IOException {
    Path first = commands.runs("first", file);
    Path again = commands.runs("again", first.resolve("config.resolved.yaml"));
    for (String name : RESULTS.subList(0, 5)) {
      assertThat(again.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
    }
  }

  @Test
  void exactEqualsFast() throws IOException {
    exactEqualsFast("dgx-h100");
  }

  @Test
  void exactEqualsFastOnFlash() throws IOException {
    exactEqualsFast("son2026-hbf-plus-8");
  }

  private void exactEqualsFast(String system) throws IOException {
    String[] less = {
      "--set", "system=" + system, "--set", "workload.limit=4", "--set", "serving.max_batch=3"
    };
    Path fast = commands.runs("fast", file, less[0], less[1], less[2], less[3], less[4], less[5]);
    Path exact =
        commands.runs(
            "exact",
            file,
            "--fidelity",
            "exact",
            less[0],
            less[1],
            less[2],
            less[3],
            less[4],
            less[5]);
    assertThat(exact.resolve("requests.csv.gz"))
        .hasSameBinaryContentAs(fast.resolve("requests.csv.gz"));
    assertThat(exact.resolve("series.csv")).hasSameBinaryContentAs(fast.resolve("series.csv"));
    assertThat(withoutMode(exact)).isEqualTo(withoutMode(fast));
    assertThat(summary(exact).path("events_fired").asLong())
        .isGreaterThan(summary(fast).path("events_fired").asLong());
    Map<String, String> all = stats(exact);
    Map<String, String> differing = new LinkedHashMap<>();
    stats(fast)
        .forEach(
            (path, value) -> {
              if (!value.equals(all.get(path))) {
                differing.put(path, value + " / " + all.get(path));
              }
            });
    assertThat(differing).isEmpty();
  }

  @Test
  void analyticIsWithinOnePerCentOfFastForAnUnloadedRequest() throws IOException {
    Path fast = commands.runs("fast", file, "--set", "workload.limit=1");
    Path analytic =
        commands.runs("analytic", file, "--set", "workload.limit=1", "--fidelity", "analytic");
    for (String latency : List.of("ttft", "tpot", "e2e")) {
      double simulated = mean(fast, latency);
      double expected = mean(analytic, latency);
      assertThat(simulated).as(latency).isPositive();
      assertThat(expected / simulated).as(latency).isBetween(0.99, 1.01);
    }
  }

  private double mean(Path folder, String latency) throws IOException {
    return summary(folder).path("latency").path(latency).path("mean_ms").asDouble();
  }

  private JsonNode summary(Path folder) throws IOException {
    return mapper.readTree(Files.readAllBytes(folder.resolve("summary.json")));
  }

  private JsonNode withoutMode(Path folder) throws IOException {
    ObjectNode summary = (ObjectNode) summary(folder);
    return summary.without(List.of("fidelity", "fingerprint", "events_fired"));
  }

  private static Map<String, String> stats(Path folder) throws IOException {
    Map<String, String> stats = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("stats.csv")));
    for (String line : lines) {
      int comma = line.indexOf(',');
      stats.put(line.substring(0, comma), line.substring(comma + 1));
    }
    assertThat(stats).hasSizeGreaterThan(20);
    return stats;
  }
}
