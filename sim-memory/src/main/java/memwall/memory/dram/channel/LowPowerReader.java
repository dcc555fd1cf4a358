package memwall.memory.dram.channel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.dram.standard.DramStandard;

/** Reads after what time a controller brings a rank or pseudo-channel into a low-power state. */
final class LowPowerReader {
  private LowPowerReader() {}

  /** Ticks, rounded up; 0 if the key is missing or faulty. */
  static long after(Config config, String key, DramStandard standard, RefreshPolicy refresh) {
    if (!config.has(key)) {
      return 0;
    }
    Config section = config.section(key, "Low-power state of a rank or pseudo-channel");
    long afterPs = section.quantity("after", Dimension.TIME, "Time at rest before");
    boolean isGiven = !section.isPlaceholder("after");
    section.finish();
    if (isGiven && afterPs <= 0) {
      section.fault("after", "a state after " + afterPs + " ps; allowed is more than 0");
      return 0;
    }
    if (!standard.hasLowPower()) {
      config.fault(
          key, standard.name() + " states no low_power; allowed are devices whose preset does");
      return 0;
    }
    if (refresh.isInTurn() || (key.equals("self_refresh") && refresh == RefreshPolicy.NONE)) {
      config.fault(
          key,
          "not with these refreshes; allowed is refresh: all-bank"
              + (key.equals("self_refresh") ? "" : " or none"));
      return 0;
    }
    return isGiven ? Math.max(1, new TickClock(standard.tickFemtos()).ticks(afterPs)) : 0;
  }
}
