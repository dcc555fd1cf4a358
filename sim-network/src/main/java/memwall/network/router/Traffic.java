package memwall.network.router;

import memwall.core.random.RandomStream;
import org.jspecify.annotations.Nullable;

/**
 * Who sends to whom in synthetic traffic (Dally, Towles, "Principles and Practices of
 * Interconnection Networks", section 3.2).
 */
final class Traffic {
  private final TrafficPattern pattern;
  private final int nodes;
  private final int bits;
  private final int[] grid;
  private final int groupNodes;
  private final double hotShare;
  private final int[] permutation;

  /**
   * A pattern over a network.
   *
   * @param grid nodes in each dimension, for the patterns that need them
   * @param groupNodes nodes of a group, 0 if there are none
   * @param hotShare share of the packets that go to the hot node
   * @throws IllegalArgumentException if the network is not made for the pattern
   */
  Traffic(
      TrafficPattern pattern,
      int nodes,
      int[] grid,
      int groupNodes,
      double hotShare,
      RandomStream random) {
    this.pattern = pattern;
    this.nodes = nodes;
    this.grid = grid.clone();
    this.groupNodes = groupNodes;
    this.hotShare = hotShare;
    bits = 31 - Integer.numberOfLeadingZeros(nodes);
    String misfit = misfit(pattern, nodes, grid.length > 0, groupNodes);
    if (misfit != null) {
      throw new IllegalArgumentException(misfit);
    }
    permutation = new int[pattern == TrafficPattern.PERMUTATION ? nodes : 0];
    for (int i = 0; i < permutation.length; i++) {
      int j = (int) random.nextLong(i + 1);
      permutation[i] = permutation[j];
      permutation[j] = i;
    }
  }

  /** Why a pattern cannot be used, or null. */
  static @Nullable String misfit(
      TrafficPattern pattern, int nodes, boolean hasGrid, int groupNodes) {
    boolean power = Integer.bitCount(nodes) == 1;
    return switch (pattern) {
      case TRANSPOSE ->
          power && Integer.numberOfTrailingZeros(nodes) % 2 == 0
              ? null
              : "traffic transpose needs a power of 4 nodes, there are " + nodes;
      case BIT_COMPLEMENT, BIT_REVERSE, SHUFFLE ->
          power
              ? null
              : "traffic " + pattern.key() + " needs a power of 2 nodes, there are " + nodes;
      case TORNADO, NEIGHBOR ->
          hasGrid ? null : "traffic " + pattern.key() + " needs a mesh, torus or hypercube";
      case NEXT_GROUP ->
          groupNodes > 0 && groupNodes < nodes ? null : "traffic next-group needs a dragonfly";
      case INCAST -> nodes > 1 ? null : "traffic incast needs 2 nodes or more";
      default -> null;
    };
  }

  /** Where the next packet of {@code source} goes. */
  int destination(int source, RandomStream random) {
    return switch (pattern) {
      case UNIFORM -> (int) random.nextLong(nodes);
      case TORNADO, NEIGHBOR -> shifted(source);
      case TRANSPOSE -> {
        int half = bits / 2;
        int low = source & ((1 << half) - 1);
        yield source >>> half | low << half;
      }
      case BIT_COMPLEMENT -> nodes - 1 - source;
      case BIT_REVERSE -> bits == 0 ? 0 : Integer.reverse(source) >>> (32 - bits);
      case SHUFFLE -> bits == 0 ? 0 : (source << 1 | source >>> (bits - 1)) & (nodes - 1);
      case PERMUTATION -> permutation[source];
      case NEXT_GROUP -> {
        int first = (source / groupNodes + 1) * groupNodes % nodes;
        yield first + (int) random.nextLong(groupNodes);
      }
      case HOTSPOT -> random.nextDouble() < hotShare ? 0 : (int) random.nextLong(nodes);
      case INCAST -> source != 0 ? 0 : 1 + (int) random.nextLong(nodes - 1);
    };
  }

  private int shifted(int source) {
    int stride = 1;
    int destination = 0;
    for (int size : grid) {
      int shift = pattern == TrafficPattern.TORNADO ? (size + 1) / 2 - 1 : 1;
      destination += (source / stride % size + shift) % size * stride;
      stride *= size;
    }
    return destination;
  }
}
