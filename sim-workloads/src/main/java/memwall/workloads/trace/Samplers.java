package memwall.workloads.trace;

import java.util.Arrays;
import java.util.List;

/** The distributions of the generator. Everything that influences results uses StrictMath. */
final class Samplers {
  // Lanczos approximation of the gamma function, g = 7, 9 terms (Godfrey's coefficients).
  private static final double[] LANCZOS = {
    0.9999999999998099,
    676.5203681218851,
    -1259.1392167224028,
    771.3234287776531,
    -176.6150291621406,
    12.507343278686905,
    -0.13857109526572012,
    9.984369578019572e-6,
    1.5056327351493116e-7
  };

  private Samplers() {}

  static Sampler constant(double value) {
    return random -> value;
  }

  /** Uniform in [min, max). */
  static Sampler uniform(double min, double max) {
    return random -> min + (max - min) * random.nextDouble();
  }

  /** Logarithm is normal with mean mu and standard deviation sigma. */
  static Sampler lognormal(double mu, double sigma) {
    return random -> StrictMath.exp(mu + sigma * random.nextGaussian());
  }

  /**
   * Lognormal by mean and coefficient of variation: sigma^2 = ln(1 + cv^2), mean = e^(mu + s^2/2).
   */
  static Sampler lognormalByMean(double mean, double cv) {
    double variance = StrictMath.log1p(cv * cv);
    return lognormal(StrictMath.log(mean) - variance / 2, StrictMath.sqrt(variance));
  }

  static Sampler exponential(double mean) {
    return random -> mean * random.nextExponential();
  }

  /**
   * Gamma by mean and coefficient of variation: shape 1 / cv^2. Marsaglia and Tsang, A simple
   * method for generating gamma variables, ACM TOMS 26(3), 2000; shapes below 1 by their boost.
   */
  static Sampler gamma(double mean, double cv) {
    double shape = 1 / (cv * cv);
    double scale = mean / shape;
    double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    return random -> {
      double value;
      while (true) {
        double normal = random.nextGaussian();
        double root = 1 + c * normal;
        if (root <= 0) {
          continue;
        }
        value = root * root * root;
        double bound = normal * normal / 2 + d - d * value + d * StrictMath.log(value);
        if (-random.nextExponential() < bound) {
          break;
        }
      }
      double boost = shape < 1 ? StrictMath.exp(-random.nextExponential() / shape) : 1;
      return scale * d * value * boost;
    };
  }

  /**
   * Weibull by mean and coefficient of variation: the shape k solves 1 + cv^2 = G(1 + 2/k) / G(1 +
   * 1/k)^2, which falls with k.
   */
  static Sampler weibull(double mean, double cv) {
    double k = weibullShape(cv);
    double scale = mean / StrictMath.exp(logGamma(1 + 1 / k));
    return random -> scale * StrictMath.pow(random.nextExponential(), 1 / k);
  }

  /** The shape of a Weibull law with a coefficient of variation. */
  static double weibullShape(double cv) {
    double low = 0.05;
    double high = 200;
    double wanted = StrictMath.log1p(cv * cv);
    for (int i = 0; i < 200; i++) {
      double k = (low + high) / 2;
      if (logGamma(1 + 2 / k) - 2 * logGamma(1 + 1 / k) > wanted) {
        low = k;
      } else {
        high = k;
      }
    }
    return (low + high) / 2;
  }

  /** Natural logarithm of the gamma function of x > 0. */
  static double logGammaOf(double x) {
    return x >= 1 ? logGamma(x) : logGamma(x + 1) - StrictMath.log(x);
  }

  /** Natural logarithm of the gamma function of x >= 1. */
  static double logGamma(double x) {
    double z = x - 1;
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (z + i);
    }
    double t = z + LANCZOS.length - 1.5;
    return 0.5 * StrictMath.log(2 * StrictMath.PI)
        + (z + 0.5) * StrictMath.log(t)
        - t
        + StrictMath.log(sum);
  }

  /** Whole numbers from min to max, each with a probability proportional to 1 / value^exponent. */
  static Sampler zipf(double exponent, int min, int max) {
    double[] cumulative = new double[max - min + 1];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      sum += StrictMath.pow(min + (double) i, -exponent);
      cumulative[i] = sum;
    }
    double total = sum;
    return random -> {
      int at = Arrays.binarySearch(cumulative, random.nextDouble() * total);
      // The value whose share of [0, total) the number falls into.
      return min + (double) Math.min(cumulative.length - 1, at < 0 ? -at - 1 : at + 1);
    };
  }

  /**
   * The distribution with these quantiles, linear in between.
   *
   * @param probabilities ascending from 0 to 1
   * @param values the quantile of each, not descending
   */
  static Sampler quantiles(List<Double> probabilities, List<Double> values) {
    double[] p = probabilities.stream().mapToDouble(Double::doubleValue).toArray();
    double[] v = values.stream().mapToDouble(Double::doubleValue).toArray();
    return random -> {
      double u = random.nextDouble();
      int at = Arrays.binarySearch(p, u);
      int i = Math.min(p.length - 2, at < 0 ? -at - 2 : at);
      return v[i] + (v[i + 1] - v[i]) * (u - p[i]) / (p[i + 1] - p[i]);
    };
  }
}
