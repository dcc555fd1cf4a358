package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.StreamFrame;

/** What decides how a transfer that finds the channel at rest is served. Reused. */
final class BulkKey {
  /** Rows of the transfer have nothing to do with those that are open. */
  static final long UNRELATED = Long.MAX_VALUE;

  /** Node in which the channel was left. */
  long state;

  /** Ticks since then. */
  long gapTicks;

  /** Ticks from then to the next refresh; -1 if there is none. */
  long phase;

  /** Rows from the end of the run before to the beginning of this one, or {@link #UNRELATED}. */
  long shift;

  /** Where in a row it begins, and its direction. */
  long place;

  /** Its length. */
  long bursts;

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
    if (transfer.runLeft != transfer.bursts || !rest.hasRows) {
      return false;
    }
    long rowBursts = checkpoints.rowBursts;
    long firstRow = transfer.next / rowBursts;
    long lowest = firstRow - StreamFrame.REACH;
    long highest = (transfer.next + transfer.bursts - 1) / rowBursts + StreamFrame.REACH;
    if (rest.isForeignWithin(image, lowest, highest)) {
      return false;
    }
    long row = cursor.next / rowBursts;
    boolean isUnrelated =
        rest.nearBanks.length == 0
            || row + StreamFrame.REACH < lowest
            || row - StreamFrame.REACH > highest;
    state = rest.id;
    gapTicks = tick - cursor.tick;
    phase = cursor.phase();
    shift = isUnrelated ? UNRELATED : firstRow - row;
    long hashPeriod = checkpoints.hashPeriod;
    place = transfer.next % rowBursts * hashPeriod + firstRow % hashPeriod;
    place = place * 2 + (transfer.write ? 1 : 0);
    bursts = transfer.bursts;
    return true;
  }

  long hash() {
    long hash = state * 0x9E3779B97F4A7C15L + gapTicks;
    hash = hash * 0xD6E8FEB86659FD93L + phase;
    hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L + shift;
    hash = hash * 0xD6E8FEB86659FD93L + place;
    hash = (hash ^ (hash >>> 29)) * 0x9E3779B97F4A7C15L + bursts;
    return hash ^ (hash >>> 32);
  }
}
