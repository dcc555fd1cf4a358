package memwall.memory.dram.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.memory.dram.standard.Command;

/** What issuing one command does, in arrays for the hot path. */
final class Effects {
  /** What one command starts: until so many ticks later {@code before} waits. */
  record Rule(int level, Command before, long ticks, int window, boolean sibling) {}

  private static final int COMMANDS = Command.COUNT;

  private final TimingTable table;
  private final Geometry geometry;

  /** Whether the command goes to a whole scope. */
  private final boolean wide;

  /** Whether it goes to the same bank of all groups of a scope. */
  private final boolean spread;

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
  private Window[] ownWindows;

  /**
   * What a command does.
   *
   * @param rules all that it starts
   */
  Effects(TimingTable table, Command after, List<Rule> rules) {
    this.table = table;
    geometry = table.geometry;
    wide = TimingTable.isWide(after);
    spread = after == Command.REFSB;
    command = after.index();
    this.rules = rules;
    List<Window> found = new ArrayList<>();
    boolean[] groupTargets = new boolean[COMMANDS];
    for (Rule rule : rules) {
      int target = rule.before.index();
      table.longest[after.index()] = Math.max(table.longest[after.index()], rule.ticks);
      boolean scoped = TimingTable.isWide(rule.before) && rule.level == geometry.scopeLevel();
      if (rule.window > 1) {
        found.add(window(rule));
      } else if (table.isSole(rule.level)) {
        if (!rule.sibling) {
          addFloor(target, rule.ticks);
        }
      } else if (scoped && !rule.sibling && !table.isSole(rule.level)) {
        scopeTarget = plus(scopeTarget, target);
        scopeTicks = plus(scopeTicks, rule.ticks);
      } else if (rule.level == table.levels - 1) {
        table.deep[target] |= TimingTable.isWide(rule.before);
        bankTarget = plus(bankTarget, target);
        bankTicks = plus(bankTicks, rule.ticks);
        bankSibling = Arrays.copyOf(bankSibling, bankSibling.length + 1);
        bankSibling[bankSibling.length - 1] = rule.sibling;
      } else {
        table.deep[target] |= TimingTable.isWide(rule.before);
        groupTargets[target] = true;
      }
    }
    for (int target = 0; target < COMMANDS; target++) {
      if (groupTargets[target]) {
        addGroups(target);
      }
    }
    ownWindows = found.toArray(new Window[0]);
    table.windows.addAll(found);
  }

  /** Counts in the table.windows of another kind of rows. */
  void shareWindows(Effects other) {
    ownWindows = other.ownWindows;
  }

  private Window window(Rule rule) {
    if (rule.sibling || rule.level > table.groupLevel || TimingTable.isWide(rule.before)) {
      throw new IllegalArgumentException(
          "a window of "
              + rule.window
              + " commands holds for nodes above the banks and for commands to banks");
    }
    int target = rule.before.index();
    table.groupIsUsed[target] = true;
    return new Window(
        geometry, rule.level, table.groupLevel, table.group[target], rule.ticks, rule.window);
  }

  void noteTargets() {
    note(floorTarget, table.floorIsUsed);
    note(scopeTarget, table.scopeIsUsed);
    note(groupTarget, table.groupIsUsed);
    note(bankTarget, table.bankIsUsed);
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
    int groups = geometry.nodes(table.groupLevel);
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
    if (rule.window > 1 || rule.level > table.groupLevel || table.isSole(rule.level)) {
      return false;
    }
    if (TimingTable.isWide(rule.before) && rule.level == geometry.scopeLevel() && !rule.sibling) {
      return false;
    }
    if (wide && rule.level > geometry.scopeLevel()) {
      int up = geometry.shift(geometry.scopeLevel()) - table.groupShift;
      return !rule.sibling && issuing >> up == waiting >> up;
    }
    int up = geometry.shift(rule.level) - table.groupShift;
    boolean same = issuing >> up == waiting >> up;
    if (!rule.sibling) {
      return same;
    }
    int above = geometry.shift(rule.level - 1) - table.groupShift;
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
    return rule.before.index() == waiting
        && (wide || spread || rule.level < table.levels - 1 || rule.sibling);
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
    raise(itsBank, now);
    for (Window window : ownWindows) {
      window.push(itsBank, wide, now);
    }
  }

  /** Everything but table.windows: those count a command once. */
  void raise(int itsBank, long now) {
    for (int i = 0; i < floorTarget.length; i++) {
      long until = now + floorTicks[i];
      if (table.floor[floorTarget[i]] < until) {
        table.floor[floorTarget[i]] = until;
      }
    }
    int issuing = itsBank >>> table.groupShift;
    for (int i = 0; i < groupTarget.length; i++) {
      raiseGroups(i, issuing, now);
    }
    if (scopeTarget.length > 0) {
      int itsScope = geometry.scope(itsBank);
      for (int i = 0; i < scopeTarget.length; i++) {
        long[] entries = table.scope[scopeTarget[i]];
        entries[itsScope] = Math.max(entries[itsScope], now + scopeTicks[i]);
      }
    }
    if (wide) {
      applyToBanks(geometry.firstBank(geometry.scope(itsBank)), itsBank, 1, now);
    } else if (spread) {
      applyToBanks(itsBank, itsBank, geometry.groupSize(), now);
    } else {
      for (int i = 0; i < bankTarget.length; i++) {
        if (bankSibling[i]) {
          applyToSisters(i, itsBank, now);
          continue;
        }
        long[] entries = table.bank[bankTarget[i]];
        long until = now + bankTicks[i];
        if (entries[itsBank] < until) {
          entries[itsBank] = until;
        }
      }
    }
  }

  private void raiseGroups(int i, int issuing, long now) {
    long[] entries = table.group[groupTarget[i]];
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
    long[] entries = table.bank[bankTarget[i]];
    int first = itsBank & -(1 << table.groupShift);
    for (int sister = first; sister < first + (1 << table.groupShift); sister++) {
      if (sister != itsBank) {
        entries[sister] = Math.max(entries[sister], now + bankTicks[i]);
      }
    }
  }

  /** Every so manyth bank from the first one to the end of the scope. */
  private void applyToBanks(int first, int itsBank, int step, long now) {
    int last = geometry.lastBank(geometry.scope(itsBank));
    for (int i = 0; i < bankTarget.length; i++) {
      if (!bankSibling[i]) {
        long[] entries = table.bank[bankTarget[i]];
        for (int j = first; j <= last; j += step) {
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
