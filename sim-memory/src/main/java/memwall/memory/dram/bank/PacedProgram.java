package memwall.memory.dram.bank;

import memwall.memory.dram.channel.AllBankProgram;

/**
 * A program of in-memory compute that heat holds back: after each row it waits, with the rows
 * closed, so that of the time that it would take it works only a share. The share that holds when a
 * row is closed decides about the wait after it.
 *
 * <p>At full share it is the program itself, step by step.
 */
final class PacedProgram implements AllBankProgram {
  private final AllBankProgram program;
  private final Duty duty;
  private final long rowTicks;
  private long waitTicks;

  /** The share of the time in which the programs of a channel work. */
  static final class Duty {
    private int level;
    private double share = 1;

    /**
     * Sets the share for every row that is closed from now on.
     *
     * @param itsLevel number of the share: different shares have different ones
     * @param itsShare above 0 to 1
     */
    void set(int itsLevel, double itsShare) {
      level = itsLevel;
      share = itsShare;
    }

    private long waitTicks(long workTicks) {
      return share == 1 ? 0 : Math.round(workTicks * (1 / share - 1));
    }
  }

  /**
   * A program not begun.
   *
   * @param rowTicks what a row takes, on average over the program
   */
  PacedProgram(AllBankProgram program, Duty duty, long rowTicks) {
    this.program = program;
    this.duty = duty;
    this.rowTicks = rowTicks;
  }

  @Override
  public Step step() {
    return waitTicks > 0 ? Step.WAIT : program.step();
  }

  @Override
  public long count() {
    return waitTicks > 0 ? waitTicks : program.count();
  }

  @Override
  public int row() {
    return program.row();
  }

  @Override
  public void advance() {
    if (waitTicks > 0) {
      waitTicks = 0;
      return;
    }
    boolean closes = program.step() == Step.PRECHARGE;
    program.advance();
    waitTicks = closes ? duty.waitTicks(rowTicks) : 0;
  }

  /** Waits that heat may ask for yet are not known, and not counted. */
  @Override
  public long left(Step kind) {
    return program.left(kind) + (kind == Step.WAIT ? waitTicks : 0);
  }

  /** Turns of a loop are alike only as long as the share is. */
  @Override
  public int position() {
    return program.position() * 1024 + duty.level % 1024;
  }

  @Override
  public long turnsLeft() {
    return program.turnsLeft();
  }

  @Override
  public boolean hasTurned() {
    return program.hasTurned();
  }

  @Override
  public void skip(long turns) {
    program.skip(turns);
  }

  @Override
  public Object plan() {
    return program.plan();
  }

  @Override
  public int place() {
    return waitTicks > 0 ? -1 : program.place();
  }

  @Override
  public int pace() {
    return duty.level;
  }

  @Override
  public void finishRow() {
    program.finishRow();
  }

  @Override
  public long rowsAlike() {
    return program.rowsAlike();
  }

  @Override
  public void finishRows(long rows) {
    program.finishRows(rows);
  }
}
