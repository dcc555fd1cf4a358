package memwall.memory.flash;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;

/** Flash devices of presets for tests. */
final class FlashParts {
  private FlashParts() {}

  /** A preset with overrides such as {@code timing.read=2 us}. */
  static FlashPart preset(String name, String... sets) {
    Faults faults = new Faults();
    FlashPart part = read("flash: " + name + "\n", faults, sets);
    faults.throwIfAny();
    return part;
  }

  static List<String> faults(String yaml, String... sets) {
    Faults faults = new Faults();
    read(yaml, faults, sets);
    return faults.list();
  }

  private static FlashPart read(String yaml, Faults faults, String... sets) {
    String[] full = new String[sets.length];
    for (int i = 0; i < sets.length; i++) {
      full[i] = "flash." + sets[i];
    }
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(full), Presets.builtIn(), faults);
    FlashPart part = FlashPart.read(config.preset("flash", FlashPart.KIND, "The device"));
    config.finish();
    return part;
  }

  static List<String> presets() {
    return Presets.builtIn().names(FlashPart.KIND);
  }
}
