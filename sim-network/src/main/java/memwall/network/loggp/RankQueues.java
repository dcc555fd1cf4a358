package memwall.network.loggp;

import java.util.Arrays;

/** First-in first-out lists of operations; an operation is in one list at a time. */
final class RankQueues {
  static final int NONE = -1;

  private final int[] next;
  private final int[] head;
  private final int[] tail;

  /**
   * Empty lists.
   *
   * @param next links by operation, shared by lists that never hold an operation together
   */
  RankQueues(int lists, int[] next) {
    this.next = next;
    head = new int[lists];
    tail = new int[lists];
    Arrays.fill(head, NONE);
  }

  int head(int list) {
    return head[list];
  }

  void append(int list, int operation) {
    next[operation] = NONE;
    if (head[list] == NONE) {
      head[list] = operation;
    } else {
      next[tail[list]] = operation;
    }
    tail[list] = operation;
  }

  int take(int list) {
    int operation = head[list];
    head[list] = next[operation];
    return operation;
  }
}
