package memwall.workloads.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * How much longer attention takes if sequences have unequal contexts: the share {@code alpha} of
 * the way from the time of as many sequences of the mean context to that of as many of the longest.
 * It was fitted per bucket of prompt tokens, sequences, share of long sequences, longest context
 * and history of the prompt.
 */
final class SkewTable {
  private static final int KEYS = 4;

  private final Axis chunks;

  /** By key: upper limits of its buckets, in rising order. */
  private final List<double[]> limits = new ArrayList<>();

  private final double[] alphas;
  private final double mean;

  private SkewTable(Axis chunks, List<double[]> limits, double[] alphas, double mean) {
    this.chunks = chunks;
    this.limits.addAll(limits);
    this.alphas = alphas;
    this.mean = mean;
  }

  /** Reads {@code skew_fit.csv}. */
  static SkewTable read(TableFile file) {
    TreeSet<Double> chunks = new TreeSet<>();
    List<TreeSet<Double>> keys = new ArrayList<>();
    for (int k = 0; k < KEYS; k++) {
      keys.add(new TreeSet<>());
    }
    double[][] rows = new double[file.size()][KEYS + 3];
    for (int row = 0; row < file.size(); row++) {
      rows[row][0] = file.count(row, 0);
      chunks.add(rows[row][0]);
      for (int k = 0; k < KEYS; k++) {
        rows[row][k + 1] = limit(file, row, k + 1);
        keys.get(k).add(rows[row][k + 1]);
      }
      rows[row][KEYS + 1] = file.number(row, KEYS + 1);
      rows[row][KEYS + 2] = file.count(row, KEYS + 2);
    }
    file.throwIfFaulty();
    List<double[]> limits = new ArrayList<>();
    int size = chunks.size();
    for (TreeSet<Double> key : keys) {
      limits.add(key.stream().mapToDouble(Double::doubleValue).toArray());
      size *= key.size();
    }
    double[] alphas = new double[size];
    Arrays.fill(alphas, Double.NaN);
    double sum = 0;
    double samples = 0;
    Axis chunkAxis = new Axis(chunks.stream().mapToDouble(Double::doubleValue).toArray());
    for (double[] row : rows) {
      int index = chunkAxis.lower(row[0]);
      index = chunkAxis.value(index) == row[0] ? index : chunkAxis.upper(index);
      for (int k = 0; k < KEYS; k++) {
        index = index * limits.get(k).length + bucket(limits.get(k), row[k + 1]);
      }
      alphas[index] = row[KEYS + 1];
      sum += row[KEYS + 1] * row[KEYS + 2];
      samples += row[KEYS + 2];
    }
    return new SkewTable(chunkAxis, limits, alphas, samples == 0 ? 0 : sum / samples);
  }

  /** The upper limit that a label states: {@code n<=128}, {@code sr>70%}, {@code kp=0}. */
  private static double limit(TableFile file, int row, int column) {
    String label = file.text(row, column).toLowerCase(Locale.ROOT);
    int sign = Math.max(label.indexOf('='), label.indexOf('>'));
    String number = label.substring(sign + 1);
    double unit = number.endsWith("k") ? 1024 : number.endsWith("%") ? 0.01 : 1;
    number = unit == 1 ? number : number.substring(0, number.length() - 1);
    try {
      if (sign > 0) {
        double value = Double.parseDouble(number) * unit;
        return label.indexOf('>') > 0 ? Double.MAX_VALUE : value;
      }
    } catch (NumberFormatException e) {
      // As below.
    }
    file.bad(row, column, "is no bucket like 'n<=128', 'sr>70%' or 'kp=0'");
    return 0;
  }

  private static int bucket(double[] limits, double value) {
    int i = 0;
    while (i < limits.length - 1 && value > limits[i]) {
      i++;
    }
    return i;
  }

  /**
   * The share for a batch; the mean over all samples where its bucket has none.
   *
   * @param longShare share of the way from the shortest to the longest context that the mean is at
   */
  double alpha(double chunk, double decodes, double longShare, double longest, double history) {
    int index = chunks.lower(chunk);
    int upper = chunks.upper(index);
    boolean nearer = chunk * chunk > chunks.value(index) * chunks.value(upper);
    // The nearer of the two by ratio; with any prompt at all, not that without one.
    index = nearer || (chunk > 0 && chunks.value(index) == 0) ? upper : index;
    index = index * limits.get(0).length + bucket(limits.get(0), decodes);
    index = index * limits.get(1).length + bucket(limits.get(1), longShare);
    index = index * limits.get(2).length + bucket(limits.get(2), longest);
    index = index * limits.get(3).length + bucket(limits.get(3), history);
    return Double.isNaN(alphas[index]) ? mean : alphas[index];
  }

  /** The mean over all samples. */
  double mean() {
    return mean;
  }
}
