package memwall.network.collective;

/**
 * Every rank talks to its two neighbours only, P - 1 steps around the ring (Patarasuk, Yuan,
 * "Bandwidth optimal all-reduce algorithms for clusters of workstations", JPDC 2009).
 */
final class RingSteps {
  private RingSteps() {}

  /** Chunk i goes once around, adding, and ends at rank i. */
  static void reduceScatter(Group group) {
    int size = group.size();
    for (int step = 0; step < size - 1; step++) {
      for (int i = 0; i < size; i++) {
        group.chunks(i - 1 - step, 1, size);
        group.add(i, next(i, size));
      }
      group.endStep();
    }
  }

  /** Chunk i goes from rank i around to all. */
  static void allGather(Group group) {
    int size = group.size();
    for (int step = 0; step < size - 1; step++) {
      for (int i = 0; i < size; i++) {
        group.chunks(i - step, 1, size);
        group.copy(i, next(i, size));
      }
      group.endStep();
    }
  }

  private static int next(int index, int size) {
    return index + 1 == size ? 0 : index + 1;
  }
}
