package memwall.memory.flash.heat;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.stack.StackSpec;

/** Reads a {@link FlashThermal}. */
final class ThermalReader {
  // Registers of seven bits: 60 C + 0.5 C x value (OCP HBF 0.7, 5.9.2.20).
  private static final double FIRST_CELSIUS = 60;
  private static final double LAST_CELSIUS = 123.5;
  private static final double STEP_CELSIUS = 0.5;

  private static final double MOST_CELSIUS = 400;
  private static final long HOUR_PS = 3_600_000_000_000_000L;

  private ThermalReader() {}

  static FlashThermal read(Config config) {
    StackSpec stack =
        StackSpec.read(
            config.preset("stack", StackSpec.KIND, "What the device is built as and cooled by"));
    double release = register(config, "release", 60, "All dies below: no throttling (RTT)");
    double light = register(config, "light", 60.5, "A die so hot: light throttling (LTT)");
    double severe = register(config, "severe", 61, "A die so hot: severe throttling (STT)");
    double shutdown =
        config.reportQuantity("shutdown", Dimension.TEMPERATURE, "A die so hot stops the device");
    light = above(config, "release", release, "light", light);
    severe = above(config, "light", light, "severe", severe);
    shutdown = above(config, "severe", severe, "shutdown", shutdown);
    double lightShare =
        config.number(
            "light_share", 0.001, 1, "Planes active in light throttling, of those needed else");
    double severeShare =
        config.number("severe_share", 0, 1, 0, "Planes active in severe throttling, likewise");
    if (severeShare > lightShare) {
      config.fault(
          "severe_share", severeShare + " is more than " + lightShare + ", the light share");
      severeShare = 0;
    }
    long window =
        config.quantity("window", Dimension.TIME, "1 ms", "How often energy becomes power");
    if (window < 1 || window > HOUR_PS) {
      config.fault("window", window + " ps; allowed are 1 ps to an hour");
      window = HOUR_PS;
    }
    double coolant = stack.cooling().coolantCelsius();
    if (release <= coolant && !config.isPlaceholder("release")) {
      config.fault(
          "release",
          release + " C is not above the coolant's " + coolant + " C; it would never be reached");
    }
    config.finish();
    return new FlashThermal(
        stack, release, light, severe, shutdown, lightShare, severeShare, window);
  }

  private static double register(Config config, String key, double placeholder, String sentence) {
    double celsius = config.reportQuantity(key, Dimension.TEMPERATURE, sentence);
    if (config.isPlaceholder(key)) {
      return placeholder;
    }
    double steps = (celsius - FIRST_CELSIUS) / STEP_CELSIUS;
    if (celsius < FIRST_CELSIUS || celsius > LAST_CELSIUS || steps != Math.rint(steps)) {
      config.fault(
          key, celsius + " C; allowed are 60 C to 123.5 C in steps of 0.5 C (OCP HBF 0.7)");
    }
    return celsius;
  }

  /** A temperature that must be above another; else one that is. */
  private static double above(
      Config config, String lowerKey, double lower, String key, double celsius) {
    if (celsius > lower && celsius <= MOST_CELSIUS) {
      return celsius;
    }
    if (!config.isPlaceholder(lowerKey) && !config.isPlaceholder(key)) {
      config.fault(key, celsius + " C is not above '" + lowerKey + "', " + lower + " C");
    }
    return lower + STEP_CELSIUS;
  }
}
