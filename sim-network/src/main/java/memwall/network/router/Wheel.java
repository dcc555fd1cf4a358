package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/** Numbers that are due in a cycle not far ahead, in the order in which they were put in. */
final class Wheel {
  private final int mask;
  private final int[][] slots;
  private final int[] sizes;
  private int entries;

  /** A wheel for delays of 1 to {@code longest} cycles. */
  Wheel(int longest) {
    int size = Integer.highestOneBit(longest) << 1;
    mask = size - 1;
    slots = new int[size][8];
    sizes = new int[size];
  }

  /** Puts a number in, due in {@code cycle}, which is ahead by no more than the longest delay. */
  void add(long cycle, int value) {
    int at = (int) cycle & mask;
    int size = sizes[at];
    int[] slot = slots[at];
    if (size == slot.length) {
      slot = Arrays.copyOf(slot, 2 * size);
      slots[at] = slot;
    }
    slot[size] = value;
    sizes[at] = size + 1;
    entries++;
  }

  boolean isEmpty() {
    return entries == 0;
  }

  int size(long cycle) {
    return sizes[(int) cycle & mask];
  }

  /** What is due in a cycle; valid are the first {@link #size} entries. */
  int[] slot(long cycle) {
    return slots[(int) cycle & mask];
  }

  void clear(long cycle) {
    entries -= sizes[(int) cycle & mask];
    sizes[(int) cycle & mask] = 0;
  }

  /** What is due, cycle by cycle from {@code now} on. */
  void describe(StateSink sink, long now) {
    if (entries == 0) {
      sink.put(0);
      return;
    }
    for (int ahead = 0; ahead <= mask; ahead++) {
      int at = (int) (now + ahead) & mask;
      sink.put(sizes[at]);
      for (int i = 0; i < sizes[at]; i++) {
        sink.put(slots[at][i]);
      }
    }
  }

  /** Moves everything later by so many cycles. */
  void shift(long cycles) {
    int by = (int) cycles & mask;
    int[][] oldSlots = slots.clone();
    int[] oldSizes = sizes.clone();
    for (int at = 0; at <= mask; at++) {
      slots[(at + by) & mask] = oldSlots[at];
      sizes[(at + by) & mask] = oldSizes[at];
    }
  }

  /** Adds to {@code counts[value]} the number of times that each value is in the wheel. */
  void count(int[] counts) {
    for (int at = 0; at <= mask; at++) {
      for (int i = 0; i < sizes[at]; i++) {
        counts[slots[at][i]]++;
      }
    }
  }
}
