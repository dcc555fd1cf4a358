package memwall.memory.dram.bank;

import it.unimi.dsi.fastutil.longs.LongArrayFIFOQueue;
import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * Writes to a window that the channels have not finished, in order of submission: a kernel on data
 * of the window begins behind those that were submitted before it. Writes may finish in any order.
 */
final class WriteFence {
  /** Numbers of writes under way or finished before an earlier one, in order. */
  private final LongArrayFIFOQueue order = new LongArrayFIFOQueue();

  /** Of those, by number modulo the length: whether it has finished. */
  private boolean[] finished = new boolean[16];

  private long next;

  /** A write is submitted; returns its number. */
  long submitted() {
    if (order.size() == finished.length) {
      grow();
    }
    finished[place(next)] = false;
    order.enqueue(next);
    return next++;
  }

  private int place(long number) {
    return (int) (number & (finished.length - 1));
  }

  private void grow() {
    boolean[] old = finished;
    finished = Arrays.copyOf(old, 2 * old.length);
    for (long number = next - old.length; number < next; number++) {
      finished[place(number)] = old[(int) (number & (old.length - 1))];
    }
  }

  /** A write has finished in all channels. */
  void finished(long number) {
    finished[place(number)] = true;
    while (!order.isEmpty() && finished[place(order.firstLong())]) {
      order.dequeueLong();
    }
  }

  /** Where a kernel that is submitted now stands among the writes. */
  long now() {
    return next;
  }

  /** Whether all writes that stood before a kernel have finished. */
  boolean isPassed(long kernelAt) {
    return order.isEmpty() || order.firstLong() >= kernelAt;
  }

  void describe(StateSink sink) {
    long first = order.isEmpty() ? next : order.firstLong();
    sink.put(next - first);
    for (long number = first; number < next; number++) {
      sink.put(finished[place(number)] ? 1 : 0);
    }
  }
}
