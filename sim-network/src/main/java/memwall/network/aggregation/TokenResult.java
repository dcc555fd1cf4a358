package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;

/**
 * How an exchange of tokens ended.
 *
 * @param group its name
 * @param number of the operation, from 1
 * @param callPs when it was called
 * @param endPs when all was done, the last acknowledgement included
 * @param lastPs when the last copy or sum was where it belongs, -1 if it failed
 * @param failure why it failed; empty if it did not
 * @param failedMembers hosts that could not take part
 * @param rebuilds how often it began anew
 * @param byHosts whether switches did not copy and add in the end
 * @param parts copies or parts of pieces that were to arrive
 * @param arrived those that did
 */
public record TokenResult(
    String group,
    int number,
    long callPs,
    long endPs,
    long lastPs,
    String failure,
    ImmutableList<String> failedMembers,
    int rebuilds,
    boolean byHosts,
    long parts,
    long arrived) {
  /** Whether it failed. */
  public boolean failed() {
    return !failure.isEmpty();
  }

  /** From the call until all was where it belongs; -1 if it failed. */
  public long latencyPs() {
    return failed() ? -1 : lastPs - callPs;
  }
}
