package memwall.network.reduce;

import java.util.Arrays;
import memwall.core.random.RandomStream;
import memwall.core.unit.Units;
import memwall.network.aggregation.Graph;

/**
 * Equal parts of a network that fail by chance: the failures of n parts are one Poisson process of
 * n times the rate, each of a part drawn evenly; one of a part that is down is none. So each part
 * that works fails after an exponential time.
 */
final class FailingParts {
  private final int[] numbers;
  private final boolean[] isDown;
  private final double seconds;
  private final RandomStream random;
  private long failures;

  private FailingParts(int[] numbers, double seconds, RandomStream random) {
    this.numbers = numbers;
    this.seconds = seconds;
    this.random = random;
    isDown = new boolean[numbers.length];
  }

  /** All links of a graph, each failing after so many seconds in the mean. */
  static FailingParts links(Graph graph, double seconds, RandomStream random) {
    int[] links = new int[graph.links()];
    Arrays.setAll(links, link -> link);
    return new FailingParts(links, seconds, random);
  }

  /** All hosts of a graph, or all switches. */
  static FailingParts nodes(Graph graph, boolean areHosts, double seconds, RandomStream random) {
    int count = 0;
    int[] found = new int[graph.nodes()];
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.isHost(node) == areHosts) {
        found[count++] = node;
      }
    }
    return new FailingParts(Arrays.copyOf(found, count), seconds, random);
  }

  /** Time to the next failure of any, {@link RandomFaults#MOST_PS} if there is none. */
  long drawPs() {
    return numbers.length == 0
        ? RandomFaults.MOST_PS
        : ps(random.nextExponential() * seconds / numbers.length);
  }

  /** A time in picoseconds, at least 1, at most {@link RandomFaults#MOST_PS}. */
  static long ps(double seconds) {
    return (long) Math.max(1, Math.min(seconds * Units.PS_PER_SECOND, RandomFaults.MOST_PS));
  }

  /** A part fails: its number, or -1 if it is one that is down. */
  int fail() {
    int index = (int) random.nextLong(numbers.length);
    if (isDown[index]) {
      return -1;
    }
    isDown[index] = true;
    failures++;
    return numbers[index];
  }

  /** A link works again. */
  void repaired(int link) {
    isDown[link] = false;
  }

  long failures() {
    return failures;
  }
}
