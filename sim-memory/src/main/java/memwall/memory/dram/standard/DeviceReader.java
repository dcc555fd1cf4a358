package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/** Reads a {@code dram} preset and the protocol that it names. */
final class DeviceReader {
  private static final long FEMTOS_PER_SECOND = 1_000_000_000_000_000L;
  private static final long MOST_CLOCKS = 1_000_000;
  private static final long LARGEST_BURST_BYTES = 4096;
  private static final int MOST_BANKS = 4096;

  private final Config config;
  private final Protocol protocol;

  /** Whether every count so far is the one given, not a placeholder. */
  private boolean soundCounts = true;

  /** Likewise for the timings: what follows from placeholders is no fault of its own. */
  private boolean soundTimings = true;

  private DeviceReader(Config config) {
    this.config = config;
    protocol = Protocol.read(config.preset("protocol", "dram-protocol", "The DRAM standard"));
  }

  static DramDevice read(Config config) {
    return new DeviceReader(config).device();
  }

  static long clocks(DramDevice device, Config config, String key, String text) {
    ImmutableMap.Builder<String, Long> names = ImmutableMap.builder();
    device.clocks().forEach((name, clocks) -> names.put(name, (long) clocks));
    DramStandard standard = device.standard();
    try {
      long clocks =
          Expression.evaluate(
              text, names.buildOrThrow(), standard.tickFemtos() * standard.bus().ticksPerClock());
      if (clocks >= 0 && clocks <= MOST_CLOCKS) {
        return clocks;
      }
      config.fault(key, "'" + text + "' is " + clocks + " clocks; allowed are 0 to " + MOST_CLOCKS);
    } catch (Expression.Fault wrong) {
      config.fault(key, wrong.message());
    }
    return 1;
  }

  /** Data rate of a channel whose data buses never rest. */
  static long peakBytesPerSec(DramStandard standard) {
    return (long)
        ((double) standard.burstBytes()
            * standard.dataBuses()
            * FEMTOS_PER_SECOND
            / ((double) standard.tickFemtos() * standard.burstTicks()));
  }

  private DramDevice device() {
    String name = config.text("name", "Name in reports");
    final long tickFemtos = tickFemtos();
    int channels = (int) config.integer("channels", 1, 1024, "Channels of the device");
    int dies = (int) config.integer("dies", 1, 1024, "DRAM dies of the device");
    int dieGbit = (int) config.integer("die_gbit", 1, 1024, "Gibibits per die");
    ImmutableList<Level> levels = levels();
    int rows = count(config, "rows", 1 << 22, "Rows per bank", true);
    int bursts = count(config, "bursts", 1 << 16, "Bursts per row", false);
    int burstBytes = burstBytes();
    Config given = config.section("timings", "Timing parameters in clocks or as times");
    ImmutableMap<String, Long> clocks = timings(given, tickFemtos);
    ImmutableList<TimingRule> rules =
        Rules.resolve(protocol, clocks, tickFemtos * protocol.bus().ticksPerClock(), soundTimings);
    int perClock = protocol.bus().ticksPerClock();
    DramStandard standard =
        new DramStandard(
            name,
            protocol.bus(),
            levels,
            Math.min(protocol.refreshLevel(), levels.size() - 1),
            rows,
            bursts,
            burstBytes,
            tickFemtos,
            ticks("read_latency", "Clocks from a read to its last beat", clocks, tickFemtos, 1),
            ticks("write_latency", "Clocks from a write to its last beat", clocks, tickFemtos, 1),
            ticks("burst_length", "Clocks of a burst on the data bus", clocks, tickFemtos, 1),
            ticks("refresh_interval", "Clocks between refreshes", clocks, tickFemtos, 1),
            protocol.config().has("bank_refresh_interval")
                ? ticks(
                    "bank_refresh_interval", "Clocks between bank refreshes", clocks, tickFemtos, 1)
                : 0,
            withLowPower(inTicks(clocks, perClock), tickFemtos),
            rules,
            new TierReader(config, protocol, clocks, tickFemtos * perClock, soundTimings, rules)
                .tiers(soundCounts ? rows : 0));
    DramEnergy energy =
        EnergyReader.read(
                config.section("energy", "What commands and states cost"), standard, soundTimings)
            .withLowPower(config);
    DramDevice device = new DramDevice(standard, channels, dies, dieGbit, energy);
    checkCapacity(device);
    protocol.config().finish();
    config.finish();
    return device;
  }

  /** Power-down and self-refresh are the channel's own business: no rule knows of them. */
  private ImmutableMap<String, Integer> withLowPower(
      ImmutableMap<String, Integer> ticks, long tickFemtos) {
    if (!config.has("low_power")) {
      return ticks;
    }
    Config low = config.section("low_power", "States of low power");
    ImmutableMap.Builder<String, Long> clocks = ImmutableMap.builder();
    clocks.put("nXP", timing(low, "nXP", "Exit from power-down to the first command", tickFemtos));
    clocks.put("nCKE", timing(low, "nCKE", "Least time in power-down", tickFemtos));
    clocks.put("nXS", timing(low, "nXS", "Exit from self-refresh to a command", tickFemtos));
    clocks.put("nCKESR", timing(low, "nCKESR", "Least time in self-refresh", tickFemtos));
    int perClock = protocol.bus().ticksPerClock();
    return ImmutableMap.<String, Integer>builder()
        .putAll(ticks)
        .putAll(inTicks(clocks.buildOrThrow(), perClock))
        .buildKeepingLast(); // a protocol may know them, too
  }

