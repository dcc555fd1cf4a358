package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableMap;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;

/**
 * A DRAM stack, package or rank as sold: some equal channels of a standard, made of dies.
 *
 * @param standard one channel
 * @param channels how many channels, each with its own controller
 * @param dies DRAM dies that hold the bits
 * @param dieGbit gibibits per die
 * @param energy what the commands and states of a channel cost
 */
public record DramDevice(
    DramStandard standard, int channels, int dies, int dieGbit, DramEnergy energy) {

  /** Capacity in bytes. */
  public long capacityBytes() {
    return channels * standard.capacityBytes();
  }

  /** Data rate of all channels together when every data bus is always busy, rounded down. */
  public long peakBytesPerSec() {
    return DeviceReader.peakBytesPerSec(standard) * channels;
  }

  /**
   * Reads a {@code dram} preset; faults are recorded there, all in one pass. If there are any, what
   * is returned is a placeholder.
   */
  public static DramDevice read(Config config) {
    return DeviceReader.read(config);
  }

  /**
   * A preset that comes with Memwall.
   *
   * @param name such as {@code hbm3-6400-16gb-8hi}
   * @throws memwall.core.config.ConfigException if there is none of that name
   */
  public static DramDevice builtIn(String name) {
    Faults faults = new Faults();
    Config root = ConfigLoader.fromText("dram", "dram: \"" + name + "\"\n", faults);
    DramDevice device = read(root.preset("dram", "dram", "The device"));
    root.finish();
    faults.throwIfAny();
    return device;
  }

  /**
   * Reads a number of clocks that another preset gives for this device: a number, a time or an
   * expression over the device's timings, such as {@code max(nCCDL, 2.5 ns)}. Faults are recorded
   * at the key.
   *
   * @param defaultText what holds where the key is missing
   */
  public long clocks(Config config, String key, String defaultText, String sentence) {
    return DeviceReader.clocks(this, config, key, config.text(key, defaultText, sentence));
  }

  /** As {@link #clocks(Config, String, String, String)} for a key that must be there. */
  public long clocks(Config config, String key, String sentence) {
    return DeviceReader.clocks(this, config, key, config.text(key, sentence));
  }

  /** Every timing by its name, in clocks, as the preset gives it. */
  public ImmutableMap<String, Integer> clocks() {
    ImmutableMap.Builder<String, Integer> clocks = ImmutableMap.builder();
    standard
        .timings()
        .forEach((name, ticks) -> clocks.put(name, ticks / standard.bus().ticksPerClock()));
    return clocks.buildOrThrow();
  }
}
