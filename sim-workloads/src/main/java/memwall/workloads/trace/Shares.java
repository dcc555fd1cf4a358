package memwall.workloads.trace;

import com.google.common.base.Splitter;
import java.util.Arrays;
import java.util.List;
import memwall.core.random.RandomStream;
import org.jspecify.annotations.Nullable;

/** A few values, each with its share of the cases. */
final class Shares implements Sampler {
  private static final Splitter ENTRIES = Splitter.on(',').trimResults().omitEmptyStrings();
  private static final Splitter PAIR = Splitter.on(':').trimResults().limit(2);

  private final double[] values;
  private final double[] cumulative;

  private Shares(double[] values, double[] cumulative) {
    this.values = values;
    this.cumulative = cumulative;
  }

  /**
   * Reads {@code {value: share, ...}}; shares need not add up to 1.
   *
   * @return null if there are no values
   * @throws NumberFormatException if it is not such a text
   */
  static @Nullable Shares parse(String text) {
    String inside = text.strip();
    if (!inside.startsWith("{") || !inside.endsWith("}")) {
      throw new NumberFormatException("no braces around it");
    }
    List<String> entries = ENTRIES.splitToList(inside.substring(1, inside.length() - 1));
    double[] values = new double[entries.size()];
    double[] cumulative = new double[entries.size()];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      List<String> pair = PAIR.splitToList(entries.get(i));
      if (pair.size() != 2) {
        throw new NumberFormatException("'" + entries.get(i) + "' is no pair");
      }
      values[i] = Double.parseDouble(pair.get(0));
      double share = Double.parseDouble(pair.get(1));
      if (!(values[i] >= 0 && values[i] <= Request.MAX_TOKENS && share >= 0 && share <= 1e300)) {
        throw new NumberFormatException("'" + entries.get(i) + "' is out of range");
      }
      sum += share;
      cumulative[i] = sum;
    }
    return sum > 0 ? new Shares(values, cumulative) : null;
  }

  @Override
  public double next(RandomStream random) {
    double total = cumulative[cumulative.length - 1];
    int at = Arrays.binarySearch(cumulative, random.nextDouble() * total);
    return values[Math.min(values.length - 1, at < 0 ? -at - 1 : at + 1)];
  }

  /** The arithmetic mean. */
  double mean() {
    double sum = 0;
    double before = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * (cumulative[i] - before);
      before = cumulative[i];
    }
    return sum / before;
  }
}
