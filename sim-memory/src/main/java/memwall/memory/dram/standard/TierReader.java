package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import memwall.core.config.Config;

/**
 * Reads the {@code tiers} of a {@code dram} preset: a list, from row 0 of every bank on. Each
 * states its rows and those timings that are not the device's; contradictions among them are faults
 * as in the device.
 */
final class TierReader {
  private static final int MOST_ROWS = 1 << 22;
  private static final int MOST_TIERS = 63;

  private final Config device;
  private final Protocol protocol;
  private final ImmutableMap<String, Long> clocks;
  private final long clockFemtos;
  private final boolean sound;
  private final ImmutableList<TimingRule> rules;
  private final Set<String> names = new HashSet<>();
  private long firstRow;

  /**
   * A reader.
   *
   * @param clocks timings of the device
   * @param clockFemtos length of a clock
   * @param sound whether no timing of the device is a placeholder
   * @param rules constraints of the device
   */
  TierReader(
      Config device,
      Protocol protocol,
      ImmutableMap<String, Long> clocks,
      long clockFemtos,
      boolean sound,
      ImmutableList<TimingRule> rules) {
    this.device = device;
    this.protocol = protocol;
    this.clocks = clocks;
    this.clockFemtos = clockFemtos;
    this.sound = sound;
    this.rules = rules;
  }

  /**
   * The tiers.
   *
   * @param rows rows of a bank; 0 if they are not known
   */
  ImmutableList<RowTier> tiers(int rows) {
    List<Config> given =
        device.sections("tiers", "Rows with timings of their own, from row 0 of every bank on");
    ImmutableList.Builder<RowTier> tiers = ImmutableList.builder();
    given.forEach(tier -> tiers.add(tier(tier)));
    boolean fits = true;
    if (given.size() > MOST_TIERS) {
      device.fault("tiers", given.size() + " tiers; allowed are at most " + MOST_TIERS);
      fits = false;
    }
    if (rows > 0 && firstRow > rows) {
      device.fault("tiers", "tiers of " + firstRow + " rows in banks of " + rows);
      fits = false;
    }
    return fits && rows > 0 && sound ? tiers.build() : ImmutableList.of();
  }

  private RowTier tier(Config config) {
    String title = config.text("name", "Name of the tier, by which memory is placed in it");
    if (!names.add(title) && !config.isPlaceholder("name")) {
      config.fault("name", "'" + title + "' stands twice; each tier needs a name of its own");
    }
    int rows = (int) config.integer("rows", 1, MOST_ROWS, "Rows of each bank that belong to it");
    Config section = config.section("timings", "Timings that are not those of the device");
    Map<String, Long> own = new TreeMap<>(clocks);
    boolean ownSound = true;
    for (String name : clocks.keySet()) {
      boolean isOwn = RowTier.OWN_TIMINGS.contains(name);
      if (isOwn ? section.optionalText(name, meaning(name)).isEmpty() : !section.has(name)) {
        continue;
      }
      try {
        own.put(name, DeviceReader.clocks(section, name, meaning(name), clockFemtos));
      } catch (Expression.Fault wrong) {
        section.fault(name, wrong.message());
        ownSound = false;
      }
      if (!isOwn) {
        section.fault(
            name, "the same for all rows of a device; a tier may give " + RowTier.OWN_TIMINGS);
        ownSound = false;
      }
    }
    section.finish();
    config.finish();
    ImmutableMap<String, Long> all = ImmutableMap.copyOf(own);
    ownSound = sound && ownSound && TimingChecks.check(section, all);
    int first = (int) Math.min(firstRow, MOST_ROWS);
    firstRow += rows;
    return new RowTier(
        title,
        first,
        rows,
        DeviceReader.inTicks(all, protocol.bus().ticksPerClock()),
        ownSound ? rules(config, all) : rules);
  }

  private String meaning(String name) {
    return protocol.timings().getOrDefault(name, "Timing parameter");
  }

  private ImmutableList<TimingRule> rules(Config config, ImmutableMap<String, Long> own) {
    ImmutableList<TimingRule> resolved = Rules.resolveAgain(protocol, own, clockFemtos);
    for (TimingRule rule : resolved) {
      // It counts commands to rows of all tiers.
      if (rule.window() > 1 && !rules.contains(rule)) {
        config.fault(
            "timings", rule.name() + " counts commands of all tiers, so it cannot differ in one");
      }
    }
    return resolved;
  }
}
