package memwall.core.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

final class SlotsTest {
  private final Simulation simulation = new Simulation(1);
  private final Stats stats = new Stats();
  private final Slots slots = new Slots(simulation, stats.child("buffer"), 10, "bytes");
  private final List<Long> granted = new ArrayList<>();
  private final Completion note = granted::add;

  /** Waiting is no stall as long as an event is due. */
  private void keepTheWatchdogQuiet() {
    simulation.event("later", word -> {}).in(1_000_000, 0);
  }

  @Test
  void whatFitsIsGrantedAtOnce() {
    slots.acquire(4, note, 1);
    slots.acquire(6, note, 2);
    assertThat(granted).containsExactly(1L, 2L);
    assertThat(slots.inUse()).isEqualTo(10);
    assertThat(slots.free()).isZero();
    slots.acquire(0, note, 3);
    assertThat(granted).containsExactly(1L, 2L, 3L);
  }

  @Test
  void nobodyOvertakesTheFirstWaiter() {
    slots.acquire(8, note, 1);
    slots.acquire(5, note, 2);
    slots.acquire(1, note, 3);
    assertThat(slots.tryAcquire(1)).isFalse();
    assertThat(granted).containsExactly(1L);
    slots.release(2);
    assertThat(granted).containsExactly(1L);
    slots.release(1);
    assertThat(granted).containsExactly(1L, 2L);
    slots.release(1);
    assertThat(granted).containsExactly(1L, 2L, 3L);
    assertThat(slots.inUse()).isEqualTo(10);
  }

  @Test
  void tryAcquireTakesRoomOnlyIfItIsFree() {
    assertThat(slots.tryAcquire(9)).isTrue();
    assertThat(slots.tryAcquire(2)).isFalse();
    assertThat(slots.tryAcquire(1)).isTrue();
    assertThat(slots.inUse()).isEqualTo(10);
  }

  @Test
  void completionsThatReleaseOrAcquireDoNotNest() {
    int[] depth = {0, 0};
    Completion[] pass = new Completion[1];
    pass[0] =
        word -> {
          depth[0]++;
          depth[1] = Math.max(depth[1], depth[0]);
          granted.add(word);
          if (word > 0) {
            slots.acquire(10, pass[0], word - 1);
            slots.release(10);
          }
          depth[0]--;
        };
    assertThat(slots.tryAcquire(10)).isTrue();
    slots.acquire(10, pass[0], 10_000);
    slots.release(10);
    assertThat(granted).hasSize(10_001).last().isEqualTo(0L);
    assertThat(depth[1]).isEqualTo(1);
  }

  @Test
  void statisticsCountGrantsAndTheTimeWaited() {
    keepTheWatchdogQuiet();
    slots.acquire(10, note, 1);
    simulation.runUntil(100);
    slots.acquire(3, note, 2);
    simulation.runUntil(150);
    slots.acquire(3, note, 3);
    simulation.runUntil(200);
    slots.release(4);
    simulation.runUntil(300);
    slots.release(6);
    Snapshot snapshot = stats.snapshot(300);
    assertThat(snapshot.number("buffer.grants")).isEqualTo(3);
    assertThat(snapshot.number("buffer.waits")).isEqualTo(2);
    assertThat(snapshot.number("buffer.waiting_ps")).isEqualTo(100 + 150);
    assertThat(snapshot.number("buffer.granted")).isEqualTo(16);
    assertThat(snapshot.number("buffer.released")).isEqualTo(10);
    assertThat(snapshot.number("buffer.in_use.max")).isEqualTo(10);
  }

  /** Law: granted = released + in use; nothing exceeds the capacity; grants are in order. */
  @Test
  void roomIsConservedAndGrantedInOrder() {
    Randomized.check(
        100,
        random -> {
          Stats own = new Stats();
          long capacity = 1 + random.nextLong(100);
          Slots room = new Slots(new Simulation(1), own, capacity, "bytes");
          ArrayDeque<Long> held = new ArrayDeque<>();
          ArrayDeque<Long> asked = new ArrayDeque<>();
          Completion take = amount -> held.add(expectNext(asked, amount));
          for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(2) == 0) {
              long amount = random.nextLong(capacity + 1);
              asked.add(amount);
              room.acquire(amount, take, amount);
            } else if (!held.isEmpty()) {
              room.release(held.remove());
            }
            long sum = 0;
            for (long amount : held) {
              sum += amount;
            }
            assertThat(room.inUse()).isEqualTo(sum).isLessThanOrEqualTo(capacity);
            assertThat(room.waitingCount()).isEqualTo(asked.size());
            // Work conserving: the first waiter waits only because it does not fit.
            if (!asked.isEmpty()) {
              assertThat(asked.peek()).isGreaterThan(room.free());
            }
            Snapshot snapshot = own.snapshot(0);
            assertThat(snapshot.number("granted")).isEqualTo(snapshot.number("released") + sum);
          }
        });
  }

  private static long expectNext(ArrayDeque<Long> asked, long amount) {
    assertThat(asked.remove()).isEqualTo(amount);
    return amount;
  }

  @Test
  void stateIsRelativeToNow() {
    keepTheWatchdogQuiet();
    slots.acquire(7, note, 1);
    List<Long> idle = state();
    simulation.runUntil(1_000);
    assertThat(state()).isEqualTo(idle);
    slots.acquire(5, note, 2);
    List<Long> waiting = state();
    simulation.runUntil(1_010);
    assertThat(state()).isNotEqualTo(waiting);
    slots.shift(10);
    assertThat(state()).isEqualTo(waiting);
  }

  private List<Long> state() {
    List<Long> state = new ArrayList<>();
    slots.describe(state::add);
    return state;
  }

  @Test
  void impossibleRequestsAreErrors() {
    assertThatThrownBy(() -> slots.acquire(11, note, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer: asked for 11, must be in [0, 10], the capacity");
    assertThatThrownBy(() -> slots.tryAcquire(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer: asked for -1, must be in [0, 10], the capacity");
  }

  @Test
  void releasingMoreThanIsInUseIsAnError() {
    slots.acquire(3, note, 0);
    assertThatThrownBy(() -> slots.release(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer: released 4, must be in [0, 3], the room in use");
  }

  @Test
  void noCapacityIsAnError() {
    assertThatThrownBy(() -> new Slots(simulation, stats.child("x"), 0, "bytes"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x: capacity 0 bytes must be at least 1");
  }
}
