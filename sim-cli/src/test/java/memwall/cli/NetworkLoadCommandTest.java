package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

class NetworkLoadCommandTest {
  private static final String RING =
      """
      fabric:
        source: a test
        name: ring-of-four
        cycle: 2 ns
        flit: 32 B
        topology: { kind: ring, nodes: 4, channel_cycles: 3 }
        router: { virtual_channels: 2, buffer_flits: 16 }
      load: { offered: [0.05, 1.5], packet_flits: 2, sample_cycles: 4000, drain_cycles: 100 }
      """;

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void file() throws IOException {
    commands = new Commands(temp);
    commands.write("ring.yaml", RING);
  }

  private Outcome load(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("network", "load"));
    arguments.addAll(List.of(more));
    return Commands.run(arguments.toArray());
  }

  @Test
  void prints() {
    Outcome outcome = load(commands.path("ring.yaml"));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .startsWith(
            """
            network      ring-of-four, torus 4, dimension order
            routers      2 virtual channels of 16 flits, cycle 2 ns, flit 32 B
            traffic      uniform, packets of 2 flits, 4 nodes
            """)
        .contains("saturated from 1.500 on")
        .containsPattern(
            "saturation +most accepted 0\\.\\d{3} flits per node and cycle, [\\d.]+ GB/s");
  }

  /** A packet of two flits over H routers and H - 1 channels of 3 cycles: 4 + 4 H + 3 (H - 1). */
  @Test
  void jsonAgreesWithTheLawOfAnIdleNetwork() throws IOException {
    Outcome outcome = load(commands.path("ring.yaml"), "--offered", "0.0005", "--json");
    JsonNode summary = new ObjectMapper().readTree(outcome.out());
    assertThat(summary.get("schema").asText()).isEqualTo("memwall.network-load/1");
    assertThat(summary.get("network").get("cycle_ps").asLong()).isEqualTo(2_000);
    assertThat(summary.get("least_saturated_flits").isNull()).isTrue();
    JsonNode point = summary.get("points").get(0);
    double hops = point.get("hops").asDouble();
    assertThat(point.get("packet_latency").get("mean_cycles").asDouble())
        .isCloseTo(4 + 4 * hops + 3 * (hops - 1), within(1e-9));
  }

  @Test
  void equalInputGivesEqualFiles() throws IOException {
    for (String folder : List.of("one", "two")) {
      String threads = folder.equals("one") ? "1" : "3";
      Outcome outcome =
          load(commands.path("ring.yaml"), "-o", temp.resolve(folder), "--threads", threads);
      assertThat(outcome.code()).isEqualTo(ExitCode.OK);
    }
    for (String file :
        List.of("summary.json", "curve.csv", "latency.csv", "links.csv", "config.resolved.yaml")) {
      assertThat(Files.readString(temp.resolve("one").resolve(file)))
          .as(file)
          .isEqualTo(Files.readString(temp.resolve("two").resolve(file)));
    }
    assertThat(Files.readAllLines(temp.resolve("one/curve.csv"))).hasSize(3);
    // Of each load: two channels between neighbours of the ring, two of each node.
    assertThat(Files.readAllLines(temp.resolve("one/links.csv")))
        .hasSize(1 + 2 * 4 * (2 + 2))
        .contains("offered_flits,from,from_port,to,to_port,flits,bytes,busy_share")
        .anyMatch(line -> line.startsWith("1.5,node 3,0,router 3,"));
  }

  @Test
  void searchesForTheLoadThatSaturates() throws IOException {
    Outcome text = load(commands.path("ring.yaml"), "--saturation", "0.1");
    assertThat(text.err()).isEmpty();
    assertThat(text.out())
        .containsPattern("; carries 0\\.\\d{4}, saturated at \\d\\.\\d{4}\\n")
        .containsPattern("busiest +\\w+ \\d to \\w+ \\d, [\\d.]+ % of the time, [\\d.]+ times");
    JsonNode summary =
        new ObjectMapper()
            .readTree(load(commands.path("ring.yaml"), "--saturation", "0.1", "--json").out());
    assertThat(summary.get("searched_points").asInt()).isEqualTo(4); // 1.45 halved down to 0.1
    double carried = summary.get("most_carried_flits").asDouble();
    assertThat(summary.get("least_saturated_flits").asDouble())
        .isCloseTo(carried + 1.45 / 16, within(1e-9));
    JsonNode links = summary.get("points").get(5).get("links");
    assertThat(links.get("to_nodes").get("channels").asInt()).isEqualTo(4);
    assertThat(links.get("busiest").get("busy_share").asDouble()).isBetween(0.1, 1.0);
  }

  @Test
  void wrongSearchAndThreads() {
    assertThat(load(commands.path("ring.yaml"), "--saturation", "0").err())
        .contains("load.saturation.tolerance: '0' is out of range: a number from 0.0001 to 1");
    assertThat(
            load(commands.path("ring.yaml"), "--set", "load.saturation={find: true, tolerance: 2}")
                .err())
        .contains("unknown key 'load.saturation.find' (known: [tolerance])")
        .contains("'2' is out of range");
    Outcome none = load(commands.path("ring.yaml"), "--threads", "0");
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("--threads: 0 is not in 1 to 1024");
  }

  @Test
  void theResolvedConfigurationRunsAgain() throws IOException {
    assertThat(load(commands.path("ring.yaml"), "-o", temp.resolve("one")).code())
        .isEqualTo(ExitCode.OK);
    Files.copy(temp.resolve("one/config.resolved.yaml"), temp.resolve("again.yaml"));
    assertThat(load(temp.resolve("again.yaml")).out())
        .isEqualTo(load(commands.path("ring.yaml")).out());
  }

  @Test
  void allFaultsInOnePass() {
    Outcome outcome =
        load(
            "torus-8x8",
            "--pattern",
            "next-group",
            "--offered",
            "0.1,5",
            "--set",
            "fabric.router.virtual_channels=1",
            "--set",
            "fabric.topology.sizes=[8,1]");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("'5' is out of range: a number from 1.0E-9 to 4")
        .contains("traffic next-group needs a dragonfly")
        .contains("must be at least 2 for this topology and routing, given are 1")
        .contains("'1' is out of range: a whole number from 2 to 1048576");
  }

  @Test
  void buffersThatNobodyHolds() {
    Outcome outcome =
        load(
            "dragonfly-1056",
            "--set",
            "fabric.router.buffer_flits=65536",
            "--set",
            "fabric.router.virtual_channels=16");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("virtual channels of 65536 flits need")
        .contains("places, more than 268435456");
  }

  @Test
  void anUnknownPreset() {
    Outcome outcome = load("torus-8x9");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err())
        .contains("'torus-8x9' is not a preset of kind fabric; did you mean 'torus-8x8'?");
  }
}
