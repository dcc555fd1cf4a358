package memwall.workloads.execution;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/** Two canonical states in a row: the one being written and the one before it. */
final class StateLog implements StateSink {
  private long[] current = new long[64];
  private long[] previous = new long[64];
  private int currentLength;
  private int previousLength = -1;

  /** The current state becomes the previous one; a new one is begun. */
  void next() {
    long[] swap = previous;
    previous = current;
    previousLength = currentLength;
    current = swap;
    currentLength = 0;
  }

  /** Forgets both. */
  void reset() {
    currentLength = 0;
    previousLength = -1;
  }

  @Override
  public void put(long value) {
    if (currentLength == current.length) {
      current = Arrays.copyOf(current, 2 * currentLength);
    }
    current[currentLength++] = value;
  }

  /** Whether the current state equals the previous one, compared in full. */
  boolean repeats() {
    return currentLength == previousLength
        && Arrays.equals(current, 0, currentLength, previous, 0, previousLength);
  }
}
