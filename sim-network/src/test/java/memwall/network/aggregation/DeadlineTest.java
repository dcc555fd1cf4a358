package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stragglers, deadlines, order and the form of numbers. */
final class DeadlineTest {
  private static final long CHUNK = 1000;
  private static final long WAIT = 3 * Rig.US;
  private static final TreeFormula FORMULA =
      new TreeFormula(Rig.SWITCH, Rig.HOST, Rig.WIRE, Rig.WIRE);

  private static DeadlineSpec deadline(Substitute substitute, boolean fromCall, boolean refresh) {
    return new DeadlineSpec(WAIT, fromCall, substitute, 1, refresh);
  }

  private static OperationResult late(Rig rig, GroupSpec group, long byPs) {
    rig.network.fault(new Fault.Straggler(1, byPs), 0);
    int number = rig.network.group(group);
    rig.simulation.runUntil(0);
    return rig.runAgain(number, CHUNK);
  }

  @Test
  void withoutDeadlineAllWait() {
    Rig rig = new Rig(Graph.star(4, Rig.WIRE));
    OperationResult result = late(rig, Rig.group(4, CHUNK, 1), 9 * Rig.US);
    assertThat(result.latencyPs()).isEqualTo(9 * Rig.US + FORMULA.chunkPs(1, CHUNK));
    assertThat(result.substituted()).isFalse();
  }

  /** One picosecond too late is late, in time is in the sum. */
  @Test
  void deadlineFromFirstArrivalToThePicosecond() {
    for (long latePs : new long[] {WAIT, WAIT + 1}) {
      Rig rig = new Rig(Graph.star(4, Rig.WIRE));
      DeadlineSpec zero = deadline(Substitute.ZERO, false, false);
      OperationResult result = late(rig, Rig.with(Rig.group(4, CHUNK, 1), zero), latePs);
      ChunkOutcome chunk = result.chunks().get(0);
      // The deadline's event was there before the late arrival's, so at one instant it is first.
      assertThat(chunk.added()).isEqualTo(3);
      assertThat(chunk.latenessPs()).isEqualTo(latePs - WAIT);
      // What was kept until the deadline has to be sent from its first byte on.
      assertThat(result.latencyPs()).isEqualTo(WAIT + FORMULA.chunkPs(1, CHUNK) + 20 * Rig.NS);
      assertThat(rig.network.stats.contributionsLate.value()).isEqualTo(1);
    }
    Rig rig = new Rig(Graph.star(4, Rig.WIRE));
    DeadlineSpec zero = deadline(Substitute.ZERO, false, false);
    OperationResult result = late(rig, Rig.with(Rig.group(4, CHUNK, 1), zero), WAIT - 1);
    assertThat(result.chunks().get(0).added()).isEqualTo(4);
    assertThat(result.latencyPs()).isEqualTo(WAIT - 1 + FORMULA.chunkPs(1, CHUNK));
  }

  @Test
  void deadlineFromCall() {
    Rig rig = new Rig(Graph.star(4, Rig.WIRE));
    DeadlineSpec sum = deadline(Substitute.PARTIAL_SUM, true, false);
    OperationResult result = late(rig, Rig.with(Rig.group(4, CHUNK, 1), sum), 9 * Rig.US);
    // From the deadline on: the adder, and the chunk from memory down to the hosts.
    long downPs =
        Rig.SWITCH.addLatencyPs() + 20 * Rig.NS + Rig.WIRE.latencyPs() + Rig.HOST.overheadPs();
    assertThat(result.latencyPs()).isEqualTo(WAIT + downPs);
    assertThat(result.chunks().get(0).value()).isEqualTo(Rig.sum(4, 0) - Rig.value(1, 0));
  }

  /** In a tree a leaf waits half as long, so that what came there is in the sum of the root. */
  @Test
  void leafGivesUpBeforeTheRoot() {
    Rig rig = new Rig(Graph.twoLevel(8, 4, 1, Rig.WIRE, Rig.WIRE));
    DeadlineSpec zero = deadline(Substitute.ZERO, false, false);
    OperationResult result = late(rig, Rig.with(Rig.group(8, CHUNK, 1), zero), 90 * Rig.US);
    ChunkOutcome chunk = result.chunks().get(0);
    assertThat(chunk.added()).isEqualTo(7);
    assertThat(chunk.has(1)).isFalse();
    assertThat(result.latencyPs()).isEqualTo(WAIT / 2 + 20 * Rig.NS + FORMULA.chunkPs(2, CHUNK));
  }

  @Test
  void meanScalesWhatCame() {
    Rig rig = new Rig(Graph.star(4, Rig.WIRE));
    DeadlineSpec mean = deadline(Substitute.PARTIAL_MEAN, false, false);
    OperationResult result = late(rig, Rig.with(Rig.group(4, CHUNK, 1), mean), 9 * Rig.US);
    assertThat(result.chunks().get(0).scaleBy()).isEqualTo(4.0 / 3);
    assertThat(result.chunks().get(0).missingBytes()).isEqualTo(CHUNK);
  }

