package memwall.workloads.serving;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for a place in the batch. First come first served, who was preempted goes
 * before all others, the last one preempted first. By priority, the smallest number goes first, of
 * equal ones who arrived first, whether preempted or not.
 */
final class WaitingLine implements Iterable<Sequence> {
  /** Who comes before whom by priority. */
  static final Comparator<Sequence> BY_PRIORITY =
      Comparator.<Sequence>comparingInt(sequence -> sequence.priority)
          .thenComparingLong(sequence -> sequence.request.arrivalPs())
          .thenComparingLong(sequence -> sequence.number);

  private final ArrayDeque<Sequence> line = new ArrayDeque<>();
  private final @Nullable TreeSet<Sequence> sorted;

  WaitingLine(SchedulingSpec.Order order) {
    sorted = order == SchedulingSpec.Order.PRIORITY ? new TreeSet<>(BY_PRIORITY) : null;
  }

  /** A request has arrived. */
  void add(Sequence sequence) {
    if (sorted == null) {
      line.add(sequence);
    } else {
      sorted.add(sequence);
    }
  }

  /** A request that ran has been preempted. */
  void putBack(Sequence sequence) {
    if (sorted == null) {
      line.addFirst(sequence);
    } else {
      sorted.add(sequence);
    }
  }

  /** Who goes next; there must be one. */
  Sequence first() {
    return sorted == null ? line.element() : sorted.first();
  }

  /** Takes who goes next out of the line. */
  void removeFirst() {
    if (sorted == null) {
      line.remove();
    } else {
      sorted.remove(sorted.first());
    }
  }

  boolean isEmpty() {
    return size() == 0;
  }

  int size() {
    return sorted == null ? line.size() : sorted.size();
  }

  @Override
  public Iterator<Sequence> iterator() {
    return sorted == null ? line.iterator() : sorted.iterator();
  }
}
