package memwall.memory.dram.bulk;

import java.util.Arrays;

/** Stretches in order and how often each is taken. */
final class Path {
  /** A longer path is not kept. */
  private static final int MOST_STEPS = 1 << 14;

  Edge[] edges = new Edge[64];
  long[] times = new long[64];
  int steps;

  /** Whether some steps are missing. */
  boolean isTooLong;

  void clear() {
    steps = 0;
    isTooLong = false;
  }

  void add(Edge edge, long itsTimes) {
    if (steps == edges.length) {
      if (steps == MOST_STEPS) {
        isTooLong = true;
        return;
      }
      edges = Arrays.copyOf(edges, steps * 2);
      times = Arrays.copyOf(times, steps * 2);
    }
    edges[steps] = edge;
    times[steps++] = itsTimes;
  }
}
