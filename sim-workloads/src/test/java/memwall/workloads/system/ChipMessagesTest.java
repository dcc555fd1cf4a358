package memwall.workloads.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;

/** Chips that cannot be are refused with a message. */
final class ChipMessagesTest {
  private static List<String> faults(String system, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml", "system: " + system + "\n", List.of(sets), Presets.builtIn(), faults);
    SystemSpec.read(config.preset("system", "system", "The machine"));
    config.finishAll();
    return faults.list();
  }

  @Test
  void enginesOnTheDiesOfTwoMemories() {
    String second = "system.chip.memory.more={device: custom-3d-stratum, count: 1}";
    assertThat(faults("custom-3d-8", second))
        .singleElement()
        .asString()
        .endsWith(
            "system.chip.memory.more: the stacks of 'stack' and of 'more' have engines on their"
                + " logic dies (energy.compute); those of one memory can");
    assertThat(
            faults(
                "custom-3d-8", second, "system.chip.memory.more.device.stack.energy.compute=0 W"))
        .isEmpty();
  }

  /** Kernels have to know the chip; without them its numbers are not asked for. */
  @Test
  void kernelsWithoutTheirChip() {
    assertThat(faults("dgx-h100", "system.chip.compute.kernels=h100-trtllm"))
        .hasSize(3)
        .allMatch(fault -> fault.contains("missing key 'system.chip.compute."))
        .anyMatch(fault -> fault.contains(".sms' (Multiprocessors)"));
    assertThat(faults("dgx-h100", "system.chip.compute.sms=132"))
        .singleElement()
        .asString()
        .contains("unknown key 'system.chip.compute.sms'");
    assertThat(faults("dgx-h100-kernels", "system.chip.compute.kernels=h100-trtlm"))
        .singleElement()
        .asString()
        .contains("no kernels preset 'h100-trtlm'; did you mean 'h100-trtllm'?");
  }
}
