package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What breaks, and what becomes of it, one thing at a time. */
final class FaultsTest {
  private static final long CHUNK = 1000;
  private static final Graph STAR = Graph.star(4, Rig.WIRE);
  private static final TreeFormula FORMULA =
      new TreeFormula(Rig.SWITCH, Rig.HOST, Rig.WIRE, Rig.WIRE);

  private static void assertComplete(OperationResult result, int members) {
    assertThat(result.failure()).isEmpty();
    for (int chunk = 0; chunk < result.chunks().size(); chunk++) {
      assertThat(result.chunks().get(chunk).value()).isEqualTo(Rig.sum(members, chunk));
      assertThat(result.chunks().get(chunk).added()).isEqualTo(members);
    }
  }

  /** A link that is cut while the first message is on it: one timeout, then all goes on. */
  @Test
  void lostMessageIsSentAgainAfterTheTimeout() {
    Rig rig = new Rig(STAR);
    rig.network.fault(new Fault.LinkDown(1), 250 * Rig.NS);
    rig.network.fault(new Fault.LinkUp(1), 400 * Rig.NS);
    OperationResult result = rig.run(Rig.group(4, CHUNK, 1), CHUNK);
    assertComplete(result, 4);
    // The first try ends at overhead + 20 ns; the next begins a timeout later.
    long againPs = Rig.HOST.overheadPs() + 20 * Rig.NS + Rig.REPAIR.timeoutPs();
    assertThat(result.latencyPs())
        .isEqualTo(againPs - Rig.HOST.overheadPs() + FORMULA.chunkPs(1, CHUNK));
    assertThat(rig.network.stats.retransmissions.value()).isEqualTo(1);
    assertThat(rig.network.stats.lostBytes.value()).isEqualTo(CHUNK);
  }

  /** A lost acknowledgement: the message comes twice and is added once. */
  @Test
  void duplicateIsNotAdded() {
    Rig rig = new Rig(STAR);
    // The message is in the switch 570 ns after the call; its acknowledgement is cut.
    rig.network.fault(new Fault.LinkDown(1), 600 * Rig.NS);
    rig.network.fault(new Fault.LinkUp(1), 610 * Rig.NS);
    OperationResult result = rig.run(Rig.group(4, CHUNK, 1), CHUNK);
    assertComplete(result, 4);
    assertThat(result.latencyPs()).isEqualTo(FORMULA.chunkPs(1, CHUNK));
    assertThat(rig.network.stats.acksLost.value()).isEqualTo(1);
    assertThat(rig.network.stats.duplicates.value()).isPositive();
  }

  @Test
  void slowLinkSlowsItsChunkOnly() {
    Rig rig = new Rig(STAR);
    rig.network.fault(new Fault.LinkRate(2, Rig.GB), 0);
    int group = rig.network.group(Rig.group(4, CHUNK, 1));
    rig.simulation.runUntil(1);
    OperationResult result = rig.runAgain(group, CHUNK);
    // 1 us up, where all wait for it, and 1 us down, where it alone waits.
    assertThat(result.hostPs().get(0) - result.callPs())
        .isEqualTo(FORMULA.pathPs(1) + 1000 * Rig.NS);
    assertThat(result.hostPs().get(2) - result.callPs())
        .isEqualTo(FORMULA.pathPs(1) + 1000 * Rig.NS);
    assertThat(rig.runAgain(group, CHUNK).rebuilds()).isZero();
  }

  /** The spine of the tree fails: noticed by the heartbeat, then the other spine is the root. */
  @Test
  void otherSpineIsRootAfterTheHeartbeat() {
    Graph graph = Graph.twoLevel(8, 4, 2, Rig.WIRE, Rig.WIRE);
    RepairSpec repair = new RepairSpec(Rig.US * 1000, 3, 10 * Rig.US, 3, 50 * Rig.US, 0, 4);
    Rig rig = new Rig(graph, Rig.SWITCH, Rig.HOST, repair, 1);
    rig.network.fault(new Fault.NodeDown(graph.node("s0")), 1300 * Rig.NS);
    int group = rig.network.group(Rig.group(8, CHUNK, 2));
    OperationResult result = rig.runAgain(group, 20 * CHUNK);
    assertComplete(result, 8);
    assertThat(result.rebuilds()).isEqualTo(1);
    long againPs = 30 * Rig.US + 50 * Rig.US;
    assertThat(result.latencyPs())
        .isEqualTo(againPs + FORMULA.streamPs(2, 4, 20 * CHUNK, CHUNK, 0, 2));
    OperationResult next = rig.runAgain(group, 20 * CHUNK);
    assertThat(next.latencyPs()).isEqualTo(FORMULA.streamPs(2, 4, 20 * CHUNK, CHUNK, 0, 2));
  }

