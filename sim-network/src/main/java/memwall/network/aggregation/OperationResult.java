package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableLongArray;

/**
 * How an operation of a group ended.
 *
 * @param group its name
 * @param number of the operation, from 1
 * @param callPs when it was called
 * @param endPs when all was done, the last acknowledgement included
 * @param hostPs when each member had its last result, -1 for those that did not
 * @param failure why it failed; empty if it did not
 * @param failedMembers hosts that could not take part
 * @param rebuilds how often it began anew
 * @param byHosts whether the hosts reduced by themselves in the end
 * @param chunks results, chunk by chunk
 */
public record OperationResult(
    String group,
    int number,
    long callPs,
    long endPs,
    ImmutableLongArray hostPs,
    String failure,
    ImmutableList<String> failedMembers,
    int rebuilds,
    boolean byHosts,
    ImmutableList<ChunkOutcome> chunks) {

  /** Whether it failed. */
  public boolean failed() {
    return !failure.isEmpty();
  }

  /** From the call to the last result at a host; -1 if none got all. */
  public long latencyPs() {
    long lastPs = -1;
    for (int i = 0; i < hostPs.length(); i++) {
      lastPs = Math.max(lastPs, hostPs.get(i));
    }
    return lastPs < 0 ? -1 : lastPs - callPs;
  }

  /** Whether a result lacks contributions. */
  public boolean substituted() {
    for (ChunkOutcome chunk : chunks) {
      if (chunk.delivered() && chunk.added() < hostPs.length()) {
        return true;
      }
    }
    return false;
  }
}
