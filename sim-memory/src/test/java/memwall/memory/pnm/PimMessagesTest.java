package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the readers of {@code pim} and {@code pnm} presets say to wrong values, one by one. */
class PimMessagesTest {
  private static List<String> faults(String kind, String name, String... sets) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            "test", kind + ": " + name + "\n", List.of(sets), Presets.builtIn(), faults);
    if (kind.equals("pim")) {
      PimReader.read(root.preset("pim", "pim", "The device"));
    } else {
      PnmSpec.read(root.preset("pnm", "pnm", "The device"));
    }
    root.finish();
    try {
      faults.throwIfAny();
    } catch (ConfigException e) {
      return e.faults();
    }
    return List.of();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "pim.placement=die|'die' is not one of",
        "pim.unit=bank|'bank' is not one of",
        "pim.banks_per_processor=3|3 does not divide the 16 banks of a unit",
        "pim.commands.activate_banks=5|5 does not divide the 16 banks of a unit",
        "pim.commands.multiply=0|0 clocks; at least 1 is needed",
        "pim.commands.load=0|0 clocks; at least 1 is needed",
        "pim.commands.read=nothing|unknown timing 'nothing'",
        "pim.commands.result=2 parsecs|'2 parsecs'",
        "pim.commands.banks_per_window=-1|-1",
        "pim.registers.input=8 B|8 B; allowed is a burst of 32 B or more",
        "pim.registers.accumulators=0|0",
        "pim.registers.result=0 B|0 B; allowed are 1 B to 4096 B",
        "pim.registers.vectors_per_pass=0|0",
        "pim.formats=[fp17]|'fp17' is not a format",
        "pim.mode.enter=2 - 7|-5 clocks; allowed are 0 to 1000000",
        "pim.mode.priority=transfers|'transfers' is not one of [first-ready, compute]",
        "pim.mode.patience=0|0 clocks; at least 1 is needed",
        "pim.launch=fast|fast",
        "pim.multiply_energy=-1|-1",
        "pim.vector_rate=5|5",
        "pim.power_limit=5|5",
        "pim.power_limit=0 W|0.000 W; rows open as slowly as can be with",
        "pim.head_pipelining=perhaps|perhaps",
        "pim.commands.mulitply=3|mulitply"
      })
  void pim(String set, String said) {
    List<String> faults = faults("pim", "hbm-pim-aquabolt-xl", set);
    assertThat(faults).isNotEmpty();
    assertThat(faults.get(0)).contains(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "pnm.sram=1 B|1 B; allowed is a burst of 64 B or more",
        "pnm.engine_share=0|0; the engine needs a share above 0",
        "pnm.engine_share=2|2",
        "pnm.devices=0|0",
        "pnm.compute=0 FLOP/s|0 FLOP/s",
        "pnm.link_rate=none|none",
        "pnm.link_latency=-1 ns|-1 ns",
        "pnm.flop_energy=1 pJ/bit|1 pJ/bit"
      })
  void pnm(String set, String said) {
    List<String> faults = faults("pnm", "axdimm", set);
    assertThat(faults).isNotEmpty();
    assertThat(faults.get(0)).contains(said);
  }

  @Test
  void everyFaultInOnePass() {
    assertThat(
            faults(
                "pim",
                "gddr6-aim",
                "pim.commands.multiply=0",
                "pim.registers.input=1 B",
                "pim.formats=[x]"))
        .hasSize(3);
  }

  @Test
  void aTimeIsAsGoodAsClocks() {
    assertThat(faults("pim", "gddr6-aim", "pim.commands.multiply=max(nCCDL, 1.5 ns)")).isEmpty();
  }

  @Test
  void anUnknownPreset() {
    assertThatThrownBy(() -> PimReader.builtIn("gddr6-aimm"))
        .hasMessageContaining("did you mean 'gddr6-aim'");
  }
}
