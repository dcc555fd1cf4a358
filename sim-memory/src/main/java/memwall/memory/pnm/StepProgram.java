package memwall.memory.pnm;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import memwall.memory.dram.channel.AllBankProgram;

/** A program as a list of steps, and the position of whoever carries it out. */
final class StepProgram implements AllBankProgram {
  private final List<Step> steps;
  private final LongArrayList counts;
  private final IntArrayList rows;
  private int at;

  private StepProgram(List<Step> steps, LongArrayList counts, IntArrayList rows) {
    this.steps = steps;
    this.counts = counts;
    this.rows = rows;
  }

  /** A program that has not begun. */
  StepProgram() {
    this(new ArrayList<>(), new LongArrayList(), new IntArrayList());
  }

  /** The same steps, to be carried out once more or elsewhere. */
  StepProgram fresh() {
    return new StepProgram(steps, counts, rows);
  }

  void activate(int row) {
    add(Step.ACTIVATE, 1, row);
  }

  void precharge() {
    add(Step.PRECHARGE, 1, -1);
  }

  /** Appends so many commands or ticks of a kind; nothing for zero. */
  void times(Step step, long count) {
    if (count > 0) {
      add(step, count, -1);
    }
  }

  private void add(Step step, long count, int row) {
    steps.add(step);
    counts.add(count);
    rows.add(row);
  }

  int size() {
    return steps.size();
  }

  Step step(int position) {
    return steps.get(position);
  }

  long count(int position) {
    return counts.getLong(position);
  }

  /** How often a kind of command is issued in all. */
  long total(Step kind) {
    long total = 0;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) == kind) {
        total += counts.getLong(i);
      }
    }
    return total;
  }

  @Override
  public Step step() {
    return at < steps.size() ? steps.get(at) : Step.END;
  }

  @Override
  public long count() {
    return counts.getLong(at);
  }

  @Override
  public int row() {
    return rows.getInt(at);
  }

  @Override
  public void advance() {
    at++;
  }
}
