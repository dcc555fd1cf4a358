package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import memwall.core.config.Presets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of the presets against the second reading of the standards in {@link TimingChecker}:
 * what the rules allow it accepts, what they forbid by one tick it refuses.
 */
class TimingCheckerTest {
  static Stream<DramStandard> standards() {
    return Stream.concat(
        Presets.builtIn().names("dram").stream()
            .map(name -> severalRanks(DramDevice.builtIn(name).standard())),
        Tiers.DEVICES.stream()
            .map(name -> severalRanks(Tiers.of(name, new SplittableRandom(7), 40_000))));
  }

  /** With two ranks or SIDs where the device has one, so that their rules matter. */
  private static DramStandard severalRanks(DramStandard one) {
    ImmutableList<Level> levels =
        one.levels().stream()
            .map(
                level ->
                    level.name().equals("rank") || level.name().equals("sid")
                        ? new Level(level.name(), Math.max(2, level.count()))
                        : level)
            .collect(ImmutableList.toImmutableList());
    return with(one, levels, one.timings());
  }

  @ParameterizedTest
  @MethodSource("standards")
  void rulesAndCheckerAgree(DramStandard standard) {
    Set<Integer> bound = new TreeSet<>();
    TimingChecker[] checkers = {new TimingChecker(standard), new TimingChecker(standard)};
    LegalStream[] streams = {
      stream(standard, checkers[0], false, bound), stream(standard, checkers[1], true, bound)
    };
    int modes = standard.bankRefreshTicks() > 0 ? 2 : 1;
    List<TimingRule> untested = List.of();
    for (int round = 0; round < 2 || (round < 20 && !untested.isEmpty()); round++) {
      for (int mode = 0; mode < modes; mode++) {
        streams[mode].run(2000);
      }
      untested = untested(streams[0].rules(), bound, standard.rowKinds());
    }
    for (int mode = 0; mode < modes; mode++) {
      checkers[mode].end(streams[mode].now());
      assertThat(checkers[mode].checked()).isGreaterThanOrEqualTo(4000);
    }
    assertThat(untested).as("rules of which no command had to wait for the last tick").isEmpty();
  }

  private static LegalStream stream(
      DramStandard standard, TimingChecker checker, boolean bankRefresh, Set<Integer> bound) {
    return new LegalStream(
        standard,
        new SplittableRandom(bankRefresh ? 1 : 2),
        bankRefresh,
        (tick, earliest, command, bank, row, binding) -> {
          for (long early = Math.max(1, earliest - 2); early < earliest; early++) {
            if (checker.whyNot(early, command, bank, row).isEmpty()) {
              fail("%s of bank %d at %d accepted, legal from %d", command, bank, early, earliest);
            }
          }
          checker.issue(tick, command, bank, row);
          bound.addAll(binding);
        });
  }

  private static List<TimingRule> untested(
      List<TimingRule> rules, Set<Integer> bound, int rowKinds) {
    List<TimingRule> untested = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (!bound.contains(i) && !isDominated(rules, i)) {
        untested.add(rules.get(i));
      }
    }
    // Where rows are of several kinds, a command waits for one rule of each at once.
    return rowKinds > 1 && untested.size() <= rules.size() / 3 ? List.of() : untested;
  }

  /** Whether others never let a rule be the one that a command waits for. */
  private static boolean isDominated(List<TimingRule> rules, int index) {
    TimingRule rule = rules.get(index);
    for (Command after : rule.after()) {
      for (Command before : rule.before()) {
        boolean dominated = false;
        for (TimingRule other : rules) {
          dominated |=
              !other.equals(rule)
                  && !rule.sibling()
                  && !other.sibling()
                  && other.level() <= rule.level()
                  && other.window() == 1
                  && other.ticks() * rule.window() >= rule.ticks()
                  && other.after().contains(after)
                  && other.before().contains(before);
        }
        if (!dominated) {
          return false;
        }
      }
    }
    return true;
  }

  /** Each timing parameter matters to the checker: one clock more, and rules and checker differ. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ddr4-3200aa-8gb-x8",
        "ddr5-4800an-16gb-x8",
        "lpddr5-6400-8gb-x16",
        "hbm2-2000-8gb-8hi",
        "hbm3-6400-16gb-8hi",
        "hbm4-8000-32gb-8hi",
        "gddr6-16000-16gb"
      })
  void everyTimingIsChecked(String preset) {
    DramStandard standard = severalRanks(DramDevice.builtIn(preset).standard());
    List<String> unnoticed = new ArrayList<>();
    for (String name : standard.timings().keySet()) {
      if (LIMITS.contains(name)) {
        continue;
      }
      TimingChecker stricter = new TimingChecker(longer(standard, name));
      LegalStream stream =
          stream(standard, stricter, standard.bankRefreshTicks() > 0, new TreeSet<>());
      try {
        stream.run(40_000);
        unnoticed.add(name);
      } catch (AssertionError noticed) {
        assertThat(noticed).hasMessageContaining(" bank ");
      }
    }
    // Four times tRRD_S are 16 clocks, tFAW 15. In HBM3 and HBM4 a longer tCL only delays the data.
    assertThat(unnoticed)
        .isEqualTo(
            preset.startsWith("hbm2")
                ? List.of("nFAW")
                : preset.startsWith("hbm") ? List.of("nCL") : List.of());
  }

  /**
   * Intervals that are kept on average, limits that are looser when longer, and what no command
   * says: states of low power (PowerStatesTest).
   */
  private static final Set<String> LIMITS =
      Set.of(
          "nREFI", "nREFIpb", "nREFIsb", "nAAD", "nWCKPST", "nCAS", "nXP", "nCKE", "nXS", "nCKESR");

  private static DramStandard longer(DramStandard one, String name) {
    ImmutableMap.Builder<String, Integer> timings = ImmutableMap.builder();
    one.timings()
        .forEach(
            (each, ticks) ->
                timings.put(each, each.equals(name) ? ticks + one.bus().ticksPerClock() : ticks));
    return with(one, one.levels(), timings.buildOrThrow());
  }

  private static DramStandard with(
      DramStandard one, ImmutableList<Level> levels, ImmutableMap<String, Integer> timings) {
    return one.toBuilder().levels(levels).timings(timings).build();
  }
}
