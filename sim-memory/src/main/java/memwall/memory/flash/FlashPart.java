package memwall.memory.flash;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.ftl.FtlSpec;
import memwall.memory.flash.heat.FlashThermal;
import org.jspecify.annotations.Nullable;

/**
 * A flash device as it is bought: one stack, drive or package. Preset kind {@code flash}.
 *
 * @param name in reports
 * @param device how it is built and what it does when
 * @param wear what its blocks stand
 * @param energy what it takes
 * @param ftl the translation layer of each of its planes; null: the host manages the blocks, writes
 *     each from its first page on
 * @param errors what goes wrong; null: nothing, and data do not age
 * @param thermal what it is built as and does about its heat; null: heat is left aside
 */
public record FlashPart(
    String name,
    FlashSpec device,
    FlashWear wear,
    FlashEnergy energy,
    @Nullable FtlSpec ftl,
    @Nullable ErrorSpec errors,
    @Nullable FlashThermal thermal) {
  /** Kind of preset. */
  public static final String KIND = "flash";

  /** One whose blocks the host manages, without errors and heat. */
  public FlashPart(String name, FlashSpec device, FlashWear wear, FlashEnergy energy) {
    this(name, device, wear, energy, null);
  }

  /** One without errors and heat. */
  public FlashPart(
      String name, FlashSpec device, FlashWear wear, FlashEnergy energy, @Nullable FtlSpec ftl) {
    this(name, device, wear, energy, ftl, null, null);
  }

  /**
   * Reads the keys of a preset; faults are recorded there, all in one pass. If there are any, what
   * is returned is a placeholder.
   *
   * @param config a preset of kind {@link #KIND}
   */
  public static FlashPart read(Config config) {
    return new FlashPartReader(config).part();
  }

  /**
   * A preset that comes with Memwall.
   *
   * @param name such as {@code hbf-gen1}
   * @throws memwall.core.config.ConfigException if there is none of that name
   */
  public static FlashPart builtIn(String name) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            KIND, KIND + ": \"" + name + "\"\n", List.of(), Presets.builtIn(), faults);
    FlashPart part = read(root.preset(KIND, KIND, "The device"));
    root.finish();
    faults.throwIfAny();
    return part;
  }

  /** Bytes that the host can address. */
  public long logicalBytes() {
    FlashGeometry geometry = device.geometry();
    return ftl == null
        ? geometry.capacityBytes()
        : (long) geometry.planes() * ftl.logicalPages() * geometry.pageBytes();
  }

  /**
   * Why its channels cannot be devices of their own; empty if they can. The leave to be active is
   * the one thing that they share.
   */
  public String channelFault() {
    int active = device.rules().activePlanes();
    int channels = device.geometry().channels();
    return active > 0 && active < channels
        ? active
            + " active planes cannot be divided over "
            + channels
            + " channels; at least one each is needed"
        : "";
  }

  /**
   * One of its channels as a device of its own, with its share of the planes that may be active,
   * rounded down.
   *
   * @throws IllegalStateException if there is a {@link #channelFault}
   */
  public FlashSpec channel() {
    if (!channelFault().isEmpty()) {
      throw new IllegalStateException(channelFault());
    }
    FlashGeometry whole = device.geometry();
    FlashRules rules = device.rules();
    return new FlashSpec(
        new FlashGeometry(
            1,
            whole.diesPerChannel(),
            whole.planesPerDie(),
            whole.blocksPerPlane(),
            whole.pagesPerBlock(),
            whole.pageBytes()),
        device.timings(),
        device.paths(),
        new FlashRules(
            rules.pageBuffers(),
            rules.bufferHits(),
            rules.stagingPages(),
            rules.activePlanes() / whole.channels(),
            rules.outstandingReads(),
            rules.pendingWrites(),
            rules.postedWrites(),
            rules.priority(),
            rules.suspensions(),
            rules.leastSuspendedPs(),
            rules.gatherPs()),
        device.multiPlane());
  }
}
