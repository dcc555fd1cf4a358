package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import memwall.memory.dram.bank.BankSpec;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.workloads.model.Precision;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One kernel with the mean context (NearPlan) against two other ways to lay out random batches:
 *
 * <ul>
 *   <li>a kernel for each sequence with its own context, each over all units (launch and way of all
 *       but one left out: a memory has many under way together);
 *   <li>whole heads, each in one unit, the longest dealt out first: units wait for the fullest.
 * </ul>
 *
 * The mean context is what a layout reaches that splits heads so that all units are equally full.
 */
final class MeanContextTest {
  /** Contexts of an exponential distribution, as output lengths nearly are. */
  private static int context(SplittableRandom random, int mean) {
    return 1 + (int) (-StrictMath.log(1 - random.nextDouble()) * mean);
  }

  @ParameterizedTest
  @CsvSource({
    // system, key-value heads on the rank, query heads of each, sequences, mean context
    "attacc-h100-8, 12, 1, 32, 1000",
    "attacc-h100-8, 1, 8, 64, 4000",
    "attacc-h100-8, 8, 4, 16, 500",
    "neupims, 8, 4, 32, 1000",
    "neupims, 8, 4, 4, 4000"
  })
  void oneKernelOfTheMeanContext(String system, int heads, int group, int sequences, int mean) {
    Bench bench = new Bench(system, "llama-3.1-8b", Precision.uniform(fp16()));
    TierSpec tier = bench.system.chip().tiers().get(bench.system.chip().kvTier());
    NearSpec near = (NearSpec) tier.device();
    SplittableRandom random = new SplittableRandom(20260105);
    long fixedPs = fixedPs(near, tier.count());
    BankSpec banks = (BankSpec) tier.device();
    int units = banks.device().channels() * banks.pim().units() * tier.count();
    double[] least = {9, 9};
    double[] most = {0, 0};
    int batches = 5;
    for (int batch = 0; batch < batches; batch++) {
      long eachPs = 0;
      long entries = 0;
      int[] contexts = new int[sequences];
      for (int i = 0; i < sequences; i++) {
        int context = context(random, mean);
        entries += context;
        contexts[i] = context;
        PimKernel own = new PimKernel.Attention(1, heads, group, 128, context, NumberFormat.FP16);
        eachPs += near.expected(own, tier.count()).timePs() - fixedPs;
      }
      PimKernel one =
          new PimKernel.Attention(
              sequences,
              heads,
              group,
              128,
              (entries + sequences - 1) / sequences,
              NumberFormat.FP16);
      double ofEach = (double) (near.expected(one, tier.count()).timePs() - fixedPs) / eachPs;
      double ofWhole = (double) entries * heads / units / fullest(contexts, heads, units);
      least[0] = Math.min(least[0], ofEach);
      most[0] = Math.max(most[0], ofEach);
      least[1] = Math.min(least[1], ofWhole);
      most[1] = Math.max(most[1], ofWhole);
      // Cutting every sequence over all units costs rows and input; it never saves much.
      assertThat(ofEach).isBetween(0.5, 1.05);
      assertThat(ofWhole).isBetween(0.1, 1.0);
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %d heads x %d, %d sequences of %d: mean context takes %.2f to %.2f of own kernels,"
            + " %.2f to %.2f of whole heads%n",
        system,
        heads,
        group,
        sequences,
        mean,
        least[0],
        most[0],
        least[1],
        most[1]);
  }

  /** Entries of the fullest unit if the longest heads are dealt out first, to the emptiest unit. */
  private static long fullest(int[] contexts, int heads, int units) {
    int[] sorted = contexts.clone();
    Arrays.sort(sorted);
    PriorityQueue<Long> loads = new PriorityQueue<>();
    for (int unit = 0; unit < units; unit++) {
      loads.add(0L);
    }
    long fullest = 0;
    for (int i = sorted.length - 1; i >= 0; i--) {
      for (int head = 0; head < heads; head++) {
        long load = loads.remove() + sorted[i];
        fullest = Math.max(fullest, load);
        loads.add(load);
      }
    }
    return fullest;
  }

  private static memwall.workloads.model.NumberFormat fp16() {
    return memwall.workloads.model.NumberFormat.FP16;
  }

  /** Launch and way of a kernel, and next to nothing besides. */
  private static long fixedPs(NearSpec near, int devices) {
    PimKernel small = new PimKernel.Gemv(1, 16, 1, NumberFormat.FP16);
    return near.expected(small, devices).timePs();
  }
}
