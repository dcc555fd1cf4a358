package memwall.memory.flash.port;

import java.util.Arrays;
import memwall.memory.flash.device.FlashStatus;

/** Transfers that have ended since a state was entered, in their order. */
final class EndLog {
  private long[] numbers = new long[4];
  private long[] atPs = new long[4];
  private int count;
  private boolean isWell = true;

  /** A state is entered. */
  void begin() {
    count = 0;
    isWell = true;
  }

  /** Forgets the ends, but not whether all was well. */
  void clear() {
    count = 0;
  }

  void add(PageTransfer transfer) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
      atPs = Arrays.copyOf(atPs, 2 * count);
    }
    isWell &= transfer.worst == FlashStatus.DONE;
    numbers[count] = transfer.number;
    atPs[count++] = transfer.lastPs;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether nothing but data was answered. */
  boolean isWell() {
    return isWell;
  }

  /** Numbers of the transfers, counted from one. */
  long[] numbersFrom(long first) {
    return relative(numbers, first);
  }

  /** When they ended, counted from a time. */
  long[] timesFrom(long firstPs) {
    return relative(atPs, firstPs);
  }

  private long[] relative(long[] values, long first) {
    long[] its = Arrays.copyOf(values, count);
    for (int i = 0; i < count; i++) {
      its[i] -= first;
    }
    return its;
  }
}
