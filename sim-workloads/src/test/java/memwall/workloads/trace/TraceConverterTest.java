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
import memwall.workloads.trace.TraceConverter.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceConverterTest {
  @TempDir Path folder;

  private static List<Long> arrivals(Options options, long... arrivalsPs) {
    List<Request> requests = new ArrayList<>();
    for (long arrivalPs : arrivalsPs) {
      requests.add(new Request("r" + requests.size(), arrivalPs, 1, 1));
    }
    List<Long> kept = new ArrayList<>();
    RequestTrace from = RequestTraces.of(TraceHeader.requests(Map.of()), requests);
    try (RequestTrace trace = new TraceConverter(from, options)) {
      for (Request request = trace.next(); request != null; request = trace.next()) {
        kept.add(request.arrivalPs());
      }
    }
    return kept;
  }

  @Test
  void theFirstRequests() {
    assertThat(arrivals(new Options(2, 0, Long.MAX_VALUE, 1, 1), 0, 1000, 2000))
        .containsExactly(0L, 1000L);
  }

  @Test
  void aWindowIncludesItsBeginAndExcludesItsEnd() {
    assertThat(arrivals(new Options(9, 1000, 3000, 1, 1), 0, 1000, 2000, 3000, 4000))
        .containsExactly(0L, 1000L);
  }

  @Test
  void ratesAreScaledExactlyAndRoundedDownToTheUnit() {
    assertThat(arrivals(new Options(9, 0, Long.MAX_VALUE, 3, 2), 0, 3000, 4000, 6000))
        .containsExactly(0L, 2000L, 2000L, 4000L);
    long late = Request.MAX_ARRIVAL_PS / 1000 * 1000;
    assertThat(arrivals(new Options(9, 0, Long.MAX_VALUE, 1_000_000_000, 999_999_999), late))
        .containsExactly(4_611_686_013_815_700_000L);
  }

  @Test
  void tooSlowARateIsRefused() {
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class,
            () -> arrivals(new Options(9, 0, Long.MAX_VALUE, 1, 2), Request.MAX_ARRIVAL_PS));
    assertThat(e.getMessage())
        .isEqualTo(
            "request r0: would arrive after 53 days; use a larger rate factor or fewer requests");
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
            IllegalArgumentException.class, () -> new Options(n, from, to, up, down))
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
    try (RequestTrace kept = new TraceConverter(RequestTraces.open(path), Options.ALL);
        RequestTrace moved =
            new TraceConverter(RequestTraces.open(path), new Options(1, 0, Long.MAX_VALUE, 2, 1))) {
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
    try (RequestTrace trace = new TraceConverter(RequestTraces.open(azure), Options.ALL);
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
    try (RequestTrace trace = new TraceConverter(RequestTraces.open(path), Options.ALL);
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
