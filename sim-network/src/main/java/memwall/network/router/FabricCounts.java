package memwall.network.router;

/** What a network has counted at a moment. Arrays are copies. */
final class FabricCounts {
  /** The moment. */
  final long cycle;

  /** Packets whose tail, and flits which, left for their node. */
  final long delivered;

  final long deliveredFlits;

  /** Flits that passed a switch. */
  final long moved;

  /** By node, flits that it sent. */
  final long[] nodeFlits;

  /** By port, flits that left it. */
  final long[] sentFlits;

  FabricCounts(
      long cycle,
      long delivered,
      long deliveredFlits,
      long moved,
      long[] nodeFlits,
      long[] sentFlits) {
    this.cycle = cycle;
    this.delivered = delivered;
    this.deliveredFlits = deliveredFlits;
    this.moved = moved;
    this.nodeFlits = nodeFlits;
    this.sentFlits = sentFlits;
  }
}
