package memwall.network;

import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

/** What each rank does for one collective of one size; shared by all operations of that size. */
final class Plan {
  /** The pattern of messages. */
  enum Pattern {
    /** No message: nothing to do, or nobody to do it with. */
    NOTHING,
    /** In each of the phases a piece to each other rank, then wait for as many. */
    EXCHANGE,
    /** In each step a piece to the next rank; a step needs what the previous one brought. */
    RING,
    /** Chunks up to the adder, results down, a window of slots. */
    STREAM
  }

  final Collective collective;
  final long bytes;
  final Pattern pattern;
  final Overheads overheads;

  /** The operation is complete no earlier than so long after its launch. */
  final long hostPs;

  /** From the launch to the begin: launch, copy and, before a stream, synchronisation. */
  final long delayPs;

  /** Phases of an exchange, steps of a ring, chunks of a stream. */
  final int steps;

  final long pieceBytes;
  final long servicePs;
  final long addPs;
  // The last chunk of a stream may be shorter.
  final long lastBytes;
  final long lastServicePs;
  final long lastAddPs;

  /** What an operation does to an idle network; measured when it is needed first. */
  @Nullable Reservation reservation;

  private Plan(
      Collective collective,
      long bytes,
      Pattern pattern,
      Overheads overheads,
      long steps,
      long pieceBytes,
      long lastBytes,
      long linkBytesPerSec,
      long adderBytesPerSec,
      long hostPs,
      long copyPs) {
    this.hostPs = hostPs;
    long syncPs = pattern == Pattern.STREAM ? overheads.syncPs() : 0;
    this.delayPs = overheads.launchPs() + copyPs + syncPs;
    this.collective = collective;
    this.bytes = bytes;
    this.pattern = pattern;
    this.overheads = overheads;
    this.steps = Math.toIntExact(steps);
    this.pieceBytes = pieceBytes;
    this.lastBytes = lastBytes;
    long rate = overheads.bytesPerSec(linkBytesPerSec);
    this.servicePs = Units.transferPs(pieceBytes, rate);
    this.lastServicePs = Units.transferPs(lastBytes, rate);
    this.addPs = Units.transferPs(pieceBytes, adderBytesPerSec);
    this.lastAddPs = Units.transferPs(lastBytes, adderBytesPerSec);
  }

  static Plan of(
      Collective collective, long bytes, int ranks, NetworkSpec spec, AllReduceFormula formula) {
    long rate = spec.linkBytesPerSec();
    Overheads plain = spec.message();
    if (ranks == 1) {
      Overheads none = new Overheads(1, 0, 0, 0);
      return new Plan(collective, bytes, Pattern.NOTHING, none, 0, 0, 0, rate, rate, 0, 0);
    }
    long piece = bytes / ranks + (bytes % ranks == 0 ? 0 : 1);
    if (collective != Collective.ALL_REDUCE) {
      Pattern pattern = bytes == 0 ? Pattern.NOTHING : Pattern.EXCHANGE;
      return new Plan(collective, bytes, pattern, plain, 1, piece, piece, rate, rate, 0, 0);
    }
    AllReduceChoice choice = formula.choice(bytes);
    AllReduceSpec chosen = choice.implementation();
    Overheads overheads = chosen.overheads();
    long host = choice.hostPs();
    long copy = choice.copyPs();
    if (bytes == 0) {
      Pattern nothing = Pattern.NOTHING;
      return new Plan(collective, 0, nothing, overheads, 0, 0, 0, rate, rate, host, copy);
    }
    Pattern direct = Pattern.EXCHANGE;
    return switch (chosen.kind()) {
      case RING ->
          new Plan(
              collective,
              bytes,
              Pattern.RING,
              overheads,
              2L * (ranks - 1),
              piece,
              piece,
              rate,
              rate,
              host,
              copy);
      case ONE_SHOT ->
          new Plan(collective, bytes, direct, overheads, 1, bytes, bytes, rate, rate, host, copy);
      case TWO_SHOT ->
          new Plan(collective, bytes, direct, overheads, 2, piece, piece, rate, rate, host, copy);
      case IN_NETWORK -> {
        ReductionSpec reduction = spec.reduction();
        if (reduction == null) {
          throw new IllegalStateException("no adder for '" + chosen.name() + "'");
        }
        long before = (bytes - 1) / reduction.slotBytes();
        long last = bytes - before * reduction.slotBytes();
        yield new Plan(
            collective,
            bytes,
            Pattern.STREAM,
            overheads,
            before + 1,
            before == 0 ? last : reduction.slotBytes(),
            last,
            rate,
            reduction.bytesPerSec(),
            host,
            copy);
      }
    };
  }
}
