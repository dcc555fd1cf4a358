package memwall.workloads.operator;

/**
 * How many different experts {@code tokens} tokens visit if each visits {@code active} of {@code
 * experts}.
 */
public enum ExpertSpread {
  /** Each token chooses independently and uniformly: {@code E (1 - (1 - k/E)^B)} on average. */
  UNIFORM {
    @Override
    double distinct(int experts, int active, long tokens) {
      double missed = power(1.0 - (double) active / experts, tokens);
      double expected = experts * (1.0 - missed);
      // Rounding must not leave the bounds: one token visits exactly k experts.
      return Math.max(active, Math.min(expected, BALANCED.distinct(experts, active, tokens)));
    }
  },
  /** The tokens avoid each other as long as they can: {@code min(E, k B)}. */
  BALANCED {
    @Override
    double distinct(int experts, int active, long tokens) {
      return most(experts, active, tokens);
    }
  };

  /** The most that tokens can visit. */
  static double most(int experts, int active, long tokens) {
    return Math.min(experts, active * (double) tokens);
  }

  /** Expected number of different experts; tokens at least 1. */
  abstract double distinct(int experts, int active, long tokens);

  /**
   * Whole power of a number in [0, 1] by repeated squaring: plain products, equal on every machine.
   * {@code StrictMath.pow} would be as good, but allocates arrays in each call.
   */
  static double power(double base, long exponent) {
    double result = 1;
    double square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
