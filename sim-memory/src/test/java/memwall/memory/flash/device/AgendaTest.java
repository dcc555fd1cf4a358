package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** The agenda against a plain priority queue. */
class AgendaTest {
  @Test
  void firesInOrderOfTimeThenEntry() {
    Randomized.check(300, AgendaTest::againstPlainQueue);
  }

  private static void againstPlainQueue(SplittableRandom random) {
    Agenda agenda = new Agenda(3);
    PriorityQueue<long[]> plain =
        new PriorityQueue<>(
            Comparator.<long[]>comparingLong(its -> its[0]).thenComparingLong(its -> its[1]));
    long nowPs = 0;
    int most = 1 + random.nextInt(300);
    for (int i = 0; i < 2000; i++) {
      if (plain.isEmpty() || (plain.size() < most && random.nextBoolean())) {
        int kind = random.nextInt(3);
        // Mostly the same time for a kind, so that rings and heap are used, and ties.
        long ps = nowPs + (random.nextInt(4) == 0 ? random.nextInt(50) : 10L * kind);
        int tag = random.nextInt();
        agenda.add(kind, ps, i, tag);
        plain.add(new long[] {ps, i, kind, tag});
      } else {
        long[] first = plain.remove();
        assertThat(agenda.nextPs()).isEqualTo(first[0]);
        agenda.take();
        assertThat(agenda.index).isEqualTo((int) first[1]);
        assertThat(agenda.kind).isEqualTo((int) first[2]);
        assertThat(agenda.tag).isEqualTo((int) first[3]);
        nowPs = first[0];
      }
    }
    assertThat(agenda.nextPs()).isEqualTo(plain.isEmpty() ? Agenda.NEVER : plain.peek()[0]);
  }
}
