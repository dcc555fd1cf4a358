package memwall.memory.dram.channel;

import java.util.Arrays;

/**
 * The transactions of the queued writes, by number: a small hash table with open addressing, at
 * most a quarter full, without allocation.
 */
final class TransactionSet {
  private static final long FREE = -1;

  private final long[] table;
  private final int mask;
  private int size;

  TransactionSet(int most) {
    table = new long[Integer.highestOneBit(Math.max(1, most)) * 8];
    mask = table.length - 1;
    Arrays.fill(table, FREE);
  }

  private int home(long transaction) {
    long mixed = transaction * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 33) & mask;
  }

  boolean contains(long transaction) {
    if (size == 0) {
      return false;
    }
    int at = home(transaction);
    while (table[at] != FREE) {
      if (table[at] == transaction) {
        return true;
      }
      at = (at + 1) & mask;
    }
    return false;
  }

  /** Adds a transaction that is not there. */
  void add(long transaction) {
    int at = home(transaction);
    while (table[at] != FREE) {
      at = (at + 1) & mask;
    }
    table[at] = transaction;
    size++;
  }

  /** Removes a transaction that is there. */
  void remove(long transaction) {
    int at = home(transaction);
    while (table[at] != transaction) {
      at = (at + 1) & mask;
    }
    // Later entries of the same run move up, so that no search stops too early.
    int hole = at;
    for (int next = (at + 1) & mask; table[next] != FREE; next = (next + 1) & mask) {
      int distance = (next - home(table[next])) & mask;
      if (distance >= ((next - hole) & mask)) {
        table[hole] = table[next];
        hole = next;
      }
    }
    table[hole] = FREE;
    size--;
  }

  void clear() {
    Arrays.fill(table, FREE);
    size = 0;
  }
}
