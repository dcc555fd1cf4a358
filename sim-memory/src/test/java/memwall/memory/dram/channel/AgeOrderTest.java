package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** The order of age against a plain list, through many a move to the lowest places. */
final class AgeOrderTest {
  private static List<Integer> inSet(AgeOrder order, long[] set) {
    List<Integer> found = new ArrayList<>();
    for (int place = 0; place < set.length * 64; place++) {
      if ((set[place >> 6] >>> place & 1) != 0) {
        found.add(order.slots[place]);
      }
    }
    return found;
  }

  @Test
  void itKeepsTheOrderOfAListAndWhichAreHits() {
    Randomized.check(
        200,
        random -> {
          int most = 1 + random.nextInt(150);
          AgeOrder order = new AgeOrder(most, new int[most]);
          List<Integer> queued = new ArrayList<>();
          boolean[] isHit = new boolean[most];
          for (int step = 0; step < 5000; step++) {
            int slot = random.nextInt(most);
            if (!queued.contains(slot)) {
              isHit[slot] = random.nextBoolean();
              order.enter(slot, isHit[slot]);
              queued.add(slot);
            } else if (random.nextInt(3) == 0) {
              order.leave(slot);
              queued.remove((Integer) slot);
            } else if (isHit[slot]) {
              order.becomesMiss(slot);
              isHit[slot] = false;
            } else {
              order.becomesHit(slot);
              isHit[slot] = true;
            }
            if (random.nextInt(50) == 0) {
              check(order, queued, isHit);
            }
          }
          order.clear();
          assertThat(order.inOrder(new int[most])).isZero();
          order.enter(0, true);
          assertThat(inSet(order, order.hits)).containsExactly(0);
        });
  }

  private static void check(AgeOrder order, List<Integer> queued, boolean[] isHit) {
    int[] into = new int[isHit.length];
    int count = order.inOrder(into);
    assertThat(Arrays.stream(into, 0, count).boxed().toList()).isEqualTo(queued);
    assertThat(inSet(order, order.hits)).isEqualTo(queued.stream().filter(s -> isHit[s]).toList());
    assertThat(inSet(order, order.misses))
        .isEqualTo(queued.stream().filter(s -> !isHit[s]).toList());
  }
}
