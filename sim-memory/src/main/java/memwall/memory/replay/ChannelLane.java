package memwall.memory.replay;

import memwall.core.stat.TickHistogram;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.DramStandard;

/**
 * One channel with the host's FIFO in front of it. Before each tick the host offers, in order, what
 * has arrived, until the controller refuses or the limit of outstanding transactions is reached.
 *
 * <p>Channels do not wait for each other, so each keeps a time of its own: a lane runs only when
 * its FIFO is full, and so far that there is room again. Everything that may still come has arrived
 * later than what is in the FIFO, so nothing that follows can change what has happened.
 */
final class ChannelLane {
  /** Waiting transactions that a lane holds: memory, not a property of the model. */
  private static final int ROOM = 1 << 12;

  /** A channel with work that does nothing for so long has a defect. */
  private static final long PATIENCE_TICKS = 1L << 32;

  private final DramChannel channel;
  private final AccessJoin join;
  private final TickHistogram reads;
  private final int limit;
  private final long[] addresses = new long[ROOM];
  private final long[] arrivalsTicks = new long[ROOM];
  private final long[] words = new long[ROOM];
  private int head;
  private int size;
  private int outstanding;
  private long lastTicks;
  private long offeredReads;
  private long offeredWrites;
  private long completed;

  ChannelLane(
      DramStandard standard,
      ControllerSpec controller,
      AccessJoin join,
      TickHistogram reads,
      int outstandingLimit) {
    this.channel = new DramChannel(standard, controller);
    this.join = join;
    this.reads = reads;
    this.limit = outstandingLimit == 0 ? Integer.MAX_VALUE : outstandingLimit;
    channel.onCompletion(this::completed);
  }

  /**
   * Adds a transaction; its arrival is not before those added earlier.
   *
   * @param access what {@link AccessJoin#done} takes
   */
  void add(long address, boolean write, long arrivalTicks, int access) {
    while (size == ROOM) {
      step();
    }
    int at = (head + size++) & (ROOM - 1);
    addresses[at] = address;
    arrivalsTicks[at] = arrivalTicks;
    words[at] = (long) access << 1 | (write ? 1 : 0);
  }

  /** Runs until everything added is complete. */
  void drain() {
    while (size > 0 || outstanding > 0) {
      step();
    }
  }

  /** Runs on without work, so that all channels end at the same time. */
  void rest(long untilTicks) {
    channel.advanceTo(untilTicks);
  }

  private void step() {
    boolean blocked = offer();
    long now = channel.nowTicks();
    if (blocked || (size == 0 && outstanding > 0)) {
      long before = completed;
      if (channel.advanceToChange(now + PATIENCE_TICKS) == now + PATIENCE_TICKS
          && completed == before) {
        throw new IllegalStateException(
            channel.pending() + " transactions wait in a channel that does nothing at tick " + now);
      }
    } else if (size > 0 && outstanding > 0) {
      channel.advanceToChange(arrivalsTicks[head]);
    } else if (size > 0) {
      channel.advanceTo(arrivalsTicks[head]);
    }
  }

  /** Offers what has arrived; whether the head has to wait for the channel. */
  private boolean offer() {
    long now = channel.nowTicks();
    while (size > 0 && arrivalsTicks[head] <= now) {
      boolean write = (words[head] & 1) != 0;
      if (outstanding >= limit || !channel.offer(addresses[head], write, words[head])) {
        return true;
      }
      outstanding++;
      offeredReads += write ? 0 : 1;
      offeredWrites += write ? 1 : 0;
      head = (head + 1) & (ROOM - 1);
      size--;
    }
    return false;
  }

  private void completed(long word, boolean write, long acceptedTicks, long doneTicks) {
    outstanding--;
    completed++;
    lastTicks = Math.max(lastTicks, doneTicks);
    if (!write) {
      reads.add(doneTicks - acceptedTicks);
    }
    join.done((int) (word >>> 1), write, doneTicks);
  }

  /** The channel, for its counters. */
  DramChannel channel() {
    return channel;
  }

  /** Tick of the last completion. */
  long lastTicks() {
    return lastTicks;
  }

  /** Reads that the channel has accepted. */
  long offeredReads() {
    return offeredReads;
  }

  /** Writes that the channel has accepted. */
  long offeredWrites() {
    return offeredWrites;
  }

  /** Transactions that are complete. */
  long completed() {
    return completed;
  }
}
