package memwall.memory.dram.channel;

import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.standard.Command;

/**
 * Columns of several units that take turns on a command bus, counted instead of planned.
 *
 * <p>If the last column of each unit waited for nothing but its like before it in the unit, while
 * the others did the same, then distances between columns of different units were what they will be
 * as long as nothing else comes, and they were allowed. So each goes on at its spacing. The last
 * column of a step is left out, because other steps follow it.
 */
final class ColumnRounds {
  private final ComputeUnit[] units;
  private final ColumnRuns runs;
  private final TurnLeaps.Stepper stepper;

  ColumnRounds(ComputeUnit[] units, ColumnRuns runs, TurnLeaps.Stepper stepper) {
    this.units = units;
    this.runs = runs;
    this.stepper = stepper;
  }

  /** The command of a step, but of a precharge, which depends on the row buffers. */
  static int command(Step step) {
    return switch (step) {
      case ACTIVATE -> Command.ACTAB.index();
      case MULTIPLY -> Command.MACAB.index();
      case LOAD -> Command.WRGB.index();
      case READ -> Command.RDRES.index();
      case PRECHARGE, WAIT, END -> -1;
    };
  }

  /**
   * How often all units that have a program can go round with a column, the first of them now.
   *
   * @param horizon nothing comes from outside up to this tick
   */
  long count(int command, long tick, long horizon) {
    if (!runs.isRun(command)) {
      return 1;
    }
    long spacing = runs.ticks(command);
    long often = Long.MAX_VALUE;
    long last = tick;
    for (ComputeUnit unit : units) {
      AllBankProgram program = unit.program;
      if (program == null) {
        continue;
      }
      long next = unit.columnTick + spacing;
      boolean goesOn =
          unit.isEven
              && unit.running
              && unit.repeated > 0
              && unit.columnCommand == command
              && command(program.step()) == command;
      if (!goesOn || next < tick || next >= tick + spacing) {
        return 1;
      }
      last = Math.max(last, next);
      often = Math.min(often, program.count() - unit.repeated - 1);
    }
    return Math.min(often, (horizon - last) / spacing + 1);
  }

  /** All units that have a program go round so often; returns the tick of the last column. */
  long go(int command, long tick, long often) {
    long spacing = runs.ticks(command);
    long length = (often - 1) * spacing;
    long next = tick;
    long last = tick;
    while (next < Scheduler.NEVER) {
      long after = Scheduler.NEVER;
      for (int i = 0; i < units.length; i++) {
        long its = units[i].columnTick + spacing;
        if (units[i].program == null || its < next || its >= tick + spacing) {
          continue;
        }
        if (its == next) {
          stepper.step(i, command, its, its + length, often);
          last = its + length;
        } else {
          after = Math.min(after, its);
        }
      }
      next = after;
    }
    return last;
  }
}
