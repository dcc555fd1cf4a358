package memwall.memory.dram.bulk;

/**
 * A set of places in a ring of at most 128 banks; or in several rings of the same size, one behind
 * the other.
 */
final class BankSet {
  private final int size;
  private final int ring;
  private long low;
  private long high;

  BankSet(int size) {
    this(size, size);
  }

  /**
   * An empty set.
   *
   * @param size places altogether
   * @param ring places of each ring, a divisor of that
   */
  BankSet(int size, int ring) {
    this.size = size;
    this.ring = ring;
  }

  /** First place of the ring in which a place is. */
  private int start(int place) {
    return ring == size ? 0 : place - place % ring;
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

  /** So many places from one on, not round the ring and less than 32: one bit each. */
  int bits(int first, int count) {
    long bits = first < 64 ? low >>> first : high >>> first;
    if (first < 64 && first + count > 64) {
      bits |= high << (64 - first);
    }
    return (int) bits & (1 << count) - 1;
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

  /** Adds so many places from one on, round its ring; all of that if there are more than it has. */
  void addRange(int first, long count) {
    int start = start(first);
    int ringEnd = start + ring;
    if (count >= ring) {
      addUpTo(start, ringEnd);
    } else {
      int end = first + (int) count;
      addUpTo(first, Math.min(end, ringEnd));
      if (end > ringEnd) {
        addUpTo(start, end - ring);
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

  /** Renames every place of the ring of one to a place so many further on; less than it has. */
  void rotate(int one, int places) {
    if (places == 0) {
      return;
    }
    if (ring <= 64) {
      rotatePart(start(one), places);
      return;
    }
    // More than half of all that there may be: there is no other.
    int down = size - places;
    long upLow = places >= 64 ? 0 : low << places;
    long upHigh =
        places >= 64 ? low << (places - 64) : high << places | low >>> 1 >>> (63 - places);
    long downLow = down >= 64 ? high >>> (down - 64) : low >>> down | high << 1 << (63 - down);
    long downHigh = down >= 64 ? 0 : high >>> down;
    low = upLow | downLow;
    high = (upHigh | downHigh) & (-1L >>> (128 - size));
  }

  private void rotatePart(int start, int places) {
    long mask = -1L >>> (64 - ring);
    boolean isHigh = start >= 64;
    int at = start & 63;
    // What the ring has beyond place 63, if it begins below.
    int over = isHigh ? 0 : Math.max(0, start + ring - 64);
    long bits = (isHigh ? high : low) >>> at;
    if (over > 0 && at > 0) {
      bits |= high << (64 - at);
    }
    bits &= mask;
    bits = (bits << places | bits >>> (ring - places)) & mask;
    if (isHigh) {
      high = (high & ~(mask << at)) | bits << at;
      return;
    }
    low = (low & ~(mask << at)) | bits << at;
    if (over > 0) {
      high = (high & -1L << over) | bits >>> (64 - at);
    }
  }

  /** Places from one on, round its ring, that are in the set without a gap; at most so many. */
  int run(int first, int most) {
    int start = start(first);
    int ringEnd = start + ring;
    int count = 0;
    int place = first;
    while (count < most) {
      long bits = ~(place < 64 ? low : high) >>> place;
      int here = Math.min(Long.numberOfTrailingZeros(bits), 64 - (place & 63));
      here = Math.min(here, ringEnd - place);
      count += here;
      boolean isEnd = place + here == ringEnd;
      if (here < 64 - (place & 63) && !isEnd) {
        break;
      }
      place = isEnd ? start : place + here;
    }
    return Math.min(count, most);
  }
}
