package memwall.memory.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import memwall.core.Randomized;
import memwall.memory.AccessPattern;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.dram.DramSpec;
import memwall.memory.hbf.HbfSpec;
import org.junit.jupiter.api.Test;

/** A described state is all that the future depends on, and a shift moves the future. */
class LeapTest {
  @Test
  void shiftMovesEverythingUnderWayByExactlyDelta() {
    Randomized.check(
        1000,
        random -> {
          MemorySpec spec = Rig.randomSpec(random);
          int devices = 1 + random.nextInt(4);
          boolean folded = random.nextBoolean();
          List<Rig.Step> before = Rig.randomScript(random, 1 + random.nextInt(15), 1_000_000);
          long lastPs = before.stream().mapToLong(Rig.Step::delayPs).sum();
          long atPs = lastPs + (random.nextInt(3) == 0 ? 0 : random.nextLong(3_000_000));
          long deltaPs = random.nextLong(1_000_000_000_000L);
          List<Rig.Step> after = Rig.randomScript(random, 10, 1_000_000);
          Rig plain = new Rig(spec, devices, folded);
          Rig moved = new Rig(spec, devices, folded);
          plain.schedule(before);
          moved.schedule(before);
          plain.simulation.runUntil(atPs);
          moved.simulation.runUntil(atPs);
          moved.memory.shift(deltaPs);
          moved.simulation.runUntil(atPs + deltaPs);
          assertThat(moved.state()).isEqualTo(plain.state());
          plain.schedule(after);
          moved.schedule(after);
          plain.simulation.run();
          moved.simulation.run();
          assertThat(moved.noted).isEqualTo(plain.noted);
          for (int i = 0; i < plain.donePs.size(); i++) {
            long plainPs = plain.donePs.get(i);
            assertThat(moved.donePs.get(i))
                .as("operation %s", i)
                .isEqualTo(
                    plainPs < 0 || (plainPs <= atPs && i < before.size())
                        ? plainPs
                        : plainPs + deltaPs);
          }
          assertThat(moved.snapshot().values()).isEqualTo(plain.snapshot().values());
          assertThat(Rig.histograms(moved.snapshot())).isEqualTo(Rig.histograms(plain.snapshot()));
          assertThat(moved.memory.brokenLaws()).isEmpty();
        });
  }

  @Test
  void anIdleMemoryIsLikeANewOne() {
    Randomized.check(
        300,
        random -> {
          MemorySpec spec = Rig.randomSpec(random);
          Rig rig = new Rig(spec, 2, random.nextBoolean());
          List<Long> fresh = rig.state();
          List<Rig.Step> script = new ArrayList<>(Rig.randomScript(random, 12, 1_000_000));
          script.removeIf(step -> step.kind() == Rig.Kind.ANNOUNCE);
          rig.schedule(script);
          rig.simulation.run();
          // Program work may outlast the last completion by what a page program is shorter than it.
          rig.simulation.runUntil(rig.simulation.nowPs() + 1_000_000_000_000L);
          assertThat(rig.state()).isEqualTo(fresh);
        });
  }

  /** What happens after a state: completions from then on, answers, histograms' new entries. */
  private record Future(List<Long> relativePs, List<Boolean> noted, List<String> histograms) {}

  private static final DramSpec DRAM = new DramSpec(1 << 20, 2, 2_000_000_000L, 1, 7_000, 4, 1, 1);

  /** 4 planes, pages of 4 bytes in 8 ns, staging of 5 pages. */
  private static final HbfSpec HBF =
      new HbfSpec(1 << 20, 1, 4, 4, 8_000, 16_000, 4_000_000_000L, 20, 3_000, 1 << 10, 10, 1, 1);

  private static final List<Rig.Kind> KINDS = List.of(Rig.Kind.values());

