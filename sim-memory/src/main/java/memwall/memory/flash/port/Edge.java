package memwall.memory.flash.port;

import memwall.memory.flash.device.FlashCounters;

/** What happens between two states: how long, what ends, what is sensed and counted. */
final class Edge {
  final Node to;

  /** Time between the states; of an edge that begins with a state at rest it does not count. */
  final long tookPs;

  /** Numbers of transfers whose end becomes certain, relative to the oldest at the beginning. */
  final long[] ended;

  /** And when they end, relative to the second state. */
  final long[] endsPs;

  /** Runs of a {@link memwall.memory.flash.device.SenseLog}, and their pages. */
  final int[] senses;

  final long pages;
  final FlashCounters before;
  final FlashCounters after;

  /** What the device answered, relative to the second state. */
  final long answerPs;

  Edge(
      Node to,
      long tookPs,
      long[] ended,
      long[] endsPs,
      int[] senses,
      FlashCounters before,
      FlashCounters after,
      long answerPs) {
    this.to = to;
    this.tookPs = tookPs;
    this.ended = ended;
    this.endsPs = endsPs;
    this.senses = senses;
    this.before = before;
    this.after = after;
    this.answerPs = answerPs;
    long sum = 0;
    for (int at = 2; at < senses.length; at += 3) {
      sum += senses[at];
    }
    pages = sum;
  }
}
