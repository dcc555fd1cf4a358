package memwall.memory.dram.bank;

import java.util.Arrays;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.unit.Units;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.standard.DramStandard;

/**
 * Lets transfers into a channel no faster than its wires in the stack carry them, or than its heat
 * allows.
 *
 * <p>Transfers pass first come first served, in pieces. A piece enters the channel at once and
 * occupies the gate for its bytes over the rate in force when it began; then the next one follows.
 * The channel idles in between. A transfer has passed the gate at the end of its last piece; it is
 * complete when that is so and the channel is done with all pieces.
 *
 * <p>All pieces but the last of a transfer take a whole number of the channel's refresh intervals
 * and fill rows of all banks, where there is enough of them, so that they meet refreshes and rows
 * alike and a leaping port knows them soon. What that leaves of a piece's share is the next one's.
 *
 * <p>While nothing limits the rate, the gate is open and transfers go by without it.
 */
final class LaneGate {
  /** Rate of a gate that is open. */
  static final long OPEN = Long.MAX_VALUE;

  /** Pieces last about as long: short against the windows of heat, long to leap. */
  private static final long PIECE_PS = 10_000_000;

  /** Told that a transfer is cut into one part more. */
  @FunctionalInterface
  interface Parts {
    /** The transfer that its owner called so has one part more. */
    void add(long word);
  }

  private static final BurstPattern NONE = BurstPattern.run(0, 1);

  private final ChannelLane lane;
  private final MovableClock clock;
  private final Parts parts;
  private final BulkPort.Sink sink;
  private final Timer timer;
  private final int burstBytes;
  private final long refreshTicks;
  private final long rowSetBursts;
  private int divisor = 1;
  private long bytesPerSec = OPEN;

  /** Usual pieces at the present rate: their share of bursts, how long they take; 0 if none. */
  private double pieceBursts;

  private long pieceTicks;
  private long quantumBursts = 1;

  /** What earlier pieces of the transfer at the head left. */
  private double credit;

  // A ring; the transfer at head is passing, or nothing is.
  private BurstPattern[] patterns = {NONE, NONE, NONE, NONE};
  private long[] positions = new long[4];
  private long[] left = new long[4];
  private long[] words = new long[4];
  private boolean[] writes = new boolean[4];
  private int head;
  private int count;
  private long waitingBursts;

  /**
   * An open gate.
   *
   * @param parts told of each piece that it is a part of its transfer
   * @param sink told, once a transfer, that it has passed
   */
  LaneGate(
      Simulation simulation,
      String path,
      MovableClock clock,
      ChannelLane lane,
      Parts parts,
      BulkPort.Sink sink) {
    this.lane = lane;
    this.clock = clock;
    this.parts = parts;
    this.sink = sink;
    DramStandard standard = lane.port.channel().standard();
    burstBytes = standard.burstBytes();
    refreshTicks = standard.refreshTicks();
    rowSetBursts = (long) standard.banks() * standard.bursts();
    timer = simulation.timer(path + ".gate", this::passed);
  }

  /**
   * Sets the rate for every piece that begins from now on.
   *
   * @param rate bytes per second, at least 1; or {@link #OPEN}
   */
  void setRate(long rate) {
    bytesPerSec = rate;
    plan();
  }

  /** The channel's refresh interval was divided. */
  void setDivisor(int itsDivisor) {
    divisor = itsDivisor;
    plan();
  }

  private void plan() {
    long intervalTicks = refreshTicks / divisor;
    long intervalPs = clock.lengthPs(intervalTicks);
    long intervals = PIECE_PS / intervalPs + 1;
    pieceTicks = intervals * intervalTicks;
    double bytes = bytesPerSec * (clock.lengthPs(pieceTicks) * 1e-12);
    pieceBursts = bytesPerSec == OPEN || bytes < burstBytes ? 0 : bytes / burstBytes;
    quantumBursts = rowSetBursts;
    while (quantumBursts > Math.max(1, pieceBursts)) {
      quantumBursts = (quantumBursts + 1) / 2;
    }
  }

  boolean isOpen() {
    return bytesPerSec == OPEN && count == 0;
  }

  /** Bursts that have not entered the channel. */
  long waitingBursts() {
    return waitingBursts;
  }

  void add(BurstPattern pattern, long position, long bursts, boolean write, long word) {
    if (count == patterns.length) {
      grow();
    }
    int tail = (head + count) & (patterns.length - 1);
    patterns[tail] = pattern;
    positions[tail] = position;
    left[tail] = bursts;
    writes[tail] = write;
    words[tail] = word;
    waitingBursts += bursts;
    if (count++ == 0) {
      enter();
    }
  }

  /** The next piece of the transfer at the head enters the channel. */
  private void enter() {
    long bursts = left[head];
    boolean isUsual = pieceBursts > 0 && bursts > credit + pieceBursts;
    if (isUsual) {
      credit += pieceBursts;
      long quanta = (long) (credit / quantumBursts);
      bursts = quanta * quantumBursts;
    }
    long position = positions[head];
    positions[head] += bursts;
    left[head] -= bursts;
    waitingBursts -= bursts;
    parts.add(words[head]);
    long tick = lane.enter(patterns[head], position, bursts, writes[head], words[head]);
    if (isUsual) {
      credit -= bursts;
      timer.at(clock.timePs(tick + pieceTicks), 0);
    } else {
      timer.in(restPs(bursts), 0);
      credit = 0;
    }
  }

  /** Time of the last bursts of a transfer, less what the pieces before took too long. */
  private long restPs(long bursts) {
    long bytes = Math.max(0, (long) Math.ceil((bursts - credit) * burstBytes));
    return bytesPerSec == OPEN ? 0 : Units.transferPs(bytes, bytesPerSec);
  }

  private void passed(long ignored) {
    if (left[head] > 0) {
      enter();
      return;
    }
    long word = words[head];
    head = (head + 1) & (patterns.length - 1);
    if (--count > 0) {
      enter();
    }
    sink.done(word, 0);
  }

  private void grow() {
    int length = patterns.length;
    BurstPattern[] oldPatterns = patterns;
    long[] oldPositions = positions;
    long[] oldLeft = left;
    long[] oldWords = words;
    boolean[] oldWrites = writes;
    patterns = new BurstPattern[2 * length];
    Arrays.fill(patterns, NONE);
    positions = new long[2 * length];
    left = new long[2 * length];
    words = new long[2 * length];
    writes = new boolean[2 * length];
    for (int i = 0; i < count; i++) {
      int from = (head + i) & (length - 1);
      patterns[i] = oldPatterns[from];
      positions[i] = oldPositions[from];
      left[i] = oldLeft[from];
      words[i] = oldWords[from];
      writes[i] = oldWrites[from];
    }
    head = 0;
  }
}
