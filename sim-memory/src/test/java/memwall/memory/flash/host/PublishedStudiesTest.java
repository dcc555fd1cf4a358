package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.law.BandwidthLaw;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The flash side of Son et al. and Kyung et al. (IEEE CAL 2026), where their data is at hand. */
class PublishedStudiesTest {
  private static final long GIB = 1L << 30;
  private static final long US = 1_000_000;

  // Son et al., table I: 16 dies x 25 planes at 1 us; CONV 16 planes at 3 us.
  private static final BandwidthLaw HBF = BandwidthLaw.of(400, 4096, US, 1_600_000_000_000L);
  private static final BandwidthLaw CONV = BandwidthLaw.of(256, 4096, 3 * US, 1_600_000_000_000L);

  // Kyung et al.: Z-NAND at 3 us, 1.6 TB/s.
  private static final BandwidthLaw Z_NAND =
      BandwidthLaw.of(1172, 4096, 3 * US, 1_600_000_000_000L);
  private static final long KYUNG_KV_BYTES = 196_608;
  private static final long KYUNG_WEIGHT_BYTES = 999_500_000_000L;

  private static List<NamedCsvRecord> rows(String name) throws IOException {
    Path file =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/papers")
            .resolve(name)
            .normalize();
    assumeTrue(Files.exists(file), "skipped: reference data " + file + " is absent");
    try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(file)) {
      return csv.stream().toList();
    }
  }

  private static double value(List<NamedCsvRecord> rows, String metric, String... cells) {
    List<NamedCsvRecord> found =
        rows.stream()
            .filter(row -> row.getField("metric").equals(metric))
            .filter(row -> row.getFields().containsAll(Arrays.asList(cells)))
            .toList();
    assertThat(found).as("%s %s", metric, Arrays.toString(cells)).hasSize(1);
    return Double.parseDouble(found.get(0).getField("value"));
  }

  private static StackPool son(int stacks, BandwidthLaw law) {
    return new StackPool(stacks, 512 * GIB, 100_000, law, 100 * US);
  }

  @Test
  void sonTableOne() throws IOException {
    List<NamedCsvRecord> rows = rows("son2026.csv");
    for (String memory : List.of("CONV", "CONV+", "HBF", "HBF+")) {
      int stacks = (int) value(rows, "hbf_stacks", "Table I", memory);
      StackPool pool = son(stacks, memory.startsWith("CONV") ? CONV : HBF);
      // Printed with two or three digits.
      assertThat(pool.readBytesPerSec() / 1e12)
          .isCloseTo(value(rows, "hbf_read_bw", "Table I", memory), Percentage.withPercentage(2.5));
      assertThat(pool.writeBytesPerSec() / 1e12)
          .isCloseTo(
              value(rows, "hbf_write_bw", "Table I", memory), Percentage.withPercentage(2.5));
    }
    // 3.13 MB a stack: 2 x 25 x 16 pages. The link carries a little less than the array senses.
    assertThat(HBF.arrayBytesPerSec() * 2e-6).isCloseTo(3.125 * (1 << 20), within(1.0));
    assertThat(HBF.binding()).isEqualTo(BandwidthLaw.Limit.LINK);
    assertThat(son(1, HBF).stagingBytes()).isEqualTo(3_200_000);
    assertThat(CONV.binding()).isEqualTo(BandwidthLaw.Limit.ARRAY);
  }

  /** The share of decode time in which admitted prompts are written, from the throughput. */
  @Test
  void sonWritesOfPrompts() throws IOException {
    List<NamedCsvRecord> rows = rows("son2026.csv");
    StackPool pool = son(8, HBF);
    List<Double> points = new ArrayList<>();
    for (String model : List.of("Llama-3-405B", "Llama-4-Maverick")) {
      long kvBytes = model.startsWith("Llama-3") ? 516_096 : 196_608;
      for (String gpus : List.of("4", "8", "16")) {
        double tokensPerSec =
            value(rows, "throughput_per_gpu", "Fig 4", model, "MID", "HBF+", gpus);
        double prompts =
            StackPool.kvBytesPerSec(tokensPerSec, 5900, 499, kvBytes) - tokensPerSec * kvBytes;
        double share = 100 * prompts / pool.writeBytesPerSec();
        double read =
            value(rows, "decode_time_share_kv_write", "Fig 5", model, "MID", "HBF+", gpus);
        points.add(Math.abs(share - read));
      }
    }
    Collections.sort(points);
    assertThat(points.get(2)).isLessThan(0.5);
    assertThat(points.get(5)).isLessThan(1.0);
  }

  /** P/E cycles in three years of 365 days at the published throughput, as zone by zone. */
  @Test
  void sonCycles() throws IOException {
    List<NamedCsvRecord> rows = rows("son2026.csv");
    double most = 0;
    for (NamedCsvRecord row : rows) {
      if (!row.getField("metric").equals("throughput_per_gpu")
          || !row.getField("memory").startsWith("HBF")) {
        continue;
      }
      boolean isShort = row.getField("workload").equals("SHORT");
      long kvBytes = row.getField("model").equals("Llama-3-405B") ? 516_096 : 196_608;
      StackPool pool = son(row.getField("memory").equals("HBF") ? 7 : 8, HBF);
      double rate =
          StackPool.kvBytesPerSec(
              Double.parseDouble(row.getField("value")),
              isShort ? 1660 : 5900,
              isShort ? 373 : 499,
              kvBytes);
      double cycles = pool.cycles(rate, 3 * 365);
      assertThat(pool.years(0, rate) * 365.25 * cycles / (3 * 365))
          .isCloseTo(100_000, within(1e-3));
      most = Math.max(most, cycles);
      zoneByZone(rate / pool.stacks(), cycles);
    }
    // More than blocks of 100,000 cycles stand: KV cache of every request does not last 3 years.
    assertThat(most).isGreaterThan(100_000);
  }

  /** A hundredth of the three years, in which all of the stack passes through. */
  private static void zoneByZone(double bytesPerSec, double cycles) {
    int zones = 64;
    FlashWear wear = new FlashWear(1_000_000, 1, Double.POSITIVE_INFINITY, 85, 1.1, 0, 3);
    HostSpec spec = new HostSpec(1, 0, 1, 16, 0, 1, Integer.MAX_VALUE, 1);
    WearLoad load = new WearLoad(0, 512 * GIB / zones * (zones - 1), bytesPerSec, 0, 70);
    WearSimulation.Outcome outcome =
        new WearSimulation(WearSimulationTest.geometry(512, zones), wear, spec, load)
            .run(0.03 * 365 / 365.25);
    assertThat(outcome.meanErases() * 100).isCloseTo(cycles, Percentage.withPercentage(1));
    assertThat(outcome.mostErases() - outcome.leastErases()).isLessThanOrEqualTo(1);
  }

  /**
   * Lifetimes of figure 4 from its printed times per token, which have two digits: that alone makes
   * 2.1 % in the middle, 7.3 % at nine tenths and 16 % at most.
   */
  @Test
  void kyungLifetimes() throws IOException {
    List<NamedCsvRecord> rows = rows("kyung2026.csv");
    StackPool pool = new StackPool(40, 512 * GIB, 100_000, Z_NAND, 100 * US);
    double[] errors = new double[30];
    int count = 0;
    for (NamedCsvRecord row : rows) {
      if (!row.getField("metric").equals("lifetime")) {
        continue;
      }
      String condition = row.getField("condition");
      double tpotS = value(rows, "mean_tpot", "Fig 4", condition) / 1e3;
      String[] ratio = named(condition, "lin_lout").split(":", 2);
      double promptsPerOutput = Double.parseDouble(ratio[0]) / Double.parseDouble(ratio[1]);
      int batch = kyungBatch(Integer.parseInt(named(condition, "ctx_tokens")), 512);
      double rate =
          1.02 * StackPool.kvBytesPerSec(batch / tpotS, promptsPerOutput, 1, KYUNG_KV_BYTES);
      double years = pool.years(KYUNG_WEIGHT_BYTES, rate);
      errors[count] = Math.abs(years / Double.parseDouble(row.getField("value")) - 1);
      count++;
    }
    assertThat(count).isEqualTo(30);
    Arrays.sort(errors);
    assertThat((errors[14] + errors[15]) / 2).isLessThan(0.022);
    assertThat(errors[26]).isLessThan(0.074);
    assertThat(errors[29]).isLessThan(0.161);
  }

  private static String named(String condition, String name) {
    for (String part : condition.split(";", -1)) {
      if (part.startsWith(name + "=")) {
        return part.substring(name.length() + 1);
      }
    }
    throw new AssertionError(name + " in " + condition);
  }

  /** Requests on eight devices, a multiple of eight. */
  private static int kyungBatch(int contextTokens, int reservedGib) {
    long room = 8L * reservedGib * GIB - KYUNG_WEIGHT_BYTES;
    return (int) (room / (contextTokens * KYUNG_KV_BYTES)) / 8 * 8;
  }

  /** Double buffer of a device's five stacks, logits and a KV entry of each of its requests. */
  @Test
  void kyungBuffers() throws IOException {
    List<NamedCsvRecord> rows = rows("kyung2026.csv");
    StackPool device = new StackPool(5, 512 * GIB, 100_000, Z_NAND, 100 * US);
    assertThat(device.stagingBytes()).isEqualTo(48_000_000);
    assertThat(device.writeBytesPerSec() / 1e12).isCloseTo(0.24, within(0.001));
    assertThat(device.readBytesPerSec() / 1e12).isCloseTo(8, within(0.001));
    int seen = 0;
    for (NamedCsvRecord row : rows) {
      if (row.getField("metric").equals("required_sram_per_device")) {
        String condition = row.getField("condition");
        int batch =
            kyungBatch(
                Integer.parseInt(named(condition, "ctx_tokens")),
                Integer.parseInt(named(condition, "reserved_per_device_GB")));
        long vocabulary = 202_048;
        double bytes = device.stagingBytes() + batch / 8.0 * (2 * vocabulary + KYUNG_KV_BYTES);
        assertThat(bytes / 1e6)
            .isCloseTo(Double.parseDouble(row.getField("value")), Percentage.withPercentage(2.5));
        seen++;
      }
    }
    assertThat(seen).isEqualTo(4);
  }
}
