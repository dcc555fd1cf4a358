package memwall.memory.replay;

/**
 * One access of a memory trace. The reader fills the same object again and again, so nothing is
 * allocated per access; copy what has to stay.
 */
public final class MemoryAccess {
  /** The most levels that the vector of an access may have. */
  public static final int MAX_LEVELS = 16;

  /** Bytes of an access that does not say how many: one transaction of the device. */
  public static final long ONE_TRANSACTION = 0;

  private final long[] indexes = new long[MAX_LEVELS];
  private int levels;
  private boolean write;
  private long address;
  private long bytes;
  private long arrival;
  private long line;

  MemoryAccess() {}

  /** Whether it writes. */
  public boolean isWrite() {
    return write;
  }

  /** Byte address, 0 or more; 0 if the access is given as a vector. */
  public long address() {
    return address;
  }

  /** Bytes accessed, 1 or more, or {@link #ONE_TRANSACTION}. */
  public long bytes() {
    return bytes;
  }

  /** Arrival in the unit of the trace's clock; 0 in a trace without times. */
  public long arrival() {
    return arrival;
  }

  /** Line of the file that has it, from 1. */
  public long line() {
    return line;
  }

  /** How many indexes the vector has; 0 if the access has a byte address. */
  public int levels() {
    return levels;
  }

  /** Index of a level in a vector: 0 is the channel, the last two are row and column. */
  public long index(int level) {
    if (level < 0 || level >= levels) {
      throw new IndexOutOfBoundsException("level " + level + " of " + levels);
    }
    return indexes[level];
  }

  void begin(long atLine) {
    line = atLine;
    write = false;
    address = 0;
    bytes = ONE_TRANSACTION;
    arrival = 0;
    levels = 0;
  }

  void write(boolean isWrite) {
    write = isWrite;
  }

  void address(long byteAddress) {
    address = byteAddress;
  }

  void bytes(long accessedBytes) {
    bytes = accessedBytes;
  }

  void arrival(long atTime) {
    arrival = atTime;
  }

  /** Appends an index to the vector; false if it has too many. */
  boolean append(long index) {
    if (levels == MAX_LEVELS) {
      return false;
    }
    indexes[levels++] = index;
    return true;
  }
}
