package memwall.memory.dram.channel;

/** Sets of banks as bits, 64 to a word. */
final class BankMask {
  private BankMask() {}

  static boolean is(long[] mask, int bank) {
    return (mask[bank >> 6] >>> bank & 1) != 0;
  }

  static void set(long[] mask, int bank) {
    mask[bank >> 6] |= 1L << bank;
  }

  static void clear(long[] mask, int bank) {
    mask[bank >> 6] &= ~(1L << bank);
  }

  /** Bits of a word that stand for banks from the first to the last. */
  private static long range(int word, int first, int last) {
    long bits = -1;
    if (word == first >> 6) {
      bits &= -1L << first;
    }
    if (word == last >> 6) {
      bits &= -1L >>> (63 - (last & 63));
    }
    return bits;
  }

  /** Whether any bank from the first to the last is in the set. */
  static boolean any(long[] mask, int first, int last) {
    for (int word = first >> 6; word <= last >> 6; word++) {
      if ((mask[word] & range(word, first, last)) != 0) {
        return true;
      }
    }
    return false;
  }

  /** How many banks from the first to the last are in the set. */
  static int count(long[] mask, int first, int last) {
    int count = 0;
    for (int word = first >> 6; word <= last >> 6; word++) {
      count += Long.bitCount(mask[word] & range(word, first, last));
    }
    return count;
  }

  /** Puts all banks from the first to the last into the set. */
  static void set(long[] mask, int first, int last) {
    for (int word = first >> 6; word <= last >> 6; word++) {
      mask[word] |= range(word, first, last);
    }
  }

  /** Takes all banks from the first to the last out of the set. */
  static void clear(long[] mask, int first, int last) {
    for (int word = first >> 6; word <= last >> 6; word++) {
      mask[word] &= ~range(word, first, last);
    }
  }
}
