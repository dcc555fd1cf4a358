package memwall.memory.flash.port;

import memwall.memory.flash.device.FlashCounters;

/** What happens between two states: how long, what ends, what is counted. */
final class Edge {
  final Node to;

  /** Time between the states; of an edge that begins with a question it does not count. */
  final long tookPs;

  /** Numbers of transfers whose end becomes certain, relative to the oldest at the beginning. */
  final long[] ended;

  /** And when they end, relative to the second state. */
  final long[] endsPs;

  final FlashCounters before;
  final FlashCounters after;

  /** What the device answered, relative to the second state. */
  final long answerPs;

  // The question, if the edge begins with one.
  Node.Kind kind = Node.Kind.NOTHING;
  long where;
  long amount;
  long afterPs;

  /** How often it was taken and not yet counted. */
  long taken;

  Edge(
      Node to,
      long tookPs,
      long[] ended,
      long[] endsPs,
      FlashCounters before,
      FlashCounters after,
      long answerPs) {
    this.to = to;
    this.tookPs = tookPs;
    this.ended = ended;
    this.endsPs = endsPs;
    this.before = before;
    this.after = after;
    this.answerPs = answerPs;
  }

  boolean answers(Node.Kind itsKind, long itsWhere, long itsAmount, long itsAfterPs) {
    return afterPs == itsAfterPs && amount == itsAmount && where == itsWhere && kind == itsKind;
  }

  /** Pages sensed on the way. */
  long senses() {
    return after.senses() - before.senses();
  }
}
