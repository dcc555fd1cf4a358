package memwall.workloads.kernel;

import java.util.Arrays;

/**
 * What the experts of one rank have to do for a layer.
 *
 * @param tokens of the step on all ranks
 * @param localExperts experts of the rank
 * @param distinctExperts of these, how many have a token
 * @param pairs token-expert pairs of the rank
 * @param tiles tiles of rows, summed over its experts
 */
public record ExpertLoad(
    double tokens, double localExperts, double distinctExperts, double pairs, double tiles) {

  /**
   * As equal as can be.
   *
   * @param tokens of all ranks
   * @param experts of all ranks
   * @param topK experts of a token
   * @param ranks that share the experts
   * @param tileRows rows of a tile
   */
  public static ExpertLoad balanced(long tokens, int experts, int topK, int ranks, int tileRows) {
    double distinct = Math.ceil((double) Math.min(experts, tokens * topK) / ranks);
    return equal(
        (double) tokens,
        (double) experts / ranks,
        distinct,
        (double) tokens * topK / ranks,
        tileRows);
  }

  /** So many pairs, equally many for each distinct expert. */
  public static ExpertLoad equal(
      double tokens, double localExperts, double distinctExperts, double pairs, int tileRows) {
    double each = Math.max(1, pairs / Math.max(1, distinctExperts));
    return new ExpertLoad(
        tokens, localExperts, distinctExperts, pairs, distinctExperts * Math.ceil(each / tileRows));
  }

  /**
   * Loads by a power law, on the rank with the hottest expert. An expert's load is a quantile of a
   * Pareto law on [1, 0.8 tokens], where there are fewer pairs than experts on [0.01, 2]; loads are
   * scaled to the number of pairs and rounded. Beside the hottest expert the rank has every n-th of
   * the others, from hot to cold: what dealing them out gives on average.
   *
   * @param exponent of the law, above 1
   */
  public static ExpertLoad powerLaw(
      long tokens, int experts, int topK, int ranks, double exponent, int tileRows) {
    long[] loads = paretoLoads(tokens * topK, tokens, experts, exponent);
    int local = experts / ranks;
    double distinct = 0;
    double pairs = 0;
    double tiles = 0;
    for (int i = 0; i < local; i++) {
      int at = i;
      if (ranks > 1 && i > 0) {
        at = (int) (1 + (i - 0.5) * (experts - 1) / (local - 1));
      }
      distinct += loads[at] > 0 ? 1 : 0;
      pairs += loads[at];
      tiles += Math.ceil((double) loads[at] / tileRows);
    }
    return new ExpertLoad((double) tokens, local, distinct, pairs, tiles);
  }

  /** Loads from the hottest to the coldest, which sum to the pairs. */
  private static long[] paretoLoads(long pairs, long tokens, int experts, double exponent) {
    double low = pairs > experts ? 1 : 0.01;
    double high = pairs > experts ? 0.8 * tokens : 2;
    double power = 1 - exponent;
    double lowPower = StrictMath.pow(low, power);
    double highPower = StrictMath.pow(high, power);
    double[] shares = new double[experts];
    double sum = 0;
    for (int i = 0; i < experts; i++) {
      double quantile = (experts - i - 0.5) / experts;
      shares[i] = StrictMath.pow((highPower - lowPower) * quantile + lowPower, 1 / power);
      sum += shares[i];
    }
    long[] loads = new long[experts];
    for (int i = 0; i < experts; i++) {
      loads[i] = (long) StrictMath.rint(shares[i] / sum * pairs);
    }
    long missing = pairs - Arrays.stream(loads).sum();
    for (int i = 0; missing != 0; i = (i + 1) % experts) {
      long one = Long.signum(missing);
      if (loads[i] + one >= 0) {
        loads[i] += one;
        missing -= one;
      }
    }
    return loads;
  }
}
