package memwall.memory.flash.page;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.leap.StateSink;

/**
 * Ends of transfers that are certain before they come, in order of (time, entry). Unlike in a
 * {@link memwall.core.resource.CompletionQueue} a later entry may be due earlier.
 */
final class EndQueue {
  private final Simulation simulation;
  private final Timer timer;
  private final Completion end;

  // Sorted by time, the latest first.
  private long[] duePs = new long[16];
  private long[] words = new long[16];
  private int count;

  /**
   * An empty queue.
   *
   * @param end told the word of each entry at its time
   */
  EndQueue(Simulation simulation, String path, Completion end) {
    this.simulation = simulation;
    this.end = end;
    timer = simulation.timer(path + ".end", this::due);
  }

  void add(long timePs, long word) {
    if (count == duePs.length) {
      duePs = Arrays.copyOf(duePs, 2 * count);
      words = Arrays.copyOf(words, 2 * count);
    }
    int at = count++;
    for (; at > 0 && duePs[at - 1] <= timePs; at--) {
      duePs[at] = duePs[at - 1];
      words[at] = words[at - 1];
    }
    duePs[at] = timePs;
    words[at] = word;
    if (at == count - 1) {
      timer.at(timePs, 0);
    }
  }

  private void due(long ignored) {
    long word = words[--count];
    if (count > 0) {
      timer.at(duePs[count - 1], 0);
    }
    end.complete(word);
  }

  void describe(StateSink sink) {
    sink.put(count);
    for (int i = 0; i < count; i++) {
      sink.put(duePs[i] - simulation.nowPs());
      sink.put(words[i]);
    }
  }

  void shift(long deltaPs) {
    for (int i = 0; i < count; i++) {
      duePs[i] += deltaPs;
    }
    if (count > 0) {
      timer.at(duePs[count - 1], 0);
    }
  }
}
