package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Broadcast, and reduction to one member: times of closed forms, bytes, each copy once. */
final class TaskTest {
  private static final long CHUNK = 1000;

  private OperationResult run(Rig rig, GroupSpec group, TreeTask task, long bytes) {
    int number = rig.network.group(group);
    rig.network.call(number, task, bytes, Rig::value, rig.results::add);
    rig.simulation.run();
    assertThat(rig.network.checkLaws()).isEmpty();
    return rig.results.get(rig.results.size() - 1);
  }

  private static Graph tree(int members, int fanIn) {
    return members <= fanIn
        ? Graph.star(members, Rig.WIRE)
        : Graph.twoLevel(members, fanIn, 2, Rig.WIRE, Rig.WIRE);
  }

  private static TreeFormula formula() {
    return new TreeFormula(Rig.SWITCH, Rig.HOST, Rig.WIRE, Rig.WIRE);
  }

  /** To the picosecond: (K - 1) m + m' and the way, on one level and on two. */
  @Test
  void broadcastTakesTheClosedForm() {
    Random random = new Random(Long.getLong("memwall.seed", 2026));
    for (int run = 0; run < 200; run++) {
      int members = 2 + random.nextInt(40);
      int fanIn = 1 + random.nextInt(20);
      long bytes = 1L + random.nextInt(20_000);
      int root = random.nextInt(members);
      Rig rig = new Rig(tree(members, fanIn));
      OperationResult result =
          run(rig, Rig.group(members, CHUNK, 4), TreeTask.broadcast(root), bytes);
      int depth = members <= fanIn ? 1 : 2;
      String what = members + " hosts, " + fanIn + " at a leaf, " + bytes + " B from " + root;
      assertThat(result.latencyPs())
          .as(what)
          .isEqualTo(formula().broadcastPs(depth, bytes, CHUNK, 0));
      // The root sends one copy, every other host gets one, and so does every link of the tree.
      int leaves = members <= fanIn ? 0 : (members - 1) / fanIn + 1;
      assertThat(rig.network.stats.sentBytes.value())
          .as(what)
          .isEqualTo((members + leaves) * bytes);
      assertThat(rig.network.stats.duplicates.value()).as(what).isZero();
      assertThat(rig.network.stats.slotsTaken.value()).as(what).isZero();
      assertThat(result.chunks())
          .as(what)
          .allSatisfy(
              chunk -> {
                assertThat(chunk.added()).isEqualTo(1);
                assertThat(chunk.has(root)).isTrue();
              });
    }
  }

  /** The root of a reduction has the sum when all would have it; the others get headers alone. */
  @Test
  void reductionTakesTheTimeOfAnAllReduceAndHalfItsBytes() {
    Random random = new Random(Long.getLong("memwall.seed", 2026));
    for (int run = 0; run < 200; run++) {
      int members = 2 + random.nextInt(40);
      int fanIn = 2 + random.nextInt(20);
      long bytes = 1L + random.nextInt(20_000);
      int root = random.nextInt(members);
      GroupSpec group = Rig.group(members, CHUNK, 1 + random.nextInt(8));
      Rig rig = new Rig(tree(members, fanIn));
      OperationResult result = run(rig, group, TreeTask.reduce(root), bytes);
      int depth = members <= fanIn ? 1 : 2;
      String what = members + " hosts, " + fanIn + " at a leaf, " + bytes + " B to " + root;
      assertThat(result.latencyPs())
          .as(what)
          .isEqualTo(formula().streamPs(depth, members, bytes, CHUNK, 0, group.window()));
      int leaves = members <= fanIn ? 0 : (members - 1) / fanIn + 1;
      assertThat(rig.network.stats.sentBytes.value())
          .as(what)
          .isEqualTo((members + leaves + depth) * bytes);
      assertThat(IntStream.range(0, members).filter(member -> result.hostPs().get(member) >= 0))
          .as(what)
          .containsExactly(root);
      for (int chunk = 0; chunk < result.chunks().size(); chunk++) {
        assertThat(result.chunks().get(chunk).value()).isEqualTo(Rig.sum(members, chunk));
      }
    }
  }

  /** Repeated until acknowledged, told by the bit of chunk and switch, and so once at each host. */
  @Test
  void lostCopiesAreRepeated() {
    Graph graph = Graph.twoLevel(12, 4, 2, Rig.WIRE, Rig.WIRE);
    Rig rig =
        new Rig(graph, Rig.SWITCH, Rig.HOST, new RepairSpec(20_000_000, 60, 1, 1, 0, 0, 4), 3);
    for (int link = 0; link < graph.links(); link++) {
      rig.network.loss(link, 0.2);
    }
    OperationResult result = run(rig, Rig.group(12, CHUNK, 4), TreeTask.broadcast(5), 50 * CHUNK);
    assertThat(result.failed()).isFalse();
    assertThat(result.rebuilds()).isZero();
    assertThat(rig.network.stats.messagesLost.value()).isGreaterThan(100);
    assertThat(rig.network.stats.duplicates.value()).isGreaterThan(50);
    assertThat(rig.network.stats.contributionsAdded.value()).isEqualTo(50);
  }

