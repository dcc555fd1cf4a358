package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.DramStandard;

/** Drives the exact channel with the transfers of a queue, burst by burst. */
final class Feeder {
  final DramChannel channel;
  final TransferQueue queue;
  final KernelQueue kernels;
  final TickCounts readLatencies = new TickCounts();

  /** Bursts that the channel accepted from here. */
  long accepted;

  /** Whether the burst that comes next was refused since the channel last changed. */
  boolean blocked;

  private final int burstBytes;
  private final int readLatencyTicks;
  private final int writeLatencyTicks;
  private final int banks;

  /** On the average no two bursts of the channel come closer; all its data buses together. */
  private final int spacingTicks;

  /**
   * When reads that were completed were accepted and when they were complete, in turn and relative
   * to {@link #logFrom}, since it was last emptied, while it is wanted.
   */
  int[] log = new int[512];

  int logged;
  long logFrom;
  boolean isLogging;

  Feeder(DramChannel channel, TransferQueue queue) {
    this.channel = channel;
    this.queue = queue;
    kernels = new KernelQueue(channel, queue);
    DramStandard standard = channel.standard();
    burstBytes = standard.burstBytes();
    readLatencyTicks = standard.readLatencyTicks();
    writeLatencyTicks = standard.writeLatencyTicks();
    banks = standard.banks();
    spacingTicks = standard.burstTicks() / standard.dataBuses();
    channel.onCompletion(this::burstDone);
  }

  /** Refuses a transfer that the channel does not hold, or that repeats bursts. */
  static void check(BurstPattern pattern, long position, long bursts, DramStandard standard) {
    long most = standard.capacityBytes() / standard.burstBytes();
    if (pattern.first() + pattern.bursts() > most) {
      throw new IllegalArgumentException(
          "region of "
              + pattern.bursts()
              + " bursts from "
              + pattern.first()
              + " leaves the channel's "
              + most);
    }
    if (bursts < 1 || bursts > pattern.bursts()) {
      throw new IllegalArgumentException(
          "transfer of " + bursts + " bursts; must be from 1 to the region's " + pattern.bursts());
    }
    if (position < 0 || position > Long.MAX_VALUE - bursts) {
      throw new IllegalArgumentException("position " + position + "; must be 0 or more");
    }
  }

  private void burstDone(long word, boolean write, long acceptedTicks, long doneTicks) {
    Transfer transfer = queue.at(word);
    if (write) {
      transfer.lastDone = Math.max(transfer.lastDone, doneTicks + writeLatencyTicks);
    } else {
      transfer.lastDone = Math.max(transfer.lastDone, doneTicks);
      readLatencies.add(doneTicks - acceptedTicks, 1);
      if (isLogging) {
        log(acceptedTicks - logFrom, doneTicks - logFrom);
      }
    }
    if (++transfer.done == transfer.bursts) {
      queue.end(transfer);
    }
  }

  private void log(long itsAccepted, long itsDone) {
    if (logged == log.length) {
      log = Arrays.copyOf(log, logged * 2);
    }
    log[logged++] = Math.toIntExact(itsAccepted);
    log[logged++] = Math.toIntExact(itsDone);
  }

  /** Offers bursts now until one is refused or none is left. */
  void feed() {
    while (feed(Long.MAX_VALUE)) {}
  }

  /**
   * Offers at most so many bursts of the first transfer now; false if one was refused or there is
   * none.
   */
  boolean feed(long most) {
    Transfer first = queue.first();
    if (first == null) {
      blocked = false;
      return false;
    }
    // The transfer must be known as open before its burst can be complete, which may be at once.
    if (first.fed == 0) {
      queue.openOnce(first);
    }
    for (long left = Math.min(most, first.unfed()); left > 0; left--) {
      if (!channel.offer(first.next * burstBytes, first.write, first.slot)) {
        blocked = true;
        return false;
      }
      accepted++;
      first.accept(1);
    }
    if (first.isFed()) {
      queue.removeFirst();
    }
    return true;
  }

  /** Goes on until the channel changes, at most to a tick. */
  void step(long tick) {
    if (blocked || kernels.isBusy()) {
      channel.advanceToChange(kernels.limit(tick));
    } else {
      channel.advanceTo(tick);
    }
  }

  /** Goes to a tick, feeding all the way and there. */
  void run(long tick) {
    while (true) {
      kernels.begin();
      feed();
      if (channel.nowTicks() >= tick) {
        return;
      }
      step(tick);
    }
  }

  /**
   * Goes on to where the first transfer is complete, at most to a tick, feeding all the way; no
   * kernel may be under way.
   */
  void runToEnd(long tick) {
    while (queue.openCount > 0 || queue.first() != null) {
      feed();
      long limit = Math.min(tick, queue.firstEnd());
      if (channel.nowTicks() >= limit) {
        return;
      }
      channel.advanceToChange(limit);
    }
  }

  /**
   * No transfer can complete before this tick. Each of its bursts that was not issued has to be
   * issued one after the other; what the channel holds back for the transfer that is being fed
   * waits for that one to be accepted.
   */
  long earliestEnd() {
    long tick = Math.min(queue.firstEnd(), kernels.earliestEnd());
    for (int i = 0; i < queue.openCount; i++) {
      tick = Math.min(tick, earliestEnd(queue.open[i]));
    }
    Transfer second = queue.second();
    if (second != null) {
      tick = Math.min(tick, channel.nowTicks() + Math.max(1, ticksToFeed()) + 1);
    }
    return tick;
  }

  private long earliestEnd(Transfer transfer) {
    long tick = earliestUnheld(transfer);
    boolean mayForward = transfer.unfed() > 0 && channel.queued(true) > 0;
    if (mayForward || channel.readsInFlight() > 0 || channel.readsForwarded() > 0) {
      return tick;
    }
    return Math.max(tick, channel.heldUntilTicks());
  }

  private long earliestUnheld(Transfer transfer) {
    long now = channel.nowTicks();
    // Only what is not yet fed can still be merged with queued writes.
    long merged = Math.min(transfer.unfed(), channel.queued(true));
    long rest = transfer.bursts - transfer.done - merged;
    if (transfer.unfed() > 0) {
      rest = Math.max(rest, 1); // the one that is refused now
    }
    if (transfer.write) {
      if (rest <= 0) {
        return now + 1;
      }
      long last = channel.leastIssueTicks() + (rest - 1) * spacingTicks;
      return bound(transfer, last + writeLatencyTicks);
    }
    rest -= channel.readsForwarded();
    long unissued = rest - channel.readsInFlight();
    if (unissued > 0) {
      long last = channel.leastIssueTicks() + (unissued - 1) * spacingTicks;
      return bound(transfer, last + readLatencyTicks);
    }
    return rest <= 0 ? now + 1 : Math.max(now + 1, channel.readsDoneTicks(rest));
  }

  private long bound(Transfer transfer, long tick) {
    Transfer first = queue.first();
    if (first == null || first.write == transfer.write || !channel.holdsBack(transfer.write)) {
      return tick;
    }
    return Math.max(tick, channel.nowTicks() + 1 + ticksToFeed());
  }

  /** The least time until the first transfer is fed. */
  private long ticksToFeed() {
    Transfer first = queue.first();
    if (first == null) {
      return 0;
    }
    // A place becomes free when a burst is issued, or a row opened: of those there is one a bank.
    long issues = first.unfed() - channel.queued(true) - banks;
    return Math.max(0, issues * spacingTicks);
  }

  /** The least distance of bursts on the average. */
  int spacingTicks() {
    return spacingTicks;
  }
}
