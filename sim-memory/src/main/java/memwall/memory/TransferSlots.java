package memwall.memory;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.leap.StateSink;

/**
 * Transfers under way, each in parts on several channels. Unlike in {@link TransferJoin} they may
 * complete in any order: reads and writes pass each other in controllers and planes.
 */
public final class TransferSlots {
  private static final Completion NONE = word -> {};

  private long[] partsLeft = new long[0];
  private long[] submittedPs = new long[0];
  private long[] words = new long[0];
  private boolean[] writes = new boolean[0];
  private Completion[] completions = new Completion[0];
  private int[] free = new int[0];
  private int freeCount;

  /** Nothing under way. */
  public TransferSlots() {}

  /** Takes a transfer in; returns its slot. */
  public int add(long parts, long nowPs, boolean write, Completion done, long word) {
    if (freeCount == 0) {
      grow();
    }
    int slot = free[--freeCount];
    partsLeft[slot] = parts;
    submittedPs[slot] = nowPs;
    writes[slot] = write;
    completions[slot] = done;
    words[slot] = word;
    return slot;
  }

  private void grow() {
    int before = partsLeft.length;
    int after = Math.max(8, 2 * before);
    partsLeft = Arrays.copyOf(partsLeft, after);
    submittedPs = Arrays.copyOf(submittedPs, after);
    words = Arrays.copyOf(words, after);
    writes = Arrays.copyOf(writes, after);
    completions = Arrays.copyOf(completions, after);
    free = new int[after];
    for (int slot = after - 1; slot >= before; slot--) {
      free[freeCount++] = slot;
    }
  }

  /** The transfer has one part more; it is not complete yet. */
  public void addPart(int slot) {
    partsLeft[slot]++;
  }

  /** A part is done; returns whether it was the last one. */
  public boolean partDone(int slot) {
    return --partsLeft[slot] == 0;
  }

  /** When a transfer was submitted. */
  public long submittedPs(int slot) {
    return submittedPs[slot];
  }

  /** Whether a transfer writes. */
  public boolean isWrite(int slot) {
    return writes[slot];
  }

  /** Frees the slot, then completes the transfer. */
  public void complete(int slot) {
    Completion done = completions[slot];
    completions[slot] = NONE;
    partsLeft[slot] = 0;
    free[freeCount++] = slot;
    done.complete(words[slot]);
  }

  /** Transfers under way. */
  public int size() {
    return partsLeft.length - freeCount;
  }

  /** Writes what is under way, by slot. */
  public void describe(StateSink sink, long nowPs) {
    sink.put(size());
    for (int slot = 0; slot < partsLeft.length; slot++) {
      if (completions[slot] != null && completions[slot] != NONE) {
        sink.put(partsLeft[slot]);
        sink.put(nowPs - submittedPs[slot]);
        sink.put(words[slot]);
        sink.put(writes[slot] ? 1 : 0);
      }
    }
  }

  /** Moves the times of submission. */
  public void shift(long deltaPs) {
    for (int slot = 0; slot < submittedPs.length; slot++) {
      submittedPs[slot] += deltaPs;
    }
  }
}
