package memwall.memory.dram.bulk;

/** A set of places in a ring of at most 128 banks. */
final class BankSet {
  private final int size;
  private long low;
  private long high;

  BankSet(int size) {
    this.size = size;
  }

  void clear() {
    low = 0;
    high = 0;
  }

  void set(BankSet other) {
    low = other.low;
    high = other.high;
  }

  /** Becomes the set of these bits. */
  void set(long itsLow, long itsHigh) {
    low = itsLow;
    high = itsHigh;
  }

  long hash() {
    return low * 0xD6E8FEB86659FD93L + high;
  }

  /** Places 0 to 63, one bit each. */
  long low() {
    return low;
  }

  /** Places 64 to 127, one bit each. */
  long high() {
    return high;
  }

  boolean isEmpty() {
    return (low | high) == 0;
  }

  boolean is(int place) {
    return ((place < 64 ? low : high) >>> place & 1) != 0;
  }

  void add(int place) {
    if (place < 64) {
      low |= 1L << place;
    } else {
      high |= 1L << place;
    }
  }

  void remove(int place) {
    if (place < 64) {
      low &= ~(1L << place);
    } else {
      high &= ~(1L << place);
    }
  }

  void addAll(BankSet others) {
    low |= others.low;
    high |= others.high;
  }

  void removeAll(BankSet others) {
    low &= ~others.low;
    high &= ~others.high;
  }

  void retainAll(BankSet others) {
    low &= others.low;
    high &= others.high;
  }

  boolean is(long itsLow, long itsHigh) {
    return low == itsLow && high == itsHigh;
  }

  boolean isSame(BankSet other) {
    return low == other.low && high == other.high;
  }

  boolean meets(BankSet other) {
    return (low & other.low) != 0 || (high & other.high) != 0;
  }

  /** Whether something in both is not in the third. */
  boolean meetsOutside(BankSet other, BankSet outside) {
    return (low & other.low & ~outside.low) != 0 || (high & other.high & ~outside.high) != 0;
  }

  /** Adds so many places from one on, round the ring; all if there are more than it has. */
  void addRange(int first, long count) {
    if (count >= size) {
      addUpTo(0, size);
    } else {
      int end = first + (int) count;
      addUpTo(first, Math.min(end, size));
      if (end > size) {
        addUpTo(0, end - size);
      }
    }
  }

  private void addUpTo(int from, int to) {
    if (from < 64 && from < to) {
      low |= -1L << from & (to >= 64 ? -1L : (1L << to) - 1);
    }
    if (to > 64) {
      high |= -1L << Math.max(0, from - 64) & (to >= 128 ? -1L : (1L << (to - 64)) - 1);
    }
  }

  /** Renames every place to one so many places further on; less than the size. */
  void rotate(int places) {
    if (places == 0) {
      return;
    }
    int down = size - places;
    if (size <= 64) {
      low = (low << places | low >>> down) & (-1L >>> (64 - size));
      return;
    }
    long upLow = places >= 64 ? 0 : low << places;
    long upHigh =
        places >= 64 ? low << (places - 64) : high << places | low >>> 1 >>> (63 - places);
    long downLow = down >= 64 ? high >>> (down - 64) : low >>> down | high << 1 << (63 - down);
    long downHigh = down >= 64 ? 0 : high >>> down;
    low = upLow | downLow;
    high = (upHigh | downHigh) & (-1L >>> (128 - size));
  }

  /** Places from one on, round the ring, that are in the set without a gap; at most so many. */
  int run(int first, int most) {
    int count = 0;
    int place = first;
    while (count < most) {
      long bits = ~(place < 64 ? low : high) >>> place;
      int here = Math.min(Long.numberOfTrailingZeros(bits), 64 - (place & 63));
      here = Math.min(here, size - place);
      count += here;
      boolean isEnd = place + here == size;
      if (here < 64 - (place & 63) && !isEnd) {
        break;
      }
      place = isEnd ? 0 : place + here;
    }
    return Math.min(count, most);
  }
}