  private static List<Rig.Step> smallScript(SplittableRandom random, int steps) {
    List<Rig.Step> script = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      script.add(
          new Rig.Step(
              1_000L * random.nextInt(9),
              KINDS.get(random.nextInt(3)),
              random.nextInt(4) == 0 ? Usage.ACTIVATIONS : Usage.KV,
              4L * (1 + random.nextInt(8)),
              AccessPattern.SEQUENTIAL));
    }
    return script;
  }

  /** Histories of small numbers, so that different ones end in the same state. */
  private static Map<List<Long>, List<Future>> futures(MemorySpec spec, int histories) {
    SplittableRandom random = new SplittableRandom(20260104);
    List<List<Rig.Step>> probes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      probes.add(smallScript(new SplittableRandom(i), 6));
    }
    Map<List<Long>, List<Future>> futures = new HashMap<>();
    for (int h = 0; h < histories; h++) {
      List<Rig.Step> history = smallScript(random, 1 + random.nextInt(3));
      long atPs =
          history.stream().mapToLong(Rig.Step::delayPs).sum()
              + 1_000L * (random.nextInt(3) == 0 ? 40 : random.nextInt(12));
      List<Long> state = List.of();
      List<Future> all = new ArrayList<>();
      for (List<Rig.Step> probe : probes) {
        Rig rig = new Rig(spec, 1, true);
        rig.schedule(history);
        rig.simulation.runUntil(atPs);
        state = rig.state();
        List<String> before = Rig.histograms(rig.snapshot());
        rig.schedule(probe);
        rig.simulation.run();
        List<Long> relativePs = new ArrayList<>();
        for (long donePs : rig.donePs.subList(history.size(), rig.donePs.size())) {
          relativePs.add(donePs < 0 ? -1 : donePs - atPs);
        }
        for (long donePs : rig.donePs.subList(0, history.size())) {
          if (donePs > atPs) {
            relativePs.add(donePs - atPs);
          }
        }
        all.add(
            new Future(
                relativePs,
                List.copyOf(rig.noted.subList(rig.noted.size() - asked(probe), rig.noted.size())),
                difference(before, Rig.histograms(rig.snapshot()))));
      }
      List<Future> known = futures.putIfAbsent(state, all);
      assertThat(known == null ? all : known).as("futures of state %s", state).isEqualTo(all);
    }
    return futures;
  }

  private static int asked(List<Rig.Step> probe) {
    return (int) probe.stream().filter(step -> step.kind() == Rig.Kind.ANNOUNCE).count();
  }

  /** Entries of histograms that came later: values with their additional counts. */
  private static List<String> difference(List<String> before, List<String> after) {
    List<String> added = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      Map<String, Integer> counts = new TreeMap<>();
      count(after.get(i), counts, 1);
      count(before.get(i), counts, -1);
      counts.values().removeIf(value -> value == 0);
      added.add(counts.toString());
    }
    return added;
  }

  private static void count(String line, Map<String, Integer> counts, int sign) {
    for (String word : Splitter.on(' ').split(line)) {
      int x = word.lastIndexOf('x');
      if (x > 0 && Character.isDigit(word.charAt(0))) {
        counts.merge(
            word.substring(0, x), sign * Integer.parseInt(word.substring(x + 1)), Integer::sum);
      }
    }
  }

  /** Indices of the fields without which two states look alike whose futures differ. */
  private static List<Integer> mattering(
      Map<List<Long>, List<Future>> futures, Predicate<List<Long>> layout) {
    List<List<Long>> states = futures.keySet().stream().filter(layout).toList();
    assertThat(states).hasSizeGreaterThan(20);
    List<Integer> matter = new ArrayList<>();
    for (int index = 0; index < states.get(0).size(); index++) {
      Map<List<Long>, List<Future>> seen = new HashMap<>();
      for (List<Long> state : states) {
        List<Future> other = seen.putIfAbsent(Rig.without(state, index), futures.get(state));
        if (other != null && !other.equals(futures.get(state))) {
          matter.add(index);
          break;
        }
      }
    }
    return matter;
  }

  /**
   * Law F6. Numbers of entries do not count: they tell layouts apart, and here one layout is looked
   * at. Words do not count: these scripts give all transfers the same.
   */
  @Test
  void dramStatesAreCompleteAndNoFieldIsIdle() {
    Map<List<Long>, List<Future>> futures = futures(DRAM, 800);
    assertThat(futures.size()).isLessThan(780);
    // One transfer: empty, (age, word), entries, (due, read or write).
    assertThat(mattering(futures, state -> state.size() == 6)).containsExactly(1, 4, 5);
  }

  /** The fields of a stack are looked at one by one in HbfStackTest. */
  @Test
  void flashStatesAreComplete() {
    Map<List<Long>, List<Future>> futures = futures(HBF, 2500);
    assertThat(futures.size()).isLessThan(2000);
    Predicate<List<Long>> oneTransfer =
        state -> state.size() == 12 && state.get(1) == 0 && state.get(2) == 0;
    // Empty, announced, scratch, (age, word), array, link in, link out, reads, programs; the one
    // that is under way has (due, number). The number is 0 as long as there is one stack.
    assertThat(mattering(futures, oneTransfer.and(state -> state.get(8) == 1))).contains(3, 5, 9);
    assertThat(mattering(futures, oneTransfer.and(state -> state.get(8) == 0))).contains(3, 10);
    // One announcement: its pages.
    assertThat(mattering(futures, state -> state.size() == 12 && state.get(1) == 1)).contains(2);
  }
}
