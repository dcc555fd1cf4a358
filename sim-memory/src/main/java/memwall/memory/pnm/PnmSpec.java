package memwall.memory.pnm;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Dimension;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.DramDevice;

/**
 * Compute beside the memory, on a die of its own: on the base die of a stack, in the buffer chip of
 * a module, in a CXL controller. It reads through the channels' ordinary controllers, as the host
 * does, and sends only results over the link.
 *
 * @param name for reports
 * @param dram the memory of one device
 * @param devices devices behind the engine (ranks of a module, packages of a card), at least 1
 * @param flopsPerSec rate of the engine
 * @param sramBytes what the engine can hold: input of a kernel and reads under way
 * @param engineShare above 0 to 1. 1: the engine offers reads as fast as the queues take them, in
 *     turns with the host; less: at this part of the data rate
 * @param linkBytesPerSec rate at which results go to the host
 * @param linkLatencyPs delay of the link
 * @param launchPs what the host needs around a kernel
 * @param flopPj energy of a FLOP
 * @param linkPjPerBit energy of a bit over the link
 */
public record PnmSpec(
    String name,
    DramDevice dram,
    int devices,
    long flopsPerSec,
    long sramBytes,
    double engineShare,
    long linkBytesPerSec,
    long linkLatencyPs,
    long launchPs,
    double flopPj,
    double linkPjPerBit) {

  /** Checks the ranges. */
  public PnmSpec {
    if (devices < 1
        || flopsPerSec < 1
        || sramBytes < dram.standard().burstBytes()
        || !(engineShare > 0 && engineShare <= 1)
        || linkBytesPerSec < 1
        || linkLatencyPs < 0
        || launchPs < 0) {
      throw new IllegalArgumentException("amounts of near-memory compute must be positive");
    }
  }

  /** Reads at full rate of all data buses. */
  public long peakBytesPerSec() {
    return dram.peakBytesPerSec() * devices;
  }

  /**
   * Reads a {@code pnm} preset; faults are recorded there, all in one pass. If there are any, what
   * is returned is a placeholder.
   */
  public static PnmSpec read(Config config) {
    DramDevice dram = DramDevice.read(config.preset("dram", "dram", "The memory of one device"));
    long sram = config.quantity("sram", Dimension.SIZE, "What the engine can hold");
    int burst = dram.standard().burstBytes();
    if (sram < burst && !config.isPlaceholder("sram")) {
      config.fault("sram", sram + " B; allowed is a burst of " + burst + " B or more");
    }
    double share =
        config.number(
            "engine_share",
            0,
            1,
            1,
            "Part of the data rate at which the engine offers reads; 1: as fast as it can");
    if (share <= 0) {
      config.fault("engine_share", "0; the engine needs a share above 0");
      share = 1;
    }
    PnmSpec spec =
        new PnmSpec(
            config.text("name", "Name in reports"),
            dram,
            (int) config.integer("devices", 1, 4096, 1, "Devices behind the engine"),
            config.quantity("compute", Dimension.FLOP_RATE, "Rate of the engine"),
            Math.max(sram, burst),
            share,
            config.quantity("link_rate", Dimension.BYTE_RATE, "Rate of results to the host"),
            config.quantity("link_latency", Dimension.TIME, "Delay of results to the host"),
            config.quantity(
                "launch", Dimension.TIME, "0 ns", "What the host needs around a kernel"),
            config.reportQuantity("flop_energy", Dimension.ENERGY_PER_FLOP, "Energy of a FLOP"),
            config.reportQuantity(
                "link_energy", Dimension.ENERGY_PER_BIT, "Energy of a bit over the link"));
    config.finish();
    return spec;
  }

  /**
   * A preset that comes with Memwall.
   *
   * @throws memwall.core.config.ConfigException if there is none of that name
   */
  public static PnmSpec builtIn(String name) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            "pnm", "pnm: \"" + name + "\"\n", List.of(), Presets.builtIn(), faults);
    PnmSpec spec = read(root.preset("pnm", "pnm", "The device"));
    root.finish();
    faults.throwIfAny();
    return spec;
  }
}
