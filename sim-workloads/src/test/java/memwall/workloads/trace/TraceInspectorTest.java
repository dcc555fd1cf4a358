package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class TraceInspectorTest {
  private static final TraceHeader HEADER = TraceHeader.requests(Map.of());

  /** Against trace_statistics.csv and trace_burstiness.csv of the reference data. */
  @Test
  void azureConversationsOf2023() {
    TraceStatistics s;
    try (RequestTrace trace =
        RequestTraces.open(Shared.trace("azure2023/AzureLLMInferenceTrace_conv.csv"))) {
      s = TraceInspector.inspect(trace);
    }
    assertThat(s.requests()).isEqualTo(19_366);
    assertThat(s.durationPs()).isEqualTo(3_501_721_937_000_000L);
    assertThat(s.requestsPerSec()).isCloseTo(5.53042, Percentage.withPercentage(0.01));
    assertThat(s.gapCv()).isCloseTo(1.09417, within(1e-5));
    assertThat(s.zeroGapShare()).isZero();
    // The reference counts the last, incomplete second too.
    assertThat(s.dispersion1s()).isCloseTo(1.38564, Percentage.withPercentage(0.05));
    assertThat(s.dispersion60s()).isCloseTo(16.12826, within(1e-5));
    assertThat(s.peak1s()).isEqualTo(16);
    assertThat(s.peak60s()).isEqualTo(507);
    assertThat(s.prompt().mean()).isCloseTo(1154.69741, within(1e-5));
    assertThat(s.prompt().cv()).isCloseTo(0.96025, within(1e-4));
    assertThat(s.prompt().min()).isEqualTo(2);
    assertThat(s.prompt().p1()).isEqualTo(29);
    assertThat(s.prompt().p5()).isEqualTo(181);
    assertThat(s.prompt().p25()).isEqualTo(396);
    assertThat(s.prompt().p50()).isEqualTo(1020);
    assertThat(s.prompt().p75()).isEqualTo(1189);
    assertThat(s.prompt().p90()).isEqualTo(2734.5);
    assertThat(s.prompt().p95()).isEqualTo(4083);
    assertThat(s.prompt().p99()).isEqualTo(4142);
    assertThat(s.prompt().p999()).isCloseTo(6179.15, within(1e-6));
    assertThat(s.prompt().max()).isEqualTo(14_050);
    assertThat(s.output().mean()).isCloseTo(211.12594, within(1e-5));
    assertThat(s.output().p90()).isEqualTo(424);
    assertThat(s.output().max()).isEqualTo(1000);
    assertThat(s.maxContextTokens()).isGreaterThan(14_050);
  }

  @Test
  void aTraceWorkedByHand() {
    long second = 1_000_000_000_000L;
    TraceStatistics s =
        TraceInspector.inspect(
            RequestTraces.of(
                HEADER,
                List.of(
                    new Request("a", second, 10, 4, Phases.thinkThenAnswer(3, 1), null),
                    new Request("b", second, 20, 1),
                    new Request("c", 3 * second, 30, 1),
                    new Request("d", 5 * second, 40, 2))));
    assertThat(s.durationPs()).isEqualTo(4 * second);
    assertThat(s.requestsPerSec()).isEqualTo(0.75);
    // Gaps 0, 2, 2: mean 4/3, variance 8/9.
    assertThat(s.gapCv()).isCloseTo(Math.sqrt(8.0 / 9) / (4.0 / 3), within(1e-12));
    assertThat(s.zeroGapShare()).isCloseTo(1.0 / 3, within(1e-12));
    // Complete windows of 1 s hold 2, 0, 1, 0: mean 3/4, variance 5/4 - 9/16.
    assertThat(s.dispersion1s()).isCloseTo((1.25 - 0.5625) / 0.75, within(1e-12));
    assertThat(s.dispersion60s()).isNaN();
    assertThat(s.peak1s()).isEqualTo(2);
    assertThat(s.peak60s()).isEqualTo(4);
    assertThat(s.thinkTokens()).isEqualTo(3);
    assertThat(s.prompt().p50()).isEqualTo(25);
    assertThat(s.prompt().p75()).isEqualTo(32.5);
    assertThat(s.maxContextTokens()).isEqualTo(42);
  }

  @Test
  void oneRequestAndNone() {
    TraceStatistics one =
        TraceInspector.inspect(RequestTraces.of(HEADER, List.of(new Request("a", 5, 1, 1))));
    assertThat(one.requestsPerSec()).isZero();
    assertThat(one.gapCv()).isZero();
    assertThat(one.prompt().p999()).isEqualTo(1);
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class,
                () -> TraceInspector.inspect(RequestTraces.of(HEADER, List.of()))))
        .hasMessage("a trace without requests has no statistics");
  }
}
