package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * From the rules of a protocol and the timings of a device to constraints in ticks between the
 * first cycles of commands.
 *
 * <p>A standard counts from the last cycle of a command (the device acts when it has heard all of
 * it); we date a command by its first. So a command of {@code a} ticks before one of {@code b}
 * ticks changes a waiting time by {@code a - b}. A command also keeps its bus busy for its length:
 * a rule at the channel for each length above one tick.
 */
final class Rules {
  private final Protocol protocol;
  private final ImmutableMap<String, Long> timings;
  private final long clockFemtos;
  private final boolean soundTimings;

  /** Whether faults of expressions were recorded before. */
  private final boolean again;

  private final ImmutableList.Builder<TimingRule> rules = ImmutableList.builder();

  private Rules(
      Protocol protocol,
      ImmutableMap<String, Long> timings,
      long clockFemtos,
      boolean soundTimings,
      boolean again) {
    this.protocol = protocol;
    this.timings = timings;
    this.clockFemtos = clockFemtos;
    this.soundTimings = soundTimings;
    this.again = again;
  }

  /**
   * All constraints; what is wrong with an expression is recorded at its place.
   *
   * @param soundTimings whether no timing is a placeholder
   */
  static ImmutableList<TimingRule> resolve(
      Protocol protocol,
      ImmutableMap<String, Long> timings,
      long clockFemtos,
      boolean soundTimings) {
    return new Rules(protocol, timings, clockFemtos, soundTimings, false).all();
  }

  /** All constraints with other timings, after those of the device were resolved. */
  static ImmutableList<TimingRule> resolveAgain(
      Protocol protocol, ImmutableMap<String, Long> timings, long clockFemtos) {
    return new Rules(protocol, timings, clockFemtos, true, true).all();
  }

  private ImmutableList<TimingRule> all() {
    busOccupancy();
    protocol.rules().forEach(this::add);
    return rules.build();
  }

  private void busOccupancy() {
    boolean dual = protocol.bus().isDual();
    for (boolean column : dual ? new boolean[] {false, true} : new boolean[] {false}) {
      List<Command> bus = new ArrayList<>();
      for (Command command : protocol.commandTicks().keySet()) {
        if (!dual || command.isColumn() == column) {
          bus.add(command);
        }
      }
      byLength(bus)
          .forEach(
              (ticks, commands) -> {
                if (ticks > 1) {
                  String name = dual ? (column ? "column" : "row") : "command";
                  rules.add(
                      new TimingRule(
                          0,
                          ImmutableList.copyOf(commands),
                          ImmutableList.copyOf(bus),
                          ticks,
                          1,
                          false,
                          name + " bus"));
                }
              });
    }
  }

  private SortedMap<Integer, List<Command>> byLength(List<Command> commands) {
    SortedMap<Integer, List<Command>> groups = new TreeMap<>();
    for (Command command : commands) {
      groups.computeIfAbsent(length(command), ticks -> new ArrayList<>()).add(command);
    }
    return groups;
  }

  private int length(Command command) {
    return protocol.commandTicks().getOrDefault(command, 1);
  }

  private void add(Protocol.Rule rule) {
    long clocks;
    try {
      clocks = Expression.evaluate(rule.waiting(), timings, clockFemtos);
    } catch (Expression.Fault wrong) {
      if (!again) {
        rule.config().fault("wait", wrong.message());
      }
      return;
    }
    if (clocks < 0) {
      if (soundTimings) {
        rule.config()
            .fault("wait", "'" + rule.waiting() + "' is " + clocks + " clocks with these timings");
      }
      return;
    }
    long ticks = clocks * protocol.bus().ticksPerClock();
    byLength(rule.after())
        .forEach(
            (afterTicks, after) ->
                byLength(rule.before())
                    .forEach(
                        (beforeTicks, before) -> {
                          long apart = ticks + afterTicks - beforeTicks;
                          if (apart > 0) { // else the order of issue says it already
                            rules.add(
                                new TimingRule(
                                    rule.level(),
                                    ImmutableList.copyOf(after),
                                    ImmutableList.copyOf(before),
                                    apart,
                                    rule.window(),
                                    rule.sibling(),
                                    rule.name()));
                          }
                        }));
  }
}
