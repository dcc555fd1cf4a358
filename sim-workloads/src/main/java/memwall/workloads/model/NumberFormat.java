package memwall.workloads.model;

/** How a number is stored or multiplied. Scale factors of block formats are not counted. */
public enum NumberFormat {
  /** 16 bits, 8 of them exponent. */
  BF16(16),
  /** 16 bits, 5 of them exponent. */
  FP16(16),
  /** 8 bits, either of the two usual splits. */
  FP8(8),
  /** 8 bits, whole number. */
  INT8(8),
  /** 4 bits; two numbers share a byte. */
  FP4(4);

  private final int bits;

  NumberFormat(int bits) {
    this.bits = bits;
  }

  /** Bits of one number. */
  public int bits() {
    return bits;
  }

  /** The format with more bits; {@code this} if both have the same. */
  public NumberFormat wider(NumberFormat other) {
    return other.bits > bits ? other : this;
  }
}