  /** With a short timeout the retries notice it earlier. */
  @Test
  void retriesNoticeEarlierThanTheHeartbeat() {
    Graph graph = Graph.twoLevel(8, 4, 2, Rig.WIRE, Rig.WIRE);
    RepairSpec repair = new RepairSpec(2 * Rig.US, 1, Rig.US * 1000, 3, 50 * Rig.US, 0, 4);
    Rig rig = new Rig(graph, Rig.SWITCH, Rig.HOST, repair, 1);
    rig.network.fault(new Fault.NodeDown(graph.node("s0")), 100 * Rig.NS);
    OperationResult result = rig.run(Rig.group(8, CHUNK, 1), CHUNK);
    assertComplete(result, 8);
    // Leaf sums leave at 620 ns and end 20 ns after their heads; two timeouts, then the rebuild.
    long leafPs = Rig.HOST.overheadPs() + Rig.WIRE.latencyPs() + Rig.SWITCH.latencyPs();
    long sentPs = leafPs + Rig.SWITCH.addLatencyPs() + 20 * Rig.NS;
    long noticedPs = sentPs + 2 * repair.timeoutPs() + 20 * Rig.NS;
    assertThat(result.latencyPs())
        .isEqualTo(noticedPs + repair.rebuildPs() + FORMULA.chunkPs(2, CHUNK));
    assertThat(rig.network.stats.givenUp.value()).isPositive();
  }

  @Test
  void groupFailsAndNamesWhoIsMissing() {
    Rig rig = new Rig(STAR);
    rig.network.fault(new Fault.NodeDown(2), 100 * Rig.NS);
    int group = rig.network.group(Rig.group(4, CHUNK, 1));
    OperationResult result = rig.runAgain(group, 3 * CHUNK);
    assertThat(result.failed()).isTrue();
    assertThat(result.failedMembers()).containsExactly("h2");
    assertThat(rig.network.stats.contributionsFailed.value()).isEqualTo(12);
    assertThat(result.chunks().get(0).delivered()).isFalse();
    assertThat(rig.runAgain(group, CHUNK).failedMembers()).containsExactly("h2");
  }

  @Test
  void groupGoesOnWithoutMemberIfItMaySubstitute() {
    Rig rig = new Rig(STAR);
    rig.network.fault(new Fault.NodeDown(2), 100 * Rig.NS);
    DeadlineSpec zero = new DeadlineSpec(Rig.US, false, Substitute.ZERO, 1, false);
    GroupSpec spec = Rig.with(Rig.group(4, CHUNK, 1), zero);
    int group = rig.network.group(spec);
    OperationResult result = rig.runAgain(group, 3 * CHUNK);
    assertThat(result.failed()).isFalse();
    assertThat(result.hostPs().get(2)).isEqualTo(-1);
    for (ChunkOutcome chunk : result.chunks()) {
      assertThat(chunk.has(2)).isFalse();
      assertThat(chunk.added()).isEqualTo(3);
      assertThat(chunk.missingBytes()).isEqualTo(CHUNK);
    }
    // Once the tree is without it, nobody waits for the deadline any more.
    assertThat(rig.runAgain(group, CHUNK).latencyPs()).isEqualTo(FORMULA.chunkPs(1, CHUNK));
  }

  /** A spare at the same switch: the tree stays, the state is restored meanwhile. */
  @Test
  void spareTakesTheHostsPlace() {
    Graph graph = Graph.star(6, Rig.WIRE);
    Rig rig = new Rig(graph);
    long stateBytes = 5_000_000;
    GroupSpec spec =
        Rig.with(Rig.group(4, CHUNK, 1), new GroupSpec.Spares(List.of(5), stateBytes, 4));
    rig.network.fault(new Fault.NodeDown(2), 100 * Rig.NS);
    int group = rig.network.group(spec);
    OperationResult result = rig.runAgain(group, 4 * CHUNK);
    assertComplete(result, 4);
    long restorePs = 2 * Rig.WIRE.latencyPs() + 100 * Rig.US;
    assertThat(result.latencyPs())
        .isEqualTo(30 * Rig.US + restorePs + FORMULA.streamPs(1, 4, 4 * CHUNK, CHUNK, 0, 1));
    assertThat(rig.network.stats.remaps.value()).isEqualTo(1);
    assertComplete(rig.runAgain(group, CHUNK), 4);
  }

  /** Results that some have are not made again, but given to the others. */
  @Test
  void spareGetsResultsThatTheOthersHave() {
    Graph graph = Graph.star(5, Rig.WIRE);
    Rig rig = new Rig(graph);
    GroupSpec spec = Rig.with(Rig.group(4, CHUNK, 1), new GroupSpec.Spares(List.of(4), 1000, 0));
    rig.network.fault(new Fault.NodeDown(2), 2 * Rig.US);
    OperationResult result = rig.run(spec, 4 * CHUNK);
    assertComplete(result, 4);
    assertThat(rig.network.stats.chunksRepublished.value()).isEqualTo(2);
  }

