package memwall.memory.dram.standard;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;

/**
 * Where in a channel an address lies, and back. Each field of the location is a part of the
 * address; their order is text, least significant first, after the offset inside a burst: {@code
 * column pseudochannel sid bankgroup bank row}. A column counts bursts. A field may be split into
 * parts of so many bits, {@code column:2 bankgroup bank column:3 row}; one part may be without
 * width and takes what the others leave. Levels with one node may be left out.
 *
 * <p>A count that is not a power of two (three SIDs, 24,576 rows) is divided by instead of cut out
 * of the bits, so that every address below the capacity has one location and no location is left
 * over; such a field cannot be split.
 *
 * <p>With the bank hash, bank and bank group are combined by exclusive or with the lowest row bits
 * (permutation-based interleaving: Zhang, Zhu, Zhang, MICRO 2000), so that strides of a whole row
 * of banks do not meet in one bank.
 *
 * <p>{@link #MOP4_CLXOR} ("minimalist open page", four bursts, as in Ramulator) places four bursts
 * of a row side by side, goes round the banks, then through the rest of the row; every level, and
 * the row, is combined by exclusive or with column bits, the lowest with the topmost level.
 *
 * <p>A location is packed into a {@code long}: see {@link #bank}, {@link #row}, {@link #burst}.
 */
public final class AddressMapping {
  /** Row by row: a row's bursts lie together, then come the banks. M1 of the reference runs. */
  public static final String ROW_CONTIGUOUS = "row-contiguous";

  /** Burst by burst over the banks, then columns. M2 of the reference runs. */
  public static final String BANK_INTERLEAVED = "bank-interleaved";

  /** Four bursts of a row, then the banks, folded with the column. */
  public static final String MOP4_CLXOR = "mop4-clxor";

  /** Rows begin at this bit of a packed location; bursts lie below. */
  static final int ROW_SHIFT = 16;

  /** Banks begin at this bit of a packed location. */
  static final int BANK_SHIFT = 40;

  /** The table of these fits the nearest cache. */
  private static final int MOST_LOW_BITS = 10;

  private static final long BURST_MASK = (1L << ROW_SHIFT) - 1;
  private static final long ROW_MASK = (1L << (BANK_SHIFT - ROW_SHIFT)) - 1;

  private final String order;
  private final boolean hashed;
  private final int offsetBits;
  private final long bursts;
  private final long capacityBytes;
  private final long hashMask;

  /** By column: what is combined with a location; empty but for {@link #MOP4_CLXOR}. */
  private final long[] folds;

  // One entry per part of the address, least significant first.
  private final int[] bits;
  private final long[] radix;
  private final long[] stride;
  private final Part[] partOf;

  /** What the lowest bits of a burst's number add to its location; of so many parts and bits. */
  private final long[] low;

  private final int lowParts;
  private final int lowBits;

  private AddressMapping(DramStandard standard, String order, boolean hashed, List<Part> parts) {
    this.order = order;
    this.hashed = hashed;
    offsetBits = Integer.numberOfTrailingZeros(standard.burstBytes());
    capacityBytes = standard.capacityBytes();
    bursts = capacityBytes >>> offsetBits;
    bits = new int[parts.size()];
    radix = new long[parts.size()];
    stride = new long[parts.size()];
    partOf = parts.toArray(new Part[0]);
    for (int i = 0; i < bits.length; i++) {
      Part part = parts.get(i);
      radix[i] = part.radix();
      bits[i] = Long.bitCount(part.radix()) == 1 ? Long.numberOfTrailingZeros(part.radix()) : -1;
      stride[i] = part.field().unit() << part.field().shift() << part.shift();
    }
    int lowest = 0;
    int width = 0;
    while (lowest < bits.length && bits[lowest] >= 0 && width + bits[lowest] <= MOST_LOW_BITS) {
      width += bits[lowest++];
    }
    lowParts = lowest;
    lowBits = width;
    low = new long[1 << width];
    for (int number = 0; number < low.length; number++) {
      int rest = number;
      for (int i = 0; i < lowest; i++) {
        low[number] += (rest & ((1L << bits[i]) - 1)) * stride[i];
        rest >>>= bits[i];
      }
    }
    hashMask = hashed ? MappingOrder.banksOfAllGroups(standard) - 1L : 0;
    folds = order.equals(MOP4_CLXOR) ? folds(standard) : new long[0];
  }

