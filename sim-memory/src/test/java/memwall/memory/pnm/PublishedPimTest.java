package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.Reach;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.Test;

/**
 * Published figures of computing memory. Reproduced: energy chain, peaks, internal bandwidth.
 * Bounded: the product on four HBM-PIM cubes, on LPDDR-PIM, speed-ups that cannot exceed what the
 * ratio of bandwidths allows. Not derivable, because the operating point is not published: the
 * rest, named here one by one so that none is forgotten.
 */
class PublishedPimTest {
  private static final Path FILE =
      Path.of(System.getProperty("memwall.root", ".."))
          .resolve("../shared/reference/papers/published.csv")
          .normalize();

  /** Paper, metric and value of rows whose conditions do not suffice to compute them. */
  private static final List<String> NOT_DERIVABLE =
      List.of(
          "samsung_hbm_pim speedup 2", // of a system, workload unnamed
          "samsung_hbm_pim energy_reduction 70", // of a system, workload unnamed
          "samsung_hbm_pim speedup 1.9", // of a GPU cluster
          "cd_pim speedup 11.4", // GPU unnamed
          "pim_ai energy_per_token_reduction 10",
          "pim_ai energy_per_token_reduction 20",
          "pim_ai qps_gain 25",
          "pim_ai qps_gain 45",
          "pim_ai tco_per_qps_gain 6.94",
          "axdimm energy_reduction 40", // of a system
          "samsung_cxl_pnm speedup 4.4", // baseline unnamed
          "samsung_cxl_pnm energy_reduction 53",
          "samsung_cxl_pnm energy_efficiency_gain 2.9",
          "attacc_asplos2024 energy_gain 2.67", // of a system
          "cent_asplos2025 throughput_gain 2.3",
          "cent_asplos2025 energy_gain 2.9",
          "cent_asplos2025 tokens_per_dollar_gain 5.2",
          "ianus_asplos2024 speedup 6.2", // above the ratio of bandwidths (8.2 to 1.56 TB/s)
          "ianus_asplos2024 speedup 3.2"); // against DFX

  private static Map<String, Double> published() throws IOException {
    assumeTrue(Files.exists(FILE), "published results are not there: " + FILE);
    Map<String, Double> rows = new TreeMap<>();
    List<String> papers =
        List.of(
            "samsung_hbm_pim",
            "lpddr_pim",
            "cd_pim",
            "pim_ai",
            "axdimm",
            "samsung_cxl_pnm",
            "attacc_asplos2024",
            "cent_asplos2025",
            "ianus_asplos2024");
    try (Stream<NamedCsvRecord> records = CsvReader.builder().ofNamedCsvRecord(FILE).stream()) {
      records
          .filter(row -> papers.contains(row.getField("paper")))
          .forEach(
              row -> {
                String memory =
                    row.getField("metric").equals("read_energy")
                        ? " " + row.getField("memory").replaceAll(".*, ", "")
                        : "";
                rows.put(
                    row.getField("paper")
                        + " "
                        + row.getField("metric")
                        + memory
                        + " "
                        + row.getField("value"),
                    Double.parseDouble(row.getField("value")));
              });
    }
    return rows;
  }

  private static void reproduced(Map<String, Double> rows, String key, double value, double share) {
    Double published = rows.remove(key);
    assertThat(published).as(key).isNotNull();
    assertThat(value).as(key).isCloseTo(published, within(share * published));
  }

  private static void bounded(Map<String, Double> rows, String key, double least, double most) {
    Double published = rows.remove(key);
    assertThat(published).as(key).isNotNull();
    assertThat(published).as(key).isBetween(least, most);
  }

  @Test
  void everyPublishedFigureIsReproducedBoundedOrNamed() throws IOException {
    Map<String, Double> rows = published();
    energyChain(rows);
    hbmPim(rows);
    mobile(rows);
    PnmSpec axdimm = PnmSpec.builtIn("axdimm");
    double twice = (double) axdimm.peakBytesPerSec() / axdimm.dram().peakBytesPerSec();
    bounded(rows, "axdimm speedup 1.8", 1, twice);
    bounded(rows, "axdimm speedup 2.0", 1, twice);
    // No faster than its attention would be if everything were attention.
    PimSpec attacc = PimReader.builtIn("attacc-bank");
    double ratio = attacc.streamBytesPerSec() / attacc.dram().peakBytesPerSec();
    bounded(rows, "attacc_asplos2024 speedup 2.81", 1, ratio);
    List<String> left = new ArrayList<>(rows.keySet());
    assertThat(left).containsExactlyInAnyOrderElementsOf(NOT_DERIVABLE);
  }

