package memwall.memory.replay;

import java.util.Arrays;

/** Accesses whose transactions are under way, until the last of them is complete. */
final class AccessJoin {
  private static final int FIRST_ROOM = 1 << 10;

  private long[] arrivalTicks = new long[FIRST_ROOM];
  private long[] remaining = new long[FIRST_ROOM];
  private long[] doneTicks = new long[FIRST_ROOM];
  private int[] free = new int[FIRST_ROOM];
  private int freeCount;
  private int used;
  private long completed;

  private final TickHistogram reads = new TickHistogram();
  private final TickHistogram writes = new TickHistogram();

  AccessJoin() {}

  /** Begins an access; returns its number, which {@link #done} takes. */
  int open(long atTicks, long transactions) {
    int slot;
    if (freeCount > 0) {
      slot = free[--freeCount];
    } else {
      slot = used++;
      if (slot == remaining.length) {
        arrivalTicks = Arrays.copyOf(arrivalTicks, 2 * slot);
        remaining = Arrays.copyOf(remaining, 2 * slot);
        doneTicks = Arrays.copyOf(doneTicks, 2 * slot);
        free = Arrays.copyOf(free, 2 * slot);
      }
    }
    arrivalTicks[slot] = atTicks;
    remaining[slot] = transactions;
    doneTicks[slot] = 0;
    return slot;
  }

  /** One transaction of an access is complete. Channels may tell in any order of time. */
  void done(int slot, boolean write, long ticks) {
    doneTicks[slot] = Math.max(doneTicks[slot], ticks);
    if (--remaining[slot] == 0) {
      (write ? writes : reads).add(doneTicks[slot] - arrivalTicks[slot]);
      free[freeCount++] = slot;
      completed++;
    }
  }

  /** Accesses that are complete. */
  long completed() {
    return completed;
  }

  /** Accesses begun and not complete. */
  int open() {
    return used - freeCount;
  }

  /** From arrival to the last completion, reads. */
  TickHistogram reads() {
    return reads;
  }

  /** The same of writes. */
  TickHistogram writes() {
    return writes;
  }
}
