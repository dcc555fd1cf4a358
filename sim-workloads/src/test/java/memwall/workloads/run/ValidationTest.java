package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import memwall.core.config.Presets;
import memwall.workloads.run.Validation.Comparison;
import memwall.workloads.run.Validation.Pair;
import memwall.workloads.run.Validation.Quantity;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An unloaded step or request of every shipped system takes as long as the roofline says. */
class ValidationTest {
  private static List<Pair> pairs;
  private static final List<Comparison> ALL = new ArrayList<>();

  @BeforeAll
  static void compare() {
    pairs = Validation.shipped(Presets.builtIn());
    for (Pair pair : pairs) {
      RunSpec spec = pair.spec();
      if (spec != null) {
        ALL.addAll(Validation.compare(pair.system(), pair.model(), spec));
      }
    }
  }

  @Test
  void everyShippedSystemAndModelIsCompared() {
    Presets presets = Presets.builtIn();
    assertThat(pairs).hasSize(presets.names("system").size() * presets.names("model").size());
    Set<String> compared = new LinkedHashSet<>();
    ALL.forEach(comparison -> compared.add(comparison.system() + "/" + comparison.model()));
    for (Pair pair : pairs) {
      String name = pair.system() + "/" + pair.model();
      assertThat(compared.contains(name)).as(name).isEqualTo(pair.reason().isEmpty());
    }
    long tiered =
        pairs.stream()
            .map(Pair::spec)
            .filter(spec -> spec != null && spec.system().chip().tiering().kv() != null)
            .count();
    assertThat(tiered).isPositive();
    assertThat(ALL)
        .filteredOn(one -> one.quantity() == Quantity.TIERED_DECODE)
        .hasSize((int) tiered);
    long always = Quantity.values().length - 1L;
    assertThat(ALL).hasSize((int) (compared.size() * always + tiered));
    // 671 G parameters, a byte each, do not fit on 8 x 80 GB x 0.9; 64 heads not on 72 or 264
    // ranks.
    assertThat(pairs)
        .filteredOn(pair -> !pair.reason().isEmpty())
        .filteredOn(pair -> !pair.reason().equals(Validation.BANKS))
        .filteredOn(pair -> !pair.reason().equals(Validation.PAGES))
        .allMatch(
            pair ->
                pair.reason().contains("too small")
                    || pair.reason().contains("cannot be divided over")
                    || pair.reason().equals("the chip has no peak rate for FP8"))
        .extracting(pair -> pair.system() + "/" + pair.model())
        .contains(
            "custom-3d-8/deepseek-v3",
            "custom-3d-8/llama-3.1-405b",
            "custom-3d-8/llama-4-maverick",
            "dgx-h100/deepseek-v3",
            // Without FP8 a parameter has two bytes.
            "dgx-a100/deepseek-v3",
            "dgx-h100-kernels/deepseek-v3",
            "dgx-h100/kimi-k2",
            "gb200-nvl72/llama-3.1-70b",
            "groq-264/llama-3.1-70b",
            "rtx-4090/llama-3.1-70b",
            "rtx-pro-6000/deepseek-v3",
            "wse3/llama-3.1-70b")
        .doesNotContain("dgx-h200/deepseek-v3", "wse3/llama-3.1-8b");
  }

  @Test
  void withinOnePerCent() {
    assertThat(ALL)
        .hasSizeGreaterThan(150)
        .allSatisfy(
            comparison ->
                assertThat(comparison.deviationPercent())
                    .as(comparison.toString())
                    .isCloseTo(0, Offset.offset(1.0)));
  }

  @Test
  void theDeviationIsRelativeToTheExpectedTime() {
    Comparison comparison = new Comparison("s", "m", "bf16", Quantity.DECODE, 1, 103, 100);
    assertThat(comparison.deviationPercent()).isCloseTo(3, Offset.offset(1e-12));
  }
}
