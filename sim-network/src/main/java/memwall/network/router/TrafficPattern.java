package memwall.network.router;

import java.util.Locale;

/**
 * Patterns of who sends to whom (Dally, Towles, "Principles and Practices of Interconnection
 * Networks", section 3.2).
 */
public enum TrafficPattern {
  /** Every node, the sender too, with equal probability. */
  UNIFORM,
  /** Almost half way round each dimension: {@code ceil(k / 2) - 1} further. */
  TORNADO,
  /** The next router in each dimension. */
  NEIGHBOR,
  /** The halves of the address's bits change places. */
  TRANSPOSE,
  /** All bits of the address change. */
  BIT_COMPLEMENT,
  /** The bits of the address in reverse order. */
  BIT_REVERSE,
  /** The bits of the address turned left by one. */
  SHUFFLE,
  /** A random permutation, drawn once. */
  PERMUTATION,
  /** A random node of the next group of a dragonfly. */
  NEXT_GROUP,
  /** A share goes to node 0, the rest is uniform. */
  HOTSPOT,
  /** All nodes but 0 send to node 0; it sends to all others in equal shares. */
  INCAST;

  /** The name used in files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
