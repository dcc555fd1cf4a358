package memwall.memory.flash.device;

import org.jspecify.annotations.Nullable;

/**
 * Numbers of 0 or more that are mostly small: two bytes each, and a third or fourth for all of them
 * once one of them needs it.
 */
final class Column {
  private static final int LOW_BITS = 16;
  private static final int MIDDLE_BITS = 24;
  private static final int BYTE = 0xff;

  private final char[] low;
  private byte @Nullable [] middle;
  private byte @Nullable [] high;

  Column(int length) {
    low = new char[length];
  }

  int get(int at) {
    int value = low[at];
    if (middle != null) {
      value |= (middle[at] & BYTE) << LOW_BITS;
    }
    if (high != null) {
      value |= high[at] << MIDDLE_BITS;
    }
    return value;
  }

  void set(int at, int value) {
    low[at] = (char) value;
    byte[] second = middle;
    if (second == null && value >>> LOW_BITS != 0) {
      second = new byte[low.length];
      middle = second;
    }
    if (second != null) {
      second[at] = (byte) (value >> LOW_BITS);
    }
    byte[] third = high;
    if (third == null && value >>> MIDDLE_BITS != 0) {
      third = new byte[low.length];
      high = third;
    }
    if (third != null) {
      third[at] = (byte) (value >> MIDDLE_BITS);
    }
  }

  int stateBytes() {
    int bytes = middle == null ? 2 : 3;
    return low.length * (high == null ? bytes : 4);
  }
}
