package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import memwall.core.config.ConfigException;
import memwall.workloads.trace.RequestTraces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in the middle of a run leaves a valid folder that says so. */
class InterruptTest {
  private static final long SIGINT_BIT = 1L << 1;

  @TempDir Path temp;

  @Test
  void aSignalLeavesAPartialRunMarkedAsInterrupted() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no /bin/kill to send a signal with");
    Commands commands = new Commands(temp);
    Path out = commands.path("out");
    Path err = commands.path("err.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "memwall.cli.Main",
                "run",
                commands.runFile().toString(),
                "--set",
                "workload.generator.requests=500000",
                "--token-trace",
                "-o",
                out.toString())
            .redirectOutput(commands.path("out.txt").toFile())
            .redirectError(err.toFile())
            .start();
    try {
      Path rows = commands.path(".out.partial-1").resolve("requests.csv.gz");
      long waits = 0;
      // Some of the rows are on disk: the run is in its middle.
      while (process.isAlive() && (!Files.exists(rows) || Files.size(rows) < 100)) {
        assertThat(++waits).as("the run began").isLessThan(1200);
        Thread.sleep(50);
      }
      assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
      new ProcessBuilder("/bin/kill", "-" + signal(process), process.pid() + "").start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the process ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isIn(130, 143);
    assertThat(Files.readString(err)).isEmpty();
    assertThat(Files.readString(commands.path("out.txt"))).contains("small, interrupted");
    assertThat(commands.names()).containsExactly("err.txt", "out", "out.txt", "run.yaml");
    assertThat(Commands.names(out))
        .containsExactly(
            "config.resolved.yaml",
            "histograms.hlog",
            "manifest.json",
            "report.html",
            "requests.csv.gz",
            "series.csv",
            "stats.csv",
            "summary.json",
            "tokens.incomplete.jsonl.gz");
    JsonNode summary = new ObjectMapper().readTree(out.resolve("summary.json").toFile());
    assertThat(summary.path("status").asText()).isEqualTo("interrupted");
    assertThat(summary.path("laws").size()).isGreaterThanOrEqualTo(3);
    for (JsonNode law : summary.path("laws")) {
      assertThat(law.path("holds").asBoolean()).as(law.toString()).isTrue();
    }
    JsonNode requests = summary.path("requests");
    long arrived = requests.path("arrived").asLong();
    assertThat(arrived).isBetween(10L, 499_999L);
    assertThat(requests.path("completed").asLong()).isPositive();
    List<String> rows = Commands.unpacked(out.resolve("requests.csv.gz")).lines().skip(1).toList();
    assertThat(rows).hasSize((int) arrived);
    assertThat(rows.stream().filter(row -> row.contains(",completed,")).count())
        .isEqualTo(requests.path("completed").asLong());
    assertThat(rows.stream().filter(row -> row.contains(",running,")).count())
        .isEqualTo(requests.path("running").asLong());
    assertThat(summary.path("warnings").get(0).asText())
        .startsWith("The run was interrupted: the results cover " + arrived + " requests");
    // The token trace keeps what there is under a name that says that it is not all.
    assertThatThrownBy(() -> RequestTraces.scan(out.resolve("tokens.incomplete.jsonl.gz")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("announces");
    byte[] report = Files.readAllBytes(out.resolve("report.html"));
    assertThat(Commands.run("report", out).code()).isZero();
    assertThat(out.resolve("report.html")).hasBinaryContent(report);
  }

  /** INT, or TERM, which is handled alike, where whoever started us has INT ignored. */
  private static String signal(Process process) throws IOException {
    Path status = Path.of("/proc", process.pid() + "", "status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("SigIgn:")
            && (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT_BIT) != 0) {
          return "TERM";
        }
      }
    }
    return "INT";
  }
}
