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
 * The dgx-h100 preset against decode steps composed of operators measured on H100 (aiconfigurator,
 * TensorRT-LLM). That reference has no element-wise kernels, so their fixed time is set to 0, and
 * TensorRT-LLM's all-reduce, whose launch takes 100 ns instead of vLLM's 1.8 us. Everything else is
 * the preset; nothing is fitted to these rows as a whole.
 */
class SiliconReferenceTest {
  private static List<String> lines() throws IOException {
    Path path =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/llm/composed_decode_step_from_silicon.csv")
            .normalize();
    assumeTrue(Files.exists(path), "skipped: reference data " + path.getFileName() + " is absent");
    return Files.readAllLines(path);
  }

  @Test
  void decodeStepsOfH100() throws IOException {
    List<Double> deviations = new ArrayList<>();
    for (String line : lines()) {
      List<String> cells = Splitter.on(',').splitToList(line);
      if (!cells.get(0).equals("h100_sxm")) {
        continue;
      }
      int tp = Integer.parseInt(cells.get(2));
      int sequences = Integer.parseInt(cells.get(3));
      int context = Integer.parseInt(cells.get(4));
      Bench bench =
          new Bench(
              "dgx-h100",
              Ascii.toLowerCase(cells.get(1)),
              Precision.BF16,
              tp,
              "system.chip.overhead.elementwise=0 ps",
              "system.network.all_reduces.one-shot.launch=100 ns",
              "system.network.all_reduces.two-shot.launch=100 ns");
      Bench.Result result = bench.fast(List.of(Bench.decode(sequences, context)));
      double simulatedMs = result.stepPs(0) / 1e9;
      double measuredMs = Double.parseDouble(cells.get(12));
      double deviation = simulatedMs / measuredMs - 1;
      deviations.add(Math.abs(deviation));
      System.out.println(
          String.format(
              Locale.ROOT,
              "dgx-h100 against composed steps: %s TP%d B=%d S=%d: %.3f ms, measured %.3f ms,"
                  + " %+.1f %%",
              cells.get(1),
              tp,
              sequences,
              context,
              simulatedMs,
              measuredMs,
              100 * deviation));
    }
    assertThat(deviations).hasSize(22);
    deviations.sort(null);
    double median = (deviations.get(10) + deviations.get(11)) / 2;
    double worst = deviations.get(21);
    System.out.println(
        String.format(
            Locale.ROOT,
            "dgx-h100 against composed steps: median %.1f %%, worst %.1f %%",
            100 * median,
            100 * worst));
    assertThat(median).isLessThanOrEqualTo(0.10);
    assertThat(worst).isLessThanOrEqualTo(0.20);
  }
}
