package memwall.memory.dram.channel;

import java.util.ArrayList;
import java.util.List;
import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;
import org.jspecify.annotations.Nullable;

/**
 * Which command may be issued when: the rules of a standard, resolved so that a question is
 * answered by three numbers.
 *
 * <p>For each command there is the first tick at which it is allowed by the rules of the whole
 * channel (levels of a single node: {@link #floor}), by those of the bank's group and everything
 * that the group lies in, and by those of the bank itself. A rule of a rank or pseudo-channel is
 * entered into all of its groups when it is triggered: that happens once per command, questions are
 * asked for every bank at every decision. Commands for whole scopes have an entry per scope
 * instead.
 */
final class TimingTable {
  /** A tick that never comes; far from overflow. */
  static final long NEVER = Long.MAX_VALUE / 4;

  private static final int COMMANDS = Command.COUNT;

  final Geometry geometry;
  final int levels;
  final int groupLevel;
  final int groupShift;

  // What the effects of commands raise.
  final long[] floor = new long[COMMANDS];
  final long[][] scope = new long[COMMANDS][];
  final long[][] group = new long[COMMANDS][];
  final long[][] bank = new long[COMMANDS][];

  // Whether any rule ever raises an entry for the command; the others stay 0.
  final boolean[] floorIsUsed = new boolean[COMMANDS];
  final boolean[] scopeIsUsed = new boolean[COMMANDS];
  final boolean[] groupIsUsed = new boolean[COMMANDS];
  final boolean[] bankIsUsed = new boolean[COMMANDS];

  /** Whether a command for scopes has rules below the scope. */
  final boolean[] deep = new boolean[COMMANDS];

  /** By kind of the row that a command goes to, and command. */
  private final Effects[][] effects;

  /** Those of rows of no tier. */
  private final Effects[] plain;

  /** Per command: longest rule that it starts, at whatever row. */
  final long[] longest = new long[COMMANDS];

  final List<Window> windows = new ArrayList<>();

  /** From this tick on no rule forbids anything any more. */
  private long horizon;

  TimingTable(DramStandard standard, Geometry geometry, boolean[] used) {
    this.geometry = geometry;
    levels = standard.levels().size();
    groupLevel = levels - 2;
    groupShift = geometry.shift(groupLevel);
    for (int command = 0; command < COMMANDS; command++) {
      scope[command] = new long[geometry.scopes()];
      group[command] = new long[geometry.nodes(groupLevel)];
      bank[command] = new long[geometry.size()];
    }
    effects = new Effects[standard.rowKinds()][COMMANDS];
    for (int kind = 0; kind < effects.length; kind++) {
      for (Command command : Command.values()) {
        Effects made = new Effects(this, command, rules(standard, kind, command, used));
        made.noteTargets();
        effects[kind][command.index()] = made;
        if (kind > 0) {
          made.shareWindows(effects[0][command.index()]);
        }
      }
    }
    plain = effects[0];
  }

  private static List<Effects.Rule> rules(
      DramStandard standard, int kind, Command command, boolean[] used) {
    List<Effects.Rule> rules = new ArrayList<>();
    if (used[command.index()]) {
      for (TimingRule rule : standard.rules(kind)) {
        // Windows count commands to all rows: they are those of kind 0.
        for (Command before : rule.before()) {
          if (rule.after().contains(command)
              && used[before.index()]
              && (kind == 0 || rule.window() == 1)) {
            rules.add(
                new Effects.Rule(
                    rule.level(), before, rule.ticks(), rule.window(), rule.sibling()));
          }
        }
      }
    }
    return rules;
  }

  static boolean isWide(Command command) {
    return command == Command.PREAB || command == Command.REFAB;
  }

  boolean isSole(int level) {
    return geometry.nodes(level) == 1;
  }

  /** First tick that the rules shared by all banks allow. */
  long floor(int command) {
    return floor[command];
  }

  /** First ticks that the groups allow, by group. Not to be changed. */
  long[] groups(int command) {
    return group[command];
  }

  /** First ticks that the banks themselves allow, by bank. Not to be changed. */
  long[] banks(int command) {
    return bank[command];
  }

  /** Bank number shifted right by this is its group. */
  int groupShift() {
    return groupShift;
  }

  /** First tick at or after {@code least} at which the command is allowed at the bank. */
  long earliest(int command, int itsBank, long least) {
    long own = Math.max(group[command][itsBank >>> groupShift], bank[command][itsBank]);
    return Math.max(own, least);
  }

  /** First tick at which the command is allowed at the bank. */
  long earliest(int command, int itsBank) {
    return earliest(command, itsBank, floor[command]);
  }

  /** First tick at which a command for all banks of a scope is allowed. */
  long earliestInScope(int command, int itsScope) {
    long latest = Math.max(floor[command], scope[command][itsScope]);
    if (deep[command]) {
      for (int i = geometry.firstBank(itsScope); i <= geometry.lastBank(itsScope); i++) {
        latest = earliest(command, i, latest);
      }
    }
    return latest;
  }

