package memwall.workloads.trace;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A generator whose requests are like those of a trace: rates by window of time, the law of the
 * gaps in it, quantiles of the lengths and of the share that thinks. Lengths are taken to depend
 * neither on each other nor on the time; prefixes that prompts share are not.
 *
 * <p>The arrivals counted in a window vary with the rate and by chance, the latter by the squared
 * coefficient of variation of the gaps times their mean (a renewal process in long windows: Cox,
 * Renewal Theory, 1962, section 4.2). So that chance is not put in twice, rates are drawn towards
 * their mean until their variance is the rest; rates that vary by no more than chance become one.
 */
public final class TraceFit {
  private static final double PS_PER_SECOND = 1e12;
  private static final long DEFAULT_WINDOW_PS = 60_000_000_000_000L;
  private static final String GAMMA = "gamma";
  private static final String WEIBULL = "weibull";
  private static final int LEAST_WINDOWS = 10;
  private static final int MOST_WINDOWS = 2_000;
  private static final double POISSON_WITHIN = 0.03;

  /** How far the dispersion of counts has to be from that of a steady rate. */
  private static final double SIGMAS = 3;

  private static final double LEAST_CV = 0.01;
  private static final double MOST_CV = 100;
  private static final double[] TAIL = {0.995, 0.999, 0.9999, 1};

  private final IntArrayList prompts = new IntArrayList();
  private final IntArrayList outputs = new IntArrayList();
  private final LongArrayList arrivalsPs = new LongArrayList();
  private final List<Double> thinking = new ArrayList<>();
  private final String name;

  private TraceFit(String name) {
    this.name = name;
  }

  /**
   * Fits a generator.
   *
   * @param trace is read to its end; at least two requests
   * @param name the generator's name
   * @param windowPs for which a rate shall hold; 0 for a minute, or longer in traces of days
   * @return keys and values of a generator, as YAML
   * @throws IllegalArgumentException if requests are too few, or all arrive together
   */
  public static String fit(RequestTrace trace, String name, long windowPs) {
    TraceFit fit = new TraceFit(name);
    for (Request request = trace.next(); request != null; request = trace.next()) {
      fit.add(request);
    }
    return fit.text(windowPs);
  }

  private void add(Request request) {
    arrivalsPs.add(request.arrivalPs());
    prompts.add(request.promptTokens());
    outputs.add(request.outputTokens());
    thinking.add(
        (double) request.phases().count(Phase.THINK, request.outputTokens())
            / request.outputTokens());
  }

  private String text(long wantedPs) {
    int requests = arrivalsPs.size();
    long spanPs = requests < 2 ? 0 : arrivalsPs.getLong(requests - 1) - arrivalsPs.getLong(0);
    if (spanPs == 0) {
      throw new IllegalArgumentException(
          requests + " requests within " + spanPs + " ps have no rate that could be fitted");
    }
    StringBuilder text = new StringBuilder();
    StringBuilder quoted = new StringBuilder();
    JsonText.quoted(quoted, name);
    text.append("name: ").append(quoted).append('\n');
    text.append("requests: ").append(requests).append('\n');
    arrivals(text, windowPs(wantedPs, spanPs), spanPs);
    lengths(text, "input", prompts);
    lengths(text, "output", outputs);
    think(text);
    return text.toString();
  }

  private static long windowPs(long wantedPs, long spanPs) {
    if (wantedPs > 0) {
      return wantedPs;
    }
    long minutes = (spanPs / MOST_WINDOWS + DEFAULT_WINDOW_PS - 1) / DEFAULT_WINDOW_PS;
    return Math.max(1, minutes) * DEFAULT_WINDOW_PS;
  }

  private void arrivals(StringBuilder text, long windowPs, long spanPs) {
    double meanRate = (arrivalsPs.size() - 1) / (spanPs / PS_PER_SECOND);
    double[] rates = spanPs / windowPs < LEAST_WINDOWS ? null : rates(windowPs, spanPs);
    double[] gaps = gaps(rates == null ? null : new RateTable(windowPs / PS_PER_SECOND, rates));
    double cv = cv(gaps);
    String process = process(gaps, cv);
    text.append("arrivals:\n  process: ").append(process).append('\n');
    if (process.equals(GAMMA) || process.equals(WEIBULL)) {
      text.append("  cv: ").append(number(Math.min(MOST_CV, Math.max(LEAST_CV, cv)))).append('\n');
    }
    if (rates == null) {
      text.append("  rate: ").append(number(meanRate)).append(" /s\n");
      return;
    }
    text.append("  window: ").append(number(windowPs / PS_PER_SECOND)).append(" s\n  rates: ");
    list(text, rates);
  }

  /** Gaps between arrivals in seconds, or in arrivals expected. */
  private double[] gaps(@Nullable RateTable rates) {
    double[] gaps = new double[arrivalsPs.size() - 1];
    long firstPs = arrivalsPs.getLong(0);
    double before = 0;
    for (int i = 0; i < gaps.length; i++) {
      double seconds = (arrivalsPs.getLong(i + 1) - firstPs) / PS_PER_SECOND;
      double now = rates == null ? seconds : rates.expectedAt(seconds);
      gaps[i] = Math.max(0, now - before);
      before = now;
    }
    return gaps;
  }

