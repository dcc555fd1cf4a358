package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.BankRing;
import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.channel.StreamFrame;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * Where in a channel's addresses a run of bursts is looked at: every so many bursts, so that banks
 * are visited in the same order from each of them, or if they never are, a bank's row at a time.
 */
final class Checkpoints {
  private static final int LEAST_DISTANCE = 32;
  private static final int LONGEST_STEP = 128;
  private static final int LONGEST_ROW = 1 << 20;

  /** Bursts with one row number; 0 if there can be no checkpoints. */
  final long rowBursts;

  /** Bursts from one to the next, a divisor of {@link #rowBursts}. */
  final long distance;

  /** What is left of a burst by the distance; -1 if it is no power of two. */
  private final long distanceMask;

  /** Whether all checkpoints of a row see the same order of banks. */
  final boolean areAlike;

  /** Rows after which banks are visited in the same order again. */
  final long hashPeriod;

  /** Whether banks form a ring: then rows have no ends, and what is alike recurs within it. */
  final boolean isRing;

  /** In a ring: bursts after which banks may be renamed. */
  final long ringBursts;

  /** In a ring: pages of all scopes from one to the next, 0 if it is not so many. */
  final long pages;

  private final BankRing ring;

  /** How far from the present row others are named, in rows. */
  final int reach;

  /** Whether rows are of several kinds, which differ in their timings. */
  final boolean hasTiers;

  /** How often addresses go through all rows, each time in other banks; and bursts of each time. */
  final int segments;

  private final long segmentBursts;

  private final DramStandard standard;

  Checkpoints(
      DramStandard standard, ControllerSpec controller, AddressMapping mapping, BankRing ring) {
    reach = StreamFrame.reach(standard, controller, mapping);
    this.standard = standard;
    hasTiers = standard.rowKinds() > 1;
    hashPeriod = mapping.hashPeriod();
    long length = mapping.rowBursts();
    rowBursts = length > LONGEST_ROW ? 0 : length;
    segments = mapping.segments();
    segmentBursts = segments == 1 ? Long.MAX_VALUE : rowBursts * standard.rows();
    int[] bank = new int[(int) rowBursts];
    for (int i = 0; i < bank.length; i++) {
      bank[i] = AddressMapping.bank(mapping.decode((long) i * standard.burstBytes()));
    }
    int period = 1;
    while (period < bank.length && !(bank.length % period == 0 && isPeriod(bank, period))) {
      period++;
    }
    areAlike = period < bank.length;
    isRing = ring.isRing();
    ringBursts = (long) ring.pageBursts() * ring.step();
    int unit = areAlike ? period : sameBank(bank);
    if (isRing && ringBursts <= LONGEST_STEP) {
      unit = (int) ringBursts;
    }
    int least = ring.abreast() > 1 ? Math.min(ring.pageBursts(), LONGEST_STEP) : LEAST_DISTANCE;
    int step = unit;
    while (step < bank.length && (step < least || bank.length % step != 0)) {
      step += unit;
    }
    distance = Math.max(1, Math.min(step, bank.length));
    distanceMask = Long.bitCount(distance) == 1 ? distance - 1 : -1;
    boolean isRound = isRing && ring.abreast() == 1 && distance % ringBursts == 0;
    pages = isRound ? distance / ring.pageBursts() : 0;
    this.ring = ring;
  }

  private static boolean isPeriod(int[] bank, int period) {
    for (int i = period; i < bank.length; i++) {
      if (bank[i] != bank[i - period]) {
        return false;
      }
    }
    return true;
  }

  private static int sameBank(int[] bank) {
    int length = 1;
    while (length < bank.length && bank[length] == bank[0]) {
      length++;
    }
    return length;
  }

  /**
   * Kind of the row in which a burst lies and its segment, as a number; 0 everywhere in a device
   * without tiers where rows are the topmost field.
   */
  int kind(long burst) {
    int kind = hasTiers ? kindOfRow(burst / rowBursts) : 0;
    return segments == 1 ? kind : kind * (segments + 1) + (int) (burst / segmentBursts);
  }

  /** Kind of a row, counted through all segments; rows beyond the last are of no tier. */
  private int kindOfRow(long row) {
    return row < (long) segments * standard.rows()
        ? standard.rowKind((int) (row % standard.rows()))
        : 0;
  }

  /** First burst of the segment of a burst. */
  long segmentFirst(long burst) {
    return segments == 1 ? 0 : burst - burst % segmentBursts;
  }

  /** The first burst behind it; far away if there is one segment only. */
  long segmentEnd(long burst) {
    return segments == 1 ? Long.MAX_VALUE : segmentFirst(burst) + segmentBursts;
  }

  /** From this burst to the first one after it in a row of another kind or in another segment. */
  long leftOfKind(long burst) {
    if (!hasTiers) {
      return segments == 1 ? Long.MAX_VALUE : segmentBursts - burst % segmentBursts;
    }
    int kind = kindOfRow(burst / rowBursts);
    long end = kind == 0 ? standard.rows() : standard.tiers().get(kind - 1).endRow();
    long inside = segments == 1 ? burst : burst % segmentBursts;
    return Math.max(1, end * rowBursts - inside);
  }

  /**
   * Adds which banks the run is going through, and where it has come from others' if requests for
   * those are inside: they are not alike.
   *
   * @param back bursts from the oldest request inside to the next burst
   */
  void putSegment(long next, long back, StateBuffer buffer) {
    if (segments == 1 || buffer.omits(StateBuffer.SEGMENT)) {
      return;
    }
    long inside = next % segmentBursts;
    buffer.put(next / segmentBursts);
    buffer.put(back > inside ? inside : -1);
  }

  /**
   * Adds the kinds of rows on which it depends how long commands take: those of requests inside,
   * those open, and that of the next burst. Rows that come further on are guarded.
   *
   * @param back bursts from the oldest request inside to the next burst
   */
  void putKinds(long next, long back, ChannelImage image, StateBuffer buffer) {
    if (buffer.omits(StateBuffer.TIERS)) {
      return;
    }
    for (long row = Math.max(0, next - back) / rowBursts; row <= next / rowBursts; row++) {
      buffer.put(kindOfRow(row));
    }
    for (int bank = 0; bank < image.bankNumbers(); bank++) {
      buffer.put(image.isOpen(bank) ? image.notedKind(bank) : -1);
    }
  }

  /**
   * Where a checkpoint lies, as far as it matters to a run whose row ends far away; so many pages
   * have requests inside.
   */
  long place(long burst, int window) {
    if (!isRing) {
      return burst % distance;
    }
    return ring.offset(
        burst, window == 0 ? 0 : ring.page(burst) - ring.page(burst - 1) + window - 1);
  }

  /** In a ring: where a burst lies, so that banks may be renamed from there to the same place. */
  long ringPlace(long burst) {
    return burst % ringBursts;
  }

  /** Bursts from one to the next checkpoint after it. */
  long toNext(long burst) {
    return distance - (distanceMask >= 0 ? burst & distanceMask : burst % distance);
  }

  /** Whether the next checkpoint's distance keeps inside the row. */
  boolean isFarFromRowEnd(long burst) {
    return isRing || (areAlike && burst % rowBursts + distance < rowBursts);
  }

  /** How many more steps from a checkpoint end far from the row's end. */
  long stepsFarFromRowEnd(long burst) {
    return isRing ? Long.MAX_VALUE : (rowBursts - 1 - burst % rowBursts) / distance - 1;
  }
}
