package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collectives and messages over networks of routers. */
class NetworkFabricCommandsTest {
  @TempDir Path temp;

  /** Three steps of a post and a packet of 16 flits over one switch, 22 cycles of 1 ns. */
  @Test
  void collective() throws IOException {
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-reduce",
            "--fabric",
            "switch-8",
            "--sizes",
            "240 B",
            "--algorithms",
            "recursive-doubling",
            "--set",
            "endpoint.send=200 ns",
            "--json");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    JsonNode row = new ObjectMapper().readTree(outcome.out()).findValue("time_ps");
    // A picosecond of adding makes the later steps wait for the next cycle.
    assertThat(row.asLong()).isBetween(3 * 222_000L, 3 * 222_000L + 2_003);
  }

  @Test
  void exactAndFastPrintTheSame() {
    String[] printed = new String[2];
    for (int i = 0; i < 2; i++) {
      Outcome outcome =
          Commands.run(
              "network",
              "collective",
              "all-to-all",
              "--fabric",
              "mesh-4x4",
              "--ranks",
              "7,16",
              "--sizes",
              "10 kB",
              "--set",
              "fidelity=" + (i == 0 ? "exact" : "fast"));
      assertThat(outcome.code()).isEqualTo(ExitCode.OK);
      printed[i] = outcome.out();
    }
    assertThat(printed[1]).isEqualTo(printed[0]).contains("network      fabric mesh-4x4");
  }

  @Test
  void replay() {
    Outcome outcome =
        Commands.run(
            "network",
            "replay",
            Path.of(
                System.getProperty("memwall.root", ".."),
                "traces",
                "moe-messages",
                "exchange.goal"),
            "--fabric",
            "fat-tree-64");
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .containsPattern("channels +[\\d,]+ flits between routers, \\d+ episodes");
  }

  /** A row for each directed channel of each run, and the busiest one. */
  @Test
  void links() throws IOException {
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-gather",
            "--fabric",
            "switch-8",
            "--sizes",
            "1920 B",
            "--algorithms",
            "ring,direct",
            "-o",
            temp.resolve("collective"));
    assertThat(outcome.out()).contains("busiest link").containsPattern("ring .* [\\d.]+ %");
    // Seven pieces of 240 B and a header of 16 B, 16 flits each, leave every node.
    assertThat(Files.readAllLines(temp.resolve("collective/links.csv")))
        .hasSize(1 + 2 * 16)
        .contains("algorithm,ranks,vector_bytes,from,from_port,to,to_port,flits,bytes,busy_share")
        .anyMatch(line -> line.startsWith("ring,8,1920,node 5,0,router 0,5,112,1792,0."))
        .anyMatch(line -> line.startsWith("direct,8,1920,router 0,5,node 5,0,112,1792,0."));
    Path messages =
        new Commands(temp).write("m.csv", "time_ps,source,destination,bytes\n0,0,1,9\n");
    Outcome replay =
        Commands.run(
            "network", "replay", messages, "--fabric", "switch-8", "-o", temp.resolve("replay"));
    assertThat(replay.out()).contains("busiest      router 0 to node 1, ");
    assertThat(Files.readAllLines(temp.resolve("replay/links.csv")))
        .hasSize(17)
        .anyMatch(line -> line.startsWith("node 0,0,router 0,0,2,32,"));
    JsonNode busiest =
        new ObjectMapper()
            .readTree(temp.resolve("replay/summary.json").toFile())
            .at("/links/busiest");
    assertThat(busiest.get("from").asText()).isEqualTo("router 0");
    assertThat(busiest.get("flits").asInt()).isEqualTo(2);
  }

  /** A rank without a way: the command says so, and ends. */
  @Test
  void partsThatFail() throws IOException {
    Commands commands = new Commands(temp);
    commands.write(
        "failing.yaml",
        """
        fabric: mesh-4x4
        faults:
          timeout: 5 us
          retries: 2
          heartbeat: 1 us
          given:
            - { at: 10 ns, what: link-down, router: 1, to: 2 }
            - { at: 10 ns, what: node-down, node: 3 }
        """);
    Path messages =
        commands.write(
            "m.csv", "time_ps,source,destination,bytes\n0,0,1,100\n0,1,2,2000\n0,2,3,100\n");
    Outcome text =
        Commands.run("network", "replay", messages, "--fabric", commands.path("failing.yaml"));
    assertThat(text.err()).isEmpty();
    assertThat(text.code()).isEqualTo(ExitCode.OK);
    assertThat(text.out())
        .contains("arrived      2 messages\n")
        .contains("faults       2, new ways 1 times")
        .contains("undelivered  1 messages; 1 ranks have not finished\n")
        .contains("             100 B from rank 2 to rank 3, given up after 15 us\n");
    Outcome json =
        Commands.run(
            "network", "replay", messages, "--fabric", commands.path("failing.yaml"), "--json");
    JsonNode faults = new ObjectMapper().readTree(json.out()).get("faults");
    assertThat(faults.get("undeliverable_messages").asInt()).isEqualTo(1);
    assertThat(faults.get("first_undeliverable").get(0).get("to_rank").asInt()).isEqualTo(3);
    Outcome collective =
        Commands.run(
            "network",
            "collective",
            "broadcast",
            "--fabric",
            commands.path("failing.yaml"),
            "--sizes",
            "4 KiB",
            "--algorithms",
            "binomial");
    assertThat(collective.out()).contains(" ranks not finished");
    commands.write("wrong.yaml", "fabric: mesh-4x4\nfaults: { given: [{ at: 0 ps, what: up }] }\n");
    assertThat(
            Commands.run("network", "replay", messages, "--fabric", commands.path("wrong.yaml"))
                .err())
        .contains("wrong.yaml:2:37: faults.given[0].what: 'up' is not one of");
  }

  @Test
  void faults() throws IOException {
    Outcome tooMany =
        Commands.run("network", "collective", "all-reduce", "--fabric", "switch-8", "--ranks", "9");
    assertThat(tooMany.code()).isEqualTo(ExitCode.USAGE);
    assertThat(tooMany.err()).contains("--ranks: 9 ranks do not fit a network of 8 nodes");
    Outcome unknown = Commands.run("network", "collective", "all-reduce", "--fabric", "switch-9");
    assertThat(unknown.err())
        .contains("--fabric: 'switch-9' is not a preset of kind fabric; did you mean 'switch-8'?");
    Outcome options =
        Commands.run(
            "network", "collective", "reduce", "--fabric", "switch-8", "--passing", "cut-through");
    assertThat(options.err()).contains("--passing are options of --graph");
    Commands commands = new Commands(temp);
    commands.write(
        "net.yaml",
        """
        fabric: switch-8
        messages: { payload: 0 B }
        endpoint: { add_rate: 0 B/s, sram_slots: -1 }
        """);
    Outcome values =
        Commands.run("network", "collective", "reduce", "--fabric", commands.path("net.yaml"));
    assertThat(values.code()).isEqualTo(ExitCode.USAGE);
    assertThat(values.err())
        .contains("packets of 0 B and 16 B of header: allowed are 1 to")
        .contains("endpoint.add_rate: '0 B/s' is out of range: a data rate is from 1 B/s")
        .contains("'-1' is out of range: a whole number from 0 to 1048576");
  }
}
