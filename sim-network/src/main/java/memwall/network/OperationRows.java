package memwall.network;

import memwall.core.Completion;
import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

/**
 * The collectives that some rank has called and not every rank has completed: a ring of rows by
 * number of operation, with one cell per rank, in arrays that are used again.
 */
final class OperationRows {
  private static final Completion NONE = word -> {};

  private final int ranks;
  private int capacity = 4;
  private long oldest;
  private long next;

  // Per operation.
  private @Nullable Plan[] plans = new @Nullable Plan[capacity];
  private int[] doneRanks = new int[capacity];

  // Per operation and rank.
  private Completion[] done;
  private long[] word;
  private long[] calledPs;
  private int[] arrivedFirst;
  private int[] arrivedSecond;

  OperationRows(int ranks) {
    this.ranks = ranks;
    int cells = capacity * ranks;
    done = new Completion[cells];
    word = new long[cells];
    calledPs = new long[cells];
    arrivedFirst = new int[cells];
    arrivedSecond = new int[cells];
  }

  /** Number of the operation that nobody has called yet. */
  long next() {
    return next;
  }

  /** Number of the oldest operation that some rank has not completed. */
  long oldest() {
    return oldest;
  }

  /** Begins the next operation; some rank calls it first. */
  void add(Plan plan) {
    if (next - oldest == capacity) {
      grow();
    }
    int row = row(next++);
    plans[row] = plan;
    doneRanks[row] = 0;
    int from = row * ranks;
    for (int cell = from; cell < from + ranks; cell++) {
      arrivedFirst[cell] = 0;
      arrivedSecond[cell] = 0;
      done[cell] = NONE;
    }
  }

  void call(long operation, int rank, long nowPs, Completion newDone, long newWord) {
    int cell = cell(operation, rank);
    done[cell] = newDone;
    word[cell] = newWord;
    calledPs[cell] = nowPs;
  }

  Plan plan(long operation) {
    Plan plan = plans[row(operation)];
    if (plan == null) {
      throw new IllegalStateException("no operation " + operation);
    }
    return plan;
  }

  /** Counts a message of a phase that has arrived at a rank. */
  void arrived(long operation, int rank, int phase) {
    (phase == 0 ? arrivedFirst : arrivedSecond)[cell(operation, rank)]++;
  }

  /** Messages of a phase that have arrived at a rank. */
  int arrivals(long operation, int rank, int phase) {
    return (phase == 0 ? arrivedFirst : arrivedSecond)[cell(operation, rank)];
  }

  /** Takes over the arrivals of an operation of another network. */
  void adopt(long operation, OperationRows other, long otherOperation) {
    int cell = cell(operation, 0);
    arrivedFirst[cell] = other.arrivals(otherOperation, 0, 0);
    arrivedSecond[cell] = other.arrivals(otherOperation, 0, 1);
  }

  Completion done(long operation, int rank) {
    return done[cell(operation, rank)];
  }

  long word(long operation, int rank) {
    return word[cell(operation, rank)];
  }

  long calledPs(long operation, int rank) {
    return calledPs[cell(operation, rank)];
  }

  /** Notes that a rank has its result; forgets the operations that every rank has completed. */
  void complete(long operation, int rank) {
    done[cell(operation, rank)] = NONE;
    doneRanks[row(operation)]++;
    while (oldest < next && doneRanks[row(oldest)] == ranks) {
      oldest++;
    }
  }

  void describe(StateSink sink) {
    sink.put(next - oldest);
    for (long operation = oldest; operation < next; operation++) {
      Plan plan = plan(operation);
      sink.put(plan.collective.name().hashCode());
      sink.put(plan.bytes);
      for (int rank = 0; rank < ranks; rank++) {
        sink.put(arrivals(operation, rank, 0));
        sink.put(arrivals(operation, rank, 1));
      }
    }
  }

  void shift(long deltaPs) {
    for (long operation = oldest; operation < next; operation++) {
      for (int rank = 0; rank < ranks; rank++) {
        calledPs[cell(operation, rank)] += deltaPs;
      }
    }
  }

  private int row(long operation) {
    return (int) (operation & (capacity - 1));
  }

  private int cell(long operation, int rank) {
    return row(operation) * ranks + rank;
  }

  private void grow() {
    OperationRows larger = new OperationRows(ranks);
    larger.resize(2 * capacity);
    for (long operation = oldest; operation < next; operation++) {
      int from = row(operation);
      int to = larger.row(operation);
      larger.plans[to] = plans[from];
      larger.doneRanks[to] = doneRanks[from];
      int fromCell = from * ranks;
      int toCell = to * ranks;
      System.arraycopy(done, fromCell, larger.done, toCell, ranks);
      System.arraycopy(word, fromCell, larger.word, toCell, ranks);
      System.arraycopy(calledPs, fromCell, larger.calledPs, toCell, ranks);
      System.arraycopy(arrivedFirst, fromCell, larger.arrivedFirst, toCell, ranks);
      System.arraycopy(arrivedSecond, fromCell, larger.arrivedSecond, toCell, ranks);
    }
    capacity = larger.capacity;
    plans = larger.plans;
    doneRanks = larger.doneRanks;
    done = larger.done;
    word = larger.word;
    calledPs = larger.calledPs;
    arrivedFirst = larger.arrivedFirst;
    arrivedSecond = larger.arrivedSecond;
  }

  private void resize(int newCapacity) {
    capacity = newCapacity;
    plans = new @Nullable Plan[capacity];
    doneRanks = new int[capacity];
    int cells = capacity * ranks;
    done = new Completion[cells];
    word = new long[cells];
    calledPs = new long[cells];
    arrivedFirst = new int[cells];
    arrivedSecond = new int[cells];
  }
}
