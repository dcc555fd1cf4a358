package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongImmutableList;

/**
 * A request of a token trace with the recorded completion times of all its output tokens.
 *
 * @param request the request
 * @param completionPs one time per output token, in picoseconds from the start of the trace, not
 *     decreasing, none before the arrival
 */
public record RecordedRequest(Request request, LongImmutableList completionPs) {
  /**
   * Checks that there is one time per token.
   *
   * @throws IllegalArgumentException if not
   */
  public RecordedRequest {
    if (completionPs.size() != request.outputTokens()) {
      throw new IllegalArgumentException(
          request.id() + ": " + completionPs.size() + " times of " + request.outputTokens());
    }
  }

  /** How a token trace is replayed. */
  public enum Replay {
    /** A token is asked for as soon as the one before it is done: dependencies only. */
    CLOSED_LOOP,
    /** As closed loop, but not before the recorded completion of the token before it. */
    OPEN_LOOP
  }

  /**
   * The earliest time to ask for a token, besides the completion of the token before it.
   *
   * @param index output index, from 0; the first token can be asked for at the arrival
   * @param replay how the trace is replayed
   */
  public long notBeforePs(int index, Replay replay) {
    return index == 0 || replay == Replay.CLOSED_LOOP
        ? request.arrivalPs()
        : completionPs.getLong(index - 1);
  }
}