  @Test
  void staleStandsInUntilItIsTooOld() {
    for (boolean refresh : new boolean[] {false, true}) {
      Rig rig = new Rig(Graph.star(4, Rig.WIRE));
      DeadlineSpec stale = deadline(Substitute.STALE, false, refresh);
      int group = rig.network.group(Rig.with(Rig.group(4, CHUNK, 1), stale));
      assertThat(rig.runAgain(group, CHUNK).substituted()).isFalse();
      for (int again = 1; again <= 2; again++) {
        rig.network.fault(new Fault.Straggler(1, 9 * Rig.US), rig.simulation.nowPs());
        rig.simulation.runUntil(rig.simulation.nowPs());
        ChunkOutcome chunk = rig.runAgain(group, CHUNK).chunks().get(0);
        boolean has = again == 1 || refresh;
        assertThat(chunk.added()).isEqualTo(3);
        assertThat(chunk.stale()).isEqualTo(has ? 1 : 0);
        assertThat(chunk.staleness()).isEqualTo(has ? 1 : 0);
        assertThat(chunk.missingBytes()).isEqualTo(has ? 0 : CHUNK);
        assertThat(chunk.value()).isEqualTo(has ? Rig.sum(4, 0) : Rig.sum(4, 0) - Rig.value(1, 0));
      }
      assertThat(rig.network.stats.completeLatency.count()).isEqualTo(1);
      assertThat(rig.network.stats.substitutedLatency.count()).isEqualTo(2);
    }
  }

  /** Order of arrival changes the order of additions, unless the switch keeps to the children's. */
  @Test
  void orderedSwitchesAddInOneOrder() {
    for (boolean ordered : new boolean[] {false, true}) {
      Set<Long> digests = new HashSet<>();
      for (int host = 0; host < 4; host++) {
        SwitchSpec joint = new SwitchSpec(0, 100 * Rig.GB, 0, 4, CHUNK, 9, ordered);
        Rig rig = new Rig(Graph.star(4, Rig.WIRE), joint, Rig.HOST, Rig.REPAIR, 1);
        rig.network.fault(new Fault.Straggler(host, Rig.US), 0);
        int group = rig.network.group(Rig.group(4, CHUNK, 1));
        rig.simulation.runUntil(0);
        OperationResult result = rig.runAgain(group, CHUNK);
        digests.add(result.chunks().get(0).digest());
        // Operands of later children wait: 10 ns for each, of which 20 ns are while it comes in.
        long addPs = ordered ? Math.max(0, (4 - host) * 10 - 20) * Rig.NS : 0;
        TreeFormula formula = new TreeFormula(joint, Rig.HOST, Rig.WIRE, Rig.WIRE);
        assertThat(result.latencyPs()).isEqualTo(Rig.US + addPs + formula.chunkPs(1, CHUNK));
      }
      assertThat(digests).hasSize(ordered ? 1 : 4);
    }
  }

  /** Wider accumulators: a slot holds fewer numbers. */
  @Test
  void slotHoldsWhatTheAccumulatorsTake() {
    NumberForm halves = new NumberForm(2, 4, 0);
    assertThat(halves.mostChunkBytes(4096)).isEqualTo(2048);
    GroupSpec plain = Rig.group(4, 2050, 1);
    Rig rig = new Rig(Graph.star(4, Rig.WIRE));
    GroupSpec wide =
        new GroupSpec(
            "wide",
            plain.members(),
            halves,
            2050,
            1,
            1,
            Admission.QUEUE,
            false,
            DeadlineSpec.NONE,
            false,
            GroupSpec.Spares.NONE);
    assertThatThrownBy(() -> rig.network.group(wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "group 'wide': a chunk of 2050 B does not fit a slot of 4096 B, which holds 2048 B on"
                + " the links: numbers take 2 B there and 4 B in the slot");
    assertThatThrownBy(() -> Rig.group(4, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chunks of 0 B");
    assertThatThrownBy(() -> rig.network.group(Rig.group(4, CHUNK, 65)))
        .hasMessage("group 'g': quota 65, but a switch has 64 slots");
    assertThatThrownBy(() -> rig.network.reduce(rig.network.group(plain), 0, Rig::value, r -> {}))
        .hasMessageContaining("operation of 0 bytes: must be at least 1");
    assertThatThrownBy(() -> rig.network.loss(0, 1)).hasMessageContaining("must be in [0, 1)");
    GroupSpec memberAsSpare =
        Rig.with(Rig.group(4, CHUNK, 1), new GroupSpec.Spares(List.of(1), 0, 0));
    assertThatThrownBy(() -> rig.network.group(memberAsSpare))
        .hasMessage("group 'g': spare 1 is not a host, or is a member");
  }
}
