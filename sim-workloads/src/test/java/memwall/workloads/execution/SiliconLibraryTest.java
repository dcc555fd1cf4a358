package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.workloads.model.Precision;
import org.junit.jupiter.api.Test;

/**
 * The decode steps of {@link SiliconReferenceTest} on eight chips, with the all-reduce of the
 * library that was measured, TensorRT-LLM on {@code network/dgx-h100}, and without.
 */
class SiliconLibraryTest {
  private static List<String> lines() throws IOException {
    Path path =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/llm/composed_decode_step_from_silicon.csv")
            .normalize();
    assumeTrue(Files.exists(path), "skipped: reference data " + path.getFileName() + " is absent");
    return Files.readAllLines(path);
  }

  @Test
  void theMeasuredLibraryBringsStepsOfEightChipsNearer() throws IOException {
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    for (String line : lines()) {
      List<String> cells = Splitter.on(',').splitToList(line);
      if (!cells.get(0).equals("h100_sxm") || !cells.get(2).equals("8")) {
        continue;
      }
      with.add(
          deviation(
              cells, "system.network=dgx-h100", "system.network.all_reduce=trtllm-1-3-0rc20"));
      without.add(
          deviation(
              cells,
              "system.network.all_reduces.one-shot.launch=100 ns",
              "system.network.all_reduces.two-shot.launch=100 ns"));
    }
    assertThat(with).hasSize(12);
    assertThat(worst(with)).isLessThan(worst(without));
    assertThat(worst(with)).isLessThan(0.08);
  }

  private static double deviation(List<String> cells, String... network) {
    List<String> sets = new ArrayList<>(List.of("system.chip.overhead.elementwise=0 ps"));
    sets.addAll(List.of(network));
    Bench bench =
        new Bench(
            "dgx-h100",
            Ascii.toLowerCase(cells.get(1)),
            Precision.BF16,
            8,
            sets.toArray(new String[0]));
    int sequences = Integer.parseInt(cells.get(3));
    int context = Integer.parseInt(cells.get(4));
    Bench.Result result = bench.fast(List.of(Bench.decode(sequences, context)));
    double deviation = result.stepPs(0) / 1e9 / Double.parseDouble(cells.get(12)) - 1;
    System.out.println(
        String.format(
            Locale.ROOT,
            "%s B=%d S=%d: %+.1f %%",
            network[0],
            sequences,
            context,
            100 * deviation));
    return deviation;
  }

  private static double worst(List<Double> deviations) {
    return deviations.stream().mapToDouble(Math::abs).max().orElseThrow();
  }
}
