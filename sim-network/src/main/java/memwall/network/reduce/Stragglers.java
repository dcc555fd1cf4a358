package memwall.network.reduce;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.random.RandomStream;

/**
 * Hosts that come late to operations by chance.
 *
 * @param share probability that a host is late for an operation, in [0, 1]
 * @param law distribution of the time by which it is
 * @param meanPs its mean, at least 0
 * @param sigma standard deviation of its logarithm, for {@link Law#LOG_NORMAL}, at least 0
 */
public record Stragglers(double share, Law law, long meanPs, double sigma) {
  /** Nobody is late. */
  public static final Stragglers NONE = new Stragglers(0, Law.FIXED, 0, 0);

  /** Distribution of a time. */
  public enum Law {
    /** Always the mean. */
    FIXED,
    /** Exponential. */
    EXPONENTIAL,
    /** The logarithm is normal. */
    LOG_NORMAL
  }

  /** Checks the ranges given above. */
  public Stragglers {
    if (!(share >= 0 && share <= 1) || meanPs < 0 || !(sigma >= 0)) {
      throw new IllegalArgumentException(
          "late with probability "
              + share
              + ", by "
              + meanPs
              + " ps, sigma "
              + sigma
              + ": needs a probability in [0, 1], the rest at least 0");
    }
  }

  /** Reads a section {@code stragglers}; faults are recorded there. */
  public static Stragglers read(Config part) {
    Law law = part.choice("law", Law.EXPONENTIAL, "Distribution of the time");
    Stragglers stragglers =
        new Stragglers(
            part.number("share", 0, 1, "Probability of being late"),
            law,
            part.quantity("late", Dimension.TIME, "Mean time by which"),
            law == Law.LOG_NORMAL
                ? part.number("sigma", 0, 10, "Standard deviation of the time's logarithm")
                : 0);
    part.finish();
    return stragglers;
  }

  /** By how much a host is late, mostly 0; draws once or twice. */
  public long drawPs(RandomStream random) {
    if (!(random.nextDouble() < share)) {
      return 0;
    }
    double times =
        switch (law) {
          case FIXED -> 1;
          case EXPONENTIAL -> random.nextExponential();
          // The mean of exp(mu + sigma z) is exp(mu + sigma^2 / 2).
          case LOG_NORMAL -> random.nextLogNormal(-sigma * sigma / 2, sigma);
        };
    return (long) Math.min((double) meanPs * times, RandomFaults.MOST_PS);
  }
}
