package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Suggestion;

/**
 * What all devices of a DRAM standard have in common, as read from a {@code dram-protocol} preset:
 * buses, levels, commands with their length, the names of the timings and the rules that are
 * written with them. Numbers come with a device.
 *
 * @param config the mapping it was read from, where later faults are recorded
 * @param sound whether the levels are those given; if not, the counts of a device tell nothing
 * @param levels names from {@code channel} to {@code bank}; at least these two
 * @param refreshLevel index of the level whose nodes an all-bank refresh covers one by one
 * @param commandTicks the commands there are, each with the ticks that it occupies its bus
 * @param timings name and meaning of every timing that a device must give
 * @param rules the constraints; faulty ones left out
 */
record Protocol(
    Config config,
    boolean sound,
    BusKind bus,
    ImmutableList<String> levels,
    int refreshLevel,
    ImmutableMap<Command, Integer> commandTicks,
    ImmutableMap<String, String> timings,
    ImmutableList<Rule> rules) {

  private static final ImmutableList<String> LEVELS =
      ImmutableList.of("channel", "pseudochannel", "rank", "sid", "bankgroup", "bank");
  private static final ImmutableSet<Command> ALWAYS =
      ImmutableSet.of(
          Command.PREPB,
          Command.PREAB,
          Command.RD,
          Command.WR,
          Command.RDA,
          Command.WRA,
          Command.REFAB);
  private static final ImmutableSet<Command> TWO_STEPS =
      ImmutableSet.of(Command.ACT1, Command.ACT2, Command.CASRD, Command.CASWR);
  private static final int MOST_CLOCKS = 16;
  private static final int WIDEST_WINDOW = 64;

  /**
   * One constraint before its waiting time is known.
   *
   * @param config the mapping it was read from, where later faults are recorded
   * @param waiting the expression of its waiting time
   */
  record Rule(
      Config config,
      int level,
      ImmutableList<Command> after,
      ImmutableList<Command> before,
      String waiting,
      int window,
      boolean sibling,
      String name) {}

  static Protocol read(Config config) {
    BusKind bus = config.choice("bus", BusKind.class, "How commands reach the device");
    ImmutableList<String> given = levels(config);
    boolean sound = !given.isEmpty();
    ImmutableList<String> levels = sound ? given : LEVELS; // so that the rules raise no others
    String refresh =
        config.oneOf("refresh_level", levels, "Level whose nodes an all-bank refresh covers");
    ImmutableMap<Command, Integer> commands =
        commands(config.section("commands", "Clocks that each command occupies its bus"), bus);
    ImmutableMap.Builder<String, String> timings = ImmutableMap.builder();
    Config sentences = config.section("timings", "Timing parameters, each with its meaning");
    for (String name : sentences.keys()) {
      timings.put(name, sentences.text(name, "Meaning of the timing parameter"));
    }
    sentences.finish();
    ImmutableList.Builder<Rule> rules = ImmutableList.builder();
    for (Config rule : config.sections("rules", "Which command may follow which when")) {
      rule(rule, levels, refresh, commands).ifPresent(rules::add);
    }
    return new Protocol(
        config,
        sound,
        bus,
        levels,
        levels.indexOf(refresh),
        commands,
        timings.buildOrThrow(),
        rules.build());
  }

  /** The levels; empty if they are faulty. */
  private static ImmutableList<String> levels(Config config) {
    List<String> levels = new ArrayList<>();
    boolean sound = true;
    for (String level : config.texts("levels", "Levels from the channel down to the bank")) {
      if (!LEVELS.contains(level)) {
        config.fault(
            "levels",
            "'" + level + "' is not a level" + Suggestion.of(level, LEVELS) + known(LEVELS));
        sound = false;
      } else if (!levels.isEmpty()
          && LEVELS.indexOf(level) <= LEVELS.indexOf(levels.get(levels.size() - 1))) {
        config.fault("levels", "'" + level + "' stands twice or out of order; order is " + LEVELS);
        sound = false;
      } else {
        levels.add(level);
      }
    }
    if (sound && (!levels.contains("channel") || !levels.contains("bank"))) {
      config.fault("levels", levels + " does not go from 'channel' to 'bank'");
      sound = false;
    }
    return sound && !config.isPlaceholder("levels")
        ? ImmutableList.copyOf(levels)
        : ImmutableList.of();
  }

  private static ImmutableMap<Command, Integer> commands(Config section, BusKind bus) {
    ImmutableMap.Builder<Command, Integer> ticks = ImmutableMap.builder();
    ImmutableSet.Builder<Command> given = ImmutableSet.builder();
    for (String name : section.keys()) {
      double clocks = section.number(name, 0, MOST_CLOCKS, "Clocks on the command bus");
      Optional<Command> command = Command.ofJedecName(name);
      if (command.isEmpty()) {
        section.fault(name, notACommand(name, Command.jedecNames()));
        continue;
      }
      int length = (int) (clocks * bus.ticksPerClock());
      if (length < 1 || length != clocks * bus.ticksPerClock()) {
        section.fault(
            name,
            "a command takes whole " + (bus.ticksPerClock() == 1 ? "clocks" : "halves of a clock"));
        length = 1;
      }
      ticks.put(command.get(), length);
      given.add(command.get());
    }
    ImmutableSet<Command> commands = given.build();
    for (Command needed : needed(bus)) {
      if (!commands.contains(needed)) {
        section.number(
            needed.jedecName(), 0, MOST_CLOCKS, "Clocks of a command that this bus needs");
      }
    }
    section.finish();
    return ticks.buildOrThrow();
  }

  private static ImmutableSet<Command> needed(BusKind bus) {
    ImmutableSet.Builder<Command> needed = ImmutableSet.<Command>builder().addAll(ALWAYS);
    return bus == BusKind.TWO_STEP_ACTIVATE
        ? needed.addAll(TWO_STEPS).build()
        : needed.add(Command.ACT).build();
  }

  private static Optional<Rule> rule(
      Config config,
      ImmutableList<String> levels,
      String refreshLevel,
      ImmutableMap<Command, Integer> known) {
    String level = config.oneOf("level", levels, "Level at whose nodes the rule holds");
    ImmutableList<Command> after = commands(config, "after", "Commands that start it", known);
    ImmutableList<Command> before = commands(config, "before", "Commands that wait", known);
    String waiting = config.text("wait", "Clocks between them, with the names of timings");
    int window =
        (int) config.integer("window", 1, WIDEST_WINDOW, 1, "Counted from which last command");
    boolean sibling = config.bool("sibling", false, "Holds between sister nodes");
    String name = config.text("name", "JEDEC name of what it enforces");
    boolean inside = levels.indexOf(level) > levels.indexOf(refreshLevel);
    for (String key : inside ? ImmutableList.of("after", "before") : ImmutableList.<String>of()) {
      for (Command command : key.equals("after") ? after : before) {
        if (command == Command.REFSB && !level.equals(levels.get(levels.size() - 1))) {
          config.fault(key, "REFsb is for one bank of every group, the rule for each " + level);
        }
        if (command == Command.PREAB || command == Command.REFAB) {
          config.fault(
              key,
              command.jedecName()
                  + " is for all banks of a "
                  + refreshLevel
                  + ", the rule for each "
                  + level);
        }
      }
    }
    if (sibling && level.equals(levels.get(0))) {
      config.fault("sibling", "the channel has no sisters: choose a level below it");
    }
    config.finish();
    return after.isEmpty() || before.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Rule(config, levels.indexOf(level), after, before, waiting, window, sibling, name));
  }

  private static ImmutableList<Command> commands(
      Config rule, String key, String sentence, ImmutableMap<Command, Integer> known) {
    ImmutableSet.Builder<Command> commands = ImmutableSet.builder();
    List<String> names = rule.texts(key, sentence);
    for (String name : names) {
      Optional<Command> command = Command.ofJedecName(name).filter(known::containsKey);
      if (command.isPresent()) {
        commands.add(command.get());
      } else {
        rule.fault(
            key, notACommand(name, known.keySet().stream().map(Command::jedecName).toList()));
      }
    }
    ImmutableList<Command> list = commands.build().asList();
    if (list.isEmpty() && names.isEmpty()) {
      rule.fault(key, "no command; at least one is needed");
    }
    return list;
  }

  private static String notACommand(String name, List<String> known) {
    return "'" + name + "' is not a command of it" + Suggestion.of(name, known) + known(known);
  }

  private static String known(List<String> names) {
    return " (known: " + names + ")";
  }
}
