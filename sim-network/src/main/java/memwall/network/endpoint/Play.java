package memwall.network.endpoint;

import java.util.Arrays;
import java.util.function.IntPredicate;
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

    /** All ranks are done that have a node; the play is over without the others. */
    default void endedWithout(Play play) {}
  }

  final Schedule schedule;
  final int number;
  final OpenOperations open;
  final OperationQueues meetings;

  /** By operation: of a send, whether its message takes a place of on-chip memory. */
  final boolean[] inSram;

  /** What is known of receives that have deadlines; null where they have none. */
  final @Nullable PlayWaits waits;

  /** What is known of messages whose nodes can die; null where they do not. */
  final @Nullable PlayCopies copies;

  /** Messages that are neither taken nor thrown away nor given up. */
  private long messagesOut;

  private final Endpoints ends;
  private final Listener listener;
  private final boolean[] begun;

  /** By rank, operations not done; when the last one was. */
  private final int[] left;

  private final long[] finishPs;
  private int ranksLeft;

  /** Ranks that are not done, have no node and are not waited for. */
  private final boolean[] absent;

  private int absentCount;
  private boolean isOver;

  /** Operations of ranks that have not begun, which wait for nothing else; in their order. */
  private int[] heldBack = new int[16];

  private int heldCount;

  Play(
      Endpoints ends,
      int number,
      Schedule schedule,
      Listener listener,
      @Nullable PlayWaits waits,
      @Nullable PlayCopies copies) {
    this.ends = ends;
    this.number = number;
    this.schedule = schedule;
    this.listener = listener;
    this.waits = waits;
    this.copies = copies;
    open = new OpenOperations(schedule);
    meetings = new OperationQueues(schedule.channels(), new int[schedule.operations()]);
    inSram = new boolean[schedule.operations()];
    begun = new boolean[schedule.ranks()];
    left = new int[schedule.ranks()];
    finishPs = new long[schedule.ranks()];
    absent = new boolean[schedule.ranks()];
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

  /**
   * Those ranks begin now for which that is true; the others do so one by one.
   *
   * @param withoutOthers whether the others are not waited for
   */
  void beginThose(long nowPs, IntPredicate begins, boolean withoutOthers) {
    for (int rank = 0; rank < begun.length; rank++) {
      begun[rank] = begins.test(rank);
      finishPs[rank] = nowPs;
      absent[rank] = withoutOthers && !begun[rank];
      absentCount += absent[rank] ? 1 : 0;
    }
    goOn();
    for (int rank = 0; rank < begun.length; rank++) {
      if (isDone(rank)) { // It had nothing to do.
        finish(rank, nowPs);
      }
    }
  }

  boolean hasBegun(int rank) {
    return begun[rank];
  }

  boolean isDone(int rank) {
    return begun[rank] && left[rank] == 0;
  }

  /** A rank that is not done has no node, and is not waited for. */
  void leave(int rank, long nowPs) {
    if (absent[rank]) {
      return; // Its spare has died before it was ready.
    }
    absent[rank] = true;
    absentCount++;
    finishPs[rank] = nowPs;
    endIfAll();
  }

  /** An absent rank has a node again. */
  void join(int rank) {
    absent[rank] = false;
    absentCount--;
  }

  boolean isAbsent(int rank) {
    return absent[rank];
  }

  /** The play is over if all are done or absent, and somebody is there. */
  void endIfAll() {
    if (!isOver && isComplete()) {
      end();
      listener.endedWithout(this);
    }
  }

  private boolean isComplete() {
    return ranksLeft == absentCount && ends.isAnybodyHere();
  }

  private void end() {
    ends.closed(this); // It may end messages; the number is released once, below or with the last.
    isOver = true;
    if (messagesOut == 0) {
      ends.release(this);
    }
  }

  /** A rank does all of its part again; it must not be done. */
  void restart(int rank) {
    left[rank] = 0;
    for (int operation = 0; operation < schedule.operations(); operation++) {
      left[rank] += schedule.rank(operation) == rank ? 1 : 0;
    }
    open.restart(rank);
    goOn();
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
    ranksLeft--;
    boolean last = isComplete();
    ends.finished(this, rank);
    if (last) {
      end();
    }
    listener.rankDone(this, rank, last);
  }

  /** A message leaves. */
  void messageLeaves() {
    messagesOut++;
  }

  /** A message has been taken, thrown away or given up. */
  void messageEnds() {
    if (--messagesOut == 0 && isOver) {
      ends.release(this);
    }
  }

  /** When a rank was done, or its last operation so far. */
  public long finishPs(int rank) {
    return finishPs[rank];
  }

  /** Ranks that are not done; none if it is over. */
  public int ranksLeft() {
    return isOver ? 0 : ranksLeft;
  }

  /** Whether all ranks are done that are waited for. */
  public boolean isOver() {
    return isOver;
  }

  /** Operations that are not done, for messages. */
  public String describeWaiting() {
    return open.describeWaiting();
  }
}
