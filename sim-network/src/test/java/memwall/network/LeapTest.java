package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeapTest {
  private static List<Long> state(Rig rig) {
    List<Long> state = new ArrayList<>();
    rig.network.describe(state::add);
    return state;
  }

  @Test
  void idleStatesAreEqualWhateverHappenedBefore() {
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 4, 4);
      List<Long> fresh = state(rig);
      rig.runPs(100_000);
      assertThat(state(rig)).isEqualTo(fresh);
      rig.runPs(7);
      assertThat(state(rig)).isEqualTo(fresh);
    }
  }

  @Test
  void aRepeatedPeriodHasTheSameStatesAtTheSamePhases() {
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 4, 4);
      long periodPs = rig.runPs(300_000);
      rig.allReduce(300_000);
      for (long phase = 1; phase < 8; phase++) {
        rig.simulation.runUntil(periodPs + phase * periodPs / 8);
        List<Long> first = state(rig);
        Rig later = new Rig(Rig.plain().withAllReduce(name), 4, 4);
        later.runPs(300_000);
        later.runPs(300_000);
        later.allReduce(300_000);
        later.simulation.runUntil(2 * periodPs + phase * periodPs / 8);
        assertThat(state(later)).isEqualTo(first);
        later.simulation.runUntil(2 * periodPs + phase * periodPs / 8 + 1);
        assertThat(state(later)).isNotEqualTo(first);
        later.simulation.run();
      }
    }
  }

  @Test
  void shiftMovesEverythingUnderWayAndNothingElse() {
    Random random = new Random(9);
    for (int round = 0; round < 200; round++) {
      NetworkSpec spec =
          Rig.random(random)
              .withAllReduce(Rig.KINDS_AND_LIBRARY.get(round % Rig.KINDS_AND_LIBRARY.size()));
      int ranks = 2 + random.nextInt(5);
      long bytes = Rig.randomBytes(random, 17);
      long skewPs = 1L + random.nextInt(3_000_000);
      Rig plain = new Rig(spec, ranks, ranks);
      Rig shifted = new Rig(spec, ranks, ranks);
      for (Rig rig : new Rig[] {plain, shifted}) {
        // The watchdog does not know that the other ranks will call.
        rig.simulation.event("keep alive", word -> {}).at(1_000_000_000_000_000L, 0);
        for (int rank = 0; rank < ranks; rank++) {
          rig.network.allReduce(rank, bytes, rig::done, rank);
          if (rank == 0) {
            rig.network.send(ranks - 1, 0, bytes, word -> {}, 0);
            rig.simulation.runUntil(skewPs);
          }
        }
      }
      long atPs = skewPs + random.nextInt(5_000_000);
      plain.simulation.runUntil(atPs);
      shifted.simulation.runUntil(atPs);
      long deltaPs = 1L + random.nextInt(1_000_000_000);
      shifted.network.shift(deltaPs);
      plain.simulation.run();
      shifted.simulation.run();
      for (int rank = 0; rank < ranks; rank++) {
        boolean before = plain.doneAtPs[rank] <= atPs;
        assertThat(shifted.doneAtPs[rank])
            .as("round %s rank %s", round, rank)
            .isEqualTo(plain.doneAtPs[rank] + (before ? 0 : deltaPs));
      }
      assertThat(shifted.network.checkLaws()).isEmpty();
    }
  }
}
