package memwall.network.collective;

/**
 * All-gather and all-to-all in ceil(lg P) steps for any P (Bruck, Ho, Kipnis, Upfal, Weathersby,
 * "Efficient algorithms for all-to-all communications in multiport message-passing systems", IEEE
 * TPDS 1997).
 */
final class BruckSteps {
  private BruckSteps() {}

  /** What a rank has doubles in each step; it comes from the rank that far ahead. */
  static void allGather(Group group) {
    int size = group.size();
    for (int distance = 1; distance < size; distance *= 2) {
      int count = Math.min(distance, size - distance);
      for (int i = 0; i < size; i++) {
        group.chunks(i, count, size);
        group.copy(i, Math.floorMod(i - distance, size));
      }
      group.endStep();
    }
  }

  /** A block that has j ranks to go moves by the bits of j, the lowest first. */
  static void allToAll(Group group) {
    int size = group.size();
    for (int distance = 1; distance < size; distance *= 2) {
      for (int i = 0; i < size; i++) {
        for (int toGo = distance; toGo < size; toGo++) {
          if ((toGo & distance) != 0) {
            int source = Math.floorMod(i - (toGo & (distance - 1)), size);
            block(group, source, (source + toGo) % size);
          }
        }
        group.copy(i, (i + distance) % size);
      }
      group.endStep();
    }
  }

  /**
   * The next message carries what goes from one rank to another one: see {@link ScheduleWriter}.
   */
  static void block(Group group, int source, int target) {
    long base = source * (group.toBytes() - group.fromBytes());
    int size = group.size();
    group
        .steps()
        .writer()
        .range(base + group.begin(target, size), base + group.begin(target + 1, size));
  }
}
