package memwall.network;

import java.util.Arrays;
import memwall.core.Completion;

/** Who of the ranks has called an operation, when, and whom to tell that it is done. */
final class RankCalls {
  private static final Completion NONE = word -> {};

  private final Completion[] done;
  private final long[] words;
  private final long[] calledPs;
  private int left;

  RankCalls(int ranks) {
    done = new Completion[ranks];
    Arrays.fill(done, NONE);
    words = new long[ranks];
    calledPs = new long[ranks];
    left = ranks;
  }

  void call(int rank, long nowPs, Completion completion, long word) {
    done[rank] = completion;
    words[rank] = word;
    calledPs[rank] = nowPs;
  }

  long calledPs(int rank) {
    return calledPs[rank];
  }

  /** A rank is done; returns whether all are. */
  boolean doneBy(int rank) {
    if (rank >= done.length) {
      throw new IllegalArgumentException("no rank " + rank);
    }
    return --left == 0;
  }

  /** Tells a rank that it is done. */
  void complete(int rank) {
    done[rank].complete(words[rank]);
  }

  void shift(long deltaPs) {
    for (int rank = 0; rank < calledPs.length; rank++) {
      calledPs[rank] += deltaPs;
    }
  }
}
