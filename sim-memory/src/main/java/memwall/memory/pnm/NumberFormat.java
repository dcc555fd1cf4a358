package memwall.memory.pnm;

/** Formats of the numbers that units in memory multiply. */
public enum NumberFormat {
  /** Half precision. */
  FP16(2),
  /** Brain float. */
  BF16(2),
  /** Eight-bit floating point. */
  FP8(1),
  /** Bytes. */
  INT8(1),
  /** Words of 32 bits. */
  INT32(4);

  private final int bytes;

  NumberFormat(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a number. */
  public int bytes() {
    return bytes;
  }
}