  /** A spine dies under way: who lacks chunks gets them over the other one. */
  @Test
  void broadcastGoesOnOverAnotherSpine() {
    Graph graph = Graph.twoLevel(8, 4, 2, Rig.WIRE, Rig.WIRE);
    Rig rig = new Rig(graph);
    rig.network.fault(new Fault.NodeDown(graph.node("s0")), 1_100_000);
    OperationResult result = run(rig, Rig.group(8, CHUNK, 4), TreeTask.broadcast(1), 100 * CHUNK);
    assertThat(result.failed()).isFalse();
    assertThat(result.rebuilds()).isEqualTo(1);
    for (int member = 0; member < 8; member++) {
      assertThat(result.hostPs().get(member)).as("member " + member).isNotNegative();
    }
  }

  /** Without its root neither goes on; with a spare that has its state both do. */
  @Test
  void deadRoot() {
    for (TreeTask task : new TreeTask[] {TreeTask.broadcast(2), TreeTask.reduce(2)}) {
      Graph graph = Graph.star(5, Rig.WIRE);
      Rig rig = new Rig(graph);
      rig.network.fault(new Fault.NodeDown(2), 300_000);
      OperationResult failed = run(rig, Rig.group(4, CHUNK, 4), task, 10 * CHUNK);
      assertThat(failed.failedMembers()).containsExactly("h2");
      Rig again = new Rig(graph);
      again.network.fault(new Fault.NodeDown(2), 300_000);
      GroupSpec.Spares spare = new GroupSpec.Spares(List.of(4), 1000, 0);
      OperationResult ended = run(again, Rig.with(Rig.group(4, CHUNK, 4), spare), task, 10 * CHUNK);
      assertThat(ended.failed()).as(ended.failure()).isFalse();
      assertThat(ended.chunks()).hasSize(10);
      assertThat(again.network.stats.sparesUsed.value()).isEqualTo(1);
    }
  }

  /** The hosts by themselves: the root sends a copy to each, and gets all vectors. */
  @Test
  void hostsAlone() {
    Graph.Builder builder = new Graph.Builder();
    for (int host = 0; host < 4; host++) {
      builder.host("h" + host);
    }
    builder.join("s0", 4, false);
    for (int host = 0; host < 4; host++) {
      builder.link("h" + host, "s0", Rig.WIRE);
    }
    Graph graph = builder.build();
    GroupSpec group = Rig.with(Rig.group(4, CHUNK, 4), false, true);
    Rig rig = new Rig(graph);
    OperationResult broadcast = run(rig, group, TreeTask.broadcast(1), CHUNK);
    assertThat(broadcast.byHosts()).isTrue();
    // Three copies leave one behind the other; each takes two links.
    long wayPs = 2 * Rig.HOST.overheadPs() + 2 * Rig.WIRE.latencyPs() + Rig.SWITCH.latencyPs();
    assertThat(broadcast.hostPs().get(3) - broadcast.hostPs().get(1))
        .isEqualTo(Rig.REPAIR.rebuildPs() + wayPs + 3 * 20_000);
    assertThat(rig.network.stats.sentBytes.value()).isEqualTo(6 * CHUNK);
    Rig other = new Rig(graph);
    assertThat(run(other, group, TreeTask.reduce(1), CHUNK).chunks().get(0).value())
        .isEqualTo(Rig.sum(4, 0));
    assertThat(other.network.stats.sentBytes.value()).isEqualTo(6 * CHUNK);
  }

  @Test
  void refusesWhatMakesNoSense() {
    Rig rig = new Rig(Graph.star(3, Rig.WIRE));
    int group = rig.network.group(Rig.group(3, CHUNK, 4));
    assertThatThrownBy(
            () -> rig.network.call(group, TreeTask.reduce(3), 1, Rig::value, rig.results::add))
        .hasMessage("group 'g': root 3 is not a member: members are 0 to 2");
    assertThatThrownBy(() -> new TreeTask(TreeTask.Kind.BROADCAST, -1))
        .hasMessageContaining("a root is wanted but for ALL_REDUCE");
    DeadlineSpec deadline = new DeadlineSpec(1, false, Substitute.ZERO, 1, false);
    int late = rig.network.group(Rig.with(Rig.group(3, CHUNK, 4), deadline));
    assertThatThrownBy(
            () -> rig.network.call(late, TreeTask.broadcast(0), 1, Rig::value, rig.results::add))
        .hasMessage("group 'g': a broadcast waits for no contributions and has no deadline");
  }
}
