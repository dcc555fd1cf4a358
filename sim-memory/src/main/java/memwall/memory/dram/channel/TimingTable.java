package memwall.memory.dram.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

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

  private final Geometry geometry;
  private final int levels;
  private final int groupLevel;
  private final int groupShift;

  private final long[] floor = new long[COMMANDS];
  private final long[][] scope = new long[COMMANDS][];
  private final long[][] group = new long[COMMANDS][];
  private final long[][] bank = new long[COMMANDS][];

  // Whether any rule ever raises an entry for the command; the others stay 0.
  private final boolean[] floorIsUsed = new boolean[COMMANDS];
  private final boolean[] scopeIsUsed = new boolean[COMMANDS];
  private final boolean[] groupIsUsed = new boolean[COMMANDS];
  private final boolean[] bankIsUsed = new boolean[COMMANDS];

  /** Whether a command for scopes has rules below the scope. */
  private final boolean[] deep = new boolean[COMMANDS];

  private final Effects[] effects = new Effects[COMMANDS];

  /** Per command: longest rule that it starts. */
  private final long[] longest = new long[COMMANDS];

  private final List<Window> windows = new ArrayList<>();

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
    for (Command command : Command.values()) {
      List<Rule> rules = new ArrayList<>();
      if (used[command.index()]) {
        for (TimingRule rule : standard.rules()) {
          for (Command before : rule.before()) {
            if (rule.after().contains(command) && used[before.index()]) {
              rules.add(
                  new Rule(rule.level(), before, rule.ticks(), rule.window(), rule.sibling()));
            }
          }
        }
      }
      effects[command.index()] = new Effects(command, rules);
      effects[command.index()].noteTargets();
    }
  }

  private static boolean isWide(Command command) {
    return command == Command.PREAB || command == Command.REFAB;
  }

  private boolean isSole(int level) {
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

  /** Records that a command is issued: at a bank, or for the scope whose first bank is given. */
  void issue(int command, int itsBank, long tick) {
    effects[command].apply(itsBank, tick);
    long last = tick + longest[command];
    if (last > horizon) {
      horizon = last;
    }
  }

  /** Whether issuing a command at a bank can make another wait at other banks. */
  boolean reachesOtherBanks(int command, int waiting) {
    return effects[command].reachesOtherBanks(waiting);
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
    return effects[command].longestElsewhere();
  }

  /**
   * What is left of every constraint at {@code next}, the next tick to come; groups and banks by
   * their numbers relative to a run.
   */
  void exchange(StateBuffer buffer, StreamFrame frame, long next) {
    long latest = next;
    buffer.part(StateBuffer.TIMERS);
    int[] groups = frame.order(groupLevel);
    int[] banks = frame.order(levels - 1);
    int[] scopes = frame.order(geometry.scopeLevel());
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

  /** What one command starts: until so many ticks later {@code before} waits. */
  private record Rule(int level, Command before, long ticks, int window, boolean sibling) {}

  /** What issuing one command does, in arrays for the hot path. */
  private final class Effects {
    /** Whether the command goes to a whole scope. */
    private final boolean wide;

    private final int command;
    private final List<Rule> rules;

    // Each with its own arrays of targets and times, parallel.
    private int[] floorTarget = {};
    private long[] floorTicks = {};
    private int[] scopeTarget = {};
    private long[] scopeTicks = {};
    private int[] bankTarget = {};
    private long[] bankTicks = {};
    private boolean[] bankSibling = {};
    private int[] groupTarget = {};

    /** By target: ticks by issuing group and waiting group; below 0 none. */
    private long[][] groupTicks = {};

    /** By target: first waiting group and end, by issuing group. */
    private int[][] groupFirst = {};

    private int[][] groupEnd = {};
    private final Window[] ownWindows;

    Effects(Command after, List<Rule> rules) {
      wide = isWide(after);
      command = after.index();
      this.rules = rules;
      List<Window> found = new ArrayList<>();
      boolean[] groupTargets = new boolean[COMMANDS];
      for (Rule rule : rules) {
        int target = rule.before.index();
        longest[after.index()] = Math.max(longest[after.index()], rule.ticks);
        boolean scoped = isWide(rule.before) && rule.level == geometry.scopeLevel();
        if (rule.window > 1) {
          found.add(window(rule));
        } else if (isSole(rule.level)) {
          if (!rule.sibling) {
            addFloor(target, rule.ticks);
          }
        } else if (scoped && !rule.sibling && !isSole(rule.level)) {
          scopeTarget = plus(scopeTarget, target);
          scopeTicks = plus(scopeTicks, rule.ticks);
        } else if (rule.level == levels - 1) {
          deep[target] |= isWide(rule.before);
          bankTarget = plus(bankTarget, target);
          bankTicks = plus(bankTicks, rule.ticks);
          bankSibling = Arrays.copyOf(bankSibling, bankSibling.length + 1);
          bankSibling[bankSibling.length - 1] = rule.sibling;
        } else {
          deep[target] |= isWide(rule.before);
          groupTargets[target] = true;
        }
      }
      for (int target = 0; target < COMMANDS; target++) {
        if (groupTargets[target]) {
          addGroups(target);
        }
      }
      ownWindows = found.toArray(new Window[0]);
      windows.addAll(found);
    }

    private Window window(Rule rule) {
      if (rule.sibling || rule.level > groupLevel || isWide(rule.before)) {
        throw new IllegalArgumentException(
            "a window of "
                + rule.window
                + " commands holds for nodes above the banks and for commands to banks");
      }
      int target = rule.before.index();
      groupIsUsed[target] = true;
      return new Window(geometry, rule.level, groupLevel, group[target], rule.ticks, rule.window);
    }

    void noteTargets() {
      note(floorTarget, floorIsUsed);
      note(scopeTarget, scopeIsUsed);
      note(groupTarget, groupIsUsed);
      note(bankTarget, bankIsUsed);
    }

    private static void note(int[] targets, boolean[] used) {
      for (int target : targets) {
        used[target] = true;
      }
    }

    // Of two rules of the channel for the same command the longer one decides.
    private void addFloor(int target, long ticks) {
      for (int i = 0; i < floorTarget.length; i++) {
        if (floorTarget[i] == target) {
          floorTicks[i] = Math.max(floorTicks[i], ticks);
          return;
        }
      }
      floorTarget = plus(floorTarget, target);
      floorTicks = plus(floorTicks, ticks);
    }

    private void addGroups(int target) {
      int groups = geometry.nodes(groupLevel);
      long[] ticks = new long[groups * groups];
      int[] first = new int[groups];
      int[] end = new int[groups];
      for (int issuing = 0; issuing < groups; issuing++) {
        first[issuing] = groups;
        for (int waiting = 0; waiting < groups; waiting++) {
          long most = -1;
          for (Rule rule : rules) {
            if (rule.before.index() == target && reaches(rule, issuing, waiting)) {
              most = Math.max(most, rule.ticks);
            }
          }
          ticks[issuing * groups + waiting] = most;
          if (most >= 0) {
            first[issuing] = Math.min(first[issuing], waiting);
            end[issuing] = waiting + 1;
          }
        }
      }
      groupTarget = plus(groupTarget, target);
      groupTicks = Arrays.copyOf(groupTicks, groupTicks.length + 1);
      groupTicks[groupTicks.length - 1] = ticks;
      groupFirst = Arrays.copyOf(groupFirst, groupFirst.length + 1);
      groupFirst[groupFirst.length - 1] = first;
      groupEnd = Arrays.copyOf(groupEnd, groupEnd.length + 1);
      groupEnd[groupEnd.length - 1] = end;
    }

    // Whether a rule makes a group wait. A command for a scope names the nodes down to its scope:
    // below, it concerns all of them, and none has a sister that it does not concern.
    private boolean reaches(Rule rule, int issuing, int waiting) {
      if (rule.window > 1 || rule.level > groupLevel || isSole(rule.level)) {
        return false;
      }
      if (isWide(rule.before) && rule.level == geometry.scopeLevel() && !rule.sibling) {
        return false;
      }
      if (wide && rule.level > geometry.scopeLevel()) {
        int up = geometry.shift(geometry.scopeLevel()) - groupShift;
        return !rule.sibling && issuing >> up == waiting >> up;
      }
      int up = geometry.shift(rule.level) - groupShift;
      boolean same = issuing >> up == waiting >> up;
      if (!rule.sibling) {
        return same;
      }
      int above = geometry.shift(rule.level - 1) - groupShift;
      return !same && issuing >> above == waiting >> above;
    }

    boolean reachesOtherBanks(int waiting) {
      for (Rule rule : rules) {
        if (reachesOtherBanks(rule, waiting)) {
          return true;
        }
      }
      return false;
    }

    private boolean reachesOtherBanks(Rule rule, int waiting) {
      return rule.before.index() == waiting && (wide || rule.level < levels - 1 || rule.sibling);
    }

    long longestElsewhere() {
      long ticks = 0;
      for (Rule rule : rules) {
        if (reachesOtherBanks(rule, command)) {
          ticks = Math.max(ticks, rule.ticks);
        }
      }
      return ticks;
    }

    void apply(int itsBank, long now) {
      for (int i = 0; i < floorTarget.length; i++) {
        long until = now + floorTicks[i];
        if (floor[floorTarget[i]] < until) {
          floor[floorTarget[i]] = until;
        }
      }
      int issuing = itsBank >>> groupShift;
      for (int i = 0; i < groupTarget.length; i++) {
        raiseGroups(i, issuing, now);
      }
      if (scopeTarget.length > 0) {
        int itsScope = geometry.scope(itsBank);
        for (int i = 0; i < scopeTarget.length; i++) {
          long[] entries = scope[scopeTarget[i]];
          entries[itsScope] = Math.max(entries[itsScope], now + scopeTicks[i]);
        }
      }
      if (wide) {
        applyToBanksOfScope(geometry.scope(itsBank), now);
      } else {
        for (int i = 0; i < bankTarget.length; i++) {
          if (bankSibling[i]) {
            applyToSisters(i, itsBank, now);
            continue;
          }
          long[] entries = bank[bankTarget[i]];
          long until = now + bankTicks[i];
          if (entries[itsBank] < until) {
            entries[itsBank] = until;
          }
        }
      }
      for (Window window : ownWindows) {
        window.push(itsBank, wide, now);
      }
    }

    private void raiseGroups(int i, int issuing, long now) {
      long[] entries = group[groupTarget[i]];
      long[] ticks = groupTicks[i];
      int row = issuing * entries.length;
      int end = groupEnd[i][issuing];
      for (int waiting = groupFirst[i][issuing]; waiting < end; waiting++) {
        long wait = ticks[row + waiting];
        if (wait >= 0) {
          entries[waiting] = Math.max(entries[waiting], now + wait);
        }
      }
    }

    private void applyToSisters(int i, int itsBank, long now) {
      long[] entries = bank[bankTarget[i]];
      int first = itsBank & -(1 << groupShift);
      for (int sister = first; sister < first + (1 << groupShift); sister++) {
        if (sister != itsBank) {
          entries[sister] = Math.max(entries[sister], now + bankTicks[i]);
        }
      }
    }

    private void applyToBanksOfScope(int itsScope, long now) {
      for (int i = 0; i < bankTarget.length; i++) {
        if (!bankSibling[i]) {
          long[] entries = bank[bankTarget[i]];
          for (int j = geometry.firstBank(itsScope); j <= geometry.lastBank(itsScope); j++) {
            entries[j] = Math.max(entries[j], now + bankTicks[i]);
          }
        }
      }
    }

    private static int[] plus(int[] values, int value) {
      int[] more = Arrays.copyOf(values, values.length + 1);
      more[values.length] = value;
      return more;
    }

    private static long[] plus(long[] values, long value) {
      long[] more = Arrays.copyOf(values, values.length + 1);
      more[values.length] = value;
      return more;
    }
  }
}
