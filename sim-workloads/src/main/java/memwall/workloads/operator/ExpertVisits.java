package memwall.workloads.operator;

import java.util.Arrays;
import memwall.workloads.model.MixtureOfExperts;

/**
 * How many different routed experts of a layer a step visits, and how many of them are among the
 * most popular ones.
 *
 * <p>The r-th most popular expert is visited by a token with probability {@code p_r = min(1, c
 * r^-a)}, where {@code a} is the exponent of {@link MixtureOfExperts#popularity} and {@code c}
 * makes the sum the number of experts that a token visits; tokens choose independently. So {@code
 * B} tokens visit {@code sum(1 - (1 - p_r)^B)} experts on average; all alike, that is {@link
 * ExpertSpread#UNIFORM}.
 */
public final class ExpertVisits {
  private static final int REMEMBERED = 1 << 10;

  private final int experts;
  private final int active;
  private final int popular;
  private final ExpertSpread spread;

  /** Probability that a token visits an expert, most popular first; empty if all are alike. */
  private final double[] visited;

  // Sums over all experts, by number of tokens; steps of a run have few different numbers.
  private final long[] rememberedTokens = new long[REMEMBERED];
  private final double[] rememberedAll = new double[REMEMBERED];
  private final double[] rememberedPopular = new double[REMEMBERED];

  /**
   * Visits of a layer's experts.
   *
   * @param spread how tokens choose where all experts are alike
   * @param popular how many of the most popular experts are counted apart
   * @throws IllegalArgumentException if there are not so many
   */
  public ExpertVisits(MixtureOfExperts moe, ExpertSpread spread, int popular) {
    if (popular < 0 || popular > moe.experts()) {
      throw new IllegalArgumentException(popular + " popular of " + moe.experts() + " experts");
    }
    this.experts = moe.experts();
    this.active = moe.activeExperts();
    this.popular = popular;
    this.spread = spread;
    this.visited =
        moe.popularity() == 0 ? new double[0] : probabilities(experts, active, moe.popularity());
    Arrays.fill(rememberedTokens, -1);
  }

  private static double[] probabilities(int experts, int active, double exponent) {
    double[] weights = new double[experts];
    double rest = 0;
    for (int r = experts - 1; r >= 0; r--) {
      weights[r] = StrictMath.pow(r + 1.0, -exponent);
      rest += weights[r];
    }
    // The most popular ones that every token visits leave fewer visits to the others.
    double[] visited = new double[experts];
    int always = 0;
    while (always < active && (active - always) * weights[always] > rest) {
      rest -= weights[always];
      visited[always++] = 1;
    }
    double scale = rest > 0 ? (active - always) / rest : 0;
    for (int r = always; r < experts; r++) {
      visited[r] = Math.min(1, scale * weights[r]);
    }
    return visited;
  }

  /** Share of all visits that go to the most popular experts. */
  public double popularShare() {
    if (visited.length == 0) {
      return experts == 0 ? 0 : (double) popular / experts;
    }
    double sum = 0;
    for (int r = 0; r < popular; r++) {
      sum += visited[r];
    }
    return Math.min(1, sum / active);
  }

  /** Different experts that so many tokens visit on average; tokens at least 1. */
  double distinct(long tokens) {
    if (visited.length == 0) {
      return spread.distinct(experts, active, tokens);
    }
    return rememberedAll[slot(tokens)];
  }

  /** How many of those are among the most popular ones. */
  double distinctPopular(long tokens) {
    if (visited.length == 0) {
      return popular == 0 ? 0 : distinct(tokens) * popular / experts;
    }
    return rememberedPopular[slot(tokens)];
  }

  private int slot(long tokens) {
    int slot = (int) (tokens & (REMEMBERED - 1));
    if (rememberedTokens[slot] != tokens) {
      double all = 0;
      double first = 0;
      for (int r = 0; r < experts; r++) {
        if (r == popular) {
          first = all;
        }
        all += 1 - ExpertSpread.power(1 - visited[r], tokens);
      }
      rememberedTokens[slot] = tokens;
      // Rounding must not leave the bounds: one token visits exactly so many.
      rememberedAll[slot] =
          Math.max(active, Math.min(all, ExpertSpread.most(experts, active, tokens)));
      rememberedPopular[slot] =
          popular == experts ? rememberedAll[slot] : Math.min(first, rememberedAll[slot]);
    }
    return slot;
  }
}
