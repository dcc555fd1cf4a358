package memwall.network.collective;

import java.util.Arrays;

/**
 * Writes algorithms that go in steps: whatever a rank does in a step waits for all that it received
 * in its steps before.
 */
final class Steps {
  private static final int NONE = ScheduleWriter.NONE;

  private final ScheduleWriter writer;

  /** By rank, what ended its last step. */
  private final int[] ready;

  /** By rank, what will end the present one: the one receive, or a join of all. */
  private final int[] fresh;

  private final boolean[] joined;
  private final IntList received = new IntList();

  Steps(ScheduleWriter writer, int ranks) {
    this.writer = writer;
    ready = new int[ranks];
    fresh = new int[ranks];
    joined = new boolean[ranks];
    Arrays.fill(ready, NONE);
    Arrays.fill(fresh, NONE);
  }

  ScheduleWriter writer() {
    return writer;
  }

  /** A message of the present step. */
  void transfer(int from, int to, boolean add) {
    int receive = writer.transfer(from, to, add, ready[from], ready[to]);
    if (receive != NONE) {
      received(to, receive);
    }
  }

  /** What a rank waits for in the present step, or {@link ScheduleWriter#NONE}. */
  int ready(int rank) {
    return ready[rank];
  }

  /** The present step of a rank does not end before this operation. */
  void received(int rank, int operation) {
    int before = fresh[rank];
    if (before == NONE) {
      fresh[rank] = operation;
      received.add(rank);
      return;
    }
    if (!joined[rank]) {
      joined[rank] = true;
      fresh[rank] = writer.join(rank);
      writer.after(fresh[rank], before);
    }
    writer.after(fresh[rank], operation);
  }

  /** The step has all its messages. */
  void end() {
    for (int i = 0; i < received.size(); i++) {
      int rank = received.get(i);
      ready[rank] = fresh[rank];
      fresh[rank] = NONE;
      joined[rank] = false;
    }
    received.clear();
  }
}
