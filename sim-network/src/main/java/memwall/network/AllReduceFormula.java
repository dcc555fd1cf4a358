package memwall.network;

import java.util.List;
import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

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
 * <p>A library may copy the vector first and may keep the host busy: then it takes {@code max(host,
 * copy + ...)}.
 *
 * <p>All times are in picoseconds. 0 bytes take {@code launch}, one rank takes 0.
 */
public final class AllReduceFormula implements CollectiveTime {
  private final NetworkSpec spec;
  private final int ranks;
  private final List<AllReduceSpec> all;
  private final @Nullable LibrarySpec library;

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
    this.library = library(spec.allReduce());
    boolean fixed = !spec.allReduce().equals(NetworkSpec.AUTO) && library == null;
    this.all = fixed ? List.of(implementation(spec.allReduce())) : spec.allReduces();
  }

  /** Time of an all-reduce as the network does it for this size. */
  @Override
  public long latencyPs(long bytes) {
    AllReduceChoice choice = choice(bytes);
    if (ranks == 1) {
      return 0;
    }
    return Math.max(
        choice.hostPs(), plus(choice.copyPs(), latencyPs(choice.implementation(), bytes)));
  }

  /** The implementation that the network uses for this size. */
  public AllReduceSpec chosen(long bytes) {
    return choice(bytes).implementation();
  }

  /** How the network does an all-reduce of this size. */
  public AllReduceChoice choice(long bytes) {
    checkBytes(bytes);
    LibrarySpec asked = library;
    long hostPs = 0;
    long copyPs = 0;
    while (asked != null) {
      LibraryRule rule = asked.rule(ranks, bytes);
      hostPs = Math.max(hostPs, rule.hostPs());
      copyPs = plus(copyPs, rule.copyPs(bytes));
      asked = library(rule.use().get(0));
      if (asked == null) {
        List<AllReduceSpec> candidates = rule.use().stream().map(this::implementation).toList();
        return new AllReduceChoice(least(candidates, bytes), hostPs, copyPs);
      }
    }
    return new AllReduceChoice(all.size() == 1 ? all.get(0) : least(all, bytes), 0, 0);
  }

  /** Time of an all-reduce with a given implementation. */
  public long latencyPs(AllReduceSpec allReduce, long bytes) {
    checkBytes(bytes);
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

  private static void checkBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("all-reduce of " + bytes + " bytes: must be >= 0");
    }
  }

  private @Nullable LibrarySpec library(String name) {
    for (LibrarySpec one : spec.libraries()) {
      if (one.name().equals(name)) {
        return one;
      }
    }
    return null;
  }

  private AllReduceSpec implementation(String name) {
    for (AllReduceSpec one : spec.allReduces()) {
      if (one.name().equals(name)) {
        return one;
      }
    }
    throw new IllegalStateException("no implementation '" + name + "'"); // Refused by the spec.
  }

  /** The fastest of those that are for so many ranks and bytes, the first one among equals. */
  private AllReduceSpec least(List<AllReduceSpec> candidates, long bytes) {
    AllReduceSpec best = null;
    long bestPs = Long.MAX_VALUE;
    for (AllReduceSpec candidate : candidates) {
      if (bytes > candidate.maxBytes() || Math.max(2, ranks) < candidate.minRanks()) {
        continue;
      }
      long candidatePs = latencyPs(candidate, bytes);
      if (best == null || candidatePs < bestPs) {
        best = candidate;
        bestPs = candidatePs;
      }
    }
    if (best == null) {
      throw new IllegalStateException("none of " + candidates); // The spec sees to it.
    }
    return best;
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
