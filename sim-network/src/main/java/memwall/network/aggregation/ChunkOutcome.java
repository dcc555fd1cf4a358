package memwall.network.aggregation;

import com.google.common.primitives.ImmutableLongArray;

/**
 * The result of a chunk.
 *
 * @param delivered whether a host got it
 * @param value the sum
 * @param mask members whose contributions are in it, 64 to a number
 * @param added how many these are
 * @param stale how many earlier contributions are in it
 * @param staleness the greatest age of these, in operations
 * @param missingBytes of contributions for which there is nothing in it
 * @param scaleBy what the sum is multiplied with: members / added for a mean of what came, else 1
 * @param latenessPs greatest time by which a contribution came too late, 0 if none came
 * @param digest depends on the order of the additions
 */
public record ChunkOutcome(
    boolean delivered,
    long value,
    ImmutableLongArray mask,
    int added,
    int stale,
    int staleness,
    long missingBytes,
    double scaleBy,
    long latenessPs,
    long digest) {
  /** Whether a member's contribution is in the result. */
  public boolean has(int member) {
    return (mask.get(member >>> 6) >>> member & 1) != 0;
  }
}
