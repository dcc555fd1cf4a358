package memwall.network;

import memwall.core.unit.Units;

/**
 * The closed form of each all-reduce on an unloaded network when all n ranks call at one instant.
 * With {@code piece = ceil(bytes/n)}, {@code s(x) = ceil(x / (efficiency * rate))} in whole
 * picoseconds, {@code path = 2 link latencies + switch latency}:
 *
 * <pre>
 * ring       launch + 2(n-1) (per_message + s(piece) + path + sync)
 * one-shot   launch +  (n-1) (per_message + s(bytes)) + path + sync
 * two-shot   launch + 2[(n-1) (per_message + s(piece)) + path + sync]
 * in-network launch + sync + per_message + q max(W m, m + L) + r m + m' + L
 * </pre>
 *
 * <p>Sources: ring from Thakur, Rabenseifner, Gropp (2005) with alpha the sum of the latencies of a
 * step; one-shot and two-shot from the fit of measured kernels, calibration facts section 6, with
 * {@code h = path + sync} and {@code hn = per_message}. In the network, chunks of a slot's payload
 * stream through W slots: {@code L = path + adder latency}, {@code m = max(s(slot), n a(slot))} the
 * spacing of full chunks, {@code m'} that of the last one, {@code a(x) = ceil(x / adder rate)}, and
 * the last of K chunks has index {@code K - 1 = q W + r}. If the slots last for a round trip,
 * {@code W m >= m + L}, this is {@code launch + sync + per_message + (K-1) m + m' + L}.
 *
 * <p>All times are in picoseconds. 0 bytes take {@code launch}, one rank takes 0.
 */
public final class AllReduceFormula {
  private final NetworkSpec spec;
  private final int ranks;

  /**
   * The closed forms for a group.
   *
   * @param ranks size of the group, 1 to the network's ports
   */
  public AllReduceFormula(NetworkSpec spec, int ranks) {
    if (ranks < 1 || ranks > spec.ports()) {
      throw new IllegalArgumentException(
          ranks + " ranks do not fit a network of " + spec.ports() + " ports");
    }
    this.spec = spec;
    this.ranks = ranks;
  }

  /** Time of an all-reduce with the implementation that the network uses for this size. */
  public long latencyPs(long bytes) {
    return latencyPs(chosen(bytes), bytes);
  }

  /** The implementation that the network uses for this size. */
  public AllReduceSpec chosen(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("all-reduce of " + bytes + " bytes: must be >= 0");
    }
    return spec.allReduces().get(choose(bytes));
  }

  /** Time of an all-reduce with a given implementation. */
  public long latencyPs(AllReduceSpec allReduce, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("all-reduce of " + bytes + " bytes: must be >= 0");
    }
    if (ranks == 1) {
      return 0;
    }
    Overheads overheads = allReduce.overheads();
    if (bytes == 0) {
      return overheads.launchPs();
    }
    long rate = overheads.bytesPerSec(spec.linkBytesPerSec());
    long peers = ranks - 1L;
    long hopPs = spec.pathLatencyPs() + overheads.syncPs();
    long pieceBytes = bytes / ranks + (bytes % ranks == 0 ? 0 : 1);
    long restPs =
        switch (allReduce.kind()) {
          case RING ->
              times(2 * peers, overheads.messagePs() + Units.transferPs(pieceBytes, rate) + hopPs);
          case ONE_SHOT ->
              plus(times(peers, overheads.messagePs() + Units.transferPs(bytes, rate)), hopPs);
          case TWO_SHOT ->
              times(
                  2,
                  plus(
                      times(peers, overheads.messagePs() + Units.transferPs(pieceBytes, rate)),
                      hopPs));
          case IN_NETWORK ->
              plus(overheads.syncPs() + overheads.messagePs(), streamPs(bytes, rate));
        };
    return plus(overheads.launchPs(), restPs);
  }

  private int choose(long bytes) {
    boolean auto = spec.allReduce().equals(NetworkSpec.AUTO);
    int best = -1;
    long bestPs = Long.MAX_VALUE;
    for (int i = 0; i < spec.allReduces().size(); i++) {
      AllReduceSpec candidate = spec.allReduces().get(i);
      if (auto) {
        if (bytes > candidate.maxBytes() || Math.max(2, ranks) < candidate.minRanks()) {
          continue;
        }
        long candidatePs = latencyPs(candidate, bytes);
        if (best < 0 || candidatePs < bestPs) {
          best = i;
          bestPs = candidatePs;
        }
      } else if (candidate.name().equals(spec.allReduce())) {
        return i;
      }
    }
    return best; // NetworkSpec sees to it that there is one.
  }

  private long streamPs(long bytes, long rate) {
    ReductionSpec reduction = spec.reduction();
    if (reduction == null) {
      throw new IllegalArgumentException("the network has no adder in its switch");
    }
    long before = (bytes - 1) / reduction.slotBytes();
    long lastBytes = bytes - before * reduction.slotBytes();
    long lastPs = spacingPs(reduction, lastBytes, rate);
    long latencyPs = spec.pathLatencyPs() + reduction.latencyPs();
    if (before == 0) {
      return plus(lastPs, latencyPs);
    }
    long fullPs = spacingPs(reduction, reduction.slotBytes(), rate);
    long roundPs = Math.max(times(reduction.slots(), fullPs), plus(fullPs, latencyPs));
    long rounds = before / reduction.slots();
    long inRound = before % reduction.slots();
    return plus(plus(times(rounds, roundPs), times(inRound, fullPs)), plus(lastPs, latencyPs));
  }

  private long spacingPs(ReductionSpec reduction, long chunkBytes, long rate) {
    return Math.max(
        Units.transferPs(chunkBytes, rate),
        times(ranks, Units.transferPs(chunkBytes, reduction.bytesPerSec())));
  }

  private static long plus(long a, long b) {
    return Math.addExact(a, b);
  }

  private static long times(long a, long b) {
    return Math.multiplyExact(a, b);
  }
}
