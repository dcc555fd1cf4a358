package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code memwall network collective} and {@code memwall network replay}. */
class NetworkCommandsTest {
  private static final String GOAL =
      """
      rank 0 {
      a: send 100b to 1
      b: recv 100b from 1
      b requires a
      }
      rank 1 {
      a: send 100b to 0
      b: recv 100b from 0
      b requires a
      }
      """;

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void scenario() {
    commands = new Commands(temp);
  }

  /** One-shot beside its closed form: 2.59 us, six gaps, and 38 us where sums of ways collide. */
  @Test
  void printsCollectives() {
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-reduce",
            "--loggp",
            "nvlink4",
            "--sizes",
            "64 B,1 MiB",
            "--algorithms",
            "ring,one-shot,two-shot");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .isEqualTo(
            """
            collective   all-reduce
            network      loggp nvlink4

            ranks   size  algorithm  time, us  formula, us      off    bus rate
                8   64 B  ring         36.260       36.260    0.0 %  3.089 MB/s
                8   64 B  one-shot      3.131        3.131    0.0 %  35.77 MB/s  fastest, auto
                8   64 B  two-shot      6.260        6.260    0.0 %  17.89 MB/s
                8  1 MiB  ring         41.233       41.233    0.0 %   44.5 GB/s
                8  1 MiB  one-shot     38.022       23.022  +65.2 %  48.26 GB/s
                8  1 MiB  two-shot     11.781       11.233   +4.9 %  155.8 GB/s  fastest, auto

            ranks       from  fastest by its formula
                8        1 B  one-shot
                8  219,995 B  two-shot
            """);
  }

  @Test
  void autoIsTheFastestByItsFormula() throws IOException {
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-reduce",
            "--loggp",
            "reference-a",
            "--set",
            "loggp.overhead=0 ns",
            "--set",
            "loggp.latency=900 ns",
            "--ranks",
            "8,64",
            "--sizes",
            "1 MiB",
            "--algorithms",
            "auto",
            "--json");
    JsonNode json = new ObjectMapper().readTree(outcome.out());
    assertThat(json.path("runs")).hasSize(2);
    for (JsonNode run : json.path("runs")) {
      assertThat(run.path("algorithm").asText()).isEqualTo("two-shot");
      assertThat(run.path("chosen").asBoolean()).isTrue();
    }
    assertThat(json.path("schema").asText()).isEqualTo("memwall.network-collective/1");
    assertThat(json.path("fastest_by_formula").size()).isGreaterThan(2);
  }

  @Test
  void writesCollectivesOnGraphs() throws IOException {
    Path folder = commands.path("out");
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-gather",
            "--graph",
            "ring",
            "--link-rate",
            "1 GB/s",
            "--link-latency",
            "500 ns",
            "--sizes",
            "8 kB",
            "-o",
            folder);
    assertThat(outcome.code()).isZero();
    assertThat(Files.readAllLines(folder.resolve("collectives.csv")))
        .hasSize(5)
        .element(1)
        .asString()
        // Seven steps of 1 us and 500 ns.
        .startsWith("all-gather,ring,8,8000,10500000,,");
    assertThat(Files.readString(folder.resolve("config.resolved.yaml")))
        .contains("link_rate: 1 GB/s", "passing: cut-through");
    JsonNode json = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    assertThat(json.path("runs").get(0).path("formula_seconds").isNull()).isTrue();
    assertThat(outcome.out()).contains("8 kB  ring                  10.500            -");
  }

  @Test
  void replaysGoal() throws IOException {
    Path file = commands.write("x.goal", GOAL);
    Outcome outcome = Commands.run("network", "replay", file, "--loggp", "reference-a");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().replace(file.toString(), "FILE"))
        .isEqualTo(
            """
            messages     FILE, format goal
            network      loggp reference-a
            ranks        2
            arrived      2 messages
            span         902 ns
            unexpected   0 came before they were asked for

            latency, us  count   mean    p50    p90    p99  p99.9    max
            message          2  0.902  0.902  0.902  0.902  0.902  0.902
            """);
  }

  @Test
  void messagesThatBlockEachOtherFail() throws IOException {
    Path file = commands.write("x.goal", GOAL);
    Outcome outcome =
        Commands.run(
            "network", "replay", file, "--loggp", "reference-a", "--set", "loggp.eager_limit=99 B");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("the messages block each other: ")
        .contains("rank 0 sends 100 B to rank 1 with tag 0");
  }

  @Test
  void replaysMessagesOnLinks() throws IOException {
    Path file =
        commands.write(
            "m.csv", "time_ps,source,destination,bytes\n0,0,1,1000\n0,0,1,1000\n7000000,2,0,500\n");
    Path folder = commands.path("out");
    Outcome outcome =
        Commands.run(
            "network",
            "replay",
            file,
            "--graph",
            "switch",
            "--link-rate",
            "1 GB/s",
            "--link-latency",
            "500 ns",
            "-o",
            folder);
    assertThat(outcome.out())
        .contains("span         8.5 us\n", "links        6, 6 hops, the busiest for 23.53 % of");
    assertThat(Files.readAllLines(folder.resolve("ranks.csv")))
        .containsExactly(
            "rank,finish_ps,sent_bytes,busy_ps",
            "0,8500000,2000,",
            "1,3000000,0,",
            "2,7000000,500,");
    assertThat(Files.readAllLines(folder.resolve("links.csv")))
        .contains(
            "link,from_node,to_node,bytes,busy_ps", "0,0,3,2000,2000000", "4,3,1,2000,2000000");
    JsonNode json = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    assertThat(json.path("time_ps").asLong()).isEqualTo(8_500_000);
    assertThat(json.path("hops").asLong()).isEqualTo(6);
  }

  @Test
  void faultsAreToldAllAtOnce() {
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-reduc",
            "--loggp",
            "nvlink4",
            "--sizes",
            "64 B,1 x",
            "--outer",
            "rung");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo(
            "'all-reduc' is not a collective; did you mean 'all-reduce'? (known: [all-reduce,"
                + " reduce-scatter, all-gather, broadcast, reduce, all-to-all])\n"
                + "--outer: 'rung' is not an algorithm of all-reduce; did you mean 'ring'? (known:"
                + " [ring, recursive-doubling, rabenseifner, binomial, double-tree, one-shot,"
                + " two-shot, hierarchical])\n"
                + "--sizes: '1 x' is not a size: a number with one of the units [B, kB, MB, GB, TB,"
                + " PB, KiB, MiB, GiB, TiB, PiB]\n");
  }

  private static void refused(String message, Object... arguments) {
    Outcome outcome = Commands.run(arguments);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains(message);
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    refused(
        "--loggp: 'nvlonk4' is not a preset of kind loggp; did you mean 'nvlink4'? (known: [nvlink4,"
            + " reference-a, reference-b])",
        "network",
        "collective",
        "reduce",
        "--loggp",
        "nvlonk4");
    refused(
        "--graph: 'rign' is not a topology; did you mean 'ring'?",
        "network",
        "collective",
        "reduce",
        "--graph",
        "rign");
    refused("graph.link_rate", "network", "collective", "reduce", "--graph", "ring");
    refused(
        "are options of --graph",
        "network",
        "collective",
        "reduce",
        "--loggp",
        "nvlink4",
        "--link-rate",
        "1 GB/s");
    refused(
        "--algorithms: 'auto' stands alone",
        "network",
        "collective",
        "reduce",
        "--graph",
        "ring",
        "--link-rate",
        "1 GB/s",
        "--link-latency",
        "1 ns",
        "--algorithms",
        "auto");
    refused(
        "--algorithms: 'ring' is not an algorithm of reduce",
        "network",
        "collective",
        "reduce",
        "--loggp",
        "nvlink4",
        "--algorithms",
        "ring");
    refused(
        "collective of 0 ranks",
        "network",
        "collective",
        "reduce",
        "--loggp",
        "nvlink4",
        "--ranks",
        "0");
    refused(
        "direct of 4096 ranks: more than 8388608 operations",
        "network",
        "collective",
        "all-to-all",
        "--loggp",
        "nvlink4",
        "--ranks",
        "4096",
        "--algorithms",
        "direct");
    Path file = commands.write("x.goal", "rank 0 {\nsend 5b to 1\nhuh\n}\n");
    refused(
        "x.goal:3:4: the line ends, expected ':', 'requires' or 'irequires'",
        "network",
        "replay",
        file,
        "--loggp",
        "nvlink4");
    refused(
        "--format: 'gaol' is not a format of messages; did you mean 'goal'?",
        "network",
        "replay",
        file,
        "--loggp",
        "nvlink4",
        "--format",
        "gaol");
    refused("--calc-unit: ", "network", "replay", file, "--loggp", "nvlink4", "--calc-unit", "1 B");
  }

  @Test
  void parametersFromAFile() throws IOException {
    Path file =
        commands.write(
            "mine.yaml",
            """
            loggp:
              source: a test
              latency: 1 us
              overhead: 0 ns
              gap: 0 ns
              link_rate: 1 GB/s
              reduce_rate: 2 GB/s
            """);
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "reduce",
            "--loggp",
            file,
            "--ranks",
            "2",
            "--sizes",
            "1001 B");
    // 1 us, 1,000 bytes after the first, 1,001 bytes added.
    assertThat(outcome.out()).contains("binomial      2.501");
  }
}
