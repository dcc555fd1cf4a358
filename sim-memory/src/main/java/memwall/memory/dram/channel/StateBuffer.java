package memwall.memory.dram.channel;

import java.util.Arrays;

/**
 * A channel's state as numbers: written by the channel and read back by it, by the same code. So
 * nothing can come back that was not written.
 */
public final class StateBuffer {
  /** No part is left out. */
  static final int NOTHING = -1;

  private static final int NO_PART = -2;

  static final int MODE = 0;
  static final int ROWS = 1;
  static final int QUEUE = 2;
  static final int COUNTED = 3;
  static final int AGES = 4;
  static final int ACTIVE = 5;
  static final int IN_FLIGHT = 6;
  static final int MAINTENANCE = 7;
  static final int TIMERS = 8;
  static final int WINDOWS = 9;
  static final int REFRESH = 10;
  static final int BUS = 11;
  static final int PAGE = 12;
  static final int PARITY = 13;

  /** What a node does not tell of the banks ahead; kept by the port. */
  public static final int AHEAD = 14;

  /** Kinds of the rows that matter, in devices with tiers; kept by the port. */
  public static final int TIERS = 15;

  /** Which banks a run goes through, where a level lies above the row; kept by the port. */
  public static final int SEGMENT = 16;

  /** Parts of the state, from 0 on. */
  public static final int PARTS = 17;

  private long[] values = new long[1024];
  private byte[] bytes = new byte[4096];
  private int packedLength;
  private int size;
  private int cursor;
  private boolean reading;
  private int part;
  private int omitted = NOTHING;

  // Of what was written: the ages of requests, then the data under way, see tailFrom.
  private int tailFrom;
  private int agesEnd;
  private int tailEnd;

  /** For tests of completeness: leaves a part of the state out. */
  public void omit(int itsPart) {
    omitted = itsPart;
  }

  /** Whether a part is left out. */
  public boolean omits(int itsPart) {
    return omitted == itsPart;
  }

  /** Whether nothing is left out. */
  public boolean isComplete() {
    return omitted == NOTHING;
  }

  /** Begins to write. */
  public void write() {
    reading = false;
    size = 0;
  }

  /** The ages of the requests inside begin. */
  void beginTail() {
    tailFrom = size;
  }

  /** The reads whose data is on its way begin. */
  void endAges() {
    agesEnd = size;
  }

  /** They are all written. */
  void endTail() {
    tailEnd = size;
  }

  /**
   * Of a description just written: index of the first of the ages of requests inside, oldest in the
   * queue first, then those whose row was opened for them. No command depends on them but for their
   * order. Behind them is the number of reads whose data is on its way, and when each is complete
   * and its age, in turn; no command depends on those.
   */
  public int tailFrom() {
    return tailFrom;
  }

  /** Index behind the last of these ages. */
  public int agesEnd() {
    return agesEnd;
  }

  /** Index behind the last read whose data is on its way. */
  public int tailEnd() {
    return tailEnd;
  }

  /** How many numbers there are. */
  public int size() {
    return size;
  }

  /** One of the numbers. */
  public long value(int at) {
    return values[at];
  }

  boolean isReading() {
    return reading;
  }

  /** What follows belongs to this part. */
  void part(int itsPart) {
    part = itsPart;
  }

  int part() {
    return part;
  }

  /** Writes the present value and returns it, or returns what was written. */
  long exchange(long present) {
    if (part == omitted) {
      return present;
    }
    if (reading) {
      return values[cursor++];
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = present;
    return present;
  }

  int exchange(int present) {
    return (int) exchange((long) present);
  }

  boolean exchange(boolean present) {
    return exchange(present ? 1L : 0L) != 0;
  }

  /**
   * A tick before which something cannot happen; those before {@code next} are all alike. Writing
   * changes nothing, so that {@code next} may lie ahead.
   */
  long until(long tick, long next) {
    long left = exchange(Math.max(0, tick - next));
    return reading ? next + left : tick;
  }

  /** Adds what the channel does not know but its state depends on. */
  public void put(long value) {
    part = NO_PART;
    exchange(value);
  }

  /**
   * What was written, without the many zeros: one byte for a small number or a run of zeros. The
   * array is used again by the next call; {@link #packedLength} of its bytes count.
   */
  public byte[] packed() {
    int at = 0;
    for (int i = 0; i < size; ) {
      if (at + 20 > bytes.length) {
        bytes = Arrays.copyOf(bytes, bytes.length * 2);
      }
      if (values[i] == 0) {
        int end = i;
        while (end < size && values[end] == 0) {
          end++;
        }
        bytes[at++] = 0;
        at = varint(at, end - i);
        i = end;
      } else {
        long zigzag = (values[i] << 1) ^ (values[i] >> 63);
        at = varint(at, zigzag);
        i++;
      }
    }
    packedLength = at;
    return bytes;
  }

  /** Bytes that the last call of {@link #packed} gave. */
  public int packedLength() {
    return packedLength;
  }

  private int varint(int from, long value) {
    int at = from;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    return at;
  }

  /** Begins to read what was packed. */
  public void unpack(byte[] packed) {
    reading = true;
    cursor = 0;
    size = 0;
    int at = 0;
    while (at < packed.length) {
      long value = 0;
      int shift = 0;
      boolean isRun = packed[at] == 0;
      at += isRun ? 1 : 0;
      byte one;
      do {
        one = packed[at++];
        value |= (long) (one & 0x7F) << shift;
        shift += 7;
      } while (one < 0);
      int count = isRun ? (int) value : 1;
      if (size + count > values.length) {
        values = Arrays.copyOf(values, Math.max(size + count, values.length * 2));
      }
      if (isRun) {
        Arrays.fill(values, size, size + count, 0);
        size += count;
      } else {
        values[size++] = (value >>> 1) ^ -(value & 1);
      }
    }
  }
}
