package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/** What two numbers lead to: open addressing, up to a bound. */
final class PairTable<T> {
  private static final int MOST_ENTRIES = 1 << 18;

  private @Nullable Object[] values = new @Nullable Object[1 << 8];
  private long[] firsts = new long[1 << 8];
  private long[] seconds = new long[1 << 8];
  private int count;

  private long first;
  private long second;
  private int at;

  /** What two numbers lead to; null if that is not known. */
  @Nullable T find(long itsFirst, long itsSecond) {
    first = itsFirst;
    second = itsSecond;
    int mask = values.length - 1;
    at = home(first, second, mask);
    while (values[at] != null && (firsts[at] != first || seconds[at] != second)) {
      at = (at + 1) & mask;
    }
    @SuppressWarnings("unchecked") // nothing else is put in
    T value = (T) values[at];
    return value;
  }

  /** Adds what {@link #find} did not find the last time, if there is room. */
  void add(T value) {
    if (count == MOST_ENTRIES) {
      return;
    }
    values[at] = value;
    firsts[at] = first;
    seconds[at] = second;
    if (++count > values.length / 2) {
      grow();
    }
  }

  /** Replaces what {@link #find} found the last time. */
  void replace(T value) {
    values[at] = value;
  }

  private static int home(long first, long second, int mask) {
    long mixed = (first * 0x9E3779B97F4A7C15L + second) * 0xD6E8FEB86659FD93L;
    return (int) (mixed >>> 32) & mask;
  }

  private void grow() {
    @Nullable Object[] oldValues = values;
    long[] oldFirsts = firsts;
    long[] oldSeconds = seconds;
    values = new @Nullable Object[oldValues.length * 2];
    firsts = new long[values.length];
    seconds = new long[values.length];
    int mask = values.length - 1;
    for (int i = 0; i < oldValues.length; i++) {
      if (oldValues[i] != null) {
        int to = home(oldFirsts[i], oldSeconds[i], mask);
        while (values[to] != null) {
          to = (to + 1) & mask;
        }
        values[to] = oldValues[i];
        firsts[to] = oldFirsts[i];
        seconds[to] = oldSeconds[i];
      }
    }
  }
}
