package memwall.workloads.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import memwall.core.config.ConfigException;
import memwall.workloads.model.NumberFormat;
import org.junit.jupiter.api.Test;

/** Laws of the closed forms that hold without any measurement. */
final class KernelFormsTest {
  private static final double PEAK = 989e12;
  private static final MemoryLimit PLAIN = new MemoryLimit(1, 1_000_000_000_000_000L, 1, 1);

  private final KernelTime time = new KernelTime();

  @Test
  void overlapLiesBetweenTheLongerAndTheSum() {
    assertThat(Overlap.of(3, 4, 1)).isEqualTo(7);
    assertThat(Overlap.of(3, 4, 2)).isCloseTo(5, within(1e-12));
    assertThat(Overlap.of(3, 4, 100)).isCloseTo(4, within(1e-9));
    assertThat(Overlap.of(0, 4, 2)).isEqualTo(4);
    assertThat(Overlap.of(0, 0, 2)).isZero();
    assertThat(Overlap.tail(4, 3, 2)).isCloseTo(1, within(1e-12));
    // Neither a tiny nor a huge share is lost to rounding.
    assertThat(Overlap.tail(1e12, 1, 2)).isCloseTo(0.5e-12, within(1e-16));
  }

  @Test
  void productsAreNeverFasterThanTheRoofline() {
    GemmKernel kernel = Measured.library("h100-trtllm").gemm().get("bf16");
    for (int m : new int[] {1, 7, 64, 333, 4096}) {
      for (int n : new int[] {1, 128, 5120, 100_000}) {
        for (int k : new int[] {1, 64, 8192}) {
          kernel.time(Measured.H100, PEAK, m, n, k, false, time);
          double readPs = 2.0 * n * k / 3.35;
          double computePs = 2.0 * m * n * k * 1e12 / PEAK;
          assertThat(time.totalPs())
              .isGreaterThanOrEqualTo(kernel.launchPs() + Math.max(readPs, computePs));
          double coldPs = time.totalPs();
          kernel.time(Measured.H100, PEAK, m, n, k, true, time);
          assertThat(time.totalPs()).isLessThanOrEqualTo(coldPs * (1 + 1e-9));
        }
      }
    }
  }

  /** One tile of a multiprocessor that only streams: k steps of a weight row and of a latency. */
  @Test
  void aProductOfOneTileTakesItsSteps() {
    GemmKernel kernel =
        new GemmKernel(
            16, 16, NumberFormat.BF16, 1000, PLAIN, 1_000_000_000_000L, 1, 10, 500, 1, null);
    KernelChip chip = new KernelChip(1, 1, 1_000_000_000_000_000L, 0);
    kernel.time(chip, 1e24, 1, 64, 100, false, time);
    assertThat(time.fixedPs()).isEqualTo(1000);
    // 64 weights and 1 activation of 2 B at 1 B/ps, and 10 ps of latency.
    assertThat(time.chipPs()).isCloseTo(100 * (130 + 10), within(0.1));
  }

  /** A unit more than there are multiprocessors begins another round. */
  @Test
  void attentionTakesWholeRounds() {
    AttentionKernel kernel =
        new AttentionKernel(
            16, 0, 1_000_000, 0, 1_000_000_000_000L, 0, 0, PLAIN, new Waves(1, 128), null);
    kernel.time(Measured.H100, 132, 1, 1, 1, 1, false, time);
    double onePs = time.chipPs();
    assertThat(onePs).isCloseTo(1_000_000 + 4, within(1e-6));
    kernel.time(Measured.H100, 133, 1, 1, 1, 1, false, time);
    assertThat(time.chipPs()).isCloseTo(2 * onePs, within(1e-6));
    // 255 tokens are not split for fewer units than multiprocessors, 256 are, into two.
    kernel.time(Measured.H100, 66, 255, 1, 1, 1, false, time);
    assertThat(time.chipPs()).isCloseTo(1_000_000 + 4 * 255, within(1e-6));
    kernel.time(Measured.H100, 66, 256, 1, 1, 1, false, time);
    assertThat(time.chipPs()).isCloseTo(1_000_000 + 4 * 128, within(1e-6));
  }

  @Test
  void loadsAddUp() {
    for (int tokens : new int[] {1, 5, 64, 1024}) {
      ExpertLoad all = ExpertLoad.powerLaw(tokens, 128, 8, 1, 1.2, 64);
      assertThat(all.pairs()).isEqualTo(8.0 * tokens);
      assertThat(all.distinctExperts()).isBetween(1.0, 128.0);
      assertThat(all.tiles()).isGreaterThanOrEqualTo(all.distinctExperts());
      ExpertLoad hottest = ExpertLoad.powerLaw(tokens, 128, 8, 8, 1.2, 64);
      ExpertLoad even = ExpertLoad.balanced(tokens, 128, 8, 8, 64);
      assertThat(hottest.localExperts()).isEqualTo(16);
      assertThat(hottest.pairs()).isGreaterThanOrEqualTo(even.pairs());
      assertThat(even.pairs()).isEqualTo(tokens);
    }
  }

  @Test
  void ranksOfAToken() {
    assertThat(NormalExchange.ranksOfToken(8, 256, 1)).isCloseTo(1, within(1e-12));
    // One expert on each rank: as many ranks as experts.
    assertThat(NormalExchange.ranksOfToken(8, 8, 2)).isCloseTo(2, within(1e-12));
    assertThat(NormalExchange.ranksOfToken(8, 8, 8)).isCloseTo(8, within(1e-12));
    // Never more than there are.
    assertThat(NormalExchange.ranksOfToken(8, 512, 22)).isBetween(7.0, 8.0);
  }

  @Test
  void askedTwiceAnswersTheSame() {
    KernelLibrary library = Measured.library("b200-trtllm");
    LatentAttentionKernel kernel = library.latentAttention().get("fp8");
    kernel.time(Measured.B200, 4500e12, 16, 4096, 128, 576, 512, false, time);
    double firstPs = time.totalPs();
    kernel.time(Measured.B200, 4500e12, 1, 1, 1, 576, 512, false, time);
    kernel.time(Measured.B200, 4500e12, 16, 4096, 128, 576, 512, false, time);
    assertThat(time.totalPs()).isEqualTo(firstPs);
  }

  @Test
  void faultsNameTheirPlaces() {
    assertThatThrownBy(
            () ->
                Measured.library(
                    "own",
                    """
                    kernels:
                      extends: h100-trtllm
                      gemm:
                        bf16: { launch: 3 GB, splits: 0, ovrlap: 2 }
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("own.yaml:4:21: kernels.gemm.bf16.launch: '3 GB' is a size")
        .hasMessageContaining("own.yaml:4:35: kernels.gemm.bf16.splits: '0' is out of range")
        .hasMessageContaining("unknown key 'kernels.gemm.bf16.ovrlap'; did you mean 'overlap'?");
  }

  @Test
  void chipsHaveMultiprocessors() {
    assertThatThrownBy(() -> new KernelChip(0, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chip of 0 SMs");
  }
}
