package memwall.memory.dram.channel;

import org.jspecify.annotations.Nullable;

/** A range of banks that hear commands of in-memory compute, and the program that runs on it. */
final class ComputeUnit {
  final int first;
  final int last;
  @Nullable AllBankProgram program;

  /** Whether rows are closed and the mode is switched. */
  boolean running;

  /** Whether all steps are done and the host is let in again. */
  boolean released;

  /** Groups of banks that the present activate has opened. */
  int group;

  /** How often the present step was carried out. */
  long repeated;

  long beganTick;
  long ranTick;

  /** Before this tick no command goes: mode switch, waiting. */
  long readyTick;

  long lastTick;

  /** When the last burst over the data bus is over. */
  long effectTick;

  long heldTicks;

  /** Before this tick no refresh begins after the rows were closed the last time. */
  long refreshTick;

  /** The last command of the program and its tick. */
  int columnCommand = -1;

  long columnTick;

  /** Whether it is a column that waited for nothing but its like before it in the same step. */
  boolean isEven;

  ComputeUnit(int first, int last) {
    this.first = first;
    this.last = last;
  }

  /** Rows were closed: notes from when on a refresh may begin in a part of the unit. */
  void noteRefresh(Scheduler bus) {
    refreshTick = Scheduler.NEVER;
    for (int scope = bus.geometry.scope(first); scope <= bus.geometry.scope(last); scope++) {
      long earliest = bus.timing.earliestInScope(Scheduler.REFAB, scope);
      refreshTick = Math.min(refreshTick, earliest);
    }
  }

  /** Goes on behind so many rows of the program, and what is waited for after the last. */
  void finishRows(long rows) {
    AllBankProgram its = program();
    if (rows == 1) {
      its.finishRow();
    } else {
      its.finishRows(rows);
    }
    while (its.step() == AllBankProgram.Step.WAIT) {
      its.advance();
    }
  }

  /** What is left of it behind a command at a tick that closed its rows, in writing and back. */
  void exchange(StateBuffer buffer, long tick) {
    readyTick = buffer.until(readyTick, tick);
    effectTick = buffer.until(effectTick, tick);
    lastTick = tick + buffer.exchange(lastTick - tick);
    if (buffer.isReading()) {
      columnCommand = -1;
      isEven = false;
    }
  }

  AllBankProgram program() {
    AllBankProgram its = program;
    if (its == null) {
      throw new IllegalStateException("no program");
    }
    return its;
  }
}
