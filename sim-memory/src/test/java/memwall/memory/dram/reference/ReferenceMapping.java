package memwall.memory.dram.reference;

/**
 * The two address mappings of the reference runs, from the least significant field up: {@code M1}
 * (a row is contiguous) column, pseudo-channel, stack ID, bank group, bank, row; {@code M2} (banks
 * interleaved) pseudo-channel, bank group, bank, stack ID, column, row.
 */
public enum ReferenceMapping {
  /** A row is contiguous. */
  M1,
  /** Transactions go round the banks. */
  M2;

  /** The bank of an address: a number below {@link ReferenceConfig#banks}. */
  public int bank(ReferenceConfig config, long address) {
    long unit = address / config.transactionBytes();
    // The fields that make up a bank lie side by side in both orders.
    long fields = this == M1 ? unit >>> config.columnBits() : unit;
    return (int) (fields & (config.banks() - 1));
  }

  /** The row of an address. */
  public long row(ReferenceConfig config, long address) {
    return address / config.rowStrideBytes();
  }
}
