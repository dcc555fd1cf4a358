package memwall.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * One axis of a plot: where a value lies, and which values are marked.
 *
 * @param log whether the scale is logarithmic
 * @param min value at {@code from}
 * @param max value at {@code to}, greater than {@code min}
 * @param from coordinate in the drawing
 * @param to coordinate in the drawing
 * @param kind how the page's script prints a value: duration, time, percent or number
 * @param ticks marked values, in order
 */
record Axis(
    boolean log, double min, double max, double from, double to, String kind, List<Tick> ticks) {
  /** A marked value; an empty label is a line without text. */
  record Tick(double value, String label) {}

  private static final double[] STEPS = {1, 2, 5, 10};
  private static final double[] MINUTES = {1, 2, 5, 10, 15, 20, 30, 60, 120};
  private static final double[] HOURS = {1, 2, 3, 6, 12, 24, 48};

  /** Room that a label needs along a horizontal and along a vertical axis. */
  private static final double LABEL_WIDTH = 52;

  private static final double LABEL_HEIGHT = 14;

  /** Marks within a decade, ever finer. */
  private static final double[][] LOG_STEPS = {
    {1}, {1, 2, 5}, {1, 1.5, 2, 3, 5, 7}, {1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9}
  };

  /** Coordinate of a value; values beyond the ends lie on the ends. */
  double at(double value) {
    double clamped = Math.max(min, Math.min(max, value));
    double share =
        log
            ? (StrictMath.log10(clamped) - StrictMath.log10(min))
                / (StrictMath.log10(max) - StrictMath.log10(min))
            : (clamped - min) / (max - min);
    return from + share * (to - from);
  }

  /** From 0 to a round number at or above {@code most}. */
  static Axis number(double most, double from, double to, int marks) {
    double top = most > 0 ? most : 1;
    double step = step(top / marks, STEPS);
    double max = Math.ceil(top / step - 1e-9) * step;
    return new Axis(false, 0, max, from, to, "number", ticks(max, step, Axis::shortNumber));
  }

  /** A share from 0 to 100 %. */
  static Axis percent(double from, double to) {
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i <= 4; i++) {
      ticks.add(new Tick(i / 4.0, 25 * i + " %"));
    }
    return new Axis(false, 0, 1, from, to, "percent", ticks);
  }

  /** Simulated time from 0 to the end, in a unit that fits. */
  static Axis time(double endPs, double from, double to, int marks) {
    double seconds = endPs / 1e12;
    double max = endPs > 0 ? endPs : 1;
    double unitPs;
    String unit;
    double step;
    if (seconds < 120) {
      unitPs = 1;
      unit = "";
      step = step(max / marks, STEPS);
      return new Axis(
          false, 0, max, from, to, "time", ticks(max, step, ps -> trim(Figures.duration(ps))));
    } else if (seconds < 2 * 3600 + 1) {
      unitPs = 60e12;
      unit = " min";
      step = fitting(seconds / 60 / marks, MINUTES);
    } else if (seconds < 3 * 86_400) {
      unitPs = 3600e12;
      unit = " h";
      step = fitting(seconds / 3600 / marks, HOURS);
    } else {
      unitPs = 86_400e12;
      unit = " d";
      step = Math.max(1, step(seconds / 86_400 / marks, STEPS));
    }
    double divisor = unitPs;
    String name = unit;
    return new Axis(
        false,
        0,
        max,
        from,
        to,
        "time",
        ticks(max, step * unitPs, ps -> Math.round(ps / divisor) + name));
  }

  /** Latencies in ps on a logarithmic scale; the ends are moved apart if they are too close. */
  static Axis latency(double lowPs, double highPs, double from, double to, int marks) {
    double low = Math.max(1, lowPs);
    double high = Math.max(low, highPs);
    if (high < 2 * low) {
      low = Math.max(1, low / 1.5);
      high = Math.max(high * 1.5, low * 2);
    }
    List<Tick> ticks = logTicks(low, high, LOG_STEPS[0]);
    int every = Math.max(1, (ticks.size() + marks - 1) / marks);
    for (int i = 1; i < LOG_STEPS.length && every == 1; i++) {
      List<Tick> finer = logTicks(low, high, LOG_STEPS[i]);
      if (finer.size() > marks) {
        break;
      }
      ticks = finer;
    }
    Axis bare = new Axis(true, low, high, from, to, "duration", List.of());
    double room = from < to ? LABEL_WIDTH : LABEL_HEIGHT;
    double last = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < ticks.size(); i++) {
      Tick tick = ticks.get(i);
      if (i % every != 0 || Math.abs(bare.at(tick.value()) - last) < room) {
        ticks.set(i, new Tick(tick.value(), ""));
      } else {
        last = bare.at(tick.value());
      }
    }
    return new Axis(true, low, high, from, to, "duration", ticks);
  }

  private static List<Tick> logTicks(double low, double high, double[] factors) {
    List<Tick> ticks = new ArrayList<>();
    for (int exponent = 0; exponent <= 18; exponent++) {
      for (double factor : factors) {
        double value = factor * StrictMath.pow(10, exponent);
        if (value >= low * 0.999 && value <= high * 1.001) {
          // 100 s rather than 1 min 40 s: round numbers stay round.
          boolean minutes = value >= 60e12;
          ticks.add(
              new Tick(
                  value,
                  minutes
                      ? trim(Figures.number(value / 1e12)) + " s"
                      : trim(Figures.duration(value))));
        }
      }
    }
    return ticks;
  }

  /** Shares from 1 down to a power of ten, on a logarithmic scale. */
  static Axis tail(int decades, double from, double to) {
    List<Tick> ticks = new ArrayList<>();
    for (int i = decades; i >= 0; i--) {
      double value = StrictMath.pow(10, -i);
      ticks.add(new Tick(value, trim(Figures.digits(value * 100)) + " %"));
    }
    return new Axis(true, StrictMath.pow(10, -decades), 1, from, to, "percent", ticks);
  }

  private static List<Tick> ticks(double max, double step, DoubleFunction<String> label) {
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= max * (1 + 1e-9); i++) {
      ticks.add(new Tick(i * step, label.apply(i * step)));
    }
    return ticks;
  }

  /** The smallest of the steps, times a power of ten, that is no less than {@code least}. */
  private static double step(double least, double[] steps) {
    double power = StrictMath.pow(10, Math.floor(StrictMath.log10(least)));
    for (double step : steps) {
      if (step * power >= least * (1 - 1e-9)) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static double fitting(double least, double[] steps) {
    for (double step : steps) {
      if (step >= least) {
        return step;
      }
    }
    return steps[steps.length - 1];
  }

  private static String shortNumber(double value) {
    return value >= 10_000 || (value > 0 && value < 0.001)
        ? trim(Figures.amount(value, "")).replace(" ", "")
        : trim(Figures.number(value));
  }

  /** {@code 10.0 ms} becomes {@code 10 ms}. */
  static String trim(String number) {
    int point = number.indexOf('.');
    if (point < 0) {
      return number;
    }
    int end = point + 1;
    while (end < number.length() && Character.isDigit(number.charAt(end))) {
      end++;
    }
    int keep = end;
    while (number.charAt(keep - 1) == '0') {
      keep--;
    }
    return number.substring(0, keep - 1 == point ? point : keep) + number.substring(end);
  }
}
