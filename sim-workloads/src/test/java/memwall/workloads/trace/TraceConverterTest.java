package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceConverterTest {
  @TempDir Path folder;

  private static List<Long> arrivals(TraceEdit edit, long... arrivalsPs) {
    List<Request> requests = new ArrayList<>();
    for (long arrivalPs : arrivalsPs) {
      requests.add(new Request("r" + requests.size(), arrivalPs, 1, 1));
    }
    List<Long> kept = new ArrayList<>();
    RequestTrace from = RequestTraces.of(TraceHeader.requests(Map.of()), requests);
    try (RequestTrace trace = new TraceConverter(from, edit)) {
      for (Request request = trace.next(); request != null; request = trace.next()) {
        kept.add(request.arrivalPs());
      }
    }
    return kept;
  }

  @Test
  void theFirstRequests() {
    assertThat(arrivals(TraceEdit.NONE.withMost(2).withRate("1/1"), 0, 1000, 2000))
        .containsExactly(0L, 1000L);
  }

  @Test
  void aWindowIncludesItsBeginAndExcludesItsEnd() {
    assertThat(arrivals(TraceEdit.NONE.withWindow(1000, 3000), 0, 1000, 2000, 3000, 4000))
        .containsExactly(0L, 1000L);
  }

  @Test
  void ratesAreScaledExactlyAndRoundedDownToTheUnit() {
    assertThat(arrivals(TraceEdit.NONE.withMost(9).withRate("3/2"), 0, 3000, 4000, 6000))
        .containsExactly(0L, 2000L, 2000L, 4000L);
    long late = Request.MAX_ARRIVAL_PS / 1000 * 1000;
    assertThat(arrivals(TraceEdit.NONE.withMost(9).withRate("1000000000/999999999"), late))
        .containsExactly(4_611_686_013_815_700_000L);
  }

  @Test
  void tooSlowARateIsRefused() {
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class,
            () -> arrivals(TraceEdit.NONE.withMost(9).withRate("1/2"), Request.MAX_ARRIVAL_PS));
    assertThat(e.getMessage())
        .isEqualTo(
            "request r0: would arrive after 53 days; use a larger rate factor or fewer requests");
  }

  @Test
  void factors() {
    for (String[] one :
        new String[][] {
          {"3/2", "3", "2"}, {"1.5", "3", "2"}, {"2", "2", "1"}, {"0.125", "1", "8"}
        }) {
      TraceEdit edit = TraceEdit.NONE.withRate(one[0]);
      assertThat(edit.rateNumerator()).isEqualTo(Long.parseLong(one[1]));
      assertThat(edit.rateDenominator()).isEqualTo(Long.parseLong(one[2]));
    }
    for (String wrong : List.of("0", "fast", "1/0", "1e3", "-2", "1.0123456789")) {
      assertThat(
              catchThrowableOfType(
                  IllegalArgumentException.class, () -> TraceEdit.NONE.withRate(wrong)))
          .as(wrong)
          .isNotNull();
    }
  }

  /** Coarse arrivals are spread over their span, in order, each less than the span later. */
  @Test
  void jitter() {
    long spanPs = 3_000_000_000_000L;
    long[] coarse = new long[4_000];
    for (int i = 0; i < coarse.length; i++) {
      coarse[i] = i / 10 * spanPs;
    }
    TraceEdit edit = TraceEdit.NONE.withJitter(spanPs);
    List<Long> spread = arrivals(edit, coarse);
    assertThat(spread).hasSize(coarse.length).isSorted();
    double phases = 0;
    for (int i = 0; i < coarse.length; i++) {
      assertThat(spread.get(i)).isBetween(coarse[i], coarse[i] + spanPs - 1);
      assertThat(spread.get(i) % 1000).isZero();
      phases += (double) (spread.get(i) % spanPs) / spanPs;
    }
    // The mean of 4,000 numbers from 0 to 1 has a deviation of 0.0046.
    assertThat(phases / coarse.length).isBetween(0.48, 0.52);
    assertThat(arrivals(edit, coarse)).isEqualTo(spread);
    assertThat(arrivals(edit.withSeed(2), coarse)).isNotEqualTo(spread);
  }

  @Test
  void samples() {
    long[] arrivals = new long[10_000];
    for (int i = 0; i < arrivals.length; i++) {
      arrivals[i] = i * 1000L;
    }
    TraceEdit edit = TraceEdit.NONE.withShare(0.25);
    List<Long> kept = arrivals(edit, arrivals);
    assertThat(kept).hasSizeBetween(2_350, 2_650).isSorted().doesNotHaveDuplicates();
    assertThat(arrivals(edit, arrivals)).isEqualTo(kept);
    assertThat(arrivals(edit.withMost(7), arrivals)).isEqualTo(kept.subList(0, 7));
  }

  @Test
  void wrongOptions() {
    assertThat(message(0, 0, 1, 1, 1)).isEqualTo("0 requests, allowed are 1 or more");
    assertThat(message(1, 5, 5, 1, 1))
        .isEqualTo("a window from 5 to 5 ps, the end must come after the begin");
    assertThat(message(1, 0, 1, 0, 1))
        .isEqualTo("a rate factor of 0/1, allowed are numbers from 1 to 1000000000");
  }

  private static String message(long n, long from, long to, long up, long down) {
    return catchThrowableOfType(
            IllegalArgumentException.class, () -> new TraceEdit(0, from, to, 1, up, down, n, 1))
        .getMessage();
  }

  @Test
  void measuredTimesAreLeftOutWhereArrivalsMove() throws IOException {
    Path path = folder.resolve("o.requests.jsonl");
    Files.writeString(
        path,
        """
        {"tdt":1,"kind":"requests","time_unit":"ns"}
        {"id":"a","arrival":4,"input":1,"output":1,"session":"s","observed":{"first":9}}
        """);
    try (RequestTrace kept = new TraceConverter(RequestTraces.open(path), TraceEdit.NONE);
        RequestTrace moved =
            new TraceConverter(
                RequestTraces.open(path), TraceEdit.NONE.withMost(1).withRate("2/1"))) {
      assertThat(kept.next().extras().observed().firstPs()).isEqualTo(9000);
      RequestExtras extras = moved.next().extras();
      assertThat(extras.observed()).isNull();
      assertThat(extras.session()).isEqualTo("s");
    }
  }

  @Test
  void theAzureTraceSurvivesTheConversionExactly() {
    Path azure = Shared.trace("azure2023/AzureLLMInferenceTrace_conv.csv");
    Path copy = folder.resolve("azure.requests.jsonl.gz");
    try (RequestTrace trace = new TraceConverter(RequestTraces.open(azure), TraceEdit.NONE);
        RequestTraceWriter writer = RequestTraceWriter.create(copy, trace.header())) {
      assertThat(TraceConverter.copy(trace, writer)).isEqualTo(19_366);
      writer.finish();
    }
    try (RequestTrace a = RequestTraces.open(azure);
        RequestTrace b = RequestTraces.open(copy)) {
      assertThat(b.header()).isEqualTo(a.header());
      for (Request request = a.next(); request != null; request = a.next()) {
        assertThat(b.next()).isEqualTo(request);
      }
      assertThat(b.next()).isNull();
    }
  }

  @Test
  void aTokenTraceBecomesARequestTrace() throws IOException {
    Path path = folder.resolve("t.tokens.jsonl");
    Files.writeString(
        path,
        """
        {"tdt":1,"kind":"tokens","time_unit":"ps","moe_layers":2}
        {"id":"a","arrival":4,"input":1,"output":1}
        {"id":"a","i":0,"t":5}
        """);
    Path copy = folder.resolve("t.requests.jsonl");
    try (RequestTrace trace = new TraceConverter(RequestTraces.open(path), TraceEdit.NONE);
        RequestTraceWriter writer = RequestTraceWriter.create(copy, trace.header())) {
      TraceConverter.copy(trace, writer);
      writer.finish();
    }
    assertThat(copy)
        .hasContent(
            """
            {"tdt":1,"kind":"requests","time_unit":"ps"}
            {"id":"a","arrival":4,"input":1,"output":1}
            """);
  }
}
