package memwall.memory.flash.trace;

/**
 * One access of a flash trace. The reader fills the same object again and again, so nothing is
 * allocated per access; copy what has to stay.
 */
public final class FlashAccess {
  /** What an access does. */
  public enum Kind {
    /** Reads. */
    READ,
    /** Writes. */
    WRITE,
    /** Gives up data: the device need not keep it. */
    TRIM
  }

  private Kind kind = Kind.READ;
  private long address;
  private long bytes;
  private long arrivalPs;
  private int stream;
  private long line;

  FlashAccess() {}

  /** What it does. */
  public Kind kind() {
    return kind;
  }

  /** Byte address, 0 or more. */
  public long address() {
    return address;
  }

  /** Bytes accessed, 1 or more; address and bytes together are at most {@link Long#MAX_VALUE}. */
  public long bytes() {
    return bytes;
  }

  /** Arrival in picoseconds; 0 in a trace without times. */
  public long arrivalPs() {
    return arrivalPs;
  }

  /** Stream of the host, or MQSim's device number; 0 if there is none. */
  public int stream() {
    return stream;
  }

  /** Line of the file that has it, from 1. */
  public long line() {
    return line;
  }

  void begin(long atLine) {
    line = atLine;
    kind = Kind.READ;
    address = 0;
    bytes = 1;
    arrivalPs = 0;
    stream = 0;
  }

  void kind(Kind does) {
    kind = does;
  }

  void address(long byteAddress) {
    address = byteAddress;
  }

  void bytes(long accessedBytes) {
    bytes = accessedBytes;
  }

  void arrivalPs(long atPs) {
    arrivalPs = atPs;
  }

  void stream(int number) {
    stream = number;
  }
}
