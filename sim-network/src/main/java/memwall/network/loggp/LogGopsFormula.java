package memwall.network.loggp;

import java.util.OptionalLong;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;

/**
 * What collectives take under LogGOPS to the picosecond, where that is a sum of steps: with T(m) =
 * 2 o + L + (m-1) G for each step and the time of adding m bytes where they are added. It is if the
 * number of ranks is a power of two (any for rings) that divides the bytes, all messages are eager,
 * g is at most 2 o + L, and the processor does not handle bytes (1/O is 0).
 *
 * <p>What is sent to many at once, or pipelined, is no sum of steps: one-shot, two-shot, direct,
 * trees and hierarchies have no entry here.
 */
public final class LogGopsFormula {
  private final LogGopsSpec spec;

  /** The closed forms for a network. */
  public LogGopsFormula(LogGopsSpec spec) {
    this.spec = spec;
  }

  /** Time until the last rank has finished, where there is such a form. */
  public OptionalLong latencyPs(Algorithm algorithm, CollectiveShape shape) {
    int ranks = shape.ranks();
    long bytes = shape.bytes();
    if (ranks == 1 || bytes == 0) {
      return OptionalLong.of(0);
    }
    if (bytes > spec.eagerBytes()
        || spec.gapPs() > 2 * spec.overheadPs() + spec.latencyPs()
        || spec.processorBytesPerSec() != 0) {
      return OptionalLong.empty();
    }
    boolean divides = bytes % ranks == 0;
    boolean power = Integer.bitCount(ranks) == 1;
    boolean halves = power && divides;
    int lg = Integer.numberOfTrailingZeros(Integer.highestOneBit(ranks));
    long piece = bytes / ranks;
    long around = divides ? (ranks - 1L) * spec.messagePs(piece) : 0;
    long addAround = (ranks - 1L) * spec.reducePs(piece);
    return switch (algorithm) {
      case ALL_REDUCE_RING -> sum(divides, 2 * around + addAround);
      case REDUCE_SCATTER_RING -> sum(divides, around + addAround);
      case ALL_GATHER_RING -> sum(divides, around);
      case ALL_REDUCE_RECURSIVE_DOUBLING ->
          sum(power, lg * (spec.messagePs(bytes) + spec.reducePs(bytes)));
      case ALL_REDUCE_BINOMIAL ->
          sum(power, 2L * lg * spec.messagePs(bytes) + lg * spec.reducePs(bytes));
      case BROADCAST_BINOMIAL -> sum(power, lg * spec.messagePs(bytes));
      case REDUCE_BINOMIAL -> sum(power, lg * (spec.messagePs(bytes) + spec.reducePs(bytes)));
      case ALL_REDUCE_RABENSEIFNER ->
          sum(halves, halves(bytes, ranks, true) + halves(bytes, ranks, false));
      case REDUCE_SCATTER_RECURSIVE_HALVING -> sum(halves, halves(bytes, ranks, true));
      case ALL_GATHER_RECURSIVE_DOUBLING, ALL_GATHER_BRUCK ->
          sum(halves, halves(bytes, ranks, false));
      case ALL_TO_ALL_BRUCK -> sum(halves, lg * spec.messagePs(bytes / 2));
      default -> OptionalLong.empty();
    };
  }

  private static OptionalLong sum(boolean applies, long latencyPs) {
    return applies ? OptionalLong.of(latencyPs) : OptionalLong.empty();
  }

  /** Messages of m/2, m/4, ..., m/P. */
  private long halves(long bytes, int ranks, boolean add) {
    long latencyPs = 0;
    for (int parts = 2; parts <= ranks; parts *= 2) {
      latencyPs += spec.messagePs(bytes / parts) + (add ? spec.reducePs(bytes / parts) : 0);
    }
    return latencyPs;
  }
}
