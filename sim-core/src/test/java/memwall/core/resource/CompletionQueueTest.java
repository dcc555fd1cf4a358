package memwall.core.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.StalledException;
import org.junit.jupiter.api.Test;

final class CompletionQueueTest {
  private final Simulation simulation = new Simulation(1);
  private final CompletionQueue queue = new CompletionQueue(simulation, "q");
  private final List<String> fired = new ArrayList<>();

  private void note(long word) {
    fired.add(word + "@" + simulation.nowPs());
  }

  @Test
  void completesInOrderAndOnTime() {
    queue.add(10, this::note, 1);
    queue.add(10, this::note, 2);
    queue.add(25, this::note, 3);
    simulation.runUntil(24);
    assertThat(fired).containsExactly("1@10", "2@10");
    assertThat(queue.size()).isEqualTo(1);
    simulation.run();
    assertThat(fired).containsExactly("1@10", "2@10", "3@25");
  }

  @Test
  void refusesToOvertake() {
    queue.add(10, this::note, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.add(9, this::note, 2))
        .withMessage("q: completes before the operation ahead of it");
  }

  @Test
  void aCompletionMayAddAtTheSameInstant() {
    queue.add(10, word -> queue.add(10, this::note, 7), 1);
    simulation.run();
    assertThat(fired).containsExactly("7@10");
  }

  @Test
  void shiftMovesEverythingByExactlyTheDelta() {
    Randomized.check(
        300,
        random -> {
          CompletionQueueTest plain = new CompletionQueueTest();
          CompletionQueueTest shifted = new CompletionQueueTest();
          long timePs = 0;
          for (int i = 0; i < 1 + random.nextInt(40); i++) {
            timePs += random.nextInt(5);
            plain.queue.add(timePs, plain::note, i);
            shifted.queue.add(timePs, shifted::note, i);
          }
          long until = random.nextLong(timePs + 1);
          plain.simulation.runUntil(until);
          shifted.simulation.runUntil(until);
          int before = plain.fired.size();
          shifted.queue.shift(1_000);
          plain.simulation.run();
          shifted.simulation.run();
          assertThat(shifted.fired).hasSameSizeAs(plain.fired);
          for (int i = 0; i < plain.fired.size(); i++) {
            String was = plain.fired.get(i);
            int at = was.indexOf('@');
            long expected = Long.parseLong(was.substring(at + 1)) + (i < before ? 0 : 1_000);
            assertThat(shifted.fired.get(i)).isEqualTo(was.substring(0, at + 1) + expected);
          }
        });
  }

  @Test
  void describesTimesAndWordsRelatively() {
    List<Long> state = new ArrayList<>();
    queue.add(10, this::note, 100);
    queue.add(12, this::note, 101);
    simulation.runUntil(4);
    queue.describe(state::add, 100);
    assertThat(state).containsExactly(2L, 6L, 0L, 8L, 1L);
  }

  @Test
  void theWatchdogDoesNotAccuseTheQueue() {
    // What is in the queue is always due some time; only others can be stuck.
    queue.add(5, this::note, 1);
    assertThat(queue.describeWaiting()).isEqualTo("q: 1 operations");
    simulation.watch(
        new memwall.core.Waiting() {
          @Override
          public long waitingCount() {
            return 1;
          }

          @Override
          public String describeWaiting() {
            return "somebody: 1 job";
          }
        });
    assertThatThrownBy(simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("somebody: 1 job")
        .hasMessageNotContaining("q: ");
  }
}