  /** First tick at which a command for the same bank of all groups of a scope is allowed. */
  long earliestOfSameBanks(int command, int first) {
    long latest = floor[command];
    int last = geometry.lastBank(geometry.scope(first));
    for (int bank = first; bank <= last; bank += geometry.groupSize()) {
      latest = earliest(command, bank, latest);
    }
    return latest;
  }

  /** Records that a command is issued: at a bank, or for the scope whose first bank is given. */
  void issue(int command, int itsBank, long tick) {
    plain[command].apply(itsBank, tick);
    noteHorizon(command, tick);
  }

  /** As {@link #issue(int, int, long)} for a command to a row of a kind. */
  void issue(int command, int itsBank, long tick, int kind) {
    effects[kind][command].apply(itsBank, tick);
    noteHorizon(command, tick);
  }

  /** A command for a scope that was issued goes to rows of these kinds too, one bit each. */
  void alsoTo(int command, int itsBank, long tick, long kinds) {
    for (long left = kinds; left != 0; left &= left - 1) {
      effects[Long.numberOfTrailingZeros(left)][command].raise(itsBank, tick);
    }
  }

  private void noteHorizon(int command, long tick) {
    long last = tick + longest[command];
    if (last > horizon) {
      horizon = last;
    }
  }

  /** No command of a scope or its banks is allowed before this tick. */
  void hold(int itsScope, long tick) {
    int firstGroup = geometry.firstBank(itsScope) >>> groupShift;
    int lastGroup = geometry.lastBank(itsScope) >>> groupShift;
    for (int command = 0; command < COMMANDS; command++) {
      scope[command][itsScope] = Math.max(scope[command][itsScope], tick);
      for (int i = firstGroup; i <= lastGroup; i++) {
        group[command][i] = Math.max(group[command][i], tick);
      }
    }
    horizon = Math.max(horizon, tick);
  }

  /** Whether issuing a command at a bank can make another wait at other banks. */
  boolean reachesOtherBanks(int command, int waiting) {
    for (Effects[] ofKind : effects) {
      if (ofKind[command].reachesOtherBanks(waiting)) {
        return true;
      }
    }
    return false;
  }

  /** From this tick on no rule forbids anything any more, if nothing is issued until then. */
  long horizon() {
    return horizon;
  }

  /** Longest time that any command waits after the given one. */
  long longestAfter(int command) {
    return longest[command];
  }

  /** Longest time that anything waits after any command. */
  long longest() {
    long most = 0;
    for (long ticks : longest) {
      most = Math.max(most, ticks);
    }
    return most;
  }

  /** Longest time that the same command waits at other banks. */
  long longestElsewhere(int command) {
    long ticks = 0;
    for (Effects[] ofKind : effects) {
      ticks = Math.max(ticks, ofKind[command].longestElsewhere());
    }
    return ticks;
  }

  /**
   * What is left of every constraint at {@code next}, the next tick to come; groups and banks by
   * their numbers relative to a run, or as they are.
   */
  void exchange(StateBuffer buffer, @Nullable StreamFrame frame, long next) {
    long latest = next;
    buffer.part(StateBuffer.TIMERS);
    int[] groups = geometry.order(frame, groupLevel);
    int[] banks = geometry.order(frame, levels - 1);
    int[] scopes = geometry.order(frame, geometry.scopeLevel());
    for (int command = 0; command < COMMANDS; command++) {
      if (floorIsUsed[command]) {
        floor[command] = buffer.until(floor[command], next);
        latest = Math.max(latest, floor[command]);
      }
      if (scopeIsUsed[command]) {
        latest = Math.max(latest, exchange(scope[command], scopes, buffer, next));
      }
      if (groupIsUsed[command]) {
        latest = Math.max(latest, exchange(group[command], groups, buffer, next));
      }
      if (bankIsUsed[command]) {
        latest = Math.max(latest, exchange(bank[command], banks, buffer, next));
      }
    }
    buffer.part(StateBuffer.WINDOWS);
    // No iterator: a port that leaps asks at each checkpoint.
    for (int i = 0; i < windows.size(); i++) {
      latest = Math.max(latest, windows.get(i).exchange(buffer, frame, next));
    }
    if (buffer.isReading()) {
      horizon = latest;
    }
  }

  private static long exchange(long[] ticks, int[] order, StateBuffer buffer, long next) {
    long latest = next;
    for (int i : order) {
      ticks[i] = buffer.until(ticks[i], next);
      latest = Math.max(latest, ticks[i]);
    }
    return latest;
  }

  /** Puts what is left of every constraint at {@code next}, the next tick to come. */
  void describe(StateSink sink, long next) {
    for (int command = 0; command < COMMANDS; command++) {
      sink.put(Math.max(0, floor[command] - next));
      describe(scope[command], sink, next);
      describe(group[command], sink, next);
      describe(bank[command], sink, next);
    }
    for (Window window : windows) {
      window.describe(sink, next);
    }
  }

  private static void describe(long[] ticks, StateSink sink, long next) {
    for (long tick : ticks) {
      sink.put(Math.max(0, tick - next));
    }
  }
}
