package memwall.network.reduce;

/**
 * What came of an operation.
 *
 * @param number in its group, from 1
 * @param callPs when it was called
 * @param latencyPs until the last host had its result; if it failed, until that was known
 * @param failed whether it failed
 * @param byHosts whether the hosts reduced in the end
 * @param rebuilds how often it began anew
 * @param contributions chunks of its members
 * @param added those in the results
 * @param stale earlier ones that stand for others
 * @param mostAge the greatest age of these, in operations
 * @param missingBytes for which there is nothing in the results
 * @param latestPs by how much the latest contribution was too late, 0 if none came too late
 */
public record OperationRow(
    int number,
    long callPs,
    long latencyPs,
    boolean failed,
    boolean byHosts,
    int rebuilds,
    long contributions,
    long added,
    long stale,
    int mostAge,
    long missingBytes,
    long latestPs) {
  /** Whether all is in the results. */
  public boolean complete() {
    return !failed && added == contributions;
  }
}
