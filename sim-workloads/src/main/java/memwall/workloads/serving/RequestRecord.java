package memwall.workloads.serving;

/**
 * Where one request ended up. Times are simulated picoseconds, {@link #NEVER} if they did not come
 * to pass.
 *
 * @param id of the request
 * @param outcome where it ended up
 * @param promptTokens of its prompt
 * @param producedTokens output tokens produced
 * @param arrivalPs when it arrived
 * @param admittedPs when it joined the batch
 * @param firstTokenPs when its first token was there
 * @param lastTokenPs when its latest token was there
 * @param reason why it was refused; else empty
 */
public record RequestRecord(
    String id,
    Outcome outcome,
    int promptTokens,
    int producedTokens,
    long arrivalPs,
    long admittedPs,
    long firstTokenPs,
    long lastTokenPs,
    String reason) {
  /** A time that did not come to pass. */
  public static final long NEVER = Sequence.NEVER;

  /** The bucket that a request ends in. */
  public enum Outcome {
    /** All its tokens were produced. */
    COMPLETED,
    /** It could never be served. */
    REFUSED,
    /** It was in the batch when the run ended. */
    RUNNING,
    /** It was waiting when the run ended. */
    WAITING
  }
}
