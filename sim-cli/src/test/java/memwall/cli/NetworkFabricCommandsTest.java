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

  /** The tail with a deadline beside that without, and what it costs; equal input, equal files. */
  @Test
  void deadlines() throws IOException {
    Path file =
        new Commands(temp)
            .write(
                "late.yaml",
                """
                fabric: switch-8
                repeat: { count: 400, gap: 1 us }
                stragglers: { share: 0.02, late: 30 us }
                deadline: { wait: 6 us, substitute: stale, most_age: 4 }
                """);
    String[] arguments = {"all-reduce", "--sizes", "8 KiB", "--algorithms", "two-shot,binomial"};
    for (String folder : List.of("one", "two")) {
      List<Object> all = new ArrayList<>(List.of("network", "collective"));
      all.addAll(List.of(arguments));
      all.addAll(List.of("--fabric", file, "-o", temp.resolve(folder)));
      Outcome outcome = Commands.run(all.toArray());
      assertThat(outcome.code()).isEqualTo(ExitCode.OK);
      assertThat(outcome.out())
          .contains("\ntwo-shot, 8 ranks, 8 KiB\noperations   400, us: p50 ")
          .containsPattern("deadline +ranks on time, us: p50 [\\d.]+, p99 [\\d.]+")
          .containsPattern("without it +ranks on time, us: p50 [\\d.]+, p99 [\\d.]+")
          .containsPattern("p99 of ranks on time \\d+\\.\\d\\d times shorter")
          .containsPattern("receives +44,800 sent, 4\\d,\\d{3} in time, [\\d,]+ late, 0 undel");
    }
    for (String name : List.of("summary.json", "operations.csv", "deadlines.csv", "links.csv")) {
      assertThat(Files.readString(temp.resolve("one").resolve(name)))
          .as(name)
          .isEqualTo(Files.readString(temp.resolve("two").resolve(name)));
    }
    assertThat(Files.readAllLines(temp.resolve("one/operations.csv"))).hasSize(1 + 2 * 400);
    assertThat(Files.readAllLines(temp.resolve("one/deadlines.csv")))
        .hasSize(1 + 2 * 2)
        .anyMatch(line -> line.startsWith("two-shot,8,8192,yes,400,0,"))
        .anyMatch(line -> line.startsWith("two-shot,8,8192,wait,400,0,"));
    JsonNode run =
        new ObjectMapper().readTree(temp.resolve("one/summary.json").toFile()).at("/runs/0");
    JsonNode with = run.get("deadline");
    assertThat(with.get("in_time").asLong() + with.get("late").asLong()).isEqualTo(44_800);
    assertThat(with.get("substituted").asLong()).isEqualTo(with.get("late").asLong());
    double substituted = with.get("substituted_bytes").asDouble();
    assertThat(with.get("substituted_share").asDouble())
        .isEqualTo(substituted / (substituted + with.get("received_bytes").asDouble()));
    assertThat(with.get("wait_ps").get("p99_9").asLong()).isLessThan(6_010_000);
    assertThat(run.get("without_deadline").get("wait_ps").get("p99_9").asLong())
        .isGreaterThan(20_000_000);
    assertThat(run.get("p99_gained").asDouble()).isGreaterThan(2);
  }

  /** Messages of a file: the deadline counts from the send, what is lost is replaced. */
  @Test
  void replayWithDeadline() throws IOException {
    Commands commands = new Commands(temp);
    commands.write(
        "cut.yaml",
        """
        fabric: mesh-4x4
        deadline: { wait: 10 us, from: send, substitute: zero }
        faults: { timeout: 5 us, retries: 1, given: [{ at: 0 ps, what: node-down, node: 3 }] }
        """);
    Path messages =
        commands.write(
            "m.csv", "time_ps,source,destination,bytes\n0,0,1,100\n50000000,1,2,9\n0,2,3,100\n");
    Outcome outcome =
        Commands.run(
            "network",
            "replay",
            messages,
            "--fabric",
            commands.path("cut.yaml"),
            "-o",
            temp.resolve("r"));
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.err()).startsWith("results in ");
    assertThat(outcome.out())
        .contains("undelivered  1 messages; 0 ranks have not finished\n")
        .contains("receives     3 sent, 2 in time, 0 late, 1 undeliverable; 0 receives waited on");
    assertThat(Files.readAllLines(temp.resolve("r/deadlines.csv"))).hasSize(3);
    commands.write("bad.yaml", "fabric: mesh-4x4\ndeadline: { wait: 1 us, substitute: none }\n");
    assertThat(
            Commands.run("network", "replay", messages, "--fabric", commands.path("bad.yaml"))
                .err())
        .contains("bad.yaml:2:37: deadline.substitute: 'none' is not one of [wait, zero, stale");
  }

  /** A node dies, a spare goes on; with too many ranks for the spare that is said. */
  @Test
  void nodesThatDie() throws IOException {
    Path file =
        new Commands(temp)
            .write(
                "dies.yaml",
                """
                fabric: switch-8
                faults: { timeout: 2 us, retries: 1 }
                node_failures:
                  heartbeat: 1 us
                  spares: [6]
                  given: [{ at: 1500 ns, node: 2 }, { at: 90 us, node: 3 }]
                  weights: { from: storage, bytes: 1 MB, rate: 100 GB/s }
                repeat: { count: 9, gap: 10 us }
                """);
    List<Object> arguments =
        new ArrayList<>(
            List.of("network", "collective", "all-reduce", "--fabric", file, "--sizes", "64 KiB"));
    arguments.addAll(List.of("--algorithms", "ring", "-o", temp.resolve("out"), "--ranks"));
    List<Object> six = new ArrayList<>(arguments);
    six.add("6");
    Outcome outcome = Commands.run(six.toArray());
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .contains("nodes        2 with a rank died, 1 were replaced; 2 ranks have not finished\n")
        .contains(" node 2 with rank 2 at 1.5 us, node 6 went on after 12.5 us\n")
        .contains(" node 3 with rank 3 at 90 us, no spare was left\n");
    assertThat(Files.readAllLines(temp.resolve("out/failures.csv")))
        .containsExactly(
            "algorithm,ranks,vector_bytes,at_ps,node,rank,noticed_ps,spare,ready_ps",
            "ring,6,65536,1500000,2,2,4000000,6,14000000",
            "ring,6,65536,90000000,3,3,93000000,,");
    JsonNode failures =
        new ObjectMapper()
            .readTree(temp.resolve("out/summary.json").toFile())
            .at("/runs/0/node_failures");
    assertThat(failures.get("replaced").asInt()).isEqualTo(1);
    assertThat(failures.get("copies").asLong())
        .isEqualTo(
            failures.get("delivered").asLong()
                + failures.get("duplicates").asLong()
                + failures.get("void").asLong()
                + failures.get("given_up").asLong());
    arguments.add("7");
    Outcome seven = Commands.run(arguments.toArray());
    assertThat(seven.code()).isEqualTo(ExitCode.USAGE);
    assertThat(seven.err())
        .contains("--ranks: node_failures.spares: node 6 has a rank, it cannot be a spare of 7");
  }

  /** Deadlines where a node dies: both are in the reports, with the tails of both runs. */
  @Test
  void deadlinesAndNodesThatDie() throws IOException {
    Path file =
        new Commands(temp)
            .write(
                "outage.yaml",
                """
                fabric: switch-8
                faults: { timeout: 2 us, retries: 1 }
                deadline: { wait: 10 us, substitute: zero }
                node_failures:
                  heartbeat: 1 us
                  spares: [6]
                  given: [{ at: 30 us, node: 2 }]
                  weights: { from: peer, bytes: 1 MB, rate: 10 GB/s }
                  restore: { over: network, window: 2 }
                repeat: { count: 30, gap: 10 us }
                """);
    Outcome outcome =
        Commands.run(
            "network",
            "collective",
            "all-reduce",
            "--fabric",
            file,
            "--sizes",
            "64 KiB",
            "--algorithms",
            "two-shot",
            "--ranks",
            "6",
            "-o",
            temp.resolve("outage"));
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .contains("nodes        1 with a rank died, 1 were replaced; 0 ranks have not finished\n")
        .contains("left out     ")
        .contains("restores     16 pieces over the network, 16 came with 1 MB\n")
        .contains(" parts of ranks without node; substitutes for them are ");
    JsonNode run =
        new ObjectMapper().readTree(temp.resolve("outage/summary.json").toFile()).at("/runs/0");
    JsonNode absence = run.at("/deadline/absence");
    assertThat(absence.get("parts").asInt()).isPositive();
    assertThat(absence.get("substituted_share").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(run.at("/deadline/substituted_share").asDouble());
    assertThat(run.at("/without_deadline/absence/parts").asInt()).isZero();
    assertThat(run.at("/node_failures/restore/bytes").asLong()).isEqualTo(1_000_000);
    assertThat(run.at("/without_deadline/node_failures/replaced").asInt()).isEqualTo(1);
    assertThat(run.at("/without_deadline/operation_ps/max").asLong()).isGreaterThan(100_000_000);
    assertThat(run.at("/deadline/operation_ps/max").asLong()).isLessThan(40_000_000);
    assertThat(Files.readAllLines(temp.resolve("outage/deadlines.csv")).get(0))
        .endsWith("absence_joined,absence_substituted,absence_substituted_bytes");
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
