package memwall.network.router;

import java.util.Arrays;
import memwall.core.Completion;

/** The messages of an episode in the order sent, as arrays. */
final class SentMessages {
  int[] from = new int[64];
  int[] to = new int[64];
  long[] bytes = new long[64];

  /** In the episode. */
  long[] cycle = new long[64];

  /** How many had been told of their end before. */
  int[] toldBefore = new int[64];

  private Completion[] done = new Completion[64];
  private long[] words = new long[64];
  private int count;

  /** How many there are. */
  int count() {
    return count;
  }

  void add(
      int source,
      int destination,
      long size,
      long sentCycle,
      int told,
      Completion completion,
      long word) {
    if (count == words.length) {
      grow();
    }
    from[count] = source;
    to[count] = destination;
    bytes[count] = size;
    cycle[count] = sentCycle;
    toldBefore[count] = told;
    done[count] = completion;
    words[count] = word;
    count++;
  }

  /** Cycles since the message before, or since the begin of the episode. */
  long gap(int message) {
    return message == 0 ? cycle[0] : cycle[message] - cycle[message - 1];
  }

  void complete(int message) {
    done[message].complete(words[message]);
  }

  void clear() {
    count = 0;
  }

  private void grow() {
    int size = 2 * count;
    done = Arrays.copyOf(done, size);
    words = Arrays.copyOf(words, size);
    from = Arrays.copyOf(from, size);
    to = Arrays.copyOf(to, size);
    bytes = Arrays.copyOf(bytes, size);
    cycle = Arrays.copyOf(cycle, size);
    toldBefore = Arrays.copyOf(toldBefore, size);
  }
}
