package memwall.memory.dram.reference;

import java.util.Arrays;

/** The configurations of the reference runs: one channel each (HBM3: with two pseudo-channels). */
public enum ReferenceConfig {
  /** HBM3 at 6.4 Gbit/s per pin; a tick is half a clock. */
  HBM3_6400("HBM3-6400", 32, 2, 65_536, 312_500, 5, 1, 1, 2, 2),
  /** DDR5-4800, one 32-bit subchannel. */
  DDR5_4800("DDR5-4800", 64, 8, 131_072, 416_000, 6, 0, 0, 3, 2),
  /** LPDDR5-6400, one x16 channel. */
  LPDDR5_6400("LPDDR5-6400", 32, 2, 32_768, 1_250_000, 6, 0, 0, 2, 2);

  private final String label;
  private final int transactionBytes;
  private final int slotTicks;
  private final int rowStrideBytes;
  private final long tickFs;
  private final int columnBits;
  private final int pseudoChannelBits;
  private final int sidBits;
  private final int bankGroupBits;
  private final int bankBits;

  ReferenceConfig(
      String label,
      int transactionBytes,
      int slotTicks,
      int rowStrideBytes,
      long tickFs,
      int columnBits,
      int pseudoChannelBits,
      int sidBits,
      int bankGroupBits,
      int bankBits) {
    this.label = label;
    this.transactionBytes = transactionBytes;
    this.slotTicks = slotTicks;
    this.rowStrideBytes = rowStrideBytes;
    this.tickFs = tickFs;
    this.columnBits = columnBits;
    this.pseudoChannelBits = pseudoChannelBits;
    this.sidBits = sidBits;
    this.bankGroupBits = bankGroupBits;
    this.bankBits = bankBits;
  }

  /**
   * The configuration with this name in the tables.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ReferenceConfig named(String label) {
    return Arrays.stream(values())
        .filter(config -> config.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no configuration '" + label + "'"));
  }

  /** Its name in the tables. */
  public String label() {
    return label;
  }

  /** Bytes of one read or write command. */
  public int transactionBytes() {
    return transactionBytes;
  }

  /** Ticks that a transaction takes at the peak rate of the channel. */
  public int slotTicks() {
    return slotTicks;
  }

  /** Distance of the same column of the next row of the same bank. */
  public int rowStrideBytes() {
    return rowStrideBytes;
  }

  /** Length of a tick in femtoseconds (a tick of HBM3 is 312.5 ps). */
  public long tickFs() {
    return tickFs;
  }

  /** Width of the column field in transactions. */
  public int columnBits() {
    return columnBits;
  }

  /** Width of the pseudo-channel field. */
  public int pseudoChannelBits() {
    return pseudoChannelBits;
  }

  /** Width of the stack-ID field. */
  public int sidBits() {
    return sidBits;
  }

  /** Width of the bank-group field. */
  public int bankGroupBits() {
    return bankGroupBits;
  }

  /** Width of the field of the bank within its group. */
  public int bankBits() {
    return bankBits;
  }

  /** Banks of the channel, those of all groups, stack IDs and pseudo-channels. */
  public int banks() {
    return 1 << (pseudoChannelBits + sidBits + bankGroupBits + bankBits);
  }

  @Override
  public String toString() {
    return label;
  }
}
