package memwall.workloads.trace;

import java.util.Arrays;

/**
 * The phases of a request's output tokens as runs of equal phases; immutable. The common case, an
 * answer and nothing else, is the shared {@link #ANSWER}, which holds nothing.
 */
public final class Phases {
  /** Every output token belongs to the answer, however many there are. */
  public static final Phases ANSWER = new Phases(new Phase[0], new int[0]);

  private final Phase[] kinds;
  private final int[] ends;

  private Phases(Phase[] kinds, int[] ends) {
    this.kinds = kinds;
    this.ends = ends;
  }

  /**
   * Phases from runs in order; neighbouring runs of one phase are joined.
   *
   * @param kinds the phase of each run
   * @param tokens the length of each run, at least 1
   * @throws IllegalArgumentException if the arrays differ in length, are empty, a run is shorter
   *     than 1, or the sum exceeds an int
   */
  public static Phases of(Phase[] kinds, int[] tokens) {
    if (kinds.length != tokens.length || kinds.length == 0) {
      throw new IllegalArgumentException(
          kinds.length + " phases and " + tokens.length + " lengths, expected equally many, >= 1");
    }
    Phase[] joined = new Phase[kinds.length];
    int[] ends = new int[kinds.length];
    int runs = 0;
    long end = 0;
    for (int i = 0; i < kinds.length; i++) {
      end += tokens[i];
      if (tokens[i] < 1 || end > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "run " + i + " has " + tokens[i] + " tokens, the sum is " + end);
      }
      if (runs > 0 && joined[runs - 1] == kinds[i]) {
        runs--;
      }
      joined[runs] = kinds[i];
      ends[runs++] = (int) end;
    }
    if (runs == 1 && joined[0] == Phase.ANSWER) {
      return ANSWER;
    }
    return new Phases(Arrays.copyOf(joined, runs), Arrays.copyOf(ends, runs));
  }

  /**
   * Thinking followed by an answer, the shape of a reasoning model's output.
   *
   * @param thinkTokens 0 or more
   * @param answerTokens 0 or more; together at least 1
   */
  public static Phases thinkThenAnswer(int thinkTokens, int answerTokens) {
    if (thinkTokens == 0) {
      return ANSWER;
    }
    return answerTokens == 0
        ? of(new Phase[] {Phase.THINK}, new int[] {thinkTokens})
        : of(new Phase[] {Phase.THINK, Phase.ANSWER}, new int[] {thinkTokens, answerTokens});
  }

  /** Number of runs; 0 for {@link #ANSWER}. */
  public int runs() {
    return kinds.length;
  }

  /** The phase of a run. */
  public Phase kind(int run) {
    return kinds[run];
  }

  /** The number of tokens of a run. */
  public int tokens(int run) {
    return run == 0 ? ends[0] : ends[run] - ends[run - 1];
  }

  /** The phase of the output token with this index, from 0; the last phase beyond the end. */
  public Phase at(int outputIndex) {
    if (kinds.length == 0) {
      return Phase.ANSWER;
    }
    int run = 0;
    while (run < kinds.length - 1 && outputIndex >= ends[run]) {
      run++;
    }
    return kinds[run];
  }

  /** How many of a request's output tokens belong to a phase. */
  public int count(Phase phase, int outputTokens) {
    if (kinds.length == 0) {
      return phase == Phase.ANSWER ? outputTokens : 0;
    }
    int count = 0;
    for (int run = 0; run < kinds.length; run++) {
      if (kinds[run] == phase) {
        count += tokens(run);
      }
    }
    return count;
  }

  /** The number of tokens that the runs cover; 0 for {@link #ANSWER}, which covers any number. */
  public int totalTokens() {
    return kinds.length == 0 ? 0 : ends[ends.length - 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Phases that
        && Arrays.equals(kinds, that.kinds)
        && Arrays.equals(ends, that.ends);
  }

  @Override
  public int hashCode() {
    // Enum hash codes differ from run to run, those of text do not.
    int hash = Arrays.hashCode(ends);
    for (Phase kind : kinds) {
      hash = 31 * hash + kind.text().hashCode();
    }
    return hash;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int run = 0; run < kinds.length; run++) {
      text.append(run == 0 ? "" : ", ").append(kinds[run].text()).append(' ').append(tokens(run));
    }
    return text.append(']').toString();
  }
}
