package memwall.network;

/**
 * Everything that a collective does to an idle folded network, relative to the time at which it
 * begins. Nothing in a network depends on absolute time, so an operation that nobody disturbs need
 * not be simulated twice.
 */
final class Reservation {
  /** From the begin, after the launch, to the completion. */
  final long durationPs;

  /** From the begin until the rank has sent its last message. */
  final long sentPs;

  /** Messages or chunks that the rank sent. */
  final int sent;

  /** Per link, from the begin to the end of its last service; negative if it is not used. */
  final long[] freeOffsetsPs;

  /** What the counters of {@link NetworkStats#traffic} grow by. */
  final long[] traffic;

  Reservation(long durationPs, long sentPs, int sent, long[] freeOffsetsPs, long[] traffic) {
    this.durationPs = durationPs;
    this.sentPs = sentPs;
    this.sent = sent;
    this.freeOffsetsPs = freeOffsetsPs;
    this.traffic = traffic;
  }
}