  private static void energyChain(Map<String, Double> rows) {
    PimSpec bank = PimReader.builtIn("attacc-bank");
    var energy = bank.dram().energy();
    var standard = bank.dram().standard();
    String key = "attacc_asplos2024 read_energy ";
    reproduced(rows, key + "bank PIM 0.55", bank.readPjPerBit(), 1e-9);
    double group = PimReader.builtIn("attacc-bankgroup").readPjPerBit();
    reproduced(rows, key + "bank-group PIM 1.56", group, 1e-9);
    double die = energy.streamPjPerBit(standard, Reach.BASE_DIE);
    reproduced(rows, key + "base die 3.29", die, 1e-9);
    double gpu = energy.streamPjPerBit(standard, Reach.HOST);
    reproduced(rows, key + "GPU 3.59", gpu, 1e-9);
  }

  private static void hbmPim(Map<String, Double> rows) {
    PimSpec spec = PimReader.builtIn("hbm-pim-aquabolt-xl");
    double internal = spec.internalBytesPerSec();
    reproduced(rows, "samsung_hbm_pim internal_bandwidth 1.23", internal / 1e12, 0.002);
    double peak = spec.peakFlopsPerSec(NumberFormat.FP16) / 1e12;
    reproduced(rows, "samsung_hbm_pim peak_compute 1.2", peak, 0.03);
    Gemv gemv = new Gemv(4096, 4096, 1, NumberFormat.FP16);
    PimResult result = PimDeviceTest.run(spec, 4, gemv, RefreshPolicy.ALL_BANK);
    assertThat(result.boundPs()).isBetween(6_826_000L, 6_828_000L);
    // What the measured 13 us leave for the host's launch and fences is a parameter.
    assertThat(result.timePs()).isBetween(11_500_000L, 12_000_000L);
    bounded(rows, "samsung_hbm_pim latency 13", result.timePs() / 1e6, 2 * result.boundPs() / 1e6);
    double most = result.bytesPerSec() / 1e12;
    bounded(rows, "samsung_hbm_pim effective_bandwidth 2.6", most * 0.85, most);
  }

  private static void mobile(Map<String, Double> rows) {
    PimSpec spec = PimReader.builtIn("lpddr5-pim");
    Gemv gemv = new Gemv(4096, 4096, 1, NumberFormat.FP16);
    PimResult result = PimDeviceTest.run(spec, 4, gemv, RefreshPolicy.ALL_BANK);
    bounded(rows, "lpddr_pim latency 100", 0, result.timePs() / 1e6);
    double ratio = spec.streamBytesPerSec() / spec.dram().peakBytesPerSec();
    bounded(rows, "lpddr_pim speedup 2.7", 1, ratio);
  }

  /** Ratios of AttAcc by placement: spacing 6 or 4 clocks over 64 banks, 16 groups, or the bus. */
  @Test
  void bandwidthByPlacement() {
    PimSpec bank = PimReader.builtIn("attacc-bank");
    double external = bank.dram().peakBytesPerSec();
    assertThat(bank.internalBytesPerSec() / external).isCloseTo(32 / 3.0, within(1e-6));
    PimSpec free = PimReader.builtIn("attacc-bank-unlimited");
    assertThat(free.internalBytesPerSec() / external).isCloseTo(16, within(1e-6));
    PimSpec group = PimReader.builtIn("attacc-bankgroup");
    assertThat(group.internalBytesPerSec() / external).isCloseTo(8 / 3.0, within(1e-6));
    // With opening and closing rows: the "about nine times" of the paper.
    assertThat(bank.streamBytesPerSec() / external).isBetween(8.5, 9.0);
    assertThat(PnmSpec.builtIn("attacc-buffer").peakBytesPerSec())
        .isEqualTo(bank.dram().peakBytesPerSec());
  }

  /** Attention of GPT-3 175B on forty cubes reads most of what its banks give. */
  @Test
  void attentionOnAttAcc() {
    PimSpec spec = PimReader.builtIn("attacc-bank");
    Attention attention = new Attention(64, 96, 1, 128, 2048, NumberFormat.FP16);
    PimResult result = PimDeviceTest.run(spec, 40, attention, RefreshPolicy.ALL_BANK);
    double ratio = result.bytesPerSec() / (40.0 * spec.dram().peakBytesPerSec());
    assertThat(ratio).isBetween(2.0, spec.streamBytesPerSec() / spec.dram().peakBytesPerSec());
  }
}
