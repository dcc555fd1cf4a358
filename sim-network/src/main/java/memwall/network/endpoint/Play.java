package memwall.network.endpoint;

import java.util.Arrays;
import memwall.network.collective.OpenOperations;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/** A schedule that {@link Endpoints} carry out. */
public final class Play {
  /** Is told how a play goes on. */
  public interface Listener {
    /**
     * A rank has done its part; called last of all that an event does here.
     *
     * @param last whether it was the last one
     */
    void rankDone(Play play, int rank, boolean last);
  }

  final Schedule schedule;
  final int number;
  final OpenOperations open;
  final OperationQueues meetings;

  /** By operation: of a send, whether its message takes a place of on-chip memory. */
  final boolean[] inSram;

  /** What is known of receives that have deadlines; null where they have none. */
  final @Nullable PlayWaits waits;

  /** Messages that are neither taken nor thrown away nor given up. */
  private long messagesOut;

  private final Endpoints ends;
  private final Listener listener;
  private final boolean[] begun;

  /** By rank, operations not done; when the last one was. */
  private final int[] left;

  private final long[] finishPs;
  private int ranksLeft;

  /** Operations of ranks that have not begun, which wait for nothing else; in their order. */
  private int[] heldBack = new int[16];

  private int heldCount;

  Play(
      Endpoints ends, int number, Schedule schedule, Listener listener, @Nullable PlayWaits waits) {
    this.ends = ends;
    this.number = number;
    this.schedule = schedule;
    this.listener = listener;
    this.waits = waits;
    open = new OpenOperations(schedule);
    meetings = new OperationQueues(schedule.channels(), new int[schedule.operations()]);
    inSram = new boolean[schedule.operations()];
    begun = new boolean[schedule.ranks()];
    left = new int[schedule.ranks()];
    finishPs = new long[schedule.ranks()];
    for (int operation = 0; operation < schedule.operations(); operation++) {
      left[schedule.rank(operation)]++;
    }
    ranksLeft = schedule.ranks();
  }

  /** A rank begins now. Ranks without operations are done at once. */
  public void begin(int rank, long nowPs) {
    begun[rank] = true;
    if (left[rank] == 0) {
      finish(rank, nowPs);
      return;
    }
    goOn();
  }

  /** All ranks begin now. */
  public void beginAll(long nowPs) {
    Arrays.fill(begun, true);
    Arrays.fill(finishPs, nowPs);
    goOn();
    for (int rank = 0; rank < begun.length; rank++) {
      if (left[rank] == 0) {
        finish(rank, nowPs);
      }
    }
  }

  private void goOn() {
    ends.settle(this);
    int count = heldCount;
    heldCount = 0;
    for (int i = 0; i < count; i++) {
      open.again(heldBack[i]);
    }
    ends.settle(this);
  }

  /** Whether an operation's rank has not begun; it is kept for then. */
  boolean holdsBack(int operation) {
    if (begun[schedule.rank(operation)]) {
      return false;
    }
    if (heldCount == heldBack.length) {
      heldBack = Arrays.copyOf(heldBack, 2 * heldCount);
    }
    heldBack[heldCount++] = operation;
    return true;
  }

  /** An operation of a rank has ended. */
  void ended(int rank, long nowPs) {
    finishPs[rank] = nowPs;
    if (--left[rank] == 0) {
      finish(rank, nowPs);
    }
  }

  private void finish(int rank, long nowPs) {
    finishPs[rank] = nowPs;
    boolean last = --ranksLeft == 0;
    ends.finished(this, rank);
    if (last && messagesOut == 0) {
      ends.release(this);
    }
    listener.rankDone(this, rank, last);
  }

  /** A message leaves. */
  void messageLeaves() {
    messagesOut++;
  }

  /** A message has been taken, thrown away or given up. */
  void messageEnds() {
    if (--messagesOut == 0 && ranksLeft == 0) {
      ends.release(this);
    }
  }

  /** When a rank was done, or its last operation so far. */
  public long finishPs(int rank) {
    return finishPs[rank];
  }

  /** Ranks that are not done. */
  public int ranksLeft() {
    return ranksLeft;
  }

  /** Whether all ranks are done. */
  public boolean isOver() {
    return ranksLeft == 0;
  }

  /** Operations that are not done, for messages. */
  public String describeWaiting() {
    return open.describeWaiting();
  }
}
