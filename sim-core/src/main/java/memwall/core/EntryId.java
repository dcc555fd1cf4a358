package memwall.core;

/**
 * The second long of an entry of the {@link RadixLadder}: which handler it is for, and when it was
 * scheduled. From the highest bit down:
 *
 * <ul>
 *   <li>1 bit: {@link #TIMER}, the entry of a timer;
 *   <li>1 bit: {@link #AGAIN}, the entry of a timer that was added again later than it was armed;
 *   <li>38 bits: the order of scheduling, a number that no other entry has;
 *   <li>24 bits: the number of the handler.
 * </ul>
 */
final class EntryId {
  /** The entry belongs to a timer; an id is negative exactly if this is set. */
  static final long TIMER = 1L << 63;

  /** The entry stands for something scheduled earlier than the entries around it were added. */
  static final long AGAIN = 1L << 62;

  /** Handlers a simulation can tell apart. */
  static final int MOST_HANDLERS = 1 << 24;

  /**
   * What the order grows by from one entry to the next; the order is used in place, not shifted.
   */
  static final long NEXT_ORDER = MOST_HANDLERS;

  /** The largest order. */
  static final long LAST_ORDER = AGAIN - NEXT_ORDER;

  private EntryId() {}

  /** The number of the handler. */
  static int handler(long id) {
    return (int) id & (MOST_HANDLERS - 1);
  }

  /** The order of scheduling, a multiple of {@link #NEXT_ORDER} up to {@link #LAST_ORDER}. */
  static long order(long id) {
    return id & LAST_ORDER;
  }

  /** The same id with another order. */
  static long withOrder(long id, long order) {
    return (id & ~LAST_ORDER) | order;
  }
}
