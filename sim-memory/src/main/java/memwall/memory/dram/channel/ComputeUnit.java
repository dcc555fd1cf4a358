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

  /** The last command of the program and its tick. */
  int columnCommand = -1;

  long columnTick;

  /** Whether it is a column that waited for nothing but its like before it in the same step. */
  boolean isEven;

  ComputeUnit(int first, int last) {
    this.first = first;
    this.last = last;
  }

  AllBankProgram program() {
    AllBankProgram its = program;
    if (its == null) {
      throw new IllegalStateException("no program");
    }
    return its;
  }
}
