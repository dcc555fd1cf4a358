package memwall.workloads.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;

final class PrecisionTest {

  @Test
  void computeFollowsTheWiderFormat() {
    assertThat(Precision.of(NumberFormat.FP4, NumberFormat.FP8, NumberFormat.BF16).compute())
        .isEqualTo(NumberFormat.BF16);
    assertThat(Precision.of(NumberFormat.FP8, NumberFormat.FP8, NumberFormat.INT8).compute())
        .isEqualTo(NumberFormat.INT8);
    assertThat(Precision.of(NumberFormat.FP16, NumberFormat.FP8, NumberFormat.FP8).compute())
        .isEqualTo(NumberFormat.FP16);
  }

  @Test
  void attentionComputesInTheWiderOfActivationsAndKv() {
    assertThat(
            new Precision(NumberFormat.FP8, NumberFormat.FP8, NumberFormat.BF16, NumberFormat.FP8)
                .attentionCompute())
        .isEqualTo(NumberFormat.BF16);
  }

  @Test
  void fourBitsAreForWeightsOnly() {
    assertThatThrownBy(() -> Precision.uniform(NumberFormat.FP4))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        "kv: FP4 is not allowed, 4-bit numbers are for weights only",
                        "activations: FP4 is not allowed, 4-bit numbers are for weights only"));
  }
}
