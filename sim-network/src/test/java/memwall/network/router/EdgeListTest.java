package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeListTest {
  @TempDir Path temp;

  private EdgeList read(String text) throws IOException {
    return EdgeListReader.read(write(text), 1);
  }

  private Path write(String text) throws IOException {
    Path file = temp.resolve("net.txt");
    Files.writeString(file, text);
    return file;
  }

  private List<String> faults(String text) throws IOException {
    Path file = write(text);
    try {
      EdgeListReader.read(file, 1);
    } catch (ConfigException e) {
      return e.faults().stream().map(f -> f.substring(file.toString().length() + 1)).toList();
    }
    return List.of();
  }

  /** Two routers at the ends of a channel of 15 cycles, as in BookSim2's manual. */
  @Test
  void latencyOfChannels() throws IOException {
    EdgeList list =
        read(
            """
            # two routers

            router 0 node 0 router 1 15 node 2  # a comment
            router 1 node 1 3
            """);
    FabricSpec spec = spec(list, EdgeList.Ways.UP_DOWN, 1, 16);
    // 1 to the first router, 4 in each, 15 between, node 1's channel has 3 cycles, 4 flits.
    assertThat(alone(spec, 0, 1, 4)).isEqualTo(1 + 4 + 15 + 4 + 3 + 3 + 1);
    assertThat(alone(spec, 0, 2, 4)).isEqualTo(1 + 4 + 1 + 3 + 1);
  }

  private static FabricSpec spec(EdgeList list, EdgeList.Ways ways, int channels, int buffer) {
    return new FabricSpec(
        "test", FabricShape.edges(list, ways), new RouterSpec(channels, buffer, false), 1, 1);
  }

  private static long alone(FabricSpec spec, int from, int to, int flits) {
    long[] arrival = new long[1];
    RouterFabric fabric =
        new RouterFabric(spec.plan(), 1, 1, (packet, cycle) -> arrival[0] = cycle);
    fabric.offer(from, to, flits, 0);
    while (!fabric.empty()) {
      fabric.step();
    }
    return arrival[0];
  }

  /** Random connected networks at full load: all arrives, whatever the ways. */
  @Test
  void randomNetworksDeliverAndNeverLock() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      EdgeList list = read(randomNetwork(random));
      for (EdgeList.Ways ways : EdgeList.Ways.values()) {
        int channels = list.with(ways).leastChannels();
        FabricSpec spec = spec(list, ways, channels, 1 + random.nextInt(4));
        assertThat(DependencyCheck.circle(spec.plan(), 20, seed)).as("seed %d", seed).isEmpty();
        long[] arrived = new long[1];
        RouterFabric fabric =
            new RouterFabric(spec.plan(), seed, 1, (packet, cycle) -> arrived[0]++);
        int packets = 40 * spec.nodes();
        for (int i = 0; i < packets; i++) {
          fabric.offer(i % spec.nodes(), random.nextInt(spec.nodes()), 1 + random.nextInt(9), 0);
        }
        while (!fabric.empty() && fabric.now() < 500_000) {
          fabric.step();
        }
        assertThat(arrived[0]).as("seed %d, %s", seed, ways).isEqualTo(packets);
        assertThat(FabricLaws.broken(fabric, packets)).isEmpty();
      }
    }
  }

  private static String randomNetwork(SplittableRandom random) {
    int routers = 1 + random.nextInt(12);
    List<StringBuilder> lines = new ArrayList<>();
    int node = 0;
    for (int router = 0; router < routers; router++) {
      StringBuilder line = new StringBuilder("router " + router);
      if (router == 0 || random.nextBoolean()) {
        line.append(" node ").append(node++);
      }
      lines.add(line);
      if (router > 0) {
        line.append(" router ").append(random.nextInt(router));
      }
    }
    for (int i = 0; i < routers && routers > 2; i++) {
      int a = random.nextInt(routers);
      int b = random.nextInt(routers);
      String ab = " router " + Math.max(a, b);
      String ba = " router " + Math.min(a, b);
      boolean joined =
          (lines.get(Math.min(a, b)) + " ").contains(ab + " ")
              || (lines.get(Math.max(a, b)) + " ").contains(ba + " ");
      if (a != b && !joined) {
        lines.get(Math.min(a, b)).append(ab);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  /** A mesh as a list of channels, shortest ways, has the hops of a mesh. */
  @Test
  void shortestWaysAreShortest() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        int router = 4 * y + x;
        text.append("router ").append(router).append(" node ").append(router);
        text.append(x < 3 ? " router " + (router + 1) : "");
        text.append(y < 3 ? " router " + (router + 4) : "").append('\n');
      }
    }
    FabricSpec spec = spec(read(text.toString()), EdgeList.Ways.MINIMAL, 6, 8);
    for (int from = 0; from < 16; from++) {
      for (int to = 0; to < 16; to++) {
        int hops = Math.abs(from % 4 - to % 4) + Math.abs(from / 4 - to / 4);
        assertThat(alone(spec, from, to, 1)).isEqualTo(7 + 5L * hops);
      }
    }
    assertThatThrownBy(() -> spec(spec(6), EdgeList.Ways.MINIMAL, 5, 8).plan())
        .hasMessageContaining("needs at least 6");
  }

  private EdgeList spec(int routersInLineLessOne) throws IOException {
    StringBuilder text = new StringBuilder("router 0 node 0\n");
    for (int i = 0; i < routersInLineLessOne; i++) {
      text.append("router ").append(i).append(" router ").append(i + 1).append('\n');
    }
    return read(text.toString());
  }

  @Test
  void allFaultsWithTheirPlaces() throws IOException {
    assertThat(
            faults(
                """
                router 0 node 0 nod 1
                switch 1
                router x
                router 1 node
                router 2 node -1 router 3
                router 4 router 5 0
                """))
        .containsExactly(
            "1:19: 'nod' given, expected 'node' or 'router'",
            "2:6: 'switch' given, expected 'router'",
            "3:8: 'x' given, expected the number of a router, 0 to 67108864",
            "4:14: the line ends here, expected the number of a node",
            "5:15: '-1' given, expected the number of a node, 0 to 67108864",
            "6:19: '0' given, expected a length in cycles, 1 to 1048576");
    assertThat(
            faults(
                """
                router 0 node 0 router 1 2 router 1 2
                router 1 node 0 router 0 3 router 1
                router 3 node 2
                """))
        .containsExactly(
            "1:28: router 1 is named twice",
            "2:10: node 0 is attached to router 0 too",
            "2:17: the channel has 3 cycles here and 2 in line 1",
            "2:28: router 1 is joined to itself",
            " node 1 is attached to no router; nodes are numbered from 0",
            " router 2 has no channel; routers are numbered from 0");
    assertThat(faults("router 0 node 0\nrouter 1 node 1\n"))
        .containsExactly(" router 1 cannot be reached from router 0");
    assertThat(faults("\n"))
        .containsExactly(" no line attaches a node, expected 'router R node N ...'");
  }
}