  /** The only switch that adds fails; the hosts reduce over one that only passes on. */
  @Test
  void hostsReduceIfNoSwitchIsLeft() {
    Graph.Builder builder = new Graph.Builder();
    for (int host = 0; host < 3; host++) {
      builder.host("h" + host);
    }
    builder.join("adds", 3, true);
    builder.join("passes", 3, false);
    for (int host = 0; host < 3; host++) {
      builder.link(host, 3, Rig.WIRE);
      builder.link(host, 4, Rig.WIRE);
    }
    Graph graph = builder.build();
    Rig rig = new Rig(graph);
    rig.network.fault(new Fault.NodeDown(3), 100 * Rig.NS);
    OperationResult result = rig.run(Rig.with(Rig.group(3, CHUNK, 1), false, true), CHUNK);
    assertComplete(result, 3);
    assertThat(result.byHosts()).isTrue();
    // Both others send to h0, one after the other on its link; back the same way.
    long wayPs = 2 * Rig.HOST.overheadPs() + 2 * Rig.WIRE.latencyPs() + Rig.SWITCH.latencyPs();
    assertThat(result.latencyPs())
        .isEqualTo(30 * Rig.US + 50 * Rig.US + 2 * wayPs + 4 * 20 * Rig.NS);
    Rig strict = new Rig(graph);
    strict.network.fault(new Fault.NodeDown(3), 100 * Rig.NS);
    OperationResult failed = strict.run(Rig.group(3, CHUNK, 1), CHUNK);
    assertThat(failed.failedMembers()).containsExactly("h0", "h1", "h2");
  }

  /** A link that loses nearly all: never a hang. */
  @Test
  void operationFailsAfterTooManyRebuilds() {
    Rig rig = new Rig(STAR);
    rig.network.loss(0, 0.999);
    OperationResult result = rig.run(Rig.group(4, CHUNK, 1), CHUNK);
    assertThat(result.failure()).isEqualTo("began anew more than 4 times");
    assertThat(rig.network.stats.givenUp.value()).isEqualTo(5);
  }

  /** A group that finds too few slots waits, does without switches, or is refused. */
  @Test
  void admissionOfTheSecondGroup() {
    SwitchSpec joint = new SwitchSpec(0, 1L << 50, 0, 3, CHUNK, 9, false);
    for (Admission admission : Admission.values()) {
      Rig rig = new Rig(STAR, joint, Rig.HOST, Rig.REPAIR, 1);
      GroupSpec spec = Rig.with(Rig.with(Rig.group(4, CHUNK, 2), false, true), admission);
      int first = rig.network.group(spec);
      int second = rig.network.group(spec);
      rig.network.reduce(first, 10 * CHUNK, Rig::value, rig.results::add);
      rig.network.reduce(second, 10 * CHUNK, Rig::value, rig.results::add);
      rig.simulation.run();
      assertThat(rig.network.checkLaws()).isEmpty();
      assertThat(rig.results).hasSize(2);
      OperationResult other = rig.results.get(0).failed() ? rig.results.get(1) : rig.results.get(0);
      assertComplete(other, 4);
      assertThat(rig.network.stats.operationsRefused.value())
          .isEqualTo(admission == Admission.REFUSE ? 1 : 0);
      assertThat(rig.network.stats.fallBacks.value())
          .isEqualTo(admission == Admission.FALL_BACK ? 1 : 0);
      assertThat(rig.network.stats.operationsQueued.value())
          .isEqualTo(admission == Admission.QUEUE ? 1 : 0);
      if (admission == Admission.QUEUE) {
        assertThat(rig.results.get(1).latencyPs())
            .isEqualTo(rig.results.get(0).endPs() + rig.results.get(0).latencyPs());
      }
    }
  }

  /** Two groups with slots for both share the links, and get their own sums. */
  @Test
  void tenantsShareTheSwitch() {
    SwitchSpec joint = new SwitchSpec(200 * Rig.NS, 1L << 50, 50 * Rig.NS, 128, CHUNK, 9, false);
    Rig rig = new Rig(STAR, joint, Rig.HOST, Rig.REPAIR, 1);
    int first = rig.network.group(Rig.group(4, CHUNK, 64));
    int second = rig.network.group(Rig.group(3, CHUNK, 64));
    rig.network.reduce(first, 100 * CHUNK, Rig::value, rig.results::add);
    rig.network.reduce(second, 100 * CHUNK, Rig::value, rig.results::add);
    rig.simulation.run();
    assertThat(rig.network.checkLaws()).isEmpty();
    long lastPs = 0;
    for (OperationResult result : rig.results) {
      assertComplete(result, result.hostPs().length());
      lastPs = Math.max(lastPs, result.latencyPs());
    }
    assertThat(lastPs)
        .isGreaterThan(FORMULA.streamPs(1, 4, 190 * CHUNK, CHUNK, 0, 64))
        .isLessThan(FORMULA.streamPs(1, 4, 210 * CHUNK, CHUNK, 0, 64));
  }
}
