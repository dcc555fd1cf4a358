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
  private static final double[] SIXTIES = {1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720};

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
      step = fitting(seconds / 60 / marks);
    } else if (seconds < 3 * 86_400) {
      unitPs = 3600e12;
      unit = " h";
      step = fitting(seconds / 3600 / marks);
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
    List<Tick> ticks = new ArrayList<>();
    double decades = StrictMath.log10(high / low);
    double[] steps = decades * 3 <= marks ? new double[] {1, 2, 5} : new double[] {1};
    int every = (int) Math.max(1, Math.ceil(decades / marks));
    for (int exponent = 0; exponent <= 18; exponent++) {
      for (double factor : steps) {
        double value = factor * StrictMath.pow(10, exponent);
        if (value >= low * 0.999 && value <= high * 1.001) {
          ticks.add(new Tick(value, exponent % every == 0 ? trim(Figures.duration(value)) : ""));
        }
      }
    }
    return new Axis(true, low, high, from, to, "duration", ticks);
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

  private static double fitting(double least) {
    for (double step : SIXTIES) {
      if (step >= least) {
        return step;
      }
    }
    return SIXTIES[SIXTIES.length - 1];
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
