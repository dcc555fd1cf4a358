package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

/** Law F4: folding changes nothing but the number of events. */
class FoldingTest {
  private static final List<Collective> OTHERS =
      List.of(Collective.REDUCE_SCATTER, Collective.ALL_GATHER, Collective.ALL_TO_ALL);

  /**
   * Calls a sequence of collectives from every rank, some back to back, some queued, some apart.
   */
  private static final class Caller {
    final Rig rig;
    final List<Long> times = new ArrayList<>();
    final long[] bytes;
    final Collective[] kinds;
    final int[] next;

    Caller(Rig rig, long[] bytes, Collective[] kinds) {
      this.rig = rig;
      this.bytes = bytes;
      this.kinds = kinds;
      this.next = new int[rig.network.simulatedRanks()];
    }

    void start() {
      for (int rank = 0; rank < next.length; rank++) {
        call(rank);
      }
    }

    private void call(int rank) {
      // Two at once, so that one waits behind the other.
      for (int i = 0; i < 2 && next[rank] < bytes.length; i++) {
        int index = next[rank]++;
        boolean last = i == 1 || next[rank] == bytes.length;
        rig.network.collective(
            kinds[index], rank, bytes[index], word -> done((int) word, last), rank);
      }
    }

    private void done(int rank, boolean again) {
      if (rank == 0) {
        times.add(rig.simulation.nowPs());
      }
      if (again) {
        call(rank);
      }
    }
  }

  @Test
  void foldedEqualsFull() {
    long seed = Long.getLong("memwall.seed", 77);
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      String name = Rig.KINDS_AND_LIBRARY.get(round % Rig.KINDS_AND_LIBRARY.size());
      NetworkSpec spec =
          Rig.random(random).withAllReduce(random.nextInt(5) == 0 ? NetworkSpec.AUTO : name);
      int ranks = 2 + random.nextInt(9);
      int calls = 1 + random.nextInt(6);
      long[] bytes = new long[calls];
      Collective[] kinds = new Collective[calls];
      for (int i = 0; i < calls; i++) {
        bytes[i] = random.nextInt(8) == 0 ? 0 : Rig.randomBytes(random, 18);
        kinds[i] =
            random.nextInt(4) == 0
                ? OTHERS.get(random.nextInt(OTHERS.size()))
                : Collective.ALL_REDUCE;
      }
      Caller full = new Caller(new Rig(spec, ranks, ranks), bytes, kinds);
      Caller folded = new Caller(new Rig(spec, ranks, 1), bytes, kinds);
      full.start();
      folded.start();
      full.rig.simulation.run();
      folded.rig.simulation.run();
      String what = "round " + round + " of seed " + seed + ", " + ranks + " ranks, " + spec;
      assertThat(folded.times).as(what).isEqualTo(full.times).hasSize(calls);
      Snapshot a = full.rig.snapshot();
      Snapshot b = folded.rig.snapshot();
      assertThat(b.values()).as(what).isEqualTo(a.values());
      for (Snapshot.Distribution distribution : a.histograms()) {
        assertThat(b.histogram(distribution.path())).isEqualTo(distribution.histogram());
      }
      assertThat(full.rig.network.checkLaws()).isEmpty();
      assertThat(folded.rig.network.checkLaws()).isEmpty();
      assertThat(folded.rig.simulation.eventsFired()).isLessThan(full.rig.simulation.eventsFired());
    }
  }

  @Test
  void backToBackCallsTakeAMultiple() {
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 8, 8);
      long oncePs = rig.runPs(100_000);
      for (int i = 0; i < 5; i++) {
        assertThat(rig.runPs(100_000)).as(name).isEqualTo(oncePs);
      }
      assertThat(rig.simulation.nowPs()).isEqualTo(6 * oncePs);
    }
  }
}
