package memwall.network.reduce;

import memwall.core.random.RandomStream;
import memwall.network.aggregation.TokenSets;

/**
 * Experts on the hosts of a group, and tokens that are drawn to them. Each host holds as many,
 * neighbouring numbers together.
 *
 * @param combine whether parts go back to the homes of the tokens, and not copies out
 * @param count of experts, a multiple of the hosts
 * @param topK different experts of a token, 1 to {@code count}
 * @param tokens of each host, at least 1
 * @param skew exponent s of Zipf's law, at least 0: the expert in place r of popularity is drawn
 *     with weight {@code r^-s}; 0 makes all equal
 * @param trees that tokens take in turn, at most, as far as there are others as good as the group's
 */
public record Experts(boolean combine, int count, int topK, int tokens, double skew, int trees) {
  /** Most experts. */
  public static final int MOST = 1 << 16;

  /** Most copies in an operation: pieces of tokens times experts. */
  public static final long MOST_COPIES = 1L << 24;

  /** Checks the ranges given above. */
  public Experts {
    if (count < 1 || topK < 1 || topK > count || tokens < 1 || !(skew >= 0) || trees < 1) {
      throw new IllegalArgumentException(
          count
              + " experts, "
              + topK
              + " of a token, "
              + tokens
              + " tokens, skew "
              + skew
              + ", "
              + trees
              + " trees: needs 1 to "
              + count
              + " experts of a token, at least 1 token and tree, a skew of at least 0");
    }
  }

  /** The draw of one run of a group: who is popular stays, tokens are drawn for each operation. */
  static final class Draw {
    private final Experts experts;
    private final int members;
    private final RandomStream random;
    private final double[] weight;
    private final double[] bestKey;
    private final int[] best;

    /**
     * Draws which experts are popular.
     *
     * @param members of the group; must divide the experts
     */
    Draw(Experts experts, int members, RandomStream random) {
      this.experts = experts;
      this.members = members;
      this.random = random;
      this.weight = new double[experts.count];
      this.bestKey = new double[experts.topK];
      this.best = new int[experts.topK];
      for (int place = 0; place < weight.length; place++) {
        weight[place] = StrictMath.pow(place + 1, -experts.skew);
      }
      for (int last = weight.length - 1; last > 0; last--) {
        int other = (int) random.nextLong(last + 1L);
        double kept = weight[last];
        weight[last] = weight[other];
        weight[other] = kept;
      }
    }

    /**
     * Tokens of an operation: the first of every host, then the second of every host, and so on.
     */
    TokenSets next() {
      int count = Math.multiplyExact(experts.tokens, members);
      int[] home = new int[count];
      int[][] holders = new int[count][];
      boolean[] holds = new boolean[members];
      for (int token = 0; token < count; token++) {
        home[token] = token % members;
        choose();
        int different = 0;
        for (int expert : best) {
          int holder = expert / (experts.count / members);
          different += holds[holder] ? 0 : 1;
          holds[holder] = true;
        }
        holders[token] = new int[different];
        for (int member = members - 1; member >= 0; member--) {
          if (holds[member]) {
            holders[token][--different] = member;
            holds[member] = false;
          }
        }
      }
      return new TokenSets(members, home, holders);
    }

    /**
     * Draws different experts, each next one by weight among those that are left: the least of
     * exponential times with these rates (Efraimidis and Spirakis 2006, in logarithms).
     */
    private void choose() {
      int found = 0;
      for (int expert = 0; expert < weight.length; expert++) {
        double key = random.nextExponential() / weight[expert];
        if (found < best.length || key < bestKey[found - 1]) {
          int at = found < best.length ? found++ : found - 1;
          while (at > 0 && bestKey[at - 1] > key) {
            bestKey[at] = bestKey[at - 1];
            best[at] = best[at - 1];
            at--;
          }
          bestKey[at] = key;
          best[at] = expert;
        }
      }
    }
  }
}
