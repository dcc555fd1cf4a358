package memwall.network.collective;

/**
 * Every rank sends to each other one, the next one first (rotated order), and waits for all that
 * comes.
 */
final class DirectSteps {
  private DirectSteps() {}

  /** Everybody sends everything to all and adds up: one shot. */
  static void allReduce(Group group) {
    int size = group.size();
    for (int shift = 1; shift < size; shift++) {
      for (int i = 0; i < size; i++) {
        group.whole();
        group.add(i, (i + shift) % size);
      }
    }
    group.endStep();
  }

  /** Everybody sends chunk i to rank i. */
  static void reduceScatter(Group group) {
    int size = group.size();
    for (int shift = 1; shift < size; shift++) {
      for (int i = 0; i < size; i++) {
        int to = (i + shift) % size;
        group.chunks(to, 1, size);
        group.add(i, to);
      }
    }
    group.endStep();
  }

  /** Rank i sends chunk i to all. */
  static void allGather(Group group) {
    int size = group.size();
    for (int shift = 1; shift < size; shift++) {
      for (int i = 0; i < size; i++) {
        group.chunks(i, 1, size);
        group.copy(i, (i + shift) % size);
      }
    }
    group.endStep();
  }

  /** Rank s sends chunk d of its vector to rank d. */
  static void allToAll(Group group) {
    int size = group.size();
    for (int shift = 1; shift < size; shift++) {
      for (int i = 0; i < size; i++) {
        int to = (i + shift) % size;
        BruckSteps.block(group, i, to);
        group.copy(i, to);
      }
    }
    group.endStep();
  }
}
