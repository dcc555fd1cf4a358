package memwall.memory;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.leap.StateSink;

/**
 * Joins the lanes of striped transfers: a transfer completes when its last lane does. Every lane
 * serves transfers in order of submission, so transfers complete in that order too.
 */
public final class TransferJoin {
  private int[] lanesLeft = new int[8];
  private long[] submittedPs = new long[8];
  private long[] words = new long[8];
  private Completion[] completions = new Completion[8];
  private long first;
  private int count;

  /** Creates a join without transfers. */
  public TransferJoin() {}

  /**
   * Adds a transfer.
   *
   * @param lanes on how many lanes it runs, at least 1
   * @return its number, to be given to {@link #laneDone}
   */
  public long submit(int lanes, long nowPs, Completion done, long word) {
    if (count == lanesLeft.length) {
      grow();
    }
    int slot = slot(first + count);
    lanesLeft[slot] = lanes;
    submittedPs[slot] = nowPs;
    completions[slot] = done;
    words[slot] = word;
    return first + count++;
  }

  /** When the transfer was submitted. */
  public long submittedPs(long number) {
    return submittedPs[slot(number)];
  }

  /**
   * One lane of a transfer is done.
   *
   * @return whether it was the last lane; then {@link #pop} must follow
   */
  public boolean laneDone(long number) {
    return --lanesLeft[slot(number)] == 0;
  }

  /** Takes the oldest transfer out and calls its completion. */
  public void pop() {
    int slot = slot(first);
    if (count == 0 || lanesLeft[slot] != 0) {
      throw new IllegalStateException("the oldest transfer is not complete");
    }
    first++;
    count--;
    completions[slot].complete(words[slot]);
  }

  /** Number of the oldest transfer not complete; the next to be given out if there is none. */
  public long first() {
    return first;
  }

  /** Transfers submitted and not complete. */
  public int size() {
    return count;
  }

  /**
   * Writes the pending transfers, oldest first: how long ago each was submitted, which its entry in
   * a latency histogram depends on, and its word. On how many lanes each still runs is what the
   * queues of the lanes hold.
   */
  public void describe(StateSink sink, long nowPs) {
    for (int i = 0; i < count; i++) {
      int slot = slot(first + i);
      sink.put(nowPs - submittedPs[slot]);
      sink.put(words[slot]);
    }
  }

  /** Moves the times of submission. */
  public void shift(long deltaPs) {
    for (int i = 0; i < count; i++) {
      submittedPs[slot(first + i)] += deltaPs;
    }
  }

  private int slot(long number) {
    return (int) (number & (lanesLeft.length - 1));
  }

  private void grow() {
    int length = lanesLeft.length;
    int[] grownLanes = new int[2 * length];
    long[] grownSubmitted = new long[2 * length];
    long[] grownWords = new long[2 * length];
    Completion[] grownCompletions = Arrays.copyOf(completions, 2 * length);
    for (long number = first; number < first + count; number++) {
      int from = slot(number);
      int to = (int) (number & (2 * length - 1));
      grownLanes[to] = lanesLeft[from];
      grownSubmitted[to] = submittedPs[from];
      grownWords[to] = words[from];
      grownCompletions[to] = completions[from];
    }
    lanesLeft = grownLanes;
    submittedPs = grownSubmitted;
    words = grownWords;
    completions = grownCompletions;
  }
}
