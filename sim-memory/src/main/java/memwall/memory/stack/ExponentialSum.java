package memwall.memory.stack;

import java.util.Arrays;

/**
 * A constant plus a sum of decaying exponentials over time, {@code s + sum c_k exp(-l_k t)}: the
 * temperature of a node while no power changes. Finds when it first reaches a level, and its
 * maximum, by branch and bound on the exact curve.
 *
 * <p>Bounds of the curve and its derivatives on an interval tell whether it may hold the answer, is
 * monotone, or bent one way only. Intervals that cannot hold it are dropped, monotone and bent ones
 * bisected down to a picosecond, others split. Nothing is sampled, so no crossing is stepped over.
 */
final class ExponentialSum {
  /** What no search finds. */
  static final long NEVER = Long.MAX_VALUE;

  static final double PS_IN_SECONDS = 1e-12;

  /** Terms of the expansions; the next one is at most 1/12! of a mode. */
  private static final int ORDERS = 12;

  private final double[] ratesPerSec;
  private final double[] factors;
  private final double[] expansion = new double[ORDERS];
  private double steady;

  // What the modes have decayed to at the two times asked for last: all nodes ask for the same.
  private final double[][] decays;
  private final double[] undecayed;
  private final long[] decaysPs = {-1, -1};
  private int older;

  /**
   * A curve that is 0 everywhere.
   *
   * @param ratesPerSec the decay rates, positive; shared, not changed
   */
  ExponentialSum(double[] ratesPerSec) {
    this.ratesPerSec = ratesPerSec;
    this.factors = new double[ratesPerSec.length];
    this.decays = new double[2][ratesPerSec.length];
    this.undecayed = new double[ratesPerSec.length];
    Arrays.fill(undecayed, 1);
  }

  /** Where the curve tends to. */
  void setSteady(double value) {
    steady = value;
  }

  void setFactor(int term, double value) {
    factors[term] = value;
  }

  /** What each mode has decayed to at a time; valid until two other times are asked for. */
  double[] decaysAt(long ps) {
    if (ps == 0) {
      return undecayed;
    }
    for (int slot = 0; slot < 2; slot++) {
      if (decaysPs[slot] == ps) {
        older = 1 - slot;
        return decays[slot];
      }
    }
    int slot = older;
    older = 1 - slot;
    decaysPs[slot] = ps;
    double[] values = decays[slot];
    double seconds = ps * PS_IN_SECONDS;
    for (int k = 0; k < values.length; k++) {
      values[k] = StrictMath.exp(-ratesPerSec[k] * seconds);
    }
    return values;
  }

  /** Value at a time since the start of the curve. */
  double at(long ps) {
    double[] decayed = decaysAt(ps);
    double sum = 0;
    for (int k = factors.length - 1; k >= 0; k--) {
      sum += factors[k] * decayed[k];
    }
    return steady + sum;
  }

  /** Bound of the curve from below on all of [0, infinity). */
  double least() {
    double bound = steady;
    for (double factor : factors) {
      bound += Math.min(factor, 0);
    }
    return bound;
  }

  /** Bound of the curve from above on all of [0, infinity). */
  double most() {
    double bound = steady;
    for (double factor : factors) {
      bound += Math.max(factor, 0);
    }
    return bound;
  }

  /** The first picosecond in [from, to] at which the curve is at or above a level, or NEVER. */
  long firstAtLeast(double level, long from, long to) {
    return most() < level ? NEVER : search(level, 1, from, to);
  }

  /** The first picosecond in [from, to] at which the curve is below a level, or NEVER. */
  long firstBelow(double level, long from, long to) {
    return least() >= level ? NEVER : search(level, -1, from, to);
  }

  /** Whether the curve at a time is at or above the level (sign 1) or below it (sign -1). */
  private boolean isThere(double level, int sign, long ps) {
    return (at(ps) >= level) == (sign > 0);
  }

  private long search(double level, int sign, long from, long to) {
    if (isThere(level, sign, from)) {
      return from;
    }
    if (to <= from || !mayReach(level, sign, from, to)) {
      return NEVER;
    }
    if (to - from == 1) {
      return isThere(level, sign, to) ? to : NEVER;
    }
    int direction = signOf(1, from, to);
    if (direction == -sign) {
      return NEVER;
    }
    int curvature = direction == 0 ? signOf(2, from, to) : 0;
    if (direction == sign || curvature == sign) {
      // Monotone, or bent away from the level: there at the end or nowhere, and from one time on.
      return isThere(level, sign, to) ? bisect(level, sign, from, to) : NEVER;
    }
    if (curvature == -sign) {
      // Bent towards the level: it comes closest at the extremum.
      long closest = extremum(from, to);
      return isThere(level, sign, closest) ? bisect(level, sign, from, closest) : NEVER;
    }
    // Times span many orders of magnitude, and what is fast happens at the start: split early.
    long middle = from + Math.max(1, (to - from) >> 2);
    long found = search(level, sign, from, middle);
    return found != NEVER ? found : search(level, sign, middle, to);
  }

