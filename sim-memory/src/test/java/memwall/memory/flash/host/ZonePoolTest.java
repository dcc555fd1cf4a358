package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** The pool's short cuts against searching everything. */
class ZonePoolTest {
  /** Nothing is ever moved. */
  private static final class Rigid implements ZonePool.Mover {
    @Override
    public boolean opened(int zone) {
      return true;
    }

    @Override
    public void move(int from, int to) {
      throw new AssertionError();
    }

    @Override
    public void rewrite(int zone) {
      throw new AssertionError();
    }
  }

  @Test
  void leastWornFirst() {
    Randomized.check(
        300,
        random -> {
          int zones = 2 + random.nextInt(30);
          int endurance = 5 + random.nextInt(300);
          ZonePool pool = new ZonePool(zones, Integer.MAX_VALUE, endurance, new Rigid());
          int[] erases = new int[zones];
          // Free zones in the order in which they became free, used ones as they were opened.
          List<Integer> free = new ArrayList<>();
          List<Integer> used = new ArrayList<>();
          for (int zone = 0; zone < zones; zone++) {
            free.add(zone);
          }
          int sticky = random.nextInt(zones);
          for (int step = 0; step < 2000; step++) {
            if (random.nextBoolean() || used.isEmpty()) {
              int least = -1;
              for (int zone : free) {
                if (least < 0 || erases[zone] < erases[least]) {
                  least = zone;
                }
              }
              assertThat(pool.open()).isEqualTo(least);
              if (least >= 0) {
                erases[least]++;
                free.remove((Integer) least);
                used.add(least);
              }
            } else {
              int at = random.nextInt(used.size());
              int zone = used.get(at);
              if (used.size() <= sticky && step % 7 > 0) {
                continue; // Some stay, so that wear drifts apart.
              }
              used.remove(at);
              if (random.nextInt(200) == 0) {
                pool.retire(zone);
                erases[zone] = -1;
              } else if (random.nextInt(20) == 0 && pool.canErase(zone)) {
                pool.restart(zone);
                erases[zone]++;
                used.add(zone);
              } else {
                pool.release(zone);
                if (erases[zone] < endurance) {
                  free.add(zone);
                } else {
                  assertThat(pool.isRetired(zone)).isTrue();
                  erases[zone] = -1;
                }
              }
            }
            compare(pool, erases, used, free);
          }
        });
  }

  private static void compare(ZonePool pool, int[] erases, List<Integer> used, List<Integer> free) {
    assertThat(pool.free()).isEqualTo(free.size());
    assertThat(pool.used()).isEqualTo(used.size());
    assertThat(pool.retired()).isEqualTo(erases.length - free.size() - used.size());
    int at = 0;
    for (int zone = pool.oldest(); zone != ZonePool.NONE; zone = pool.newer(zone)) {
      assertThat(zone).isEqualTo(used.get(at));
      at++;
    }
    assertThat(at).isEqualTo(used.size());
    long sum = 0;
    long squares = 0;
    int least = Integer.MAX_VALUE;
    int most = 0;
    int left = 0;
    for (int count : erases) {
      if (count >= 0) {
        left++;
        sum += count;
        squares += (long) count * count;
        least = Math.min(least, count);
        most = Math.max(most, count);
      }
    }
    WearSpread spread = pool.spread();
    assertThat(spread.size()).isEqualTo(left);
    assertThat(spread.sum()).isEqualTo(sum);
    assertThat(spread.squares()).isEqualTo(squares);
    if (left > 0) {
      assertThat(spread.least()).isEqualTo(least);
      assertThat(spread.most()).isEqualTo(most);
    }
  }
}
