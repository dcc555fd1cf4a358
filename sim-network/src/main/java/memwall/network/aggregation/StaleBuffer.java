package memwall.network.aggregation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The latest contributions of a group's members by chunk, as the switches that they arrive at keep
 * them, and the ones before: a contribution of the operation under way cannot stand for itself.
 */
final class StaleBuffer {
  private final int chunks;
  private final long[] value;
  private final long[] valueBefore;
  private final int[] operation;
  private final int[] operationBefore;

  StaleBuffer(int members, int chunks) {
    this.chunks = chunks;
    int size = Math.multiplyExact(members, chunks);
    value = new long[size];
    valueBefore = new long[size];
    operation = new int[size];
    operationBefore = new int[size];
  }

  /**
   * The buffer for vectors of so many chunks, a new one if they have others; null if not needed.
   */
  static @Nullable StaleBuffer fitting(@Nullable StaleBuffer known, GroupSpec group, int chunks) {
    if (group.deadline().substitute() != Substitute.STALE) {
      return null;
    }
    return known != null && known.chunks == chunks
        ? known
        : new StaleBuffer(group.members().size(), chunks);
  }

  /** All members contribute to all chunks. */
  void putAll(Contributions source, int number) {
    for (int at = 0; at < value.length; at++) {
      put(at / chunks, at % chunks, source.value(at / chunks, at % chunks), number);
    }
  }

  void put(int member, int chunk, long contribution, int number) {
    int at = member * chunks + chunk;
    if (operation[at] < number) {
      valueBefore[at] = value[at];
      operationBefore[at] = operation[at];
    }
    value[at] = contribution;
    operation[at] = number;
  }

  /** Adds the latest contribution before an operation to a sum, if it is not too old. */
  void addTo(Sum sum, int member, int chunk, int number, int mostAge) {
    int at = member * chunks + chunk;
    boolean isOfNow = operation[at] == number;
    int of = isOfNow ? operationBefore[at] : operation[at];
    if (of > 0 && number - of <= mostAge) {
      sum.addStale(member, isOfNow ? valueBefore[at] : value[at], number - of);
    }
  }

  /** Another tree begins with nothing. */
  void clear() {
    Arrays.fill(operation, 0);
    Arrays.fill(operationBefore, 0);
  }
}
