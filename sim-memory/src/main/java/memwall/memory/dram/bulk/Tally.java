package memwall.memory.dram.bulk;

import java.util.Arrays;

/** Counts how often each of some small numbers occurs. Reused. */
final class Tally {
  private static final int MOST_DENSE = 1 << 16;

  private int[] counts = new int[1 << 10];
  private int[] distinct = new int[64];
  private int size;

  /** Numbers that are too large to be counted in an array. */
  private int[] large = new int[16];

  private int largeCount;

  /** Counts a number, 0 or more. */
  void add(long number) {
    if (number >= MOST_DENSE) {
      if (largeCount == large.length) {
        large = Arrays.copyOf(large, largeCount * 2);
      }
      large[largeCount++] = Math.toIntExact(number);
      return;
    }
    int at = (int) number;
    if (at >= counts.length) {
      counts = Arrays.copyOf(counts, 2 * Integer.highestOneBit(at));
    }
    if (counts[at]++ == 0) {
      if (size == distinct.length) {
        distinct = Arrays.copyOf(distinct, size * 2);
      }
      distinct[size++] = at;
    }
  }

  /** The numbers added since the last call and how often each was, in turn; in no order. */
  int[] take() {
    int[] taken = new int[2 * (size + largeCount)];
    for (int i = 0; i < size; i++) {
      taken[2 * i] = distinct[i];
      taken[2 * i + 1] = counts[distinct[i]];
      counts[distinct[i]] = 0;
    }
    for (int i = 0; i < largeCount; i++) {
      taken[2 * (size + i)] = large[i];
      taken[2 * (size + i) + 1] = 1;
    }
    size = 0;
    largeCount = 0;
    return taken;
  }
}
