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
import memwall.memory.Usage;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorKind;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.api.Test;

/**
 * The systems with kernels against all 44 decode steps composed of measured operators (qkv,
 * attention, out, gate and up, down, two all-reduces, head). These have no element-wise kernels:
 * their fixed time is set to 0, and the time of their reads and writes is taken off. The reference
 * is a sum of tables, interpolated, not a measured step. Its attention reads what fits the cache
 * from there, a simulated step does not.
 */
class SiliconKernelsTest {
  @Test
  void decodeStepsOfBothChips() throws IOException {
    Path path =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/llm/composed_decode_step_from_silicon.csv")
            .normalize();
    assumeTrue(Files.exists(path), "skipped: reference data " + path.getFileName() + " is absent");
    List<Double> deviations = new ArrayList<>();
    List<String> lines = Files.readAllLines(path);
    for (String line : lines.subList(1, lines.size())) {
      deviations.add(Math.abs(deviation(Splitter.on(',').splitToList(line))));
    }
    assertThat(deviations).hasSize(44);
    deviations.sort(null);
    double median = (deviations.get(21) + deviations.get(22)) / 2;
    double worst = deviations.get(43);
    System.out.println(
        String.format(
            Locale.ROOT,
            "kernels against composed steps: median %.1f %%, worst %.1f %%",
            100 * median,
            100 * worst));
    assertThat(median).isLessThanOrEqualTo(0.05);
    assertThat(worst).isLessThanOrEqualTo(0.10);
  }

  private static double deviation(List<String> cells) {
    Bench bench =
        new Bench(
            cells.get(0).equals("h100_sxm") ? "dgx-h100-kernels" : "dgx-b200-kernels",
            Ascii.toLowerCase(cells.get(1)),
            Precision.BF16,
            Integer.parseInt(cells.get(2)),
            "system.chip.overhead.elementwise=0 ps");
    Bench.Result result =
        bench.fast(
            List.of(Bench.decode(Integer.parseInt(cells.get(3)), Integer.parseInt(cells.get(4)))));
    double operatorsPs = result.stepPs(0) - elementwisePs(bench);
    double deviation = operatorsPs / 1e9 / Double.parseDouble(cells.get(12)) - 1;
    System.out.println(
        String.format(
            Locale.ROOT,
            "kernels against composed steps: %s %s TP%s B=%s S=%s: %+.1f %%",
            cells.get(0),
            cells.get(1),
            cells.get(2),
            cells.get(3),
            cells.get(4),
            100 * deviation));
    return deviation;
  }

  /** What element-wise operators wait for the memory: its latency and their bytes. */
  private static double elementwisePs(Bench bench) {
    OperatorPlan plan = bench.plan;
    TierSpec tier = bench.system.chip().tier(Usage.ACTIVATIONS);
    double sumPs = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        OperatorKind kind = plan.kind(i);
        if (kind == OperatorKind.ELEMENTWISE || kind == OperatorKind.EMBEDDING) {
          long bytes = plan.weightBytes(i) + plan.activationBytes(i);
          sumPs +=
              plan.segmentRepeat(s)
                  * (tier.device().readLatencyPs(Usage.ACTIVATIONS)
                      + bytes * 1e12 / tier.readBytesPerSec());
        }
      }
    }
    return sumPs;
  }
}
