package memwall.memory.replay;

import java.util.Arrays;
import memwall.core.stat.TickHistogram;

/** Accesses whose parts are under way, until the last of them is complete. */
public final class AccessJoin {
  /** An access of which parts are missing. */
  public static final long NOT_YET = -1;

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

  /** No access is under way. */
  public AccessJoin() {}

  /**
   * Begins an access.
   *
   * @param atTicks when it arrives
   * @param parts that it has, 1 or more
   * @return its number, which {@link #done} takes
   */
  public int open(long atTicks, long parts) {
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
    remaining[slot] = parts;
    doneTicks[slot] = 0;
    return slot;
  }

  /**
   * One part of an access is complete. Parts may be told in any order of time.
   *
   * @return when the access is complete, or {@link #NOT_YET}
   */
  public long done(int slot, boolean write, long ticks) {
    doneTicks[slot] = Math.max(doneTicks[slot], ticks);
    if (--remaining[slot] > 0) {
      return NOT_YET;
    }
    (write ? writes : reads).add(doneTicks[slot] - arrivalTicks[slot]);
    free[freeCount++] = slot;
    completed++;
    return doneTicks[slot];
  }

  /** Accesses that are complete. */
  public long completed() {
    return completed;
  }

  /** Accesses begun and not complete. */
  public int open() {
    return used - freeCount;
  }

  /** From arrival to the last completion, reads. */
  public TickHistogram reads() {
    return reads;
  }

  /** The same of writes. */
  public TickHistogram writes() {
    return writes;
  }
}
