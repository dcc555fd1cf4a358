package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Graphs and the trees on them. */
final class TreeTest {
  private static final Wire WIRE = Rig.WIRE;

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(Runnable what) {
    return assertThatThrownBy(what::run).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void graphsThatCannotBeAreRefused() {
    Graph.Builder builder = new Graph.Builder();
    builder.host("a");
    builder.join("s", 1, true);
    builder.host("b");
    refused(() -> builder.host("s")).hasMessage("there are two nodes 's'");
    refused(() -> builder.join("t", 0, true)).hasMessage("switch 't' of 0 ports: needs at least 1");
    refused(() -> builder.link("a", "x", WIRE)).hasMessage("link 'a' - 'x': there is no node 'x'");
    refused(() -> builder.link("y", "a", WIRE)).hasMessage("link 'y' - 'a': there is no node 'y'");
    refused(() -> builder.link(0, 3, WIRE)).hasMessage("link 0 - 3: nodes are 0 to 2");
    refused(() -> builder.link(1, 1, WIRE)).hasMessage("link from 's' to itself");
    refused(() -> new Wire(0, 1)).hasMessageContaining("at 0 B/s").hasMessageContaining("at least");
    refused(() -> new Wire(1, -1)).hasMessageContaining("latency -1 ps");
    builder.link("a", "s", WIRE);
    refused(() -> builder.link("s", "a", WIRE)).hasMessage("there are two links 's' - 'a'");
    Graph apart = builder.build();
    refused(() -> apart.checkMembers(List.of(0, 2))).hasMessage("no path from 'a' to members [b]");
    refused(() -> apart.checkMembers(List.of(0, 1)))
        .hasMessage("member 1 ('s') is a switch, members are hosts");
    refused(() -> apart.checkMembers(List.of(0, 0))).hasMessage("'a' is a member twice");
    refused(() -> apart.checkMembers(List.of(9)))
        .hasMessage("member 9 is no node: nodes are 0 to 2");
    refused(() -> apart.checkMembers(List.of())).hasMessage("a group needs at least 1 member");
    builder.link("b", "s", WIRE);
    refused(builder::build).hasMessage("switch 's' has 1 ports, but 2 links end there");
    refused(() -> Graph.twoLevel(8, 4, 0, WIRE, WIRE)).hasMessageContaining("1 spine");
  }

  @Test
  void hostsPassNothingOn() {
    Graph.Builder builder = new Graph.Builder();
    builder.host("a");
    builder.host("between");
    builder.join("s", 4, true);
    builder.join("t", 4, true);
    builder.host("b");
    builder.link("a", "s", WIRE);
    builder.link("between", "s", WIRE);
    builder.link("between", "t", WIRE);
    builder.link("b", "t", WIRE);
    Graph graph = builder.build();
    refused(() -> AggregationTree.of(graph, List.of(0, 4), 9))
        .hasMessage("no path from 'a' to members [b]");
  }

  @Test
  void closOfTwoLevels() {
    Graph graph = Graph.twoLevel(10, 4, 2, WIRE, WIRE);
    AggregationTree tree = AggregationTree.of(graph, Rig.hosts(10), 4);
    assertThat(tree.depth()).isEqualTo(2);
    assertThat(tree.nodes()).isEqualTo(4);
    assertThat(tree.name(0)).isEqualTo("s0");
    assertThat(tree.children(0)).isEqualTo(3);
    assertThat(tree.children(1)).isEqualTo(4);
    assertThat(tree.children(3)).isEqualTo(2);
    assertThat(tree.links()).isEqualTo(13);
    assertThat(tree.height(0)).isEqualTo(2);
    assertThat(tree.memberAt(9)).isEqualTo(3);
    assertThat(tree.towards(0, 9)).isEqualTo(2);
    assertThat(tree.towards(1, 9)).isEqualTo(-1);
    // Members at one leaf need no spine; of two leaves, the spine of the lowest number is root.
    assertThat(AggregationTree.of(graph, List.of(4, 5, 6), 4).name(0)).isEqualTo("l1");
    assertThat(AggregationTree.of(graph, List.of(0, 9), 4).name(0)).isEqualTo("s0");
    refused(() -> AggregationTree.of(graph, Rig.hosts(10), 3))
        .hasMessage("every tree of the group has a switch with more than 3 children");
  }

  @Test
  void switchesThatOnlyPassOnAreInNoTree() {
    Graph.Builder builder = new Graph.Builder();
    builder.host("a");
    builder.host("b");
    builder.join("s", 4, false);
    builder.link("a", "s", WIRE);
    builder.link("b", "s", WIRE);
    Graph graph = builder.build();
    refused(() -> AggregationTree.of(graph, Rig.hosts(2), 4))
        .hasMessage("no switch that adds reaches a member");
    AggregationTree direct = AggregationTree.direct(new LiveGraph(graph), new int[] {0, 1}, -1);
    assertThat(direct).isNotNull();
    assertThat(direct.name(0)).isEqualTo("a");
    assertThat(direct.members()).isEqualTo(2);
  }

  /** The root is as good as any other switch by the rule, found here by trying every one. */
  @Test
  void rootIsTheBestOne() {
    Random random = new Random(Long.getLong("memwall.seed", 2026));
    for (int run = 0; run < 300; run++) {
      Graph.Builder builder = new Graph.Builder();
      int hosts = 2 + random.nextInt(6);
      int switches = 1 + random.nextInt(6);
      for (int i = 0; i < hosts; i++) {
        builder.host("h" + i);
      }
      for (int i = 0; i < switches; i++) {
        builder.join("s" + i, 99, true);
      }
      for (int i = 1; i < switches; i++) {
        builder.link(hosts + i, hosts + random.nextInt(i), WIRE);
      }
      for (int i = 0; i < hosts; i++) {
        builder.link(i, hosts + random.nextInt(switches), WIRE);
      }
      Graph graph = builder.build();
      AggregationTree tree = AggregationTree.of(graph, Rig.hosts(hosts), 99);
      int leastDepth = Integer.MAX_VALUE;
      for (int root = hosts; root < hosts + switches; root++) {
        int depth = 0;
        Reach reach = new LiveGraph(graph).reach(root, true);
        for (int host = 0; host < hosts; host++) {
          depth = Math.max(depth, reach.depth(host));
        }
        leastDepth = Math.min(leastDepth, depth);
      }
      assertThat(tree.depth()).isEqualTo(leastDepth);
      assertThat(tree.members()).isEqualTo(hosts);
      // Every member is below the root exactly once, on a path of its own links.
      for (int member = 0; member < hosts; member++) {
        int links = 1;
        for (int at = tree.memberAt(member); at > 0; at = tree.parent(at)) {
          links++;
        }
        assertThat(links).isEqualTo(new LiveGraph(graph).reach(tree.node(0), true).depth(member));
        assertThat(tree.towards(0, member)).isNotNegative();
      }
    }
  }
}
