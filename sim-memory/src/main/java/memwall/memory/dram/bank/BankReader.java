package memwall.memory.dram.bank;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemoryTiers;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.PimReader;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmSpec;
import memwall.memory.stack.StackSpec;
import org.jspecify.annotations.Nullable;

/** Reads a {@link BankSpec}. */
final class BankReader {
  private static final String USUAL_INTERLEAVE = "256 B";

  private BankReader() {}

  /** Reads the keys of a preset; faults are recorded there. */
  static BankSpec read(Config config) {
    DramDevice device = DramDevice.read(config.preset("dram", "dram", "The DRAM device"));
    DramStandard standard = device.standard();
    Config section = config.section("controller", "How the controller of each channel works");
    ControllerSpec controller = ControllerSpec.read(section, standard);
    if (controller.refresh().isInTurn()) {
      section.fault(
          "refresh",
          "refresh of banks in turn has no closed form of its rate; allowed is all-bank or none");
      controller = controller.refreshing(RefreshPolicy.NONE);
    }
    long usual = Math.max(256, standard.burstBytes());
    long interleave =
        config.quantity(
            "interleave",
            Dimension.SIZE,
            usual == 256 ? USUAL_INTERLEAVE : usual + " B",
            "Bytes of a channel that follow each other before the next channel's turn");
    String fault = BankSpec.interleaveFault(standard, interleave);
    if (!fault.isEmpty()) {
      config.fault("interleave", fault);
      interleave = standard.burstBytes();
    }
    long path =
        config.quantity(
            "path_latency",
            Dimension.TIME,
            "On the chip, from the request to the controller and from the data pins back");
    PimSpec pim =
        config
            .optionalPreset("pim", "pim", "How the banks compute")
            .map(preset -> pim(preset, config, device))
            .orElse(null);
    PnmSpec pnm =
        config
            .optionalPreset("pnm", "pnm", "The engine beside the channels that computes")
            .map(preset -> pnm(preset, config, device))
            .orElse(null);
    if (config.has("pim") && config.has("pnm")) {
      config.fault(
          "pnm", "a memory computes in its banks (pim) or beside its channels (pnm), not in both");
      pnm = null;
    }
    StackSpec stack = StackFit.read(config, device, controller);
    if (controller.hasLowPower() && (pim != null || stack != null)) {
      config.fault("controller", BankSpec.LOW_POWER);
      controller = controller.toBuilder().lowPower(0, 0).build();
    }
    MemoryTiers tiers = RowTiers.of(device, controller).orElse(null);
    if (tiers != null) {
      if (pim != null || pnm != null) {
        config.fault(pim != null ? "pim" : "pnm", BankSpec.TIERS_COMPUTE);
        pim = null;
        pnm = null;
      }
      if (RowTiers.areScattered(device, controller)) {
        section.fault(
            "mapping",
            "'"
                + controller.mapping()
                + "' scatters the rows of a tier over all addresses; with tiers 'row' comes last");
      }
      tiers = MemoryTiers.read(config, tiers.tiers());
    }
    config.finish();
    return BankSpec.of(device, controller, interleave, path, pim, pnm, stack, tiers);
  }

  private static @Nullable PimSpec pim(Config preset, Config config, DramDevice device) {
    PimSpec spec = PimReader.read(preset);
    return isFor(preset, config, "pim", spec.name(), spec.dram(), device) ? spec : null;
  }

  private static @Nullable PnmSpec pnm(Config preset, Config config, DramDevice device) {
    PnmSpec spec = PnmSpec.read(preset);
    boolean ok = isFor(preset, config, "pnm", spec.name(), spec.dram(), device);
    if (spec.engineShare() < 1) {
      preset.fault("engine_share", BankSpec.shareFault(spec));
      return null;
    }
    return ok ? spec : null;
  }

  private static boolean isFor(
      Config preset,
      Config config,
      String key,
      String name,
      DramDevice computes,
      DramDevice device) {
    String fault = BankSpec.deviceFault(name, computes, device);
    if (!fault.isEmpty() && !preset.isPlaceholder("dram") && !config.isPlaceholder("dram")) {
      config.fault(key, fault);
    }
    return fault.isEmpty();
  }
}
