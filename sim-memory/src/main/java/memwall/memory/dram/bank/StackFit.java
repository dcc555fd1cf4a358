package memwall.memory.dram.bank;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.ThermalPolicy;
import org.jspecify.annotations.Nullable;

/** What a memory of banks and the stack that it is built as must agree in. */
final class StackFit {
  private StackFit() {}

  /**
   * Reads key {@code stack} of a memory preset; faults are recorded there.
   *
   * @return null if there is none, or it does not fit
   */
  static @Nullable StackSpec read(Config config, DramDevice device, ControllerSpec controller) {
    Optional<Config> section =
        config.optionalPreset(
            "stack", StackSpec.KIND, "What the device is built as: its layers, wires and heat");
    if (section.isEmpty()) {
      return null;
    }
    StackSpec stack = StackSpec.read(section.get());
    if (config.isPlaceholder("dram")) {
      return null;
    }
    List<String> faults = faults(stack, device, controller);
    for (String fault : faults) {
      config.fault("stack", fault);
    }
    return faults.isEmpty() ? stack : null;
  }

  /** Why a stack does not fit; empty if it does. */
  static List<String> faults(StackSpec stack, DramDevice device, ControllerSpec controller) {
    List<String> faults = new ArrayList<>();
    if (stack.memoryLayers() != device.dies()) {
      faults.add(
          stack.memoryLayers()
              + " memory layers given, but "
              + device.standard().name()
              + " has "
              + device.dies()
              + " dies");
    }
    if (controller.refresh() == RefreshPolicy.NONE) {
      faults.add("what heat does is refresh more often; 'controller.refresh' must be all-bank");
    }
    for (ThermalPolicy.RefreshBand band : stack.policy().refreshBands()) {
      if (band.factor() != 2 && band.factor() != 4) {
        faults.add(
            "refresh " + band.factor() + " times as often given; a channel can do 2 and 4 times");
      }
    }
    if (stack.tsv().bytesPerSec() < device.channels()) {
      faults.add("wires of " + stack.tsv().bytesPerSec() + " B/s leave channels without data");
    }
    new BankHeat(stack, device, controller).spec().idleFault().ifPresent(faults::add);
    return faults;
  }

  /** Way through a stack: the row access and the wire of its slowest layer. */
  static long delayPs(@Nullable StackSpec stack) {
    return stack == null ? 0 : stack.tsv().slowestPs();
  }
}
