package memwall.memory.flash.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import memwall.core.random.RandomStreams;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.law.ErrorCorrection;
import memwall.memory.flash.law.RawBitErrors;
import memwall.memory.flash.law.RetryLadder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Latencies of pages that are sensed again, through a whole device, against {@code ecc_retry.csv}:
 * drawn sense by sense, and by gaps.
 */
class ErrorTailTest {
  private static final long US = 1_000_000;
  private static final long SENSE_PS = 4 * US;
  private static final int PAGE = 4096;

  /** 4 planes; a page takes 1 ns on the link. */
  static final FlashSpec DEVICE =
      new FlashSpec(
          new FlashGeometry(1, 1, 4, 4, 256, PAGE),
          new FlashTimings(0, SENSE_PS, 0, SENSE_PS, 75 * US, 1000 * US, 0, 0),
          new FlashPaths(4_096_000_000_000L, false, 0, 0, 0, 0, 0),
          new FlashRules(1, false, 0, 0, 64, 64, false, ReadPriority.ARRIVAL, 0, 0, 0));

  private static final int MAX_RETRIES = 8;

  static Stream<FlashTable.Row> rows() {
    return FlashTable.rows("ecc_retry", 21).stream();
  }

  private static BitErrors law(FlashTable.Row row) {
    return new BitErrors(
        RawBitErrors.constant(row.number("rber")),
        new ErrorCorrection(row.whole("codeword_bits"), row.whole("t_correct")),
        1,
        row.number("retry_rber_factor"),
        MAX_RETRIES);
  }

  static ErrorSpec spec(SenseErrors senses) {
    return new ErrorSpec(senses, ProgramErrors.NONE, 0, 0);
  }

  /** Latencies of pages, read one at a time from each plane; a lost page is negative. */
  static long[] latencies(FlashErrors errors, int pages) {
    long[] latencies = new long[pages];
    long[] askedPs = new long[pages];
    FlashDevice device =
        new FlashDevice(
            DEVICE,
            null,
            errors,
            (word, donePs, status) -> {
              long latencyPs = donePs - askedPs[(int) word];
              latencies[(int) word] = status == FlashStatus.UNCORRECTABLE ? -latencyPs : latencyPs;
            });
    int planes = DEVICE.geometry().planes();
    for (int i = 0; i < pages; i += planes) {
      for (int plane = 0; plane < planes && i + plane < pages; plane++) {
        askedPs[i + plane] = device.nowPs();
        device.read(plane, i / planes % 1024, PAGE, false, i + plane);
        // Apart on the link.
        device.advanceTo(device.nowPs() + 50_000);
      }
      while (device.pending() > 0) {
        device.advanceTo(device.nextPs());
      }
    }
    return latencies;
  }

  private static void check(FlashTable.Row row, FlashErrors errors, int pages) {
    BitErrors law = law(row);
    RetryLadder ladder =
        RetryLadder.of(
            law.code(), 1, row.number("rber"), row.number("retry_rber_factor"), MAX_RETRIES);
    long[] counts = new long[MAX_RETRIES + 2];
    double[] probabilities = new double[MAX_RETRIES + 2];
    for (int retries = 0; retries <= MAX_RETRIES; retries++) {
      probabilities[retries] = ladder.atLeast(retries) - ladder.atLeast(retries + 1);
    }
    probabilities[MAX_RETRIES + 1] = ladder.lossProbability();
    long[] latencies = latencies(errors, pages);
    double sumPs = 0;
    for (long latency : latencies) {
      long sensingPs = Math.abs(latency) - 1000;
      assertThat(sensingPs % SENSE_PS).isZero();
      counts[latency < 0 ? MAX_RETRIES + 1 : (int) (sensingPs / SENSE_PS - 1)]++;
      sumPs += sensingPs;
    }
    assertThat(ChiSquare.excess(counts, probabilities))
        .as("%s: %s of %s", row, Arrays.toString(counts), Arrays.toString(probabilities))
        .isLessThan(1);
    double tableUs = row.number("mean_sense_us");
    assertThat(sumPs / pages / US).isCloseTo(tableUs, within(0.01 * tableUs));
    Arrays.sort(latencies);
    double p999Us = (latencies[(int) (pages * 0.999)] - 1000) / (double) US;
    double p999 = row.number("p999_us");
    assertThat(p999Us).isCloseTo(p999, within(0.02 * p999));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void senseBySense(FlashTable.Row row) {
    check(
        row,
        new PlainErrors(
            spec(law(row)),
            PlainErrors.ageless(),
            new RandomStreams(7).stream(row.text("rber"), row.text("t_correct"))),
        40_000);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void byGaps(FlashTable.Row row) {
    FlashErrors errors =
        spec(law(row))
            .sampler(
                new RandomStreams(8),
                row.text("rber") + " " + row.text("t_correct"),
                PlainErrors.ageless());
    check(row, errors, 200_000);
  }

  /** A table of retries with pages that are lost. */
  @Test
  void byTable() {
    List<Double> shares = List.of(0.9, 0.06, 0.0, 0.03);
    RetryTable table = RetryTable.ofShares(shares, 0.01);
    assertThat(table.maxRetries()).isEqualTo(3);
    FlashErrors errors = spec(table).sampler(new RandomStreams(9), "table", PlainErrors.ageless());
    long[] counts = new long[5];
    for (long latency : latencies(errors, 200_000)) {
      // A lost page has had all of its retries.
      assertThat(latency).isGreaterThanOrEqualTo(-1000 - 4 * SENSE_PS);
      counts[latency < 0 ? 4 : (int) ((latency - 1000) / SENSE_PS - 1)]++;
    }
    assertThat(counts[2]).isZero();
    assertThat(
            ChiSquare.excess(
                new long[] {counts[0], counts[1], counts[3], counts[4]},
                new double[] {0.9, 0.06, 0.03, 0.01}))
        .isLessThan(1);
  }

  /** The test itself notices a law that is off by a tenth. */
  @Test
  void chiSquareNotices() {
    RetryTable table = RetryTable.ofShares(List.of(0.9, 0.09), 0.01);
    FlashErrors errors = spec(table).sampler(new RandomStreams(9), "other", PlainErrors.ageless());
    long[] counts = new long[3];
    for (long latency : latencies(errors, 200_000)) {
      counts[latency < 0 ? 2 : (int) ((latency - 1000) / SENSE_PS - 1)]++;
    }
    assertThat(ChiSquare.excess(counts, new double[] {0.9, 0.09, 0.01})).isLessThan(1);
    assertThat(ChiSquare.excess(counts, new double[] {0.89, 0.1, 0.01})).isGreaterThan(1);
    assertThat(ChiSquare.excess(counts, new double[] {0.9, 0.088, 0.012})).isGreaterThan(1);
  }
}
