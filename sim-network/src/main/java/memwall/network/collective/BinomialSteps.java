package memwall.network.collective;

/**
 * Trees in which a rank's distance from its parent is its lowest bit, counted from the root
 * (Thakur, Rabenseifner, Gropp 2005).
 */
final class BinomialSteps {
  private BinomialSteps() {}

  /** The vectors are added on the way to the root, lg P steps. */
  static void reduce(Group group, int root) {
    int size = group.size();
    for (int distance = 1; distance < size; distance *= 2) {
      for (int i = distance; i < size; i += 2 * distance) {
        group.whole();
        group.add((i + root) % size, (i - distance + root) % size);
      }
      group.endStep();
    }
  }

  /** The root's vector goes down the tree, farthest child first, lg P steps. */
  static void broadcast(Group group, int root) {
    int size = group.size();
    for (int distance = Integer.highestOneBit(size); distance > 0; distance /= 2) {
      for (int i = distance; i < size; i += 2 * distance) {
        group.whole();
        group.copy((i - distance + root) % size, (i + root) % size);
      }
      group.endStep();
    }
  }

  /** Each rank gets the chunks of itself and of all below it. */
  static void scatter(Group group, int root) {
    int size = group.size();
    for (int distance = Integer.highestOneBit(size); distance > 0; distance /= 2) {
      for (int i = distance; i < size; i += 2 * distance) {
        group.chunks(i + root, Math.min(distance, size - i), size);
        group.copy((i - distance + root) % size, (i + root) % size);
      }
      group.endStep();
    }
  }
}
