package memwall.network.collective;

/**
 * Pairs of ranks at distances that are powers of two (Thakur, Rabenseifner, Gropp, "Optimization of
 * collective communication operations in MPICH", IJHPCA 2005). If the number of ranks is none, as
 * many pairs at the front as there are ranks too many act as one rank each: the even one hands what
 * it has to the odd one before, and gets its result after.
 */
final class RecursiveSteps {
  private final Group group;

  /** Ranks that go through the steps: the largest power of two. */
  private final int actors;

  /** Pairs of ranks that act as one. */
  private final int pairs;

  private RecursiveSteps(Group group) {
    this.group = group;
    actors = Integer.highestOneBit(group.size());
    pairs = group.size() - actors;
  }

  /** Every pair exchanges everything, lg P steps. */
  static void allReduce(Group group) {
    RecursiveSteps steps = new RecursiveSteps(group);
    steps.foldIn();
    for (int distance = 1; distance < steps.actors; distance *= 2) {
      for (int i = 0; i < steps.actors; i++) {
        group.whole();
        group.add(steps.member(i), steps.member(i ^ distance));
      }
      group.endStep();
    }
    steps.foldOut();
  }

  /**
   * Rabenseifner's all-reduce: halves of what is left at distances 1, 2, 4, ..., then the same way
   * back.
   */
  static void rabenseifner(Group group) {
    RecursiveSteps steps = new RecursiveSteps(group);
    steps.foldIn();
    int actors = steps.actors;
    int[] first = new int[actors];
    for (int distance = 1, count = actors / 2; distance < actors; distance *= 2, count /= 2) {
      for (int i = 0; i < actors; i++) {
        boolean keepsLower = (i & distance) == 0;
        group.chunks(keepsLower ? first[i] + count : first[i], count, actors);
        group.add(steps.member(i), steps.member(i ^ distance));
        first[i] += keepsLower ? 0 : count;
      }
      group.endStep();
    }
    for (int distance = actors / 2, count = 1; distance > 0; distance /= 2, count *= 2) {
      for (int i = 0; i < actors; i++) {
        group.chunks(first[i], count, actors);
        group.copy(steps.member(i), steps.member(i ^ distance));
      }
      for (int i = 0; i < actors; i++) {
        first[i] -= (i & distance) == 0 ? 0 : count;
      }
      group.endStep();
    }
    steps.foldOut();
  }

  /** Recursive halving: halves of what is left at distances P/2, P/4, ..., 1. */
  static void reduceScatter(Group group) {
    RecursiveSteps steps = new RecursiveSteps(group);
    steps.foldIn();
    for (int distance = steps.actors / 2; distance > 0; distance /= 2) {
      for (int i = 0; i < steps.actors; i++) {
        int other = i ^ distance;
        int otherFirst = other & -distance;
        steps.chunksOf(otherFirst, distance);
        group.add(steps.member(i), steps.member(other));
      }
      group.endStep();
    }
    for (int pair = 0; pair < steps.pairs; pair++) {
      group.chunks(2 * pair, 1, group.size());
      group.copy(2 * pair + 1, 2 * pair);
    }
    group.endStep();
  }

  /** Recursive doubling: all that there is at distances 1, 2, 4, ..., P/2. */
  static void allGather(Group group) {
    RecursiveSteps steps = new RecursiveSteps(group);
    for (int pair = 0; pair < steps.pairs; pair++) {
      group.chunks(2 * pair, 1, group.size());
      group.copy(2 * pair, 2 * pair + 1);
    }
    group.endStep();
    for (int distance = 1; distance < steps.actors; distance *= 2) {
      for (int i = 0; i < steps.actors; i++) {
        steps.chunksOf(i & -distance, distance);
        group.copy(steps.member(i), steps.member(i ^ distance));
      }
      group.endStep();
    }
    for (int pair = 0; pair < steps.pairs; pair++) {
      group.chunks(2 * pair + 1, group.size() - 1, group.size());
      group.copy(2 * pair + 1, 2 * pair);
    }
    group.endStep();
  }

  private void foldIn() {
    for (int pair = 0; pair < pairs; pair++) {
      group.whole();
      group.add(2 * pair, 2 * pair + 1);
    }
    group.endStep();
  }

  private void foldOut() {
    for (int pair = 0; pair < pairs; pair++) {
      group.whole();
      group.copy(2 * pair + 1, 2 * pair);
    }
    group.endStep();
  }

  private int member(int actor) {
    return actor < pairs ? 2 * actor + 1 : actor + pairs;
  }

  /** The chunks of so many actors from one on; a pair owns those of its two ranks. */
  private void chunksOf(int actor, int count) {
    int first = firstChunk(actor);
    group.chunks(first, firstChunk(actor + count) - first, group.size());
  }

  private int firstChunk(int actor) {
    return actor < pairs ? 2 * actor : actor + pairs;
  }
}
