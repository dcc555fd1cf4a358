package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fitted generator makes traces that measure like the one that it was fitted to. */
final class TraceFitTest {
  private static TraceStatistics generated(String yaml, long seed) {
    return TraceInspector.inspect(spec(yaml).open(seed));
  }

  private static GeneratorSpec spec(String yaml) {
    Faults faults = new Faults();
    GeneratorSpec spec = GeneratorSpec.read(ConfigLoader.fromText("fit.yaml", yaml, faults));
    faults.throwIfAny();
    return spec;
  }

  @ParameterizedTest
  @CsvSource({
    "azure2023/AzureLLMInferenceTrace_conv.csv, 0.12",
    "llmservingsim/workload_me2_01_mixed.jsonl, 0.2",
  })
  void publicTraces(String name, double dispersionWithin) {
    TraceStatistics wanted;
    String yaml;
    try (RequestTrace trace = RequestTraces.open(Shared.trace(name));
        RequestTrace again = RequestTraces.open(Shared.trace(name))) {
      wanted = TraceInspector.inspect(trace);
      yaml = TraceFit.fit(again, "fit", 0);
    }
    assertThat(generated(yaml, 1).requests()).isEqualTo(wanted.requests());
    // Longer, so that chance is small; rates by window begin again.
    TraceStatistics made =
        generated(yaml.replaceFirst("requests: \\d+", "requests: " + 10 * wanted.requests()), 1);
    near(made.requestsPerSec(), wanted.requestsPerSec(), 0.04);
    near(made.gapCv(), wanted.gapCv(), 0.08);
    near(made.dispersion1s(), wanted.dispersion1s(), dispersionWithin);
    if (!Double.isNaN(wanted.dispersion60s())) {
      near(made.dispersion60s(), wanted.dispersion60s(), 3 * dispersionWithin);
    }
    near(made.prompt().mean(), wanted.prompt().mean(), 0.05);
    near(made.prompt().p50(), wanted.prompt().p50(), 0.05);
    near(made.prompt().p95(), wanted.prompt().p95(), 0.05);
    near(made.output().mean(), wanted.output().mean(), 0.05);
    near(made.output().p50(), wanted.output().p50(), 0.08);
    near(made.output().p99(), wanted.output().p99(), 0.08);
  }

  private static void near(double made, double wanted, double share) {
    assertThat(made).isCloseTo(wanted, within(share * wanted));
  }

  /** What was generated is found again. */
  @ParameterizedTest
  @CsvSource({
    "'process: gamma, rate: 4 /s, cv: 2.0', gamma, 2.0",
    "'process: weibull, rate: 4 /s, cv: 2.0', weibull, 2.0",
    "'process: weibull, rate: 0.5 /s, cv: 0.4', weibull, 0.4",
    "'process: poisson, rate: 40 /s', poisson, 1",
    "'process: constant, rate: 3 /s', constant, 0",
  })
  void laws(String arrivals, String process, double cv) {
    String yaml =
        "requests: 20000\narrivals: {"
            + arrivals
            + "}\ninput: {distribution: uniform, max: 100}\n"
            + "output: {distribution: constant, value: 9}\nthink: {share: 0.25}\n";
    String fitted = TraceFit.fit(spec(yaml).open(5), "again", 0);
    assertThat(fitted).contains("process: " + process + "\n").contains("name: \"again\"");
    if (fitted.contains("cv: ")) {
      double found = Double.parseDouble(fitted.split("cv: ", 2)[1].split("\n", 2)[0]);
      assertThat(found).isCloseTo(cv, within(0.06 * cv));
    }
    TraceStatistics made = generated(fitted, 2);
    TraceStatistics wanted = generated(yaml, 5);
    near(made.requestsPerSec(), wanted.requestsPerSec(), 0.04);
    assertThat(made.output().min()).isEqualTo(9);
    assertThat(made.thinkTokens()).isEqualTo(wanted.thinkTokens());
  }

  /** Chance in the counts is not taken for a change of the rate. */
  @Test
  void aSteadyRateStaysSteady() {
    String yaml =
        """
        requests: 30000
        arrivals: {process: poisson, rate: 2 /s}
        input: {distribution: constant, value: 9}
        output: {distribution: constant, value: 9}
        """;
    double fitted = generated(TraceFit.fit(spec(yaml).open(5), "f", 0), 6).dispersion60s();
    assertThat(fitted).isBetween(0.8, 1.25);
    String waves = yaml.replace("rate: 2 /s", "window: 60 s, rates: [1, 1, 1, 5, 5, 0]");
    double wanted = generated(waves, 7).dispersion60s();
    double again = generated(TraceFit.fit(spec(waves).open(7), "f", 0), 8).dispersion60s();
    assertThat(wanted).isGreaterThan(80);
    near(again, wanted, 0.1);
  }

  @Test
  void tooFew() {
    for (List<Request> requests :
        List.of(
            List.of(new Request("a", 5, 1, 1)),
            List.of(new Request("a", 5, 1, 1), new Request("b", 5, 1, 1)))) {
      RequestTrace trace = RequestTraces.of(TraceHeader.requests(Map.of()), requests);
      assertThatThrownBy(() -> TraceFit.fit(trace, "x", 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("have no rate that could be fitted");
    }
  }
}
