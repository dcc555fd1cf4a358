package memwall.core.resource;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.leap.Leapable;
import memwall.core.leap.StateSink;

/**
 * Operations whose completion time is known when they are submitted, in order of completion: one
 * timer serves them all. The building block of components that compute a reservation instead of
 * simulating its stages.
 */
public final class CompletionQueue implements Leapable, Waiting {
  private final Simulation simulation;
  private final String path;
  private final Timer timer;

  // A ring; the operation at head is the next to complete.
  private long[] duePs = new long[8];
  private long[] words = new long[8];
  private Completion[] completions = new Completion[8];
  private int head;
  private int count;

  /**
   * Creates an empty queue and registers it with the watchdog.
   *
   * @param path names the component in messages
   */
  public CompletionQueue(Simulation simulation, String path) {
    this.simulation = simulation;
    this.path = path;
    this.timer = simulation.timer(path + ".done", this::finish);
    simulation.watch(this);
  }

  /**
   * Adds an operation.
   *
   * @param timePs when it completes: not before now, not before the operation added last
   * @throws IllegalArgumentException if the time is out of order
   */
  public void add(long timePs, Completion done, long word) {
    if (count > 0 && timePs < duePs[(head + count - 1) & (duePs.length - 1)]) {
      throw new IllegalArgumentException(path + ": completes before the operation ahead of it");
    }
    if (count == duePs.length) {
      grow();
    }
    int tail = (head + count) & (duePs.length - 1);
    duePs[tail] = timePs;
    completions[tail] = done;
    words[tail] = word;
    if (count++ == 0) {
      timer.at(timePs, 0);
    }
  }

  /** Operations not yet complete. */
  public int size() {
    return count;
  }

  private void finish(long ignored) {
    Completion done = completions[head];
    long word = words[head];
    head = (head + 1) & (duePs.length - 1);
    if (--count > 0) {
      timer.at(duePs[head], 0);
    }
    done.complete(word);
  }

  @Override
  public void describe(StateSink sink) {
    describe(sink, 0);
  }

  /**
   * Writes the pending operations: times relative to now, words relative to a base, for owners
   * whose words count upwards.
   */
  public void describe(StateSink sink, long wordBase) {
    sink.put(count);
    for (int i = 0; i < count; i++) {
      int slot = (head + i) & (duePs.length - 1);
      sink.put(duePs[slot] - simulation.nowPs());
      sink.put(words[slot] - wordBase);
    }
  }

  @Override
  public void shift(long deltaPs) {
    for (int i = 0; i < count; i++) {
      int slot = (head + i) & (duePs.length - 1);
      duePs[slot] += deltaPs;
    }
    if (count > 0) {
      timer.at(duePs[head], 0);
    }
  }

  @Override
  public long waitingCount() {
    return count;
  }

  @Override
  public String describeWaiting() {
    return path + ": " + count + " operations";
  }

  private void grow() {
    int length = duePs.length;
    long[] grownDue = new long[2 * length];
    long[] grownWords = new long[2 * length];
    Completion[] grownCompletions = Arrays.copyOf(completions, 2 * length);
    for (int i = 0; i < count; i++) {
      int from = (head + i) & (length - 1);
      grownDue[i] = duePs[from];
      grownWords[i] = words[from];
      grownCompletions[i] = completions[from];
    }
    duePs = grownDue;
    words = grownWords;
    completions = grownCompletions;
    head = 0;
  }
}
