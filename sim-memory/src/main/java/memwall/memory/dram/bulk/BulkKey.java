package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.ChannelImage;

/** What decides how a transfer that finds the channel at rest is served. Reused. */
final class BulkKey {
  /** Rows of the transfer have nothing to do with those that are open. */
  static final long UNRELATED = Long.MAX_VALUE;

  private static final int KIND_BITS = 16;

  /** Node in which the channel was left. */
  long state;

  /** Ticks since then. */
  long gapTicks;

  /** Ticks from then to the next refresh; -1 if there is none. */
  long phase;

  /**
   * Rows from the end of the run before to the beginning of this one, or {@link #UNRELATED}. In a
   * ring: places, or where both are if they are in the rings of two segments.
   */
  long shift;

  /** Where in a row it begins, its direction, and the kind of its rows and segment. */
  long place;

  /** Its length. */
  long bursts;

  /** In a ring: banks open, and with the row that it will want, from the one where it begins on. */
  final BankSet open;

  final BankSet ready;

  /**
   * A key.
   *
   * @param banks of all rings
   * @param ring of each
   */
  BulkKey(int banks, int ring) {
    open = new BankSet(banks, ring);
    ready = new BankSet(banks, ring);
  }

  void set(BulkKey other) {
    state = other.state;
    gapTicks = other.gapTicks;
    phase = other.phase;
    shift = other.shift;
    place = other.place;
    bursts = other.bursts;
    open.set(other.open);
    ready.set(other.ready);
  }

  /**
   * Sets the key of a transfer in a ring; false if it has none, because it is no single run in one
   * segment.
   *
   * @param rest state in which the transfer before ended
   * @param cursor where it ended; which banks are ready for the transfer is found
   */
  boolean setInRing(
      Node rest, Cursor cursor, Transfer transfer, long tick, Checkpoints checkpoints) {
    if (transfer.runLeft != transfer.bursts
        || !rest.hasRows
        || checkpoints.leftOfKind(transfer.next) <= transfer.bursts) {
      return false;
    }
    Banks banks = cursor.banks;
    long base = banks.base(transfer.next);
    int at = banks.ring.place(base);
    state = rest.id;
    gapTicks = tick - cursor.tick;
    phase = cursor.phase();
    // Once every timer has expired it does not matter where that was.
    boolean isSettled = rest.isQuiet && gapTicks >= rest.settledTicks;
    int all = banks.ring.places();
    int from = isSettled ? at : banks.ring.place(banks.base(cursor.next));
    shift = at >= from ? at - from : at - from + all;
    int segment = checkpoints.kind(transfer.next);
    if (!isSettled && checkpoints.kind(cursor.next) != segment) {
      // Each is named relative to its own ring.
      shift = (1L + from) * all + at;
    }
    place = transfer.next - banks.ring.firstBurst(base);
    place = place * 2 + (transfer.write ? 1 : 0);
    place = (place << KIND_BITS) + segment;
    bursts = transfer.bursts;
    open.set(banks.open);
    banks.turnBack(open, base);
    ready.set(banks.ready);
    banks.turnBack(ready, base);
    return true;
  }

  /**
   * Sets the key of a transfer; false if it has none, because it is no single run or meets rows
   * that were opened long ago.
   *
   * @param rest state in which the transfer before ended
   */
  boolean set(
      Node rest,
      Cursor cursor,
      Transfer transfer,
      long tick,
      ChannelImage image,
      Checkpoints checkpoints) {
    // Where its last row ends with it, the row behind matters too.
    if (transfer.runLeft != transfer.bursts
        || !rest.hasRows
        || checkpoints.leftOfKind(transfer.next) <= transfer.bursts) {
      return false;
    }
    long rowBursts = checkpoints.rowBursts;
    long firstRow = transfer.next / rowBursts;
    int reach = checkpoints.reach;
    long lowest = firstRow - reach;
    long highest = (transfer.next + transfer.bursts - 1) / rowBursts + reach;
    if (rest.isForeignWithin(image, lowest, highest)) {
      return false;
    }
    long row = cursor.next / rowBursts;
    boolean isUnrelated =
        rest.nearBanks.length == 0 || row + reach < lowest || row - reach > highest;
    state = rest.id;
    gapTicks = tick - cursor.tick;
    phase = cursor.phase();
    shift = isUnrelated ? UNRELATED : firstRow - row;
    long hashPeriod = checkpoints.hashPeriod;
    place = transfer.next % rowBursts * hashPeriod + firstRow % hashPeriod;
    place = place * 2 + (transfer.write ? 1 : 0);
    place = (place << KIND_BITS) + checkpoints.kind(transfer.next);
    bursts = transfer.bursts;
    return true;
  }

  /** Whether data is written, of a {@link #place}. */
  static boolean isWrite(long place) {
    return (place >> KIND_BITS & 1) != 0;
  }

  long hash() {
    long hash = state * 0x9E3779B97F4A7C15L + gapTicks;
    hash = hash * 0xD6E8FEB86659FD93L + phase;
    hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L + shift;
    hash = hash * 0xD6E8FEB86659FD93L + place;
    hash = (hash ^ (hash >>> 29)) * 0x9E3779B97F4A7C15L + bursts;
    hash = hash * 0xD6E8FEB86659FD93L + open.hash();
    hash = (hash ^ (hash >>> 31)) * 0x9E3779B97F4A7C15L + ready.hash();
    return hash ^ (hash >>> 32);
  }
}
