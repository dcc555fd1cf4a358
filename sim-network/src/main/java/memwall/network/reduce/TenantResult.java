package memwall.network.reduce;

import com.google.common.primitives.ImmutableLongArray;
import java.util.List;
import java.util.TreeMap;

/**
 * What came of the operations of a group.
 *
 * @param tenant the group
 * @param sizeBytes of its vectors
 * @param operations in their order
 * @param failures how many failed for which reason
 * @param sortedPs latencies of those that did not fail, the least first
 * @param chunksComplete results of all members
 * @param chunksReordered those of them that were added in another order than the first of the same
 *     chunk, so that numbers of floating point may differ
 * @param traffic of tokens; nothing for operations on vectors
 */
public record TenantResult(
    Tenant tenant,
    long sizeBytes,
    List<OperationRow> operations,
    TreeMap<String, Integer> failures,
    ImmutableLongArray sortedPs,
    long chunksComplete,
    long chunksReordered,
    TenantTraffic traffic) {
  /** Copies the list. */
  public TenantResult {
    operations = List.copyOf(operations);
  }

  /** How many failed. */
  public int failed() {
    return operations.size() - sortedPs.length();
  }

  /** Contributions of all operations, failed ones too. */
  public long contributions() {
    return operations.stream().mapToLong(OperationRow::contributions).sum();
  }

  /** Share of the contributions of operations that did not fail that are not in the results. */
  public double substitutedShare() {
    long all = 0;
    long added = 0;
    for (OperationRow row : operations) {
      all += row.failed() ? 0 : row.contributions();
      added += row.failed() ? 0 : row.added();
    }
    return all == 0 ? 0 : (double) (all - added) / (double) all;
  }

  /** Operations that did not fail and lack contributions. */
  public long incomplete() {
    return operations.stream().filter(row -> !row.failed() && !row.complete()).count();
  }

  /** Earlier contributions in the results. */
  public long stale() {
    return operations.stream().mapToLong(OperationRow::stale).sum();
  }

  /** Bytes for which there is nothing in the results. */
  public long missingBytes() {
    return operations.stream().mapToLong(OperationRow::missingBytes).sum();
  }

  /** Latencies of those that did not fail, all together: no longer than the run. */
  public long sumPs() {
    long sumPs = 0;
    for (int i = 0; i < sortedPs.length(); i++) {
      sumPs += sortedPs.get(i);
    }
    return sumPs;
  }

  /**
   * Element number floor(share x count) of the sorted latencies, counted from 0, the last one at
   * most; -1 if there is none.
   *
   * @param share in [0, 1]
   */
  public long quantilePs(double share) {
    int count = sortedPs.length();
    return count == 0 ? -1 : sortedPs.get(Math.min(count - 1, (int) (share * count)));
  }
}
