package memwall.memory.dram.channel;

import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/** How equal columns of in-memory compute follow each other where nothing else does. */
final class ColumnRuns {
  private final long[] ticks = new long[Command.COUNT];
  private final boolean[] isRun = new boolean[Command.COUNT];

  /**
   * For the units of a channel.
   *
   * @param edge 1 where columns begin on odd ticks only
   */
  ColumnRuns(DramStandard standard, AllBankSpec spec, int edge) {
    for (Command command : new Command[] {Command.MACAB, Command.WRGB, Command.RDRES}) {
      long own = 1;
      boolean simple = true;
      for (TimingRule rule : standard.rules()) {
        if (!rule.after().contains(command)) {
          continue;
        }
        boolean itself = rule.before().contains(command) && !rule.sibling();
        own = itself ? Math.max(own, rule.ticks()) : own;
        // Sisters inside a unit wait for each other, windows for more than the command before.
        simple &= rule.window() == 1 && !(rule.sibling() && rule.level() > spec.level());
      }
      own += own & edge;
      boolean bursts = command != Command.MACAB;
      if (bursts && standard.bus() == BusKind.TWO_STEP_ACTIVATE) {
        // The data clock must not have stopped before the next burst.
        boolean reads = command == Command.RDRES;
        simple &= own < (reads ? standard.readLatencyTicks() : standard.writeLatencyTicks());
      }
      ticks[command.index()] = own;
      isRun[command.index()] = simple;
    }
  }

  /** Whether a column waits for the one before and for nothing else, as long as no other comes. */
  boolean isRun(int command) {
    return isRun[command];
  }

  /** Ticks from a column to the next of its kind; 0 for other commands. */
  long ticks(int command) {
    return ticks[command];
  }
}
