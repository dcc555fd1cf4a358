package memwall.memory.flash.law;

import java.util.function.DoubleUnaryOperator;

/**
 * Pages programmed per page that the host writes, under uniformly random overwrites in a log
 * structure that is cleaned block by block. The argument {@code fullness} is user pages over
 * physical pages, between 0 and 1 (blocks that are always kept free subtracted from the physical
 * ones); over-provisioning in the user's terms is 1 / fullness - 1, in MQSim's 1 - fullness.
 *
 * <p>With alpha = 1 / fullness and A the amplification:
 *
 * <ul>
 *   <li>FIFO cleaning: A = alpha / (alpha + W0(-alpha e^-alpha)), Lambert's W; from X = e^(-alpha /
 *       A), A = 1 / (1 - X): Menon, "A performance comparison of RAID-5 and log-structured arrays"
 *       (1995); Desnoyers (SYSTOR 2012); Xiang and Kurkoski (arXiv 1110.4245).
 *   <li>Greedy cleaning of blocks of b pages: fullness = (b - j) / (b (H_b - H_j)), A = b / (b -
 *       j), with H the harmonic numbers and j real, the valid pages of a victim: balance of flow
 *       over the numbers of valid pages. Desnoyers' form replaces H_n by ln(n + 1/2).
 *   <li>A = alpha / (2 (alpha - 1)): Agarwal and Marrow (GLOBECOM 2010), at least 1.
 *   <li>Random victims: A = 1 / (1 - fullness).
 * </ul>
 *
 * Every form has its inverse, the fullness that gives an amplification.
 */
public final class WriteAmplification {
  private static final double GOLDEN = (StrictMath.sqrt(5) - 1) / 2;
  private static final int BISECTIONS = 200;

  private WriteAmplification() {}

  /** Blocks cleaned in the order in which they were filled. */
  public static double fifo(double fullness) {
    double alpha = 1 / Args.inside("fullness", fullness);
    return alpha / (alpha + Special.lambertW0(-alpha * StrictMath.exp(-alpha)));
  }

  /** The fullness at which FIFO cleaning amplifies so much, more than 1. */
  public static double fifoFullness(double amplification) {
    return -1 / (above1(amplification) * StrictMath.log1p(-1 / amplification));
  }

  /**
   * The block with the fewest valid pages is cleaned.
   *
   * @param pagesPerBlock at least 1
   */
  public static double greedy(double fullness, int pagesPerBlock) {
    double b = Args.positive("pagesPerBlock", (long) pagesPerBlock);
    if (Args.inside("fullness", fullness) <= greedyFullness(0, b)) {
      return 1; // So empty that a block runs out of valid pages before it is needed.
    }
    double low = 0;
    double high = b;
    for (int i = 0; i < BISECTIONS && low < high; i++) {
      double middle = (low + high) / 2;
      if (greedyFullness(middle, b) < fullness) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return b / (b - (low + high) / 2);
  }

  /** The fullness at which greedy cleaning amplifies so much, more than 1. */
  public static double greedyFullness(double amplification, int pagesPerBlock) {
    double b = Args.positive("pagesPerBlock", (long) pagesPerBlock);
    return greedyFullness(b * (1 - 1 / above1(amplification)), b);
  }

  private static double greedyFullness(double valid, double b) {
    double levels = Special.harmonic(b) - Special.harmonic(valid);
    return levels > 0 ? (b - valid) / (b * levels) : 1;
  }

  /**
   * Greedy cleaning in the form of Desnoyers: A = b / (b - X + 1) with X = 1/2 - (b / alpha) W0(-(1
   * + 1/2b) alpha e^(-(1 + 1/2b) alpha)). Remembered from the paper; within 0.4 % of {@link
   * #greedy} from 16 pages per block on.
   */
  public static double desnoyers(double fullness, int pagesPerBlock) {
    double b = Args.positive("pagesPerBlock", (long) pagesPerBlock);
    double alpha = 1 / Args.inside("fullness", fullness);
    double scaled = (1 + 0.5 / b) * alpha;
    double valid = 0.5 - b / alpha * Special.lambertW0(-scaled * StrictMath.exp(-scaled));
    return b / (b - valid + 1);
  }

  /** The form of Agarwal and Marrow; too low at small fullness, where it is 1. */
  public static double agarwal(double fullness) {
    double alpha = 1 / Args.inside("fullness", fullness);
    return Math.max(1, alpha / (2 * (alpha - 1)));
  }

  /** The fullness at which {@link #agarwal} gives so much, more than 1. */
  public static double agarwalFullness(double amplification) {
    return 1 - 1 / (2 * above1(amplification));
  }

  /** Victims drawn at random. */
  public static double random(double fullness) {
    return 1 / (1 - Args.inside("fullness", fullness));
  }

  /** The fullness at which random victims give so much, more than 1. */
  public static double randomFullness(double amplification) {
    return 1 - 1 / above1(amplification);
  }

  /** How data of two temperatures is best kept apart; see {@link #separated}. */
  public record Separation(double hotFullness, double coldFullness, double amplification) {}

  /**
   * Hot and cold data in blocks of their own, each uniformly overwritten, with the spare pages
   * split so that the amplification of all is least: the sum of the parts' amplifications weighted
   * with their share of the writes. The split is found by golden section; each part's law is convex
   * in its spare.
   *
   * @param fullness of the whole
   * @param hotFraction of the user pages, between 0 and 1
   * @param hotWriteShare of the host's writes, between 0 and 1
   * @param law amplification by fullness of each part, for example {@code WriteAmplification::fifo}
   */
  public static Separation separated(
      double fullness, double hotFraction, double hotWriteShare, DoubleUnaryOperator law) {
    Args.inside("fullness", fullness);
    Args.inside("hotFraction", hotFraction);
    Args.inside("hotWriteShare", hotWriteShare);
    double spare = 1 - fullness;
    double hot = fullness * hotFraction;
    double cold = fullness - hot;
    DoubleUnaryOperator both =
        share ->
            hotWriteShare * law.applyAsDouble(hot / (hot + share * spare))
                + (1 - hotWriteShare) * law.applyAsDouble(cold / (cold + (1 - share) * spare));
    double low = 1e-6;
    double high = 1 - 1e-6;
    while (high - low > 1e-9) {
      double left = high - GOLDEN * (high - low);
      double right = low + GOLDEN * (high - low);
      if (both.applyAsDouble(left) <= both.applyAsDouble(right)) {
        high = right;
      } else {
        low = left;
      }
    }
    double share = (low + high) / 2;
    return new Separation(
        hot / (hot + share * spare),
        cold / (cold + (1 - share) * spare),
        both.applyAsDouble(share));
  }

  private static double above1(double amplification) {
    if (amplification > 1 && amplification <= Double.MAX_VALUE) {
      return amplification;
    }
    throw new IllegalArgumentException("amplification " + amplification + " must be above 1");
  }
}
