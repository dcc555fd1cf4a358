package memwall.memory.dram.channel;

import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.standard.Command;

/** Lower bounds of what is left of the programs of a channel's units. */
final class ProgramBounds {
  private static final int MACAB = Command.MACAB.index();

  private final ComputeUnit[] units;
  private final ColumnRuns runs;
  private final AllBankSpec spec;

  ProgramBounds(ComputeUnit[] units, ColumnRuns runs, AllBankSpec spec) {
    this.units = units;
    this.runs = runs;
    this.spec = spec;
  }

  /** No program that runs on a unit is complete before this tick; now if none runs. */
  private long leastEnd(ComputeUnit unit, long now) {
    AllBankProgram program = unit.program;
    if (program == null) {
      return now;
    }
    Step step = program.step();
    if (step == Step.END) {
      return Math.max(now + 1, unit.lastTick + spec.exitTicks());
    }
    long multiplies = program.left(Step.MULTIPLY) - (step == Step.MULTIPLY ? unit.repeated : 0);
    long work = Math.max((multiplies - 1) * runs.ticks(MACAB), program.left(Step.WAIT));
    return Math.max(now + 1, unit.readyTick) + Math.max(0, work) + spec.exitTicks();
  }

  /** Not all programs that run are complete before this tick; now if none runs. */
  long leastEnd(long now) {
    long latest = now;
    for (ComputeUnit unit : units) {
      latest = Math.max(latest, leastEnd(unit, now));
    }
    return latest;
  }

  /** Before this tick the host is held off every unit; now if it is not. */
  long leastRelease(long now) {
    long first = Scheduler.NEVER;
    for (ComputeUnit unit : units) {
      boolean held = unit.program != null && !unit.released && !spec.secondRowBuffer();
      first = Math.min(first, held ? leastEnd(unit, now) : now);
    }
    return first;
  }
}
