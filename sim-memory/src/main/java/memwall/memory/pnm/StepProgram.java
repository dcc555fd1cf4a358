package memwall.memory.pnm;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.memory.dram.channel.AllBankProgram;

/**
 * A program as steps and loops over steps, and the position of whoever carries it out. Its length
 * is that of the different rows, loads and reads of a kernel; how often each is repeated is a
 * number, so a kernel over terabytes takes no more memory than one over a row.
 *
 * <p>Each turn of a loop opens rows that lie a stride further than those of the turn before.
 */
final class StepProgram implements AllBankProgram {
  /** What an entry of the list is. */
  enum Kind {
    /** A step. */
    STEP,
    /** A loop begins: its turns and the stride of its rows. */
    LOOP,
    /** The innermost loop ends. */
    CLOSE
  }

  private static final int USUAL_DEPTH = 8;

  // What a place can tell.
  private static final int MOST_DEPTH = 5;
  private static final int MOST_ENTRIES = 256;

  /** Count of the end of a loop that has none inside. */
  private static final long INNERMOST = 1;

  private final List<Kind> kinds;
  private final List<Step> steps;
  private final LongArrayList counts;
  private final IntArrayList rows;
  private final RowShape shape;

  // Where it stands: the entry, and of each loop around it the entry and the turns that are over.
  private int at;
  private int depth;
  private int[] loops = new int[USUAL_DEPTH];
  private long[] turns = new long[USUAL_DEPTH];
  private int row;
  private boolean turned;

  /** The step at which it stands, and whether entries were appended since that was found. */
  private Step step = Step.END;

  private boolean stale;

  private StepProgram(
      List<Kind> kinds,
      List<Step> steps,
      LongArrayList counts,
      IntArrayList rows,
      RowShape shape,
      int firstRow) {
    this.kinds = kinds;
    this.steps = steps;
    this.counts = counts;
    this.rows = rows;
    this.shape = shape;
    row = firstRow;
    settle();
  }

  /** A program that has not begun. */
  StepProgram() {
    this(
        new ArrayList<>(),
        new ArrayList<>(),
        new LongArrayList(),
        new IntArrayList(),
        new RowShape(),
        0);
  }

  /** The same steps, to be carried out once more or elsewhere. */
  StepProgram fresh() {
    return fresh(0);
  }

  /** The same steps on rows that lie so much further. */
  StepProgram fresh(int firstRow) {
    return new StepProgram(kinds, steps, counts, rows, shape, firstRow);
  }

  // Building -----------------------------------------------------------------------------------

  void activate(long itsRow) {
    add(Kind.STEP, Step.ACTIVATE, 1, Math.toIntExact(itsRow));
  }

  /** Opens a row that is the same in every turn and wherever the matrices begin. */
  void activateRegisters(int itsRow) {
    add(Kind.STEP, Step.ACTIVATE, 1, -1 - itsRow);
  }

  void precharge() {
    add(Kind.STEP, Step.PRECHARGE, 1, 0);
  }

  /** Appends so many commands or ticks of a kind; nothing for zero. */
  void times(Step step, long count) {
    if (count > 0) {
      add(Kind.STEP, step, count, 0);
    }
  }

  /**
   * Begins a loop; {@link #close} must follow.
   *
   * @param times how often its steps are carried out, 0 or more
   */
  int loop(long times) {
    add(Kind.LOOP, Step.END, times, 0);
    return kinds.size() - 1;
  }

  /**
   * Ends a loop. A loop without steps or turns vanishes, and so does one of a single turn.
   *
   * @param loop what {@link #loop} returned
   * @param stride rows from a turn to the next
   */
  void close(int loop, long stride) {
    if (counts.getLong(loop) == 0 || kinds.size() == loop + 1) {
      for (int i = kinds.size() - 1; i >= loop; i--) {
        remove(i);
      }
    } else if (counts.getLong(loop) == 1) {
      remove(loop);
    } else {
      rows.set(loop, Math.toIntExact(stride));
      boolean inner = kinds.lastIndexOf(Kind.LOOP) == loop;
      add(Kind.CLOSE, Step.END, inner ? INNERMOST : 0, 0);
    }
  }

  private void add(Kind kind, Step itsStep, long count, int itsRow) {
    changed();
    kinds.add(kind);
    steps.add(itsStep);
    counts.add(count);
    rows.add(itsRow);
  }

  private void changed() {
    stale = true;
    shape.forget();
  }

  private void remove(int entry) {
    changed();
    kinds.remove(entry);
    steps.remove(entry);
    counts.removeLong(entry);
    rows.removeInt(entry);
  }

  // Reading it as it stands --------------------------------------------------------------------

  /** Entries, loops and their ends included. */
  int size() {
    return kinds.size();
  }

  Kind kind(int entry) {
    return kinds.get(entry);
  }

  Step step(int entry) {
    return steps.get(entry);
  }

  /** Commands or ticks of a step, turns of a loop. */
  long count(int entry) {
    return counts.getLong(entry);
  }

  /** The entry that closes a loop. */
  int end(int loop) {
    int open = 1;
    int entry = loop;
    while (open > 0) {
      entry++;
      open +=
          switch (kinds.get(entry)) {
            case LOOP -> 1;
            case CLOSE -> -1;
            case STEP -> 0;
          };
    }
    return entry;
  }

