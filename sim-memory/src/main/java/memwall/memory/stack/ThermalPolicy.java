package memwall.memory.stack;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What a stack does about its temperature.
 *
 * <p>Refresh: at and above each threshold the hottest memory layer makes the whole stack refresh
 * faster. Throttling: either every step has a temperature of its own ({@code atCelsius}), or the
 * steps are gone through one by one, one further while any die is at its limit and one back while
 * all are below it by the hysteresis, at most one each {@code stepTimePs}. Shutdown is for good.
 *
 * @param memoryCelsius limit of the memory layers
 * @param logicCelsius limit of the logic die
 * @param shutdownCelsius any die this hot stops the stack; at least both limits
 * @param hysteresisKelvin how far below a threshold a level is left again, positive
 * @param refreshBands thresholds ascending
 * @param steps throttling levels from 1 on; level 0 is no throttling; may be empty
 * @param stepTimePs least time between two steps towards a limit, 1 ps to an hour
 * @param windowPs how often the energy counted by a busy device is turned into power, 1 ps to an
 *     hour
 */
public record ThermalPolicy(
    double memoryCelsius,
    double logicCelsius,
    double shutdownCelsius,
    double hysteresisKelvin,
    List<RefreshBand> refreshBands,
    List<ThrottleStep> steps,
    long stepTimePs,
    long windowPs) {

  private static final long MAX_INTERVAL_PS = 3_600_000_000_000_000L;

  /**
   * One threshold of the refresh rate.
   *
   * @param aboveCelsius hottest memory layer from which it applies
   * @param factor how many times as often as normal, 2 or more
   */
  public record RefreshBand(double aboveCelsius, int factor) {}

  /** Checks the ranges and copies the lists. */
  public ThermalPolicy {
    refreshBands = List.copyOf(refreshBands);
    steps = List.copyOf(steps);
    if (!(shutdownCelsius >= memoryCelsius && shutdownCelsius >= logicCelsius)) {
      throw new IllegalArgumentException("shutdown below a limit");
    }
    if (!(hysteresisKelvin > 0) || !isInterval(stepTimePs) || !isInterval(windowPs)) {
      throw new IllegalArgumentException(
          "hysteresis, step time and window are positive, times at most an hour");
    }
    for (int i = 0; i < refreshBands.size(); i++) {
      RefreshBand band = refreshBands.get(i);
      boolean rises =
          i == 0
              ? band.factor() > 1
              : band.factor() > refreshBands.get(i - 1).factor()
                  && band.aboveCelsius() > refreshBands.get(i - 1).aboveCelsius();
      if (!rises) {
        throw new IllegalArgumentException("refresh thresholds and factors ascend");
      }
    }
    for (int i = 0; i < steps.size(); i++) {
      double at = steps.get(i).atCelsius();
      if (Double.isNaN(at) != Double.isNaN(steps.get(0).atCelsius())
          || (i > 0 && at <= steps.get(i - 1).atCelsius())) {
        throw new IllegalArgumentException("temperatures of steps: all or none, ascending");
      }
    }
  }

  private static boolean isInterval(long ps) {
    return ps >= 1 && ps <= MAX_INTERVAL_PS;
  }

  /** Whether each throttling step has its own temperature. */
  public boolean isBanded() {
    return !steps.isEmpty() && !Double.isNaN(steps.get(0).atCelsius());
  }

  /**
   * A level of throttling.
   *
   * @param level 0 for none, up to the number of steps
   */
  public ThrottleStep step(int level) {
    return level == 0 ? ThrottleStep.FULL : steps.get(level - 1);
  }

  /**
   * How far below its threshold a level of throttling is left again.
   *
   * @param level 1 up to the number of steps
   */
  double hysteresisKelvin(int level) {
    ThrottleStep step = step(level);
    return Double.isNaN(step.untilCelsius())
        ? hysteresisKelvin
        : step.atCelsius() - step.untilCelsius();
  }

  /** Refresh rate, in multiples of the normal one, of a number of thresholds passed. */
  int refreshFactor(int band) {
    return band == 0 ? 1 : refreshBands.get(band - 1).factor();
  }

  /** Refresh rate, in multiples of the normal one, of a stack that warms up to a temperature. */
  public int refreshFactorAt(double celsius) {
    int band = 0;
    while (band < refreshBands.size() && celsius >= refreshBands.get(band).aboveCelsius()) {
      band++;
    }
    return refreshFactor(band);
  }

  static ThermalPolicy read(Config config, double coolantCelsius) {
    double memory = celsius(config, "memory", 95, "Limit of the memory layers");
    double logic = celsius(config, "logic", 105, "Limit of the logic die");
    double shutdown = celsius(config, "shutdown", 120, "Temperature that stops the stack");
    double hysteresis =
        Ranges.quantity(
            config,
            "hysteresis",
            Dimension.TEMPERATURE_DIFFERENCE,
            0.001,
            100,
            "How far below a threshold a level is left again");
    double least = Math.min(memory, logic);
    if (shutdown < Math.max(memory, logic)) {
      config.fault(
          "shutdown",
          shutdown + " C is below a limit (memory " + memory + " C, logic " + logic + " C)");
      shutdown = Math.max(memory, logic);
    }
    if (least - hysteresis <= coolantCelsius) {
      config.fault(
          "hysteresis",
          "a die at its limit of "
              + least
              + " C would have to cool by "
              + hysteresis
              + " K, below the coolant's "
              + coolantCelsius
              + " C, to recover");
    }
    ThermalPolicy policy =
        new ThermalPolicy(
            memory,
            logic,
            shutdown,
            hysteresis,
            refresh(config),
            steps(config),
            positive(config, "step_time", "Least time between two throttling steps"),
            positive(config, "window", "How often counted energy is turned into power"));
    config.finish();
    return policy;
  }

  /**
   * Reads a temperature.
   *
   * @param placeholder what stands for one that is refused, so that no other key is at fault
   */
  private static double celsius(Config config, String key, double placeholder, String sentence) {
    double celsius = config.reportQuantity(key, Dimension.TEMPERATURE, sentence);
    return config.isPlaceholder(key) ? placeholder : celsius;
  }

  private static long positive(Config config, String key, String sentence) {
    long ps = config.quantity(key, Dimension.TIME, sentence);
    if (ps < 1) {
      config.fault(key, "0 ps would be endlessly often; allowed is 1 ps or more");
      return 1;
    }
    if (ps > MAX_INTERVAL_PS) {
      config.fault(key, ps + " ps are longer than an hour");
      return MAX_INTERVAL_PS;
    }
    return ps;
  }

  private static List<RefreshBand> refresh(Config config) {
    List<RefreshBand> bands = new ArrayList<>();
    for (Config item : config.sections("refresh", "Thresholds of faster refresh, ascending")) {
      double above = celsius(item, "above", 1000, "Hottest memory layer from which it applies");
      int factor =
          (int) item.integer("factor", 2, 64, "Refresh rate in multiples of the normal one");
      RefreshBand last = bands.isEmpty() ? null : bands.get(bands.size() - 1);
      if (last != null && !(above > last.aboveCelsius() && factor > last.factor())) {
        item.fault(
            "above",
            factor
                + " times from "
                + above
                + " C follows "
                + last.factor()
                + " times from "
                + last.aboveCelsius()
                + " C; both must ascend");
      } else {
        bands.add(new RefreshBand(above, factor));
      }
      item.finish();
    }
    return bands;
  }

  private static List<ThrottleStep> steps(Config config) {
    Voltage voltage =
        config
            .optionalSection("dvfs", "How the logic die's clock follows its voltage")
            .map(Voltage::read)
            .orElse(Voltage.NONE);
    List<ThrottleStep> steps = new ArrayList<>();
    for (Config item : config.sections("throttle", "Throttling levels, from mild to severe")) {
      ThrottleStep step = voltage.step(item);
      double last = steps.isEmpty() ? Double.NaN : steps.get(steps.size() - 1).atCelsius();
      if (!steps.isEmpty() && Double.isNaN(last) != Double.isNaN(step.atCelsius())) {
        item.fault("at", "either all throttling levels have a temperature or none has");
      } else if (step.atCelsius() <= last) {
        item.fault("at", step.atCelsius() + " C follows " + last + " C; levels must ascend");
      } else {
        steps.add(step);
      }
      item.finish();
    }
    return steps;
  }

  /** Constants of the alpha-power law; NONE keeps clock and voltage as they are. */
  private record Voltage(double nominalVolts, double thresholdVolts, double exponent) {
    static final Voltage NONE = new Voltage(0, 0, 0);

    static Voltage read(Config config) {
      double nominal = config.number("nominal_volts", 0.1, 10, "Voltage at the full clock");
      double threshold = config.number("threshold_volts", 0, 10, "Threshold voltage");
      double exponent = config.number("exponent", 1, 2, "Exponent of the alpha-power law");
      if (threshold >= nominal) {
        config.fault(
            "threshold_volts", threshold + " V is not below the nominal " + nominal + " V");
        threshold = nominal / 2;
      }
      config.finish();
      return new Voltage(nominal, threshold, exponent);
    }

    ThrottleStep step(Config config) {
      double bandwidth =
          config.number("bandwidth", 0.001, 1, 1, "Share of the full bandwidth that is left");
      double at =
          config.has("at")
              ? celsius(config, "at", 1000, "Hottest die from which the level applies")
              : Double.NaN;
      double until = until(config, at);
      if (nominalVolts == 0) {
        return new ThrottleStep(bandwidth, 1, 1, at, until);
      }
      double volts =
          config.number("volts", 0, nominalVolts, nominalVolts, "Voltage of the logic die");
      if (volts <= thresholdVolts) {
        config.fault(
            "volts", volts + " V is not above the threshold voltage of " + thresholdVolts + " V");
        volts = nominalVolts;
      }
      return ThrottleStep.scaled(bandwidth, volts, nominalVolts, thresholdVolts, exponent, at)
          .until(until);
    }

    private static double until(Config config, double at) {
      if (!config.has("until")) {
        return Double.NaN;
      }
      double until =
          celsius(config, "until", -1000, "Below which it is left; else by the hysteresis");
      if (!(until < at)) {
        config.fault(
            "until",
            Double.isNaN(at)
                ? "only a level with a temperature of its own ('at') has one to be left at"
                : until + " C is not below the " + at + " C from which the level applies");
        return Double.NaN;
      }
      return until;
    }
  }
}
