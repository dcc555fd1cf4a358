package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Against closed forms computed by others of us, and against measured machines. */
class ReferenceTest {
  private static List<String> lines(String file) throws IOException {
    Path path =
        Path.of(System.getProperty("memwall.root", "."))
            .toAbsolutePath()
            .normalize()
            .resolveSibling("shared")
            .resolve("reference")
            .resolve(file);
    assumeTrue(Files.exists(path), "reference data is absent: " + file);
    return Files.readAllLines(path);
  }

  /** alpha 0.9 us, beta 20 ps/B; one port; g = o = 5 ns; link 150, switch 200, adder 50 ns. */
  @Test
  void alphaBetaTableOfClosedForms() throws IOException {
    Overheads none = new Overheads(1, 0, 0, 0);
    Overheads gap = new Overheads(1, 0, 0, 5_000);
    ReductionSpec adder = new ReductionSpec(1_000_000_000_000_000L, 50_000, 1 << 10, 1 << 16);
    Map<String, NetworkSpec> specs = new HashMap<>();
    specs.put(
        "allreduce_ring", Rig.spec(50_000_000_000L, 450_000, 0, none, adder).withAllReduce("ring"));
    // alpha + (P-2) g: the first of the P-1 overheads is part of alpha.
    NetworkSpec direct = Rig.spec(50_000_000_000L, 447_500, 0, gap, adder);
    specs.put("allreduce_direct_oneshot(one NIC port)", direct.withAllReduce("one-shot"));
    specs.put("allreduce_direct_twoshot(one NIC port)", direct.withAllReduce("two-shot"));
    specs.put(
        "allreduce_in_network_switch_tree(cut-through, pipelined)",
        Rig.spec(50_000_000_000L, 150_000, 200_000, new Overheads(1, 200_000, 200_000, 0), adder)
            .withAllReduce("in-network"));
    int compared = 0;
    for (String line : lines("network/closed_form/collectives_alpha_beta.csv")) {
      String[] cells = line.replaceAll("\"([^\"]*),([^\"]*)\"", "$1;$2").split(",", -1);
      NetworkSpec spec = specs.get(cells[0].replace(';', ','));
      if (spec == null) {
        continue;
      }
      int ranks = Integer.parseInt(cells[1]);
      long bytes = Long.parseLong(cells[2]);
      if (ranks > 64 || (ranks > 32 && cells[0].contains("network"))) {
        continue; // more ports than the star has, or more than one level of switches
      }
      double expectedPs = Double.parseDouble(cells[3]) * 1e6;
      boolean full = bytes <= 65_536 && ranks <= 16;
      long simulatedPs = new Rig(spec, ranks, full ? ranks : 1).runPs(bytes);
      // The table has four decimals or seven digits; pieces are whole bytes of 20 ps.
      double rounding = 60 + 2.0 * (ranks - 1) * (bytes % ranks == 0 ? 1 : 20);
      assertThat((double) simulatedPs)
          .as(line)
          .isCloseTo(expectedPs, within(rounding + expectedPs * 1e-6));
      compared++;
    }
    assertThat(compared).isGreaterThan(100);
  }

  private record Errors(double median, double p90) {}

  private static Errors errors(List<Double> all) {
    Collections.sort(all);
    return new Errors(all.get(all.size() / 2), all.get(all.size() * 9 / 10));
  }

  @Test
  void nvlink4AgainstMeasuredCustomKernelsFromACudaGraph() throws IOException {
    NetworkSpec late = PresetTest.preset("nvlink4-8");
    NetworkSpec early =
        PresetTest.read(
            "network: nvlink4-8\n",
            "network.all_reduces.one-shot.launch=100 ns",
            "network.all_reduces.two-shot.launch=100 ns");
    Map<String, List<Double>> series = new TreeMap<>();
    for (String line : lines("llm/custom_allreduce_measured.csv")) {
      String[] cells = line.split(",", -1);
      if (!cells[0].equals("h100_sxm") || cells[3].endsWith("_eager")) {
        continue;
      }
      String library = cells[1] + " " + cells[2];
      boolean lowLaunch = Set.of("trtllm 1.3.0rc20", "sglang 0.5.14").contains(library);
      long bytes = 2 * Long.parseLong(cells[7]);
      int ranks = Integer.parseInt(cells[6]);
      double simulatedUs = new Rig(lowLaunch ? early : late, ranks, 1).runPs(bytes) / 1e6;
      series
          .computeIfAbsent(library, name -> new ArrayList<>())
          .add(Math.abs(simulatedUs / Double.parseDouble(cells[8]) - 1));
    }
    assertThat(series).hasSize(6);
    List<Double> all = new ArrayList<>();
    series.forEach(
        (library, each) -> {
          Errors errors = errors(each);
          System.out.println(
              String.format(
                  Locale.ROOT,
                  "nvlink4-8 against H100 %s: median %.1f %%, 90th percentile %.1f %%",
                  library,
                  100 * errors.median(),
                  100 * errors.p90()));
          assertThat(errors.median()).as(library).isLessThan(0.05);
          assertThat(errors.p90()).as(library).isLessThan(0.26);
          all.addAll(each);
        });
    assertThat(errors(all).median()).isLessThan(0.035);
    assertThat(errors(all).p90()).isLessThan(0.15);
  }

  @Test
  void nvlink4AgainstMeasuredNccl() throws IOException {
    NetworkSpec spec =
        PresetTest.read(
            "network: nvlink4-8\n",
            "network.all_reduces.one-shot.max_size=1 B",
            "network.all_reduces.two-shot.max_size=1 B");
    List<Double> all = new ArrayList<>();
    for (String line : lines("llm/collectives_nccl_measured.csv")) {
      String[] cells = line.split(",", -1);
      if (cells[0].equals("h100_sxm") && cells[2].equals("all_reduce") && cells[3].equals("half")) {
        long bytes = 2 * Long.parseLong(cells[5]);
        double simulatedUs = new Rig(spec, Integer.parseInt(cells[4]), 1).runPs(bytes) / 1e6;
        all.add(Math.abs(simulatedUs / Double.parseDouble(cells[6]) - 1));
      }
    }
    assertThat(all).hasSizeGreaterThan(100);
    Errors errors = errors(all);
    System.out.println(
        String.format(
            Locale.ROOT,
            "nvlink4-8 against H100 NCCL: median %.1f %%, 90th percentile %.1f %%",
            100 * errors.median(),
            100 * errors.p90()));
    assertThat(errors.median()).isLessThan(0.05);
    assertThat(errors.p90()).isLessThan(0.20);
  }

  @Test
  void multimemPresetAgainstItsMeasuredPoints() throws IOException {
    NetworkSpec spec = PresetTest.preset("nvlink4-8-multimem");
    int compared = 0;
    for (String line : lines("papers/published.csv")) {
      if (line.startsWith("vllm#42324") && line.contains("multimem")) {
        String[] cells = line.split(",", -1);
        long bytes = Long.parseLong(cells[6].replaceAll("bytes=(\\d+);.*", "$1"));
        double us = Double.parseDouble(cells[8]);
        double simulatedUs = new Rig(spec, 8, 1).runPs(bytes) / 1e6;
        assertThat(simulatedUs).as(line).isCloseTo(us, within(0.06 * us));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(5);
  }
}
