package memwall.network.router;

import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Counter;

/** Messages of nodes to themselves: they end at once, by an event each, in the order sent. */
final class SelfMessages {
  private final Event due;
  private final Counter ended;
  private final Counter endedBytes;

  // Until their event fires; a ring.
  private Completion[] done = new Completion[8];
  private long[] words = new long[8];
  private int head;
  private int pending;

  /**
   * None yet.
   *
   * @param ended counts messages
   * @param endedBytes counts their bytes
   */
  SelfMessages(Simulation simulation, String path, Counter ended, Counter endedBytes) {
    this.ended = ended;
    this.endedBytes = endedBytes;
    due = simulation.event(path + ".self", this::end);
  }

  /** Sends one. */
  void send(long bytes, Completion completion, long word) {
    if (pending == done.length) {
      grow();
    }
    int at = (head + pending++) & (done.length - 1);
    done[at] = completion;
    words[at] = word;
    due.in(0, bytes);
  }

  private void grow() {
    int size = done.length;
    Completion[] newDone = new Completion[2 * size];
    long[] newWords = new long[2 * size];
    for (int i = 0; i < size; i++) {
      newDone[i] = done[(head + i) & (size - 1)];
      newWords[i] = words[(head + i) & (size - 1)];
    }
    done = newDone;
    words = newWords;
    head = 0;
  }

  private void end(long bytes) {
    Completion completion = done[head];
    long word = words[head];
    head = (head + 1) & (done.length - 1);
    pending--;
    ended.add(1);
    endedBytes.add(bytes);
    completion.complete(word);
  }

  /** Sent and not ended. */
  int pending() {
    return pending;
  }
}