  /** First time in (from, to] that is there, where all later ones are and the start is not. */
  private long bisect(double level, int sign, long from, long to) {
    long before = from;
    long there = to;
    while (there - before > 1) {
      long middle = before + ((there - before) >> 1);
      if (isThere(level, sign, middle)) {
        there = middle;
      } else {
        before = middle;
      }
    }
    return there;
  }

  /** Where the slope changes its sign on an interval of one curvature, or the end nearest to it. */
  private long extremum(long from, long to) {
    boolean rising = slope(from) > 0;
    long before = from;
    long after = to;
    while (after - before > 1) {
      long middle = before + ((after - before) >> 1);
      if ((slope(middle) > 0) == rising) {
        before = middle;
      } else {
        after = middle;
      }
    }
    return after;
  }

  private double slope(long ps) {
    double[] decayed = decaysAt(ps);
    double sum = 0;
    for (int k = factors.length - 1; k >= 0; k--) {
      sum -= factors[k] * ratesPerSec[k] * decayed[k];
    }
    return sum;
  }

  private boolean mayReach(double level, int sign, long from, long to) {
    return sign > 0 ? upper(0, 1, from, to) >= level : -upper(0, -1, from, to) < level;
  }

  /**
   * The sign that the first or second derivative has all over [from, to]: 1, -1, or 0 if the bounds
   * do not tell.
   */
  private int signOf(int order, long from, long to) {
    if (upper(order, -1, from, to) <= 0) {
      return 1;
    }
    return upper(order, 1, from, to) <= 0 ? -1 : 0;
  }

  /**
   * Bound from above on [from, to] of a derivative (order 0: the curve itself) or, with sign -1, of
   * its negative.
   *
   * <p>Modes that decay within the interval are bounded one by one. The others are expanded about
   * its start: distant nodes answer so late that their modes cancel in many orders there, which
   * only the sum of the expansions shows.
   */
  private double upper(int order, int sign, long from, long to) {
    double[] early = decaysAt(from);
    double[] late = decaysAt(to);
    double span = (to - from) * PS_IN_SECONDS;
    double bound = order == 0 ? sign * steady : 0;
    double remainder = 0;
    Arrays.fill(expansion, 0);
    for (int k = factors.length - 1; k >= 0; k--) {
      double rate = ratesPerSec[k];
      double derived = order == 0 ? 1 : order == 1 ? -rate : rate * rate;
      double factor = sign * factors[k] * derived;
      double periods = rate * span;
      if (periods > 1) {
        bound += factor * (factor > 0 ? early[k] : late[k]);
        continue;
      }
      double term = factor * early[k];
      expansion[0] += term;
      for (int j = 1; j < ORDERS; j++) {
        term *= -periods / j;
        expansion[j] += term;
      }
      remainder += Math.abs(term) * periods / ORDERS;
    }
    bound += expansion[0] + largestOfParabola(expansion[1], expansion[2]) + remainder;
    for (int j = 3; j < ORDERS; j++) {
      bound += Math.max(0, expansion[j]);
    }
    return bound;
  }

  /** Largest value of {@code linear x + square x^2} for x in [0, 1]. */
  private static double largestOfParabola(double linear, double square) {
    double atEnds = Math.max(0, linear + square);
    boolean inside = square < 0 && linear > 0 && linear < -2 * square;
    return inside ? Math.max(atEnds, -linear * linear / (4 * square)) : atEnds;
  }

  /**
   * The largest of a floor and the values in [from, to], within a tolerance.
   *
   * @param tolerance how much larger than the result a value may be, positive
   */
  double maximum(double floor, long from, long to, double tolerance) {
    if (most() <= floor) {
      return floor;
    }
    double known = Math.max(floor, Math.max(at(from), at(to)));
    return climb(known, from, to, tolerance);
  }

  /**
   * The larger of the maximum of an interval and what is known, its values at the ends included.
   */
  private double climb(double known, long from, long to, double tolerance) {
    if (to - from <= 1 || upper(0, 1, from, to) <= known + tolerance || signOf(1, from, to) != 0) {
      return known;
    }
    int curvature = signOf(2, from, to);
    if (curvature != 0) {
      return curvature > 0 ? known : Math.max(known, at(extremum(from, to)));
    }
    long middle = from + Math.max(1, (to - from) >> 2);
    double best = Math.max(known, at(middle));
    best = climb(best, from, middle, tolerance);
    return climb(best, middle, to, tolerance);
  }
}
