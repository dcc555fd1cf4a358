package memwall.network.loggp;

import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Hierarchy;

/**
 * Closed forms of the collectives, without contention: alpha for each message on the longest chain,
 * beta for each byte on it. With {@code lg = ceil(log2 P)}, for a vector of m bytes:
 *
 * <pre>
 * all-reduce      ring                2(P-1) alpha + 2(P-1)/P m (beta + gamma/2)        [1]
 *                 recursive-doubling  lg (alpha + m beta + m gamma)                     [1]
 *                 rabenseifner        2 lg alpha + 2(P-1)/P m (beta + gamma/2)          [1]
 *                 binomial            2 lg (alpha + m beta) + lg m gamma                [1]
 *                 double-tree         2 lg alpha + 2 m beta + 2 sqrt(2 lg alpha m beta) [2]
 *                 one-shot            alpha + (P-2) gap + (P-1) m (beta + gamma)        [3]
 *                 two-shot            2 (alpha + (P-2) gap) + 2(P-1)/P m (beta + gamma/2)  [3]
 * reduce-scatter, all-gather, broadcast, reduce: the parts of these                     [1]
 * all-gather      bruck               lg alpha + (P-1)/P m beta                         [4]
 * broadcast       scatter-ring        (lg + P - 1) alpha + 2(P-1)/P m beta              [1]
 * all-to-all      direct              alpha + (P-2) gap + (P-1)/P m beta                [3]
 *                 bruck               lg (alpha + m/2 beta)                             [4]
 * </pre>
 *
 * <p>[1] Thakur, Rabenseifner, Gropp, IJHPCA 2005. [2] Sanders, Speck, Traeff, Parallel Computing
 * 2009, with as many chunks as is best. [3] LogGP: Alexandrov, Ionescu, Schauser, Scheiman, SPAA
 * 1995. [4] Bruck et al., IEEE TPDS 1997. A hierarchy is the sum of its parts. If P is no power of
 * two, recursive algorithms take floor(log2 P) steps and what folding pairs in and out costs: 2
 * (alpha + m beta) + m gamma in all-reduces.
 */
public final class CollectiveFormula {
  private final AlphaBeta costs;

  /** The closed forms for a network. */
  public CollectiveFormula(AlphaBeta costs) {
    this.costs = costs;
  }

  /** Seconds that a collective takes; 0 for one rank or no bytes. */
  public double seconds(Algorithm algorithm, CollectiveShape shape) {
    if (algorithm == Algorithm.ALL_REDUCE_HIERARCHICAL) {
      return hierarchical(shape);
    }
    return seconds(algorithm, shape.ranks(), (double) shape.bytes());
  }

  private double seconds(Algorithm algorithm, int ranks, double m) {
    if (ranks == 1 || m == 0) {
      return 0;
    }
    double alpha = costs.alphaSec();
    double mBeta = m * costs.betaSecPerByte();
    double mGamma = m * costs.gammaSecPerByte();
    double gaps = (ranks - 2) * costs.gapSec();
    int others = ranks - 1;
    double share = (double) others / ranks;
    int up = 32 - Integer.numberOfLeadingZeros(others);
    int down = 31 - Integer.numberOfLeadingZeros(ranks);
    boolean folds = up != down;
    return switch (algorithm) {
      case ALL_REDUCE_RING -> 2 * others * alpha + share * (2 * mBeta + mGamma);
      case ALL_REDUCE_RECURSIVE_DOUBLING ->
          down * (alpha + mBeta + mGamma) + (folds ? 2 * (alpha + mBeta) + mGamma : 0);
      case ALL_REDUCE_RABENSEIFNER -> {
        double actorsShare = 1 - 1.0 / (1 << down);
        yield 2 * down * alpha
            + actorsShare * (2 * mBeta + mGamma)
            + (folds ? 2 * (alpha + mBeta) + mGamma : 0);
      }
      case ALL_REDUCE_BINOMIAL -> 2 * up * (alpha + mBeta) + up * mGamma;
      case ALL_REDUCE_DOUBLE_TREE ->
          2 * up * alpha + 2 * mBeta + 2 * Math.sqrt(2 * up * alpha * mBeta) + mGamma;
      case ALL_REDUCE_ONE_SHOT -> alpha + gaps + others * (mBeta + mGamma);
      case ALL_REDUCE_TWO_SHOT -> 2 * (alpha + gaps) + share * (2 * mBeta + mGamma);
      case REDUCE_SCATTER_RING -> others * alpha + share * (mBeta + mGamma);
      case REDUCE_SCATTER_RECURSIVE_HALVING ->
          down * alpha
              + share * (mBeta + mGamma)
              + (folds ? 2 * alpha + mBeta + mGamma + mBeta / ranks : 0);
      case REDUCE_SCATTER_DIRECT -> alpha + gaps + share * (mBeta + mGamma);
      case ALL_GATHER_RING -> others * alpha + share * mBeta;
      case ALL_GATHER_RECURSIVE_DOUBLING ->
          down * alpha + share * mBeta + (folds ? 2 * alpha + mBeta : 0);
      case ALL_GATHER_BRUCK -> up * alpha + share * mBeta;
      case ALL_GATHER_DIRECT, ALL_TO_ALL_DIRECT -> alpha + gaps + share * mBeta;
      case BROADCAST_BINOMIAL -> up * (alpha + mBeta);
      case BROADCAST_SCATTER_RING -> (up + others) * alpha + 2 * share * mBeta;
      case REDUCE_BINOMIAL -> up * (alpha + mBeta + mGamma);
      case ALL_TO_ALL_BRUCK -> up * (alpha + mBeta / 2);
      case ALL_REDUCE_HIERARCHICAL -> throw new IllegalArgumentException("groups have no groups");
    };
  }

