package memwall.memory.dram.channel;

import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * What the state of a channel is described relative to: a contiguous run of bursts that is being
 * offered, and how far it has come. Two moments in different runs, at different times and places,
 * may so have the same state.
 */
public final class StreamFrame {
  /**
   * Rows that are named relative to the present one reach from so many below to so many above: one,
   * or more where all banks' rows of a number are fewer bursts than wait in the channel.
   */
  private final int reach;

  final AddressMapping mapping;
  final int burstBytes;
  private final int bankLevel;

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

  /** How banks are named relative to the run. */
  final BankRing ring;

  /** How rows are counted. */
  final RowNumbers rows;

  int rotation;

  /** Burst behind the last one of the run. */
  long end;

  /** Requests of others, in the other direction, that only wait as long as the run is fed. */
  int waiting;

  /** Pages from the oldest request inside to the newest, 0 if there is none; set by describing. */
  int window;

  /** A frame for channels with this mapping; its {@link #rowBursts} must not be 0. */
  public StreamFrame(
      DramStandard standard, ControllerSpec controller, AddressMapping mapping, BankRing ring) {
    reach = reach(standard, controller, mapping);
    this.mapping = mapping;
    this.ring = ring;
    rows = new RowNumbers(standard, mapping);
    burstBytes = standard.burstBytes();
    bankLevel = standard.levels().size() - 1;
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
    this.end = end;
    rotation = ring.rotation(itsNext, false);
  }

  /** The run is over: banks are named so that the next run may follow in any place. */
  public void rest() {
    rotation = ring.rotation(next, true);
  }

  /** How far from the present row others are named, in rows. */
  public static int reach(
      DramStandard standard, ControllerSpec controller, AddressMapping mapping) {
    long inside =
        (long) Math.max(controller.readQueue(), controller.writeQueue()) + standard.banks();
    return 1 + (int) (inside / Math.max(1, mapping.rowBursts()));
  }

  /** As {@link #reach(DramStandard, ControllerSpec, AddressMapping)}. */
  int reach() {
    return reach;
  }

  /** Whether a burst of the run lies in a row that is named. */
  boolean isNear(long burst) {
    return burst / rowBursts >= row - reach;
  }

  /** In a ring of banks: pages from the oldest request inside to the newest; 0 if none is there. */
  public int window() {
    return window;
  }

  /** Says how many waiting requests of others a channel keeps whose state is restored. */
  public void keepWaiting(int requests) {
    waiting = requests;
  }

  /**
   * Requests of others that only wait: writes as long as reads are queued, reads as long as writes
   * are fed; set by describing.
   */
  public int waiting() {
    return waiting;
  }

  /** By number relative to the run: node of a level. */
  int[] order(int level) {
    return ring.order(level, rotation);
  }

  /** A bank's number relative to the run, in writing and back. */
  int exchangeBank(StateBuffer buffer, int bank) {
    int relative = buffer.exchange(buffer.isReading() ? 0 : ring.renamed(bank, rotation));
    return buffer.isReading() ? order(bankLevel)[relative] : bank;
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
