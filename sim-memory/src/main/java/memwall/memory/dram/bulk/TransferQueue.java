package memwall.memory.dram.bulk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The transfers of a port: those that wait to be fed, those whose bursts are in the channel, and
 * those that are done at a tick that has not come yet. Grows with the transfers pending.
 */
final class TransferQueue {
  /** All transfers by slot; those in use and those to be used again. */
  private Transfer[] slots = new Transfer[0];

  private int[] free = new int[0];
  private int freeCount;

  // Ring of the transfers not fed to the end.
  private Transfer[] waiting = new Transfer[8];
  private int head;
  private int waitingCount;

  /** Transfers of which bursts were fed and which are not complete, in order of submission. */
  Transfer[] open = new Transfer[8];

  int openCount;

  // Complete transfers, by tick and order of submission.
  private Transfer[] ended = new Transfer[8];
  private int endedCount;

  private long nextSequence;

  /** Takes in what has no bursts and will {@link #finish} once. */
  Transfer take(long word) {
    if (freeCount == 0) {
      grow();
    }
    Transfer transfer = slots[free[--freeCount]];
    transfer.word = word;
    transfer.sequence = nextSequence++;
    return transfer;
  }

  /** Takes a transfer in. */
  Transfer add(BurstPattern pattern, long position, long bursts, boolean write, long word) {
    Transfer transfer = take(word);
    transfer.begin(pattern, position, bursts, write);
    if (waitingCount == waiting.length) {
      Transfer[] larger = new Transfer[waitingCount * 2];
      System.arraycopy(waiting, head, larger, 0, waitingCount - head);
      System.arraycopy(waiting, 0, larger, waitingCount - head, head);
      waiting = larger;
      head = 0;
    }
    waiting[(head + waitingCount++) & (waiting.length - 1)] = transfer;
    return transfer;
  }

  private void grow() {
    int before = slots.length;
    int after = Math.max(8, before * 2);
    slots = Arrays.copyOf(slots, after);
    free = new int[after];
    for (int slot = after - 1; slot >= before; slot--) {
      slots[slot] = new Transfer(slot);
      free[freeCount++] = slot;
    }
  }

  /** The transfer that is to be fed next; null if there is none. */
  @Nullable Transfer first() {
    return waitingCount == 0 ? null : waiting[head];
  }

  /** The transfer behind it; null if there is none. */
  @Nullable Transfer second() {
    return waitingCount < 2 ? null : waiting[(head + 1) & (waiting.length - 1)];
  }

  /** Transfers not fed to the end. */
  int waiting() {
    return waitingCount;
  }

  Transfer at(long slot) {
    return slots[(int) slot];
  }

  /** The first one's first burst is about to be fed, perhaps again. */
  void openOnce(Transfer transfer) {
    if (openCount > 0 && open[openCount - 1] == transfer) {
      return;
    }
    if (openCount == open.length) {
      open = Arrays.copyOf(open, openCount * 2);
    }
    open[openCount++] = transfer;
  }

  /** The first one is fed. */
  void removeFirst() {
    head = (head + 1) & (waiting.length - 1);
    waitingCount--;
  }

  /** A transfer's last burst is complete; it will be delivered at {@code lastDone}. */
  void end(Transfer transfer) {
    int from = 0;
    while (open[from] != transfer) {
      from++;
    }
    openCount--;
    System.arraycopy(open, from + 1, open, from, openCount - from);
    finish(transfer);
  }

  /** To be delivered at {@code lastDone}. */
  void finish(Transfer transfer) {
    if (endedCount == ended.length) {
      ended = Arrays.copyOf(ended, endedCount * 2);
    }
    int at = endedCount++;
    while (at > 0 && isBefore(transfer, ended[at - 1])) {
      ended[at] = ended[at - 1];
      at--;
    }
    ended[at] = transfer;
  }

  private static boolean isBefore(Transfer one, Transfer other) {
    return one.lastDone < other.lastDone
        || (one.lastDone == other.lastDone && one.sequence < other.sequence);
  }

  /** When the first complete transfer is to be delivered. */
  long firstEnd() {
    return endedCount == 0 ? BulkPort.NEVER : ended[0].lastDone;
  }

  /** Delivers complete transfers up to a tick. */
  void deliver(long tick, BulkPort.Sink sink) {
    while (endedCount > 0 && ended[0].lastDone <= tick) {
      Transfer transfer = ended[0];
      endedCount--;
      System.arraycopy(ended, 1, ended, 0, endedCount);
      long word = transfer.word;
      long tickDone = transfer.lastDone;
      free[freeCount++] = transfer.slot;
      sink.done(word, tickDone);
    }
  }

  /** Transfers in any state. */
  long pending() {
    return (long) slots.length - freeCount;
  }
}
