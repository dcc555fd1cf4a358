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

  /** Whether any bank from the first to the last is in the set. */
  static boolean any(long[] mask, int first, int last) {
    for (int word = first >> 6; word <= last >> 6; word++) {
      long bits = mask[word];
      if (word == first >> 6) {
        bits &= -1L << first;
      }
      if (word == last >> 6) {
        bits &= -1L >>> (63 - (last & 63));
      }
      if (bits != 0) {
        return true;
      }
    }
    return false;
  }
}
