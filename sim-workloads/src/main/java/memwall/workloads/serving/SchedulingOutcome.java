package memwall.workloads.serving;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What became of admission, preemption and shared blocks; bytes of one rank.
 *
 * @param preemptions how often a request was put out of the batch
 * @param lostTokens entries thrown away, to be computed again
 * @param swappedOutBytes copied to the host
 * @param swappedInBytes copied back
 * @param noRoomOnHost preemptions whose entries were thrown away for want of room on the host
 * @param hostPeakBytes most bytes held on the host
 * @param hostReservedTotalBytes ever reserved on the host
 * @param hostReleasedTotalBytes ever released there
 * @param hostHeldBytes held there by requests that wait
 * @param preemptedPs time that preempted requests waited for a place
 * @param swappingPs time that requests in the batch waited for copies to and from the host
 * @param prefixes shared blocks; null if there are none
 */
public record SchedulingOutcome(
    long preemptions,
    long lostTokens,
    long swappedOutBytes,
    long swappedInBytes,
    long noRoomOnHost,
    long hostPeakBytes,
    long hostReservedTotalBytes,
    long hostReleasedTotalBytes,
    long hostHeldBytes,
    BigInteger preemptedPs,
    BigInteger swappingPs,
    @Nullable Prefixes prefixes) {

  /**
   * Shared blocks at the beginning of prompts.
   *
   * @param seenBlocks blocks of the prompts of admitted requests, partial ones included
   * @param hitBlocks those that were there when the request was admitted first
   * @param seenTokens tokens of these prompts
   * @param hitTokens those that were not processed, because their entries were there
   * @param againTokens the same of requests that came back after they were preempted
   * @param evictedBlocks that made room
   * @param heldBlocks there at the end
   * @param heldBytes of these on one rank
   */
  public record Prefixes(
      long seenBlocks,
      long hitBlocks,
      long seenTokens,
      long hitTokens,
      long againTokens,
      long evictedBlocks,
      long heldBlocks,
      long heldBytes) {}

  /** Tokens that were not processed because their entries were there. */
  public long reusedTokens() {
    return prefixes == null ? 0 : prefixes.hitTokens() + prefixes.againTokens();
  }
}
