package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/**
 * When which command was last issued at which node, and by that whether a rule forbids another one:
 * the plain reading of {@link TimingRule}, one rule after the other.
 */
final class IssueHistory {
  private static final int DEPTH = 8;

  private final DramStandard standard;
  private final int levels;
  private final int[] banksPerNode;

  /** Latest first; by level, node, command. */
  private final long[][][][] issued;

  /** The latest to a row of a kind, by kind first; singly: those that named that very node. */
  private final long[][][][] ofKind;

  private final long[][][][] singly;

  IssueHistory(DramStandard standard) {
    this.standard = standard;
    levels = standard.levels().size();
    banksPerNode = new int[levels];
    issued = new long[levels][][][];
    int kinds = standard.rowKinds();
    ofKind = new long[kinds][levels][][];
    singly = new long[kinds][levels][][];
    int banks = standard.banks();
    for (int level = 0; level < levels; level++) {
      banks /= standard.levels().get(level).count();
      banksPerNode[level] = banks;
      int nodes = standard.banks() / banks;
      issued[level] = new long[nodes][Command.COUNT][DEPTH];
      for (long[][] node : issued[level]) {
        for (long[] ticks : node) {
          Arrays.fill(ticks, Long.MIN_VALUE / 2);
        }
      }
      for (int kind = 0; kind < kinds; kind++) {
        ofKind[kind][level] = never(nodes);
        singly[kind][level] = never(nodes);
      }
    }
  }

  private static long[][] never(int nodes) {
    long[][] never = new long[nodes][Command.COUNT];
    for (long[] node : never) {
      Arrays.fill(node, Long.MIN_VALUE / 2);
    }
    return never;
  }

  /** Banks that a refresh of the same bank of all groups covers. */
  private boolean isNamed(Command command, int bank, int node, int level) {
    if (command != Command.REFSB || level != levels - 1) {
      return true;
    }
    int group = standard.groupBanks();
    return node % group == bank % group;
  }

  /** Level of the node that the command names: its rank for all-bank commands, else its bank. */
  private int namedLevel(Command command) {
    return command == Command.PREAB || command == Command.REFAB || command == Command.REFSB
        ? standard.refreshLevel()
        : levels - 1;
  }

  /**
   * A command is issued.
   *
   * @param kinds kinds of the rows that it goes to
   */
  void issue(Command command, int bank, long tick, Iterable<Integer> kinds) {
    int named = namedLevel(command);
    for (int level = 0; level < levels; level++) {
      if (level <= named) {
        int node = bank / banksPerNode[level];
        push(issued[level][node][command.index()], tick);
        for (int kind : kinds) {
          ofKind[kind][level][node][command.index()] = tick;
          singly[kind][level][node][command.index()] = tick;
        }
      } else {
        int first = bank / banksPerNode[level];
        int count = banksPerNode[named] / banksPerNode[level];
        first -= first % count;
        for (int node = first; node < first + count; node++) {
          if (!isNamed(command, bank, node, level)) {
            continue;
          }
          push(issued[level][node][command.index()], tick);
          for (int kind : kinds) {
            ofKind[kind][level][node][command.index()] = tick;
          }
        }
      }
    }
  }

  private static void push(long[] ticks, long tick) {
    System.arraycopy(ticks, 0, ticks, 1, DEPTH - 1);
    ticks[0] = tick;
  }

  boolean allows(Command command, int bank, long tick) {
    for (int kind = 0; kind < standard.rowKinds(); kind++) {
      if (!allows(kind, command, bank, tick)) {
        return false;
      }
    }
    return true;
  }

  /** Whether what was issued to rows of a kind allows it. */
  private boolean allows(int kind, Command command, int bank, long tick) {
    int named = namedLevel(command);
    for (TimingRule rule : standard.rules(kind)) {
      if (!rule.before().contains(command)) {
        continue;
      }
      int first = bank / banksPerNode[rule.level()];
      int count = rule.level() <= named ? 1 : banksPerNode[named] / banksPerNode[rule.level()];
      first -= first % count;
      for (int node = first; node < first + count; node++) {
        if (isNamed(command, bank, node, rule.level()) && forbids(kind, rule, node, tick)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean forbids(int kind, TimingRule rule, int node, long tick) {
    for (Command after : rule.after()) {
      if (!rule.sibling()) {
        long since =
            rule.window() == 1
                ? ofKind[kind][rule.level()][node][after.index()]
                : issued[rule.level()][node][after.index()][rule.window() - 1];
        if (tick < since + rule.ticks()) {
          return true;
        }
        continue;
      }
      int sisters = standard.levels().get(rule.level()).count();
      int first = node / sisters * sisters;
      for (int sister = first; sister < first + sisters; sister++) {
        if (sister != node
            && tick < singly[kind][rule.level()][sister][after.index()] + rule.ticks()) {
          return true;
        }
      }
    }
    return false;
  }
}
