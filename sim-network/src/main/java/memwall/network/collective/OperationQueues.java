package memwall.network.collective;

import java.util.Arrays;

/** First-in first-out lists of operations of a schedule; an operation is in one list at a time. */
public final class OperationQueues {
  /** No operation. */
  public static final int NONE = -1;

  private final int[] next;
  private final int[] head;
  private final int[] tail;

  /**
   * Empty lists.
   *
   * @param next links by operation, shared by lists that never hold an operation together
   */
  public OperationQueues(int lists, int[] next) {
    this.next = next;
    head = new int[lists];
    tail = new int[lists];
    Arrays.fill(head, NONE);
  }

  /** The first operation of a list, or {@link #NONE}. */
  public int head(int list) {
    return head[list];
  }

  /** Forgets what a list holds. */
  public void clear(int list) {
    head[list] = NONE;
  }

  /** Puts an operation behind the others. */
  public void append(int list, int operation) {
    next[operation] = NONE;
    if (head[list] == NONE) {
      head[list] = operation;
    } else {
      next[tail[list]] = operation;
    }
    tail[list] = operation;
  }

  /**
   * Takes an operation out of a list.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public void remove(int list, int operation) {
    int before = NONE;
    int at = head[list];
    while (at != operation && at != NONE) {
      before = at;
      at = next[at];
    }
    if (at == NONE) {
      throw new IllegalArgumentException("operation " + operation + " is not in list " + list);
    }
    if (before == NONE) {
      head[list] = next[at];
    } else {
      next[before] = next[at];
    }
    if (tail[list] == at) {
      tail[list] = before;
    }
  }

  /** Takes the first operation of a list, which must not be empty. */
  public int take(int list) {
    int operation = head[list];
    head[list] = next[operation];
    return operation;
  }
}
