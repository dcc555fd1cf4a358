package memwall.core;

import java.util.Arrays;

/**
 * Gives everything that is pending new orders of scheduling, close together from the smallest on:
 * after 2<sup>38</sup> of them, hours of simulating, they would be used up. Only here is memory
 * allocated in proportion to what is pending.
 */
final class Renumbering {
  private long[] orders;
  private int count;

  private Renumbering(int expected) {
    orders = new long[expected];
  }

  /**
   * Renumbers the entries of a ladder that holds no dead ones, and their timers.
   *
   * @param timers by handler, some of them null
   * @return the largest order now in use
   */
  static long renumber(RadixLadder ladder, Timer[] timers, int handlers) {
    Renumbering renumbering = new Renumbering(2 * ladder.size() + 1);
    ladder.sweep(renumbering::collect, 0);
    for (int i = 0; i < handlers; i++) {
      Timer timer = timers[i];
      if (timer != null && timer.duePs != Timer.NOT_ARMED) {
        renumbering.collect(timer.order);
      }
    }
    Arrays.sort(renumbering.orders, 0, renumbering.count);
    ladder.sweep(renumbering::renumbered, 0);
    for (int i = 0; i < handlers; i++) {
      Timer timer = timers[i];
      if (timer != null) {
        boolean armed = timer.duePs != Timer.NOT_ARMED;
        timer.order = armed ? renumbering.rank(timer.order) : 0;
        timer.entryId =
            armed ? renumbering.renumbered(timer.entryId) : EntryId.withOrder(timer.entryId, 0);
      }
    }
    return renumbering.count * EntryId.NEXT_ORDER;
  }

  private long collect(long id) {
    orders[count++] = EntryId.order(id);
    return id;
  }

  private long renumbered(long id) {
    return EntryId.withOrder(id, rank(EntryId.order(id)));
  }

  /** Orders of entries and of their timers may be equal; then any place among them is right. */
  private long rank(long order) {
    return (Arrays.binarySearch(orders, 0, count, order) + 1) * EntryId.NEXT_ORDER;
  }
}
