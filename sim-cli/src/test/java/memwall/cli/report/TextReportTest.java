package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextReportTest {
  private static final Path FOLDER = Path.of("out", "chat");

  @Test
  void aWholeRunFitsThirtyAlignedLines() {
    String text = TextReport.of(SampleRun.large().result, FOLDER);
    List<String> lines = text.lines().toList();
    assertThat(lines)
        .hasSizeBetween(22, 32)
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(101));
    assertThat(text.chars()).allMatch(c -> c == '\n' || (c >= ' ' && c < 127));
    assertThat(text).endsWith("\n").doesNotContain("NaN");
    assertThat(text)
        .contains("run           chat-405b-hbf, completed\n")
        .contains("model         Llama-3.1 405B, FP8 weights, FP8 KV\n")
        .contains("simulated     1 h, 48,123,456 events, fidelity fast, seed 7\n")
        .contains(
            "requests      20,000 arrived, 20,000 completed, 0 refused, 0 running, 0 waiting\n")
        .contains("latency             mean        p50        p90        p99        max\n")
        .contains("  TTFT            531 ms     196 ms     1.36 s     4.86 s     13.5 s\n")
        .contains("time went to  Weights from HBF 42.1 %, KV from HBM 16.3 %")
        .contains("flash wear    HBF: 0.103 of 100,000 P/E cycles, 38.2 years left at this rate\n")
        .contains(
            "              written: KV cache 405 GB, refresh by reads 16.9 GB; reads limited by"
                + " array\n")
        .contains("Read disturb limits: host writes 5.0 % of the cycles, refresh by reads 95.0 %")
        .contains("approximated  0.1 % of transfers, < 0.1 % of bytes\n")
        .contains("fingerprint   0123456789abcdef\n")
        .contains("files         " + FOLDER + " (open report.html in a browser)\n");
  }

  @Test
  void nothingAtAllIsSaidWithDashes() {
    String text = TextReport.of(SampleRun.empty(), FOLDER);
    assertThat(text)
        .contains("run           empty, interrupted\n")
        .contains("tokens        0 prompt (-/s), 0 output (-/s)\n")
        .contains("  TTFT                 -          -          -          -          -\n")
        .contains("time went to  -\n")
        .contains("energy        0 J, mean 0 W (peak 0 W), - per output token (dynamic only)\n")
        .contains("approximated  nothing\n")
        .doesNotContain("flash wear")
        .doesNotContain("NaN");
  }

  @Test
  void warningsStandFirstAndBrokenLawsAreNamed() {
    RunResult base = SampleRun.small().result;
    RunResult result =
        SampleRun.with(
            base,
            base.identity(),
            new RunResult.Requests(
                300, 200, List.of(new RunResult.Refusal("longer than the context", 50)), 20, 29),
            List.of(
                RunResult.Law.equal("requests are conserved", 300, 299),
                RunResult.Law.atMost("bytes <= peak", 1, 2)),
            List.of("Arrivals outrun completions: the queue grew until the end.\nSecond line"));
    String text = TextReport.of(result, FOLDER);
    assertThat(text)
        .startsWith(
            "warning       Arrivals outrun completions: the queue grew until the end. Second line\n")
        .contains("  refused     50: longer than the context\n")
        .contains("300 arrived, 200 completed, 50 refused, 20 running, 29 waiting\n")
        .contains("LAW BROKEN    requests are conserved: 300 = 299\n")
        .doesNotContain("bytes <= peak");
    assertThat(result.lawsHold()).isFalse();
    assertThat(base.lawsHold()).isTrue();
  }

  @Test
  void yearsForReaders() {
    assertThat(TextReport.years(38.2)).isEqualTo("38.2 years");
    assertThat(TextReport.years(1000)).isEqualTo("more than 1,000 years");
    assertThat(TextReport.years(Double.POSITIVE_INFINITY)).isEqualTo("unlimited time");
  }

  @Test
  void whatWearsByItselfMayAllowNoWrites() {
    assertThat(TextReport.atWarranty(new FlashLife.Years(1, 4, 3, 1e9, 3)))
        .isEqualTo("At the warranty's rate (1 GB/s per chip) 3 years.");
    assertThat(TextReport.atWarranty(new FlashLife.Years(1, 2.3, 3, 0, 2.5)))
        .isEqualTo(
            "Without any write of the host 2.50 years, which is less than the warranty's 3 years.");
  }
}
