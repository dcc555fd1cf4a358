package memwall.workloads.trace;

import org.jspecify.annotations.Nullable;

/**
 * One request of a trace; immutable.
 *
 * @param id unique in its trace, not empty
 * @param arrivalPs arrival in picoseconds from the start of the trace, 0 or more
 * @param promptTokens tokens of the prompt, 1 to {@link #MAX_TOKENS}
 * @param outputTokens tokens generated, the first included, 1 to {@link #MAX_TOKENS}
 * @param phases what the output tokens are for
 * @param extras the optional fields of the format; null if there are none
 */
public record Request(
    String id,
    long arrivalPs,
    int promptTokens,
    int outputTokens,
    Phases phases,
    @Nullable RequestExtras extras) {
  /** The most tokens that a prompt or an output may have. */
  public static final int MAX_TOKENS = 100_000_000;

  /** The latest arrival: 2^62 ps, 53 days. */
  public static final long MAX_ARRIVAL_PS = 1L << 62;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range or the phases do not cover
   *     exactly the output tokens
   */
  public Request {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a request's id is empty");
    }
    if (arrivalPs < 0 || arrivalPs > MAX_ARRIVAL_PS) {
      throw new IllegalArgumentException(id + ": arrival " + arrivalPs + " ps is out of range");
    }
    if (promptTokens < 1 || promptTokens > MAX_TOKENS) {
      throw new IllegalArgumentException(id + ": " + promptTokens + " prompt tokens");
    }
    if (outputTokens < 1 || outputTokens > MAX_TOKENS) {
      throw new IllegalArgumentException(id + ": " + outputTokens + " output tokens");
    }
    if (phases.runs() > 0 && phases.totalTokens() != outputTokens) {
      throw new IllegalArgumentException(
          id + ": phases cover " + phases.totalTokens() + " of " + outputTokens + " tokens");
    }
  }

  /** A request that only answers and has no optional field. */
  public Request(String id, long arrivalPs, int promptTokens, int outputTokens) {
    this(id, arrivalPs, promptTokens, outputTokens, Phases.ANSWER, null);
  }

  /** The same request at another time. */
  public Request withArrivalPs(long newArrivalPs) {
    return new Request(id, newArrivalPs, promptTokens, outputTokens, phases, extras);
  }

  /** The context length when the last token is generated: prompt and output together. */
  public int maxContextTokens() {
    return promptTokens + outputTokens;
  }
}