  /** Rates per second by window; null if they vary by no more than chance. */
  private double @Nullable [] rates(long windowPs, long spanPs) {
    int whole = (int) (spanPs / windowPs);
    double windowSeconds = windowPs / PS_PER_SECOND;
    double[] rates = new double[whole + 1];
    long firstPs = arrivalsPs.getLong(0);
    for (int i = 1; i < arrivalsPs.size(); i++) {
      // The first arrival is the begin, so the last one ends a gap, as all others do.
      rates[(int) Math.min(whole, (arrivalsPs.getLong(i) - firstPs - 1) / windowPs)]++;
    }
    double mean = 0;
    for (int i = 0; i < whole; i++) {
      mean += rates[i] / whole;
    }
    double squares = 0;
    for (int i = 0; i < whole; i++) {
      squares += (rates[i] - mean) * (rates[i] - mean);
    }
    double dispersion = squares / whole / mean;
    for (int i = 0; i < whole; i++) {
      rates[i] /= windowSeconds;
    }
    double restSeconds = (spanPs - whole * windowPs) / PS_PER_SECOND;
    // A few arrivals in a short rest say little.
    rates[whole] =
        restSeconds < windowSeconds / 2 ? mean / windowSeconds : rates[whole] / restSeconds;
    double cv = cv(gaps(new RateTable(windowSeconds, rates)));
    double chance = cv * cv / dispersion;
    if (!(1 / chance > 1 + SIGMAS * StrictMath.sqrt(2.0 / whole))) {
      return null;
    }
    double share = StrictMath.sqrt(1 - chance);
    double meanRate = mean / windowSeconds;
    for (int i = 0; i <= whole; i++) {
      rates[i] = meanRate + (rates[i] - meanRate) * share;
    }
    return rates;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double cv(double[] values) {
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return StrictMath.sqrt(squares / values.length) / mean;
  }

  /** Of the laws with that mean and variation the one under which the gaps are more likely. */
  private static String process(double[] gaps, double cv) {
    if (cv < LEAST_CV) {
      return "constant";
    }
    if (Math.abs(cv - 1) < POISSON_WITHIN) {
      return "poisson";
    }
    double mean = mean(gaps);
    double gammaShape = 1 / (cv * cv);
    double gammaScale = mean / gammaShape;
    double weibullShape = Samplers.weibullShape(cv);
    double weibullScale = mean / StrictMath.exp(Samplers.logGamma(1 + 1 / weibullShape));
    double gamma = 0;
    double weibull = 0;
    for (double gap : gaps) {
      if (gap > 0) { // Of no density at 0 there is a likelihood.
        double log = StrictMath.log(gap);
        gamma +=
            (gammaShape - 1) * log
                - gap / gammaScale
                - gammaShape * StrictMath.log(gammaScale)
                - Samplers.logGammaOf(gammaShape);
        weibull +=
            StrictMath.log(weibullShape / weibullScale)
                + (weibullShape - 1) * (log - StrictMath.log(weibullScale))
                - StrictMath.pow(gap / weibullScale, weibullShape);
      }
    }
    return weibull > gamma ? WEIBULL : GAMMA;
  }

  private static void lengths(StringBuilder text, String key, IntArrayList tokens) {
    text.append(key).append(":\n  distribution: ");
    double[] sorted = tokens.intStream().asDoubleStream().sorted().toArray();
    if (sorted[0] == sorted[sorted.length - 1]) {
      text.append("constant\n  value: ").append(tokens.getInt(0)).append('\n');
    } else {
      text.append("quantiles\n");
      quantiles(text, sorted);
    }
  }

  private void think(StringBuilder text) {
    double[] sorted = thinking.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double least = sorted[0];
    double most = sorted[sorted.length - 1];
    if (most > 0 && least == most) {
      text.append("think:\n  share: ").append(number(most)).append('\n');
    } else if (most > 0) {
      text.append("think:\n");
      quantiles(text, sorted);
    }
  }

  private static void quantiles(StringBuilder text, double[] sorted) {
    double[] probabilities = new double[100 + TAIL.length];
    double[] values = new double[probabilities.length];
    for (int i = 0; i < probabilities.length; i++) {
      double probability = i < 100 ? i / 100.0 : TAIL[i - 100];
      probabilities[i] = probability;
      double position = (sorted.length - 1) * probability;
      int low = (int) position;
      int high = Math.min(sorted.length - 1, low + 1);
      values[i] = sorted[low] + (sorted[high] - sorted[low]) * (position - low);
    }
    text.append("  values: ");
    list(text, values);
    text.append("  probabilities: ");
    list(text, probabilities);
  }

  private static void list(StringBuilder text, double[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      text.append(i == 0 ? "[" : i % 16 == 0 ? ",\n    " : ", ").append(number(numbers[i]));
    }
    text.append("]\n");
  }

  private static String number(double value) {
    String digits = String.format(Locale.ROOT, "%.6f", value);
    return digits.contains(".") ? digits.replaceAll("0+$", "").replaceAll("\\.$", "") : digits;
  }
}
