package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.core.leap.StateSink;
import memwall.workloads.operator.StepShape;
import org.junit.jupiter.api.Test;

/** Jumping over repeated layers changes nothing but the number of events. */
class LeapedStepTest {
  /** Leaves some fields in a row out of every state. */
  private static final class Dropping implements StateSink {
    private final StateSink target;
    private final int dropped;
    private int index;
    private final int width;

    Dropping(StateSink target, int dropped, int width) {
      this.width = width;
      this.target = target;
      this.dropped = dropped;
    }

    @Override
    public void put(long value) {
      int at = index++;
      if (at < dropped || at - dropped >= width) {
        target.put(value);
      }
    }
  }

  private static boolean same(Bench.Result a, Bench.Result b) {
    return a.endsPs().equals(b.endsPs())
        && a.spentPs().equals(b.spentPs())
        && a.states().equals(b.states())
        && a.statistics().equals(b.statistics());
  }

  @Test
  void leapingEqualsSimulatingEveryLayer() {
    long[] events = new long[2];
    Randomized.check(
        200,
        random -> {
          Bench bench = EventStepExecutorTest.anyBench(random);
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 1 + random.nextInt(4));
          Bench.Result every = bench.run(true, Leaping.OFF, steps);
          Bench.Result leaped = bench.run(true, Leaping.ON, steps);
          assertThat(leaped.endsPs()).isEqualTo(every.endsPs());
          assertThat(leaped.spentPs()).isEqualTo(every.spentPs());
          assertThat(leaped.states()).isEqualTo(every.states());
          assertThat(leaped.statistics()).isEqualTo(every.statistics());
          events[0] += every.events();
          events[1] += leaped.events();
        });
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(events[1]).isLessThan(events[0] / 3);
    }
  }

  /**
   * Law F6 of the whole machine. At the beginning of a repeat nothing is under way but posted
   * writes and what was read ahead, and each of them shows in several fields: no single field is
   * missed, because its neighbours differ too. That single fields matter is shown device by device,
   * in the tests of sim-memory. What a device has written as a whole is missed here.
   */
  @Test
  void statesOfWhichAPartIsMissingLeapTooEarly() {
    int[] widths = {8, 16, Integer.MAX_VALUE};
    int[] caught = new int[widths.length];
    int[] seeds = {3, 4, 17, 21, 24};
    for (int seed : seeds) {
      SplittableRandom random = new SplittableRandom(seed);
      Bench bench = EventStepExecutorTest.anyBench(random);
      List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
      Bench.Result every = bench.run(true, Leaping.OFF, steps);
      assertThat(same(every, bench.run(true, Leaping.ON, steps))).isTrue();
      for (int i = 0; i < widths.length; i++) {
        int width = widths[i];
        int last = width == Integer.MAX_VALUE ? 1 : 64;
        boolean found = false;
        for (int from = 0; from < last && !found; from += 8) {
          int first = from;
          Leaping spoiled = new Leaping(true, sink -> new Dropping(sink, first, width));
          found = !same(every, bench.run(true, spoiled, steps));
        }
        caught[i] += found ? 1 : 0;
      }
    }
    assertThat(caught[0]).isPositive();
    assertThat(caught[1]).isGreaterThanOrEqualTo(caught[0]);
    // Without any state the first repeat is taken for all, which by chance is right now and then.
    assertThat(caught[2]).isGreaterThanOrEqualTo(4);
  }
}
