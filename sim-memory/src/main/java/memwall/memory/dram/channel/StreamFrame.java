package memwall.memory.dram.channel;

import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * What the state of a channel is described relative to: a contiguous run of bursts that is being
 * offered, and how far it has come. Two moments in different runs, at different times and places,
 * may so have the same state.
 */
public final class StreamFrame {
  /** Rows that are named relative to the present one reach from one below to one above. */
  public static final int REACH = 1;

  final AddressMapping mapping;
  final int burstBytes;

  /** Consecutive bursts with one row number. */
  private final long rowBursts;

  /** Word of the run's requests, and their direction. */
  long word;

  boolean write;

  /** First burst of the run and the next to be offered. */
  long first;

  long next;

  /** Row of the next burst, and of the last one of the run. */
  long row;

  long lastRow;

  /** Banks whose open row has nothing to do with the run; set by describing. */
  final long[] foreign;

  /** How far back the oldest request in the channel lies; set by describing. */
  long back;

  /** A frame for channels with this mapping; its {@link #rowBursts} must not be 0. */
  public StreamFrame(DramStandard standard, AddressMapping mapping) {
    this.mapping = mapping;
    burstBytes = standard.burstBytes();
    rowBursts = mapping.rowBursts();
    foreign = new long[(new Geometry(standard).size() + 63) / 64];
  }

  /**
   * Takes its place in a run.
   *
   * @param itsFirst first burst of the run
   * @param itsNext burst to be offered next
   * @param end burst behind the last one of the run
   * @param itsWrite direction of the run
   * @param itsWord word of its requests
   */
  public void at(long itsFirst, long itsNext, long end, boolean itsWrite, long itsWord) {
    first = itsFirst;
    next = itsNext;
    write = itsWrite;
    word = itsWord;
    row = itsNext / rowBursts;
    lastRow = (end - 1) / rowBursts;
  }

  /** How many bursts before the next one the oldest request inside lies; 0 if none is there. */
  public long back() {
    return back;
  }

  /** Whether no bank's open row is foreign to the run here that was not there. */
  public boolean isForeignWithin(long[] earlier) {
    for (int i = 0; i < foreign.length; i++) {
      if ((foreign[i] & ~earlier[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Banks whose open row is foreign: one bit each, valid until the next description. */
  public long[] foreign() {
    return foreign;
  }
}
