package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkReduceCommandTest {
  private static final String FILE =
      """
      aggregation:
        extends: nvls-8
        deadline: { wait: 4 us, substitute: partial-mean }
      reduce:
        sizes: [1 kB, 10 kB]
        operations: 50
        gap: 20 us
        loss: 0.001
        groups:
          - { name: even, members: [h0, h2, h4, h6] }
          - { name: odd, members: [h1, h3, h5, h7], deadline: { wait: 1 us, substitute: wait } }
        stragglers: { share: 0.05, late: 10 us }
      """;

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void file() throws IOException {
    commands = new Commands(temp);
    commands.write("two.yaml", FILE);
  }

  private static Outcome reduce(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("network", "reduce"));
    arguments.addAll(List.of(more));
    return Commands.run(arguments.toArray());
  }

  @Test
  void prints() {
    Outcome outcome = reduce(commands.path("two.yaml"));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .startsWith(
            """
            network      nvls-8: hosts 8, switches 1 (1,024 slots each), links 8, operands added as they arrive
            group        even: 4 hosts, 50 operations, gap 20 us, window 256, quota 256 (queue); deadline 4 us from the first arrival, partial-mean
            group        odd: 4 hosts, 50 operations, gap 20 us, window 256, quota 256 (queue)
            """)
        .containsPattern("10 kB +even +yes +50 +0 .* x\n")
        .containsPattern("10 kB +odd +none +50 +0 .* 0\\.000 % +1\\.00 x\n");
  }

  /** A preset alone: twenty equal operations. */
  @Test
  void jsonOfAPreset() throws IOException {
    Outcome outcome =
        reduce("sharp-sat", "--sizes", "64 B,1 KiB", "--order", "reproducible", "--json");
    assertThat(outcome.err()).isEmpty();
    JsonNode summary = new ObjectMapper().readTree(outcome.out());
    assertThat(summary.get("schema").asText()).isEqualTo("memwall.network-reduce/1");
    assertThat(summary.get("ordered").asBoolean()).isTrue();
    assertThat(summary.get("runs")).hasSize(2);
    JsonNode run = summary.get("runs").get(0);
    JsonNode group = run.get("groups").get(0);
    assertThat(group.get("operations").asInt()).isEqualTo(20);
    assertThat(group.get("latency").get("p50_ps").asLong())
        .isEqualTo(group.get("latency").get("max_ps").asLong());
    assertThat(run.get("statistics").get("network.operations").asLong()).isEqualTo(20);
    assertThat(group.has("p99_gained_ratio")).isFalse();
  }

  @Test
  void deadlineAsOptions() throws IOException {
    Outcome outcome =
        reduce(
            commands.path("two.yaml"),
            "--deadline",
            "2 us",
            "--substitute",
            "stale",
            "--operations",
            "30",
            "--gap",
            "10 us",
            "--loss",
            "0",
            "--json");
    JsonNode runs = new ObjectMapper().readTree(outcome.out()).get("runs");
    assertThat(runs).hasSize(4);
    JsonNode even = runs.get(1).get("groups").get(0);
    assertThat(even.get("substituted_share").asDouble()).isBetween(0.001, 0.2);
    assertThat(even.get("p99_gained_ratio").asDouble()).isGreaterThan(2);
    assertThat(runs.get(0).get("deadlines").asBoolean()).isFalse();
  }

  @Test
  void equalInputGivesEqualFilesAndTheResolvedOneRunsAgain() throws IOException {
    assertThat(reduce(commands.path("two.yaml"), "-o", temp.resolve("one")).code()).isZero();
    Files.copy(temp.resolve("one/config.resolved.yaml"), temp.resolve("again.yaml"));
    assertThat(reduce(temp.resolve("again.yaml"), "-o", temp.resolve("two")).code()).isZero();
    for (String file : List.of("summary.json", "latency.csv", "operations.csv")) {
      assertThat(Files.readString(temp.resolve("one").resolve(file)))
          .as(file)
          .isEqualTo(Files.readString(temp.resolve("two").resolve(file)));
    }
    assertThat(Files.readAllLines(temp.resolve("one/latency.csv"))).hasSize(1 + 2 * 2 * 2);
    assertThat(Files.readAllLines(temp.resolve("one/operations.csv"))).hasSize(1 + 8 * 50);
  }

  private static final String TOKENS =
      """
      aggregation: sharp-sat
      reduce:
        sizes: [2 KiB]
        operations: 3
        groups:
          - name: out
            members: [h0..h15]
            operation: moe-dispatch
            experts: { count: 64, top_k: 4, tokens: 8, skew: 0.7 }
          - { name: all, members: [h16..h31], operation: broadcast, root: h20 }
      """;

  /** Tokens in the network, and the same ones as plain messages, beside a broadcast. */
  @Test
  void tokens() throws IOException {
    commands.write("tokens.yaml", TOKENS);
    Outcome text = reduce(commands.path("tokens.yaml"));
    assertThat(text.err()).isEmpty();
    assertThat(text.out())
        .contains("out: 16 hosts, 3 operations (moe-dispatch: 64 experts, top 4, 8 tokens each, ")
        .contains("all: 16 hosts, 3 operations (broadcast from h20)")
        .containsPattern("2 KiB +out +network +3 +0 .* x\n")
        .containsPattern("2 KiB +out +plain +3 +0 ")
        .containsPattern("2 KiB +all +none +3 +0 ");
    assertThat(reduce(commands.path("tokens.yaml"), "-o", temp.resolve("moe")).code()).isZero();
    JsonNode runs =
        new ObjectMapper().readTree(Files.readString(temp.resolve("moe/summary.json"))).get("runs");
    assertThat(runs).hasSize(2);
    JsonNode out = runs.get(0).get("groups").get(0);
    assertThat(out.get("operation").asText()).isEqualTo("moe-dispatch");
    assertThat(out.get("tokens").get("saved_share").asDouble()).isBetween(0.2, 0.6);
    assertThat(out.get("p99_gained_ratio").asDouble()).isGreaterThan(1);
    assertThat(runs.get(1).get("plain").asBoolean()).isTrue();
    assertThat(runs.get(0).get("groups").get(1).has("tokens")).isFalse();
    assertThat(Files.readAllLines(temp.resolve("moe/latency.csv"))).hasSize(1 + 2 * 2);
  }

  @Test
  void allFaultsInOnePass() {
    Outcome outcome =
        reduce(commands.path("two.yaml"), "--loss", "2", "--set", "reduce.groups[0].members=[h9]");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("reduce.loss: '2' is out of range: a number from 0 to 0.99");
    assertThat(reduce("sharp", "--order", "arrival").err())
        .contains("'sharp' is not a preset of kind aggregation");
    assertThat(reduce("sharp-llt", "--order", "random").err())
        .contains("--order: 'random' is not an order (known: [arrival, reproducible])");
  }

  @Test
  void placesOfFaults() throws IOException {
    commands.write("bad.yaml", FILE.replace("h7]", "h8]").replace("gap: 20 us", "gap: 20"));
    assertThat(reduce(commands.path("bad.yaml")).err())
        .contains("bad.yaml:7:8: reduce.gap: ")
        .contains("bad.yaml:11:29: reduce.groups[1].members: there is no node 'h8'");
  }
}