  private long tickFemtos() {
    String text = config.text("tck", "Length of a clock");
    int perClock = protocol.bus().ticksPerClock();
    long clock = 1_000_000;
    try {
      clock = Expression.femtos(text);
    } catch (Expression.Fault wrong) {
      config.fault("tck", wrong.message());
      soundTimings = false;
    }
    if (clock % perClock != 0) {
      config.fault("tck", "half a clock of '" + text + "' is no whole number of femtoseconds");
    }
    if (clock < 10_000 || clock > 100_000_000) {
      config.fault("tck", "'" + text + "' is out of range: a clock from 10 ps to 100 ns");
      clock = 1_000_000;
      soundTimings = false;
    }
    return clock / perClock;
  }

  private ImmutableList<Level> levels() {
    Config counts = config.section("counts", "Nodes of each level under one of the level above");
    ImmutableList.Builder<Level> levels = ImmutableList.builder();
    levels.add(new Level("channel", 1));
    soundCounts &= protocol.sound();
    for (String name : protocol.levels().subList(1, protocol.levels().size())) {
      boolean stacked = name.equals("sid") || name.equals("rank");
      boolean known = protocol.sound() || counts.has(name);
      int count = known ? count(counts, name, 256, "Nodes of this level", stacked) : 1;
      levels.add(new Level(name, count));
    }
    counts.finish();
    ImmutableList<Level> all = levels.build();
    long banks = 1;
    for (Level level : all) {
      banks *= level.count();
    }
    if (banks > MOST_BANKS) {
      config.fault("counts", banks + " banks in a channel; at most are " + MOST_BANKS);
      soundCounts = false;
      return ImmutableList.of(new Level("channel", 1), new Level("bank", 1));
    }
    return all;
  }

  /** A power of two, where allowed also three times one; the placeholder is 1. */
  private int count(Config config, String key, int most, String sentence, boolean thrice) {
    long count = config.integer(key, 1, most, sentence);
    soundCounts &= !config.isPlaceholder(key);
    long third = thrice && count % 3 == 0 ? count / 3 : count;
    if (Long.bitCount(third) != 1) {
      config.fault(key, count + " is not a power of two" + (thrice ? " or three times one" : ""));
      soundCounts = false;
      return 1;
    }
    return (int) count;
  }

  private int burstBytes() {
    long bytes = config.quantity("burst", Dimension.SIZE, "Bytes of one burst");
    soundCounts &= !config.isPlaceholder("burst");
    if (bytes < 1 || bytes > LARGEST_BURST_BYTES || Long.bitCount(bytes) != 1) {
      config.fault(
          "burst",
          "a burst of " + bytes + " B; allowed are powers of two up to " + LARGEST_BURST_BYTES);
      soundCounts = false;
      return 1;
    }
    return (int) bytes;
  }

  private ImmutableMap<String, Long> timings(Config section, long tickFemtos) {
    ImmutableMap.Builder<String, Long> clocks = ImmutableMap.builder();
    protocol
        .timings()
        .forEach((name, meaning) -> clocks.put(name, timing(section, name, meaning, tickFemtos)));
    ImmutableMap<String, Long> timings = clocks.buildOrThrow();
    if (timings.isEmpty()) {
      // The protocol could not be read: its names are no reason to call these unknown.
      section.keys().forEach(name -> timing(section, name, "Timing parameter", tickFemtos));
    }
    section.finish();
    if (soundTimings) {
      soundTimings = TimingChecks.check(section, timings);
    }
    return timings;
  }

  private long timing(Config section, String name, String meaning, long tickFemtos) {
    try {
      return clocks(section, name, meaning, tickFemtos * protocol.bus().ticksPerClock());
    } catch (Expression.Fault wrong) {
      section.fault(name, wrong.message());
      soundTimings = false;
      return 1;
    }
  }

  /** Reads a timing parameter, in clocks. */
  static long clocks(Config section, String name, String meaning, long clockFemtos) {
    String text = section.text(name, meaning);
    long clocks = Expression.evaluate(text, ImmutableMap.of(), clockFemtos);
    if (clocks < 0 || clocks > MOST_CLOCKS) {
      throw new Expression.Fault(
          "'" + text + "' is " + clocks + " clocks; allowed are 0 to " + MOST_CLOCKS);
    }
    return clocks;
  }

  static ImmutableMap<String, Integer> inTicks(ImmutableMap<String, Long> clocks, int perClock) {
    ImmutableMap.Builder<String, Integer> ticks = ImmutableMap.builder();
    clocks.forEach((name, value) -> ticks.put(name, (int) (value * perClock)));
    return ticks.buildOrThrow();
  }

  /** An expression of the protocol over the timings of the device, in ticks, at least 1. */
  private int ticks(
      String key, String sentence, ImmutableMap<String, Long> clocks, long tickFemtos, int least) {
    String text = protocol.config().text(key, sentence);
    int perClock = protocol.bus().ticksPerClock();
    try {
      long value = Expression.evaluate(text, clocks, tickFemtos * perClock);
      if (value < least || value > 4 * MOST_CLOCKS) {
        if (soundTimings) {
          protocol.config().fault(key, "'" + text + "' is " + value + " clocks with these timings");
        }
        return least;
      }
      return (int) (value * perClock);
    } catch (Expression.Fault wrong) {
      protocol.config().fault(key, wrong.message());
      return least;
    }
  }

  private void checkCapacity(DramDevice device) {
    long dieBytes = ((long) device.dies() * device.dieGbit()) << 27;
    soundCounts &=
        !config.isPlaceholder("channels")
            && !config.isPlaceholder("dies")
            && !config.isPlaceholder("die_gbit");
    if (soundCounts && device.capacityBytes() != dieBytes) {
      config.fault(
          "die_gbit",
          device.dies()
              + " dies of "
              + device.dieGbit()
              + " Gbit hold "
              + dieBytes
              + " B but the channels, rows and bursts make "
              + device.capacityBytes()
              + " B");
    }
  }
}