  private double hierarchical(CollectiveShape shape) {
    Hierarchy hierarchy = shape.hierarchy();
    int size = Math.min(hierarchy.innerRanks(), shape.ranks());
    int groups = (shape.ranks() + size - 1) / size;
    double m = (double) shape.bytes();
    if (shape.ranks() % size != 0) {
      return seconds(Algorithm.REDUCE_BINOMIAL, size, m)
          + seconds(hierarchy.outer(), groups, m)
          + seconds(Algorithm.BROADCAST_BINOMIAL, size, m);
    }
    double outer = seconds(hierarchy.outer(), groups, m / size);
    return outer
        + switch (hierarchy.inner()) {
          case RING ->
              seconds(Algorithm.REDUCE_SCATTER_RING, size, m)
                  + seconds(Algorithm.ALL_GATHER_RING, size, m);
          case RECURSIVE ->
              seconds(Algorithm.REDUCE_SCATTER_RECURSIVE_HALVING, size, m)
                  + seconds(Algorithm.ALL_GATHER_RECURSIVE_DOUBLING, size, m);
          case DIRECT ->
              seconds(Algorithm.REDUCE_SCATTER_DIRECT, size, m)
                  + seconds(Algorithm.ALL_GATHER_DIRECT, size, m);
        };
  }

  /**
   * A one-shot all-reduce where each rank has a link to each other one: alpha + m (beta + gamma).
   */
  public double oneShotOnLinksOfItsOwn(CollectiveShape shape) {
    if (shape.ranks() == 1 || shape.bytes() == 0) {
      return 0;
    }
    return costs.alphaSec() + shape.bytes() * (costs.betaSecPerByte() + costs.gammaSecPerByte());
  }

  /**
   * How many chunks each half of the vector is best cut into in a double binary tree, in the form
   * above: sqrt(2 lg m beta / alpha), at least 1 and at most 4096 or a byte each.
   */
  public int bestChunks(CollectiveShape shape) {
    if (shape.ranks() == 1 || costs.alphaSec() == 0) {
      return 1;
    }
    int up = 32 - Integer.numberOfLeadingZeros(shape.ranks() - 1);
    double betaSec = (double) shape.bytes() * costs.betaSecPerByte();
    double best = Math.rint(Math.sqrt(2 * up * betaSec / costs.alphaSec()));
    return (int) Math.max(1, Math.min((long) best, Math.min(4096, shape.bytes() / 2)));
  }

  /** The algorithm of a kind that is fastest; of equal ones the first. */
  public Algorithm fastest(CollectiveKind kind, CollectiveShape shape) {
    Algorithm best = null;
    double bestSeconds = Double.POSITIVE_INFINITY;
    for (Algorithm algorithm : Algorithm.of(kind)) {
      double seconds = seconds(algorithm, shape);
      if (seconds < bestSeconds) {
        best = algorithm;
        bestSeconds = seconds;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no algorithm of " + kind);
    }
    return best;
  }
}
