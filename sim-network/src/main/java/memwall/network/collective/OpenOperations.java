package memwall.network.collective;

import java.util.Arrays;
import memwall.core.Waiting;

/**
 * Which operations of a schedule are not done yet, and which of them wait for nothing any more. The
 * latter come out in the order in which the last thing that they waited for happened, then in the
 * order in which the dependencies were made.
 */
public final class OpenOperations implements Waiting {
  private static final int DONE = -1;
  private static final int SHOWN = 3;

  private final Schedule schedule;

  /** By operation, what it still waits for; {@link #DONE} at the end. */
  private final int[] waitsFor;

  private int[] ready = new int[64];
  private int readyFrom;
  private int readyTo;
  private int left;

  /** All operations of a schedule; those that wait for nothing come out first, by number. */
  public OpenOperations(Schedule schedule) {
    this.schedule = schedule;
    waitsFor = schedule.waitsFor();
    left = waitsFor.length;
    for (int operation = 0; operation < waitsFor.length; operation++) {
      if (waitsFor[operation] == 0) {
        push(operation);
      }
    }
  }

  /** The next operation that waits for nothing any more, or {@link OperationQueues#NONE}. */
  public int next() {
    if (readyFrom == readyTo) {
      readyFrom = 0;
      readyTo = 0;
      return OperationQueues.NONE;
    }
    return ready[readyFrom++];
  }

  /** Puts an operation that came out behind the others again: it could not begin. */
  public void again(int operation) {
    push(operation);
  }

  /** All operations of a rank are open again, as if none had begun; those ready come out again. */
  public void restart(int rank) {
    for (int operation = 0; operation < waitsFor.length; operation++) {
      if (schedule.rank(operation) == rank) {
        left += waitsFor[operation] == DONE ? 1 : 0;
        waitsFor[operation] = schedule.waitsFor(operation);
        if (waitsFor[operation] == 0) {
          push(operation);
        }
      }
    }
  }

  /** An operation has begun. */
  public void started(int operation) {
    if (schedule.hasStartEdges()) {
      int until = schedule.firstSuccessor(operation + 1);
      for (int i = schedule.firstSuccessor(operation); i < until; i++) {
        int later = schedule.successor(i);
        if (later < 0 && --waitsFor[~later] == 0) {
          push(~later);
        }
      }
    }
  }

  /** An operation has ended. */
  public void done(int operation) {
    waitsFor[operation] = DONE;
    left--;
    int until = schedule.firstSuccessor(operation + 1);
    for (int i = schedule.firstSuccessor(operation); i < until; i++) {
      int later = schedule.successor(i);
      if (later >= 0 && --waitsFor[later] == 0) {
        push(later);
      }
    }
  }

  private void push(int operation) {
    if (readyTo == ready.length) {
      if (readyFrom >= ready.length / 2) {
        System.arraycopy(ready, readyFrom, ready, 0, readyTo - readyFrom);
        readyTo -= readyFrom;
        readyFrom = 0;
      } else {
        ready = Arrays.copyOf(ready, 2 * ready.length);
      }
    }
    ready[readyTo++] = operation;
  }

  @Override
  public long waitingCount() {
    return left;
  }

  @Override
  public String describeWaiting() {
    StringBuilder text = new StringBuilder(left + " operations: ");
    int shown = 0;
    for (int operation = 0; operation < waitsFor.length && shown < SHOWN; operation++) {
      // Those that wait for nothing else come first to the mind: their partner is missing.
      if (waitsFor[operation] == 0) {
        text.append(shown++ == 0 ? "" : ", ").append(schedule.describe(operation));
      }
    }
    for (int operation = 0; operation < waitsFor.length && shown == 0; operation++) {
      if (waitsFor[operation] > 0) {
        text.append(schedule.describe(operation)).append(", waiting for others");
        shown++;
      }
    }
    return text.toString();
  }
}
