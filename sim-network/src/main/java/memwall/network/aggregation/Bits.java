package memwall.network.aggregation;

/** Sets of small numbers as bits of longs. */
final class Bits {
  private Bits() {}

  static int words(int bits) {
    return (bits + Long.SIZE - 1) / Long.SIZE;
  }

  static boolean get(long[] set, int bit) {
    return (set[bit >>> 6] >>> bit & 1) != 0;
  }

  static void put(long[] set, int bit) {
    set[bit >>> 6] |= 1L << bit;
  }

  static void take(long[] set, int bit) {
    set[bit >>> 6] &= ~(1L << bit);
  }

  static void add(long[] set, long[] other) {
    for (int i = 0; i < set.length; i++) {
      set[i] |= other[i];
    }
  }

  static int count(long[] set) {
    int count = 0;
    for (long word : set) {
      count += Long.bitCount(word);
    }
    return count;
  }

  static boolean meet(long[] a, long[] b) {
    for (int i = 0; i < a.length; i++) {
      if ((a[i] & b[i]) != 0) {
        return true;
      }
    }
    return false;
  }
}