  /** How often a kind of command is issued in all, or ticks that are waited. */
  long total(Step kind) {
    return total(kind, 0, kinds.size());
  }

  private long total(Step kind, int from, int until) {
    long total = 0;
    for (int i = from; i < until; i++) {
      if (kinds.get(i) == Kind.LOOP) {
        int end = end(i);
        total += counts.getLong(i) * total(kind, i + 1, end);
        i = end;
      } else if (steps.get(i) == kind) {
        total += counts.getLong(i);
      }
    }
    return total;
  }

  // Carrying it out ----------------------------------------------------------------------------

  /** Goes on to the next step, in and out of loops. */
  private void settle() {
    stale = false;
    step = Step.END;
    while (at < kinds.size()) {
      switch (kinds.get(at)) {
        case STEP -> {
          step = steps.get(at);
          return;
        }
        case LOOP -> enter();
        case CLOSE -> turn();
      }
    }
  }

  private void enter() {
    if (depth == loops.length) {
      loops = Arrays.copyOf(loops, depth * 2);
      turns = Arrays.copyOf(turns, depth * 2);
    }
    loops[depth] = at;
    turns[depth] = 0;
    depth++;
    at++;
  }

  private void turn() {
    int loop = loops[depth - 1];
    long over = ++turns[depth - 1];
    if (over < counts.getLong(loop)) {
      turned = counts.getLong(at) == INNERMOST;
      row += rows.getInt(loop);
      at = loop + 1;
    } else {
      row -= (int) (rows.getInt(loop) * (over - 1));
      depth--;
      at++;
    }
  }

  @Override
  public Step step() {
    if (stale) {
      settle();
    }
    return step;
  }

  @Override
  public long count() {
    return counts.getLong(at);
  }

  @Override
  public int row() {
    int own = rows.getInt(at);
    return own < 0 ? -1 - own : own + row;
  }

  @Override
  public void advance() {
    turned = false;
    at++;
    settle();
  }

  @Override
  public int position() {
    return at;
  }

  @Override
  public long turnsLeft() {
    if (depth == 0) {
      return 0;
    }
    int loop = loops[depth - 1];
    return counts.getLong(end(loop)) == INNERMOST ? counts.getLong(loop) - turns[depth - 1] : 0;
  }

  @Override
  public boolean hasTurned() {
    return turned;
  }

  @Override
  public void skip(long count) {
    if (count < 0 || count >= turnsLeft()) {
      throw new IllegalArgumentException(count + " turns of " + turnsLeft());
    }
    turns[depth - 1] += count;
    row += (int) (count * rows.getInt(loops[depth - 1]));
  }

  // Row by row ---------------------------------------------------------------------------------

  @Override
  public Object plan() {
    return shape;
  }

  @Override
  public int place() {
    if (step() == Step.END || depth > MOST_DEPTH || at >= MOST_ENTRIES) {
      return -1;
    }
    shape.find(kinds, steps);
    boolean closes = shape.closesFrom(at);
    int turnsLeft = 0;
    for (int level = 0; level < depth; level++) {
      int loop = loops[level];
      long left = counts.getLong(loop) - turns[level] - 1;
      // Of two rows the first may end a turn, and the second be in the last one.
      turnsLeft |= (int) Math.min(left, 2) << (2 * level);
      closes |= left > 0 && shape.closes(loop);
    }
    return closes ? (at << (2 * MOST_DEPTH)) | turnsLeft : -1;
  }

  @Override
  public void finishRow() {
    shape.find(kinds, steps);
    if (step() == Step.END) {
      throw new IllegalStateException("no row is left");
    }
    turned = false;
    while (true) {
      switch (kinds.get(at)) {
        case STEP -> {
          if (steps.get(at++) == Step.PRECHARGE) {
            settle();
            return;
          }
        }
        case LOOP -> {
          if (shape.closes(at)) {
            enter();
          } else {
            at = shape.end(at) + 1;
          }
        }
        case CLOSE -> turn();
      }
    }
  }

  @Override
  public long rowsAlike() {
    shape.find(kinds, steps);
    if (step() == Step.END || depth == 0 || !shape.closesOnce(loops[depth - 1])) {
      return 0;
    }
    return Math.max(0, counts.getLong(loops[depth - 1]) - turns[depth - 1] - 2);
  }

  @Override
  public void finishRows(long count) {
    if (count < 1 || count > rowsAlike()) {
      throw new IllegalArgumentException(count + " rows of " + rowsAlike());
    }
    turned = false;
    turns[depth - 1] += count;
    row += (int) (count * rows.getInt(loops[depth - 1]));
  }

  @Override
  public long left(Step kind) {
    long left = 0;
    int from = at;
    for (int level = depth; level > 0; level--) {
      int loop = loops[level - 1];
      int end = end(loop);
      left += total(kind, from, end);
      left += (counts.getLong(loop) - turns[level - 1] - 1) * total(kind, loop + 1, end);
      from = end + 1;
    }
    return left + total(kind, from, kinds.size());
  }
}
