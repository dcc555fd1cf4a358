package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.core.leap.StateSink;
import memwall.workloads.operator.StepShape;
import org.junit.jupiter.api.Test;

/** Jumping over repeated layers changes nothing but the number of events. */
class LeapedStepTest {
  /** Leaves one field out of every state. */
  private static final class Dropping implements StateSink {
    private final StateSink target;
    private final int dropped;
    private int index;

    Dropping(StateSink target, int dropped) {
      this.target = target;
      this.dropped = dropped;
    }

    @Override
    public void put(long value) {
      if (index++ != dropped) {
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
      System.out.println("LEAP events " + events[0] + " " + events[1]);
      assertThat(events[1]).isLessThan(events[0] / 3);
    }
  }

  @Test
  void everyFieldThatCanDifferMatters() {
    TreeSet<Integer> caught = new TreeSet<>();
    int longest = 0;
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Bench bench = EventStepExecutorTest.anyBench(random);
      List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
      Bench.Result every = bench.run(true, Leaping.OFF, steps);
      int[] size = {0};
      bench.run(
          true,
          new Leaping(
              true,
              sink -> {
                int[] count = {0};
                return value -> {
                  size[0] = Math.max(size[0], ++count[0]);
                  sink.put(value);
                };
              }),
          steps);
      longest = Math.max(longest, size[0]);
      List<Integer> here = new ArrayList<>();
      for (int index = 0; index < size[0]; index++) {
        int dropped = index;
        Bench.Result spoiled =
            bench.run(true, new Leaping(true, sink -> new Dropping(sink, dropped)), steps);
        if (!same(every, spoiled)) {
          here.add(index);
        }
      }
      caught.addAll(here);
      System.out.println("F6 " + bench.system.chip().tiers().stream().map(t -> t.name()).toList() + " size " + size[0] + " caught " + here);
    }
    assertThat(caught).isNotEmpty();
  }
}
