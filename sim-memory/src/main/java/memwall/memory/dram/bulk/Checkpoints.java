package memwall.memory.dram.bulk;

import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * Where in a channel's addresses a run of bursts is looked at: every so many bursts, so that banks
 * are visited in the same order from each of them, or if they never are, a bank's row at a time.
 */
final class Checkpoints {
  private static final int LEAST_DISTANCE = 32;
  private static final int LONGEST_ROW = 1 << 20;

  /** Bursts with one row number; 0 if there can be no checkpoints. */
  final long rowBursts;

  /** Bursts from one to the next, a divisor of {@link #rowBursts}. */
  final long distance;

  /** Whether all checkpoints of a row see the same order of banks. */
  final boolean areAlike;

  /** Rows after which banks are visited in the same order again. */
  final long hashPeriod;

  Checkpoints(DramStandard standard, AddressMapping mapping) {
    hashPeriod = mapping.hashPeriod();
    long length = mapping.rowBursts();
    rowBursts = length > LONGEST_ROW ? 0 : length;
    int[] bank = new int[(int) rowBursts];
    for (int i = 0; i < bank.length; i++) {
      bank[i] = AddressMapping.bank(mapping.decode((long) i * standard.burstBytes()));
    }
    int period = 1;
    while (period < bank.length && !(bank.length % period == 0 && isPeriod(bank, period))) {
      period++;
    }
    areAlike = period < bank.length;
    int unit = areAlike ? period : sameBank(bank);
    int step = unit;
    while (step < bank.length && (step < LEAST_DISTANCE || bank.length % step != 0)) {
      step += unit;
    }
    distance = Math.max(1, Math.min(step, bank.length));
  }

  private static boolean isPeriod(int[] bank, int period) {
    for (int i = period; i < bank.length; i++) {
      if (bank[i] != bank[i - period]) {
        return false;
      }
    }
    return true;
  }

  private static int sameBank(int[] bank) {
    int length = 1;
    while (length < bank.length && bank[length] == bank[0]) {
      length++;
    }
    return length;
  }

  /** Bursts from one to the next checkpoint after it. */
  long toNext(long burst) {
    return distance - burst % distance;
  }

  /** Whether the next checkpoint's distance keeps inside the row. */
  boolean isFarFromRowEnd(long burst) {
    return areAlike && burst % rowBursts + distance < rowBursts;
  }

  /** How many more steps from a checkpoint end far from the row's end. */
  long stepsFarFromRowEnd(long burst) {
    return (rowBursts - 1 - burst % rowBursts) / distance - 1;
  }
}
