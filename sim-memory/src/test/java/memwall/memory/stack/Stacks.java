package memwall.memory.stack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;

/** Stacks for tests. */
final class Stacks {
  private Stacks() {}

  /** A preset with overrides such as {@code tsv.count=8}. */
  static StackSpec preset(String name, String... sets) {
    Faults faults = new Faults();
    StackSpec spec = read("stack: " + name + "\n", faults, sets);
    faults.throwIfAny();
    return spec;
  }

  /** hbm4-16hi with a quick lid, so that tests need not simulate minutes. */
  static StackSpec quick(String... more) {
    List<String> sets = new ArrayList<>(List.of("cooling.lid_joules_per_kelvin=0.5"));
    sets.addAll(List.of(more));
    return preset("hbm4-16hi", sets.toArray(String[]::new));
  }

  static List<String> faults(String name, String... sets) {
    Faults faults = new Faults();
    read("stack: " + name + "\n", faults, sets);
    return faults.list();
  }

  static StackSpec read(String yaml, Faults faults, String... sets) {
    String[] full = new String[sets.length];
    for (int i = 0; i < sets.length; i++) {
      full[i] = "stack." + sets[i];
    }
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(full), Presets.builtIn(), faults);
    StackSpec spec = StackSpec.read(config.preset("stack", StackSpec.KIND, "The stack"));
    config.finish();
    return spec;
  }

  static List<String> presets() {
    return Presets.builtIn().list(new Faults()).stream()
        .filter(preset -> preset.kind().equals(StackSpec.KIND))
        .map(preset -> preset.name())
        .toList();
  }

  /** Power of a whole stack that moves bytes evenly from all layers at this rate. */
  static double[] wattsAt(StackSpec spec, long bytesPerSec) {
    double[] watts = spec.idleWatts(1, 1);
    double[] rates = new double[spec.memoryLayers()];
    Arrays.fill(rates, (double) bytesPerSec / rates.length);
    spec.energy().addTransferJoules(rates, true, watts);
    return watts;
  }

  static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
