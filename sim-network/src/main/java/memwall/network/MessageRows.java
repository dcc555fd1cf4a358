package memwall.network;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

/** The messages under way, one row each, in arrays that are used again. */
final class MessageRows {
  /** What a message is. */
  enum Kind {
    /** From rank to rank for a caller of {@code send}. */
    POINT(0),
    /** From rank to rank, part of a collective. */
    PIECE(1),
    /** From a rank to the adder. */
    CONTRIBUTION(2),
    /** The sum, inside the adder. */
    SUM(3),
    /** A copy of the sum on its way to a rank. */
    RESULT(4);

    /** Stands for the kind in a described state. */
    final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  private static final Completion NONE = word -> {};

  private @Nullable Kind[] kind = new @Nullable Kind[64];
  private Completion[] done = new Completion[64];
  private long[] word = new long[64];
  private long[] bytes = new long[64];
  private long[] servicePs = new long[64];
  private long[] extraPs = new long[64];
  private long[] operation = new long[64];
  private int[] to = new int[64];
  private int[] phase = new int[64];
  private int[] free = new int[64];
  private int freeCount;
  private int used;

  /**
   * Takes a row.
   *
   * @param newTo receiving rank; for contributions and sums the slot
   * @param newServicePs serialisation on each link
   * @param newExtraPs software time at the receiver; for contributions the adder's service
   * @param newOperation the collective's number
   * @param newPhase the step of the algorithm, counted by the receiver
   */
  int take(
      Kind newKind,
      int newTo,
      long newBytes,
      long newServicePs,
      long newExtraPs,
      long newOperation,
      int newPhase) {
    if (freeCount == 0 && used == kind.length) {
      grow();
    }
    int row = freeCount > 0 ? free[--freeCount] : used++;
    kind[row] = newKind;
    to[row] = newTo;
    bytes[row] = newBytes;
    servicePs[row] = newServicePs;
    extraPs[row] = newExtraPs;
    operation[row] = newOperation;
    phase[row] = newPhase;
    done[row] = NONE;
    word[row] = 0;
    return row;
  }

  void onArrival(int row, Completion newDone, long newWord) {
    done[row] = newDone;
    word[row] = newWord;
  }

  void release(int row) {
    kind[row] = null;
    done[row] = NONE;
    free[freeCount++] = row;
  }

  Kind kind(int row) {
    Kind result = kind[row];
    if (result == null) {
      throw new IllegalStateException("message row " + row + " is free");
    }
    return result;
  }

  int to(int row) {
    return to[row];
  }

  long bytes(int row) {
    return bytes[row];
  }

  long servicePs(int row) {
    return servicePs[row];
  }

  long extraPs(int row) {
    return extraPs[row];
  }

  long operation(int row) {
    return operation[row];
  }

  int phase(int row) {
    return phase[row];
  }

  Completion done(int row) {
    return done[row];
  }

  long word(int row) {
    return word[row];
  }

  /** Messages under way. */
  int count() {
    return used - freeCount;
  }

  /** Messages of a kind under way, counted row by row. */
  long count(Kind which) {
    long sum = 0;
    for (int row = 0; row < used; row++) {
      sum += kind[row] == which ? 1 : 0;
    }
    return sum;
  }

  /** Bytes of the messages of a kind under way, counted row by row. */
  long bytesUnderWay(Kind which) {
    long sum = 0;
    for (int row = 0; row < used; row++) {
      sum += kind[row] == which ? bytes[row] : 0;
    }
    return sum;
  }

  /** The longest serialisation of a message under way. */
  long longestServicePs() {
    long longest = 0;
    for (int row = 0; row < used; row++) {
      longest = kind[row] == null ? longest : Math.max(longest, servicePs[row]);
    }
    return longest;
  }

  /**
   * Writes what a row's future depends on; operations are given relative to the oldest live one.
   */
  void describe(StateSink sink, int row, long oldestOperation) {
    sink.put(kind(row).code);
    sink.put(to[row]);
    sink.put(bytes[row]);
    sink.put(servicePs[row]);
    sink.put(extraPs[row]);
    sink.put(phase[row]);
    sink.put(kind[row] == Kind.POINT ? 0 : operation[row] - oldestOperation);
  }

  /** Takes over all messages of another network, none of which has a completion. */
  void adopt(MessageRows other, long operationDelta) {
    while (kind.length < other.used) {
      used = kind.length;
      grow();
    }
    used = other.used;
    freeCount = other.freeCount;
    System.arraycopy(other.free, 0, free, 0, freeCount);
    for (int row = 0; row < used; row++) {
      kind[row] = other.kind[row];
      done[row] = NONE;
      word[row] = 0;
      bytes[row] = other.bytes[row];
      servicePs[row] = other.servicePs[row];
      extraPs[row] = other.extraPs[row];
      operation[row] = other.operation[row] + operationDelta;
      to[row] = other.to[row];
      phase[row] = other.phase[row];
    }
  }

  private void grow() {
    int length = 2 * kind.length;
    kind = Arrays.copyOf(kind, length);
    done = Arrays.copyOf(done, length);
    word = Arrays.copyOf(word, length);
    bytes = Arrays.copyOf(bytes, length);
    servicePs = Arrays.copyOf(servicePs, length);
    extraPs = Arrays.copyOf(extraPs, length);
    operation = Arrays.copyOf(operation, length);
    to = Arrays.copyOf(to, length);
    phase = Arrays.copyOf(phase, length);
    free = Arrays.copyOf(free, length);
  }
}