  private static long[] folds(DramStandard standard) {
    long[] folds = new long[standard.bursts()];
    for (int column = 0; column < folds.length; column++) {
      int rest = column;
      int unit = standard.banks();
      for (int i = 1; i < standard.levels().size(); i++) { // from below the channel down
        int count = standard.levels().get(i).count();
        unit /= count;
        folds[column] |= ((long) (rest % count) * unit) << BANK_SHIFT;
        rest /= count;
      }
      folds[column] |= (long) (rest % standard.rows()) << ROW_SHIFT;
    }
    return folds;
  }

  /**
   * A field of a location.
   *
   * @param shift where its bank, row or burst begins in a packed location
   * @param unit what one of it adds there
   */
  record Field(String name, long count, int shift, long unit) {

    long of(long location) {
      long whole =
          switch (shift) {
            case BANK_SHIFT -> bank(location);
            case ROW_SHIFT -> row(location);
            default -> burst(location);
          };
      return whole / unit % count;
    }
  }

  /**
   * A part of the address.
   *
   * @param shift bits of its field below it
   * @param radix how many values it has
   */
  record Part(Field field, int shift, long radix) {}

  /**
   * A mapping for the channels of a standard.
   *
   * @param order {@link #ROW_CONTIGUOUS}, {@link #BANK_INTERLEAVED} or the fields in order
   * @param hashed whether bank and bank group are hashed with the row
   * @throws IllegalArgumentException if the order does not fit the standard; names every fault
   */
  public static AddressMapping of(DramStandard standard, String order, boolean hashed) {
    List<String> faults = new ArrayList<>();
    AddressMapping mapping = of(standard, order, hashed, faults);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
    return mapping;
  }

  /** As {@link #of(DramStandard, String, boolean)} without a hash. */
  public static AddressMapping of(DramStandard standard, String order) {
    return of(standard, order, false);
  }

  /**
   * Reads the keys {@code mapping} and {@code bank_hash}; faults are recorded there and a
   * placeholder returned.
   */
  public static AddressMapping read(Config config, DramStandard standard) {
    String order =
        config.text(
            "mapping",
            BANK_INTERLEAVED,
            "Order of the address fields, least significant first, or the name of an order");
    boolean hashed = config.bool("bank_hash", false, "Bank and bank group are hashed with the row");
    List<String> faults = new ArrayList<>();
    AddressMapping mapping = of(standard, order, hashed, faults);
    faults.forEach(fault -> config.fault("mapping", fault));
    return mapping;
  }

  private static AddressMapping of(
      DramStandard standard, String order, boolean hashed, List<String> faults) {
    List<Part> parts = MappingOrder.parts(standard, order, faults);
    return faults.isEmpty()
        ? new AddressMapping(standard, order, hashed, parts)
        : new AddressMapping(
            standard,
            ROW_CONTIGUOUS,
            hashed,
            MappingOrder.parts(standard, ROW_CONTIGUOUS, new ArrayList<>()));
  }

  /** The order as given. */
  public String order() {
    return order;
  }

  /** Whether banks are hashed with the row. */
  public boolean isHashed() {
    return hashed;
  }

  /**
   * Bursts that follow each other in address and have the same row number, if rows are visited one
   * after the other: above them are only levels of banks, which no hash changes. 0 if it is not so,
   * or if rows are folded.
   */
  public long rowBursts() {
    int at = rowPart();
    return at < 0 ? 0 : bursts / radix[at] / segments(at);
  }

