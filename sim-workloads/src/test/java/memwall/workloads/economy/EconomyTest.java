package memwall.workloads.economy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.run.RunSpec;
import org.junit.jupiter.api.Test;

final class EconomyTest {
  private static RunSpec spec(String system, String economy) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "run.yaml",
            """
            memwall: 1
            name: cost
            system: %s
            model: llama-3.1-8b
            precision: { weights: bf16, kv: bf16, activations: bf16 }
            sharding: { tensor_parallel: 8 }
            serving: {}
            economy: %s
            """
                .formatted(system, economy),
            List.of(),
            Presets.builtIn(),
            faults);
    return RunSpec.read(config, faults, false);
  }

  private static Economy economy(RunSpec spec, long chips, double watts, double tokensPerSec) {
    EconomySpec asked = spec.economy();
    assertThat(asked).isNotNull();
    return Economy.of(asked, spec.system().chip(), chips, watts, tokensPerSec);
  }

  /**
   * The reference checks of total cost (facts on hardware, section 8.2): 1,024 H100 of 30,000 USD
   * and 700 W, B200 of 40,000 USD and 1,000 W, five years, power for 0.7 of the time at PUE 1.2 and
   * 0.08 USD/kWh: 30.72 + 2.11 and 40.96 + 3.01 million USD.
   */
  @Test
  void publishedTotalCosts() {
    String site = "site: { extends: usa, pue: 1.2, years: 5, upkeep: 0 }";
    String none = "idle_power: 0 W, memory: { hbm: { usd_per_gb: 0, co2e_g_per_gb: 115 } }";
    Economy h100 =
        economy(
            spec("dgx-h100", "{ " + site + ", bill: { extends: h100, usd: 30000, " + none + " } }"),
            1024,
            1024 * 700.0,
            1);
    assertThat(h100.capitalUsd()).isEqualTo(30.72e6);
    assertThat(h100.energyUsd()).isCloseTo(2.11e6, within(0.005e6));
    assertThat(h100.tcoUsd()).isCloseTo(32.83e6, within(0.005e6));
    Economy b200 =
        economy(
            spec("dgx-b200", "{ " + site + ", bill: { extends: b200, usd: 40000, " + none + " } }"),
            1024,
            1024 * 1000.0,
            1);
    assertThat(b200.tcoUsd()).isCloseTo(43.97e6, within(0.005e6));
  }

  /** The worked die of the facts (section 8.3): 814 mm2 in 5 nm, 24.1 kg. */
  @Test
  void publishedCarbonOfADie() {
    RunSpec spec =
        spec(
            "dgx-h100",
            "{ site: usa, bill: { extends: h100, other_co2e_kg: 0, memory: { hbm: { usd_per_gb: 0,"
                + " co2e_g_per_gb: 0 } } } }");
    assertThat(economy(spec, 1, 0, 1).embodiedKg()).isCloseTo(24.1, within(0.05));
  }

  @Test
  void sumsAndRatios() {
    Economy economy = economy(spec("dgx-h100", "{ site: europe, bill: h100 }"), 8, 2000, 1000);
    // Serving 0.7 of four years at 8 x 200 + 2000 W, idle at 1600 W.
    double kwh = (3.6 * 0.7 + 1.6 * 0.3) * 4 * 8760;
    assertThat(economy.energyKwh()).isCloseTo(kwh, within(1e-6));
    assertThat(economy.energyUsd()).isCloseTo(kwh * 1.1 * 0.15, within(1e-6));
    assertThat(economy.operationalKg()).isCloseTo(kwh * 1.1 * 0.3, within(1e-6));
    double capital = 8 * (28_640 + 17 * 80 * 1.073741824);
    assertThat(economy.capitalUsd()).isCloseTo(capital, within(1e-6));
    assertThat(economy.upkeepUsd()).isCloseTo(0.2 * capital, within(1e-6));
    assertThat(economy.tcoUsd())
        .isEqualTo(economy.capitalUsd() + economy.upkeepUsd() + economy.energyUsd());
    assertThat(economy.carbonKg()).isEqualTo(economy.embodiedKg() + economy.operationalKg());
    double tokens = 1000.0 * 0.7 * 4 * 8760 * 3600;
    assertThat(economy.tokens()).isCloseTo(tokens, within(1.0));
    assertThat(economy.tokensPerUsd()).isEqualTo(economy.tokens() / economy.tcoUsd());
    assertThat(economy.tokensPerGram()).isEqualTo(economy.tokens() / (1000 * economy.carbonKg()));
    assertThat(economy.tokensPerJoule()).isEqualTo(1000 / 3600.0);
    // A rack of 32 chips; a megawatt, of which a tenth cools.
    assertThat(economy.tokensPerSecOfRack()).isEqualTo(4000.0);
    assertThat(economy.wattsOfRack()).isEqualTo(14_400.0);
    assertThat(economy.tokensPerSecOfSite()).isCloseTo(1e6 / 1.1 / 3600 * 1000, within(1e-6));
  }

  @Test
  void memoriesWithoutAPriceAreSaid() {
    assertThatThrownBy(() -> spec("son2026-hbf-8", "{ site: usa, bill: b200 }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bill: has no price for memory 'hbf' of the chip (known: [hbm])");
    assertThat(spec("son2026-hbf-8", "{ site: usa, bill: son2026 }").economy()).isNotNull();
    assertThatThrownBy(() -> spec("dgx-h100", "{ site: { extends: usa, pue: 0.9 }, bill: h100 }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("economy.site.pue: '0.9' is out of range: a number from 1 to 5");
  }
}