  /**
   * How often addresses from the first to the last go through all rows, each time in other banks:
   * the product of all levels above the row. 1 where rows are the topmost field, or where {@link
   * #rowBursts} is 0.
   */
  public int segments() {
    int at = rowPart();
    return at < 0 ? 1 : segments(at);
  }

  private int segments(int itsRowPart) {
    int segments = 1;
    for (int i = itsRowPart + 1; i < radix.length; i++) {
      segments *= (int) radix[i];
    }
    return segments;
  }

  // The part that is the whole row, if what is above it are banks by their own numbers; -1
  // otherwise.
  private int rowPart() {
    int at = partOf.length - 1;
    boolean isHashedAbove = false;
    while (at > 0 && partOf[at].field().shift() == BANK_SHIFT) {
      Part part = partOf[at--];
      isHashedAbove |= part.radix() > 1 && part.field().unit() << part.shift() < hashPeriod();
    }
    Field row = partOf[at].field();
    boolean isWhole = row.shift() == ROW_SHIFT && radix[at] == row.count();
    boolean isHashRepeated = segments(at) == 1 || row.count() % hashPeriod() == 0;
    return folds.length == 0 && isWhole && !isHashedAbove && isHashRepeated ? at : -1;
  }

  /** Rows after which the bank hash repeats; 1 without a hash. */
  public long hashPeriod() {
    return hashMask + 1;
  }

  /** Bytes that addresses run over, from 0. */
  public long capacityBytes() {
    return capacityBytes;
  }

  /**
   * The location of an address; the offset inside the burst is ignored.
   *
   * @throws IllegalArgumentException if the address is negative or not below the capacity
   */
  public long decode(long address) {
    long rest = address >>> offsetBits;
    if (rest >= bursts) {
      throw outside(address);
    }
    long location = low[(int) rest & (low.length - 1)];
    rest >>>= lowBits;
    for (int i = lowParts; i < bits.length; i++) {
      int width = bits[i];
      long value;
      if (width >= 0) {
        value = rest & ((1L << width) - 1);
        rest >>>= width;
      } else {
        long quotient = rest / radix[i];
        value = rest - quotient * radix[i];
        rest = quotient;
      }
      location += value * stride[i];
    }
    return hash(fold(location));
  }

  /** Its own inverse: the column stays. */
  private long fold(long location) {
    return folds.length == 0 ? location : location ^ folds[burst(location)];
  }

  /** Its own inverse: the row stays. */
  private long hash(long location) {
    return location ^ (((location >>> ROW_SHIFT) & hashMask) << BANK_SHIFT);
  }

  private IllegalArgumentException outside(long address) {
    return new IllegalArgumentException(
        "address " + address + " is outside the channel's " + capacityBytes + " B");
  }

  /**
   * The address of the first byte of a burst: the inverse of {@link #decode}.
   *
   * @param location as {@link #decode} returned it or {@link #location} made it
   */
  public long encode(long location) {
    long plain = fold(hash(location));
    long address = 0;
    for (int i = bits.length - 1; i >= 0; i--) {
      long field = partOf[i].field().of(plain);
      address = address * radix[i] + (field >>> partOf[i].shift()) % radix[i];
    }
    return address << offsetBits;
  }

  /** The location of a burst. The parts must be in range. */
  public static long location(int bank, int row, int burst) {
    return ((long) bank << BANK_SHIFT) | ((long) row << ROW_SHIFT) | burst;
  }

  /**
   * The bank of a location, counted through all levels: the banks of a bank group follow each
   * other, then come the next group's, the next SID's or rank's, the next pseudo-channel's.
   */
  public static int bank(long location) {
    return (int) (location >>> BANK_SHIFT);
  }

  /** The row of a location. */
  public static int row(long location) {
    return (int) ((location >>> ROW_SHIFT) & ROW_MASK);
  }

  /** The burst of a location inside its row. */
  public static int burst(long location) {
    return (int) (location & BURST_MASK);
  }
}
