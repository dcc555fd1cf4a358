package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TraceGeneratorTest {
  private static final int SAMPLES = 200_000;

  private static GeneratorSpec spec(String yaml) {
    Faults faults = new Faults();
    Config config = ConfigLoader.fromText("spec.yaml", yaml, faults);
    GeneratorSpec spec = GeneratorSpec.read(config);
    faults.throwIfAny();
    return spec;
  }

  private static GeneratorSpec preset(String name, int requests) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "run.yaml", "generator: { extends: " + name + ", requests: " + requests + " }", faults);
    GeneratorSpec spec =
        GeneratorSpec.read(config.preset("generator", "generator", "what to generate"));
    config.finish();
    faults.throwIfAny();
    return spec;
  }

  private static TraceStatistics statistics(GeneratorSpec spec, long seed) {
    return TraceInspector.inspect(new TraceGenerator(spec, seed));
  }

  private static String bytes(GeneratorSpec spec, long seed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TraceGenerator generator = new TraceGenerator(spec, seed);
    RequestTraceWriter writer = RequestTraceWriter.create(out, generator.header());
    TraceConverter.copy(generator, writer);
    writer.finish();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static double[] meanAndCv(Sampler sampler) {
    RandomStream random = new RandomStreams(11).stream("test", "sampler");
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < SAMPLES; i++) {
      double value = sampler.next(random);
      sum += value;
      squares += value * value;
    }
    double mean = sum / SAMPLES;
    return new double[] {mean, Math.sqrt(squares / SAMPLES - mean * mean) / mean};
  }

  @ParameterizedTest
  @CsvSource({"0.25", "0.7", "1", "1.5", "2.5"})
  void gammaAndWeibullHaveTheMeanAndVariationAskedFor(double cv) {
    // The sample cv of a heavy tail converges slowly; 200,000 samples are good to 3 % here.
    assertThat(meanAndCv(Samplers.gamma(7, cv))[0]).isCloseTo(7, Percentage.withPercentage(1.5));
    assertThat(meanAndCv(Samplers.gamma(7, cv))[1]).isCloseTo(cv, Percentage.withPercentage(3));
    assertThat(meanAndCv(Samplers.weibull(7, cv))[0]).isCloseTo(7, Percentage.withPercentage(1.5));
    assertThat(meanAndCv(Samplers.weibull(7, cv))[1]).isCloseTo(cv, Percentage.withPercentage(4));
  }

  @Test
  void theOtherLawsHaveTheirMeans() {
    assertThat(meanAndCv(Samplers.exponential(3))[0]).isCloseTo(3, Percentage.withPercentage(1));
    double[] lognormal = meanAndCv(Samplers.lognormalByMean(400, 0.9));
    assertThat(lognormal[0]).isCloseTo(400, Percentage.withPercentage(1));
    assertThat(lognormal[1]).isCloseTo(0.9, Percentage.withPercentage(3));
    // Zipf with exponent 1 on 1..10: mean = 10 / H(10).
    assertThat(meanAndCv(Samplers.zipf(1, 1, 10))[0])
        .isCloseTo(10 / 2.9289682539682538, Percentage.withPercentage(1));
    assertThat(meanAndCv(Samplers.zipf(0, 5, 6))[0]).isCloseTo(5.5, within(0.01));
    // Half uniform in [0, 10], half in [10, 110].
    Sampler quantiles =
        Samplers.quantiles(java.util.List.of(0.0, 0.5, 1.0), java.util.List.of(0.0, 10.0, 110.0));
    assertThat(meanAndCv(quantiles)[0]).isCloseTo(32.5, Percentage.withPercentage(1));
  }

  @Test
  void logGammaAgainstFactorials() {
    double factorial = 1;
    for (int n = 1; n <= 20; n++) {
      assertThat(Samplers.logGamma(n)).isCloseTo(Math.log(factorial), within(1e-10));
      factorial *= n;
    }
    assertThat(Samplers.logGamma(1.5)).isCloseTo(Math.log(Math.sqrt(Math.PI) / 2), within(1e-12));
  }

  @Test
  void azureConversationPreset() {
    TraceStatistics s = statistics(preset("azure-conv", 100_000), 1);
    assertThat(s.requests()).isEqualTo(100_000);
    assertThat(s.requestsPerSec()).isCloseTo(5.53, Percentage.withPercentage(1.5));
    assertThat(s.gapCv()).isCloseTo(1.094, Percentage.withPercentage(2));
    assertThat(s.prompt().mean()).isCloseTo(1154.697, Percentage.withPercentage(2));
    assertThat(s.prompt().p50()).isCloseTo(1020, Percentage.withPercentage(1));
    assertThat(s.prompt().max()).isLessThanOrEqualTo(14_050);
    assertThat(s.output().mean()).isCloseTo(211.126, Percentage.withPercentage(2));
    assertThat(s.output().p99()).isCloseTo(601, Percentage.withPercentage(3));
    assertThat(s.thinkTokens()).isZero();
  }

  @Test
  void lognormalPresets() {
    TraceStatistics azure = statistics(preset("azure-conv-lognormal", 100_000), 1);
    assertThat(azure.prompt().p50()).isCloseTo(Math.exp(6.633), Percentage.withPercentage(2));
    assertThat(azure.output().max()).isEqualTo(1000);
    TraceStatistics longContext = statistics(preset("long-context", 100_000), 1);
    assertThat(longContext.prompt().p50()).isCloseTo(Math.exp(8.737), Percentage.withPercentage(2));
    assertThat(longContext.gapCv()).isCloseTo(1, Percentage.withPercentage(2));
  }

  @Test
  void reasoningPreset() {
    TraceStatistics s = statistics(preset("reasoning-r1", 100_000), 1);
    assertThat(s.output().mean()).isCloseTo(1879, Percentage.withPercentage(2));
    assertThat((double) s.thinkTokens() / s.outputTokens())
        .isCloseTo(0.688, Percentage.withPercentage(2));
    assertThat(s.gapCv()).isCloseTo(2.33, Percentage.withPercentage(3));
  }

  @Test
  void constantAndUniform() {
    TraceStatistics s =
        statistics(
            spec(
                """
                requests: 20000
                arrivals: { process: constant, rate: 4 /s }
                input: { distribution: constant, value: 512 }
                output: { distribution: uniform, min: 3, max: 5 }
                think: { share: 0.5 }
                """),
            1);
    assertThat(s.requestsPerSec()).isEqualTo(4);
    assertThat(s.gapCv()).isLessThan(1e-6);
    assertThat(s.prompt().min()).isEqualTo(512);
    assertThat(s.prompt().max()).isEqualTo(512);
    assertThat(s.output().min()).isEqualTo(3);
    assertThat(s.output().max()).isEqualTo(5);
    assertThat(s.output().mean()).isCloseTo(4, within(0.03));
    assertThat(s.dispersion1s()).isLessThan(0.01);
  }

  @Test
  void theSameSeedGivesTheSameBytesAnotherSeedOthers() {
    GeneratorSpec spec = preset("reasoning-r1", 200);
    assertThat(bytes(spec, 5)).isEqualTo(bytes(spec, 5)).isNotEqualTo(bytes(spec, 6));
    assertThat(bytes(spec, 5).lines().count()).isEqualTo(201);
  }

  @Test
  void changingTheOutputsLeavesArrivalsAndPrompts() {
    String yaml =
        """
        requests: 50
        arrivals: { rate: 4 /s }
        input: { distribution: gamma, mean: 300, cv: 1.5 }
        output: { distribution: lognormal, mean: 300, cv: 0.5 }
        """;
    TraceGenerator a = new TraceGenerator(spec(yaml), 3);
    TraceGenerator b =
        new TraceGenerator(spec(yaml.replace("lognormal, mean: 300", "gamma, mean: 10")), 3);
    int different = 0;
    for (int i = 0; i < 50; i++) {
      Request x = a.next();
      Request y = b.next();
      assertThat(x.arrivalPs()).isEqualTo(y.arrivalPs());
      assertThat(x.promptTokens()).isEqualTo(y.promptTokens());
      different += x.outputTokens() == y.outputTokens() ? 0 : 1;
    }
    assertThat(different).isGreaterThan(40);
    assertThat(a.next()).isNull();
  }

  @Test
  void arrivalsBeyondTheClockAreRefused() {
    GeneratorSpec spec =
        spec(
            """
            requests: 10
            arrivals: { process: constant, rate: 0.000001 /s }
            input: { distribution: constant, value: 1 }
            output: { distribution: constant, value: 1 }
            """);
    TraceGenerator generator = new TraceGenerator(spec, 1);
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> TraceInspector.inspect(generator));
    assertThat(e.getMessage())
        .isEqualTo(
            "generated: request 5 would arrive after 53 days; fewer requests or a higher rate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "input: { distribution: uniform, min: 9, max: 3 }|9 is more than max = 3",
        "input: { distribution: quantiles, values: [5, 3] }|quantiles must be at least 2 and must"
            + " not descend",
        "input: { distribution: quantiles, values: [1, 3], probabilities: [0, 0.5, 1] }|3"
            + " probabilities given, wanted are 2, one per value, ascending from 0 to 1",
        "input: { distribution: quantiles, values: [1, 3], probabilities: [0, 0.9] }|2"
            + " probabilities given, wanted are 2, one per value, ascending from 0 to 1",
        "input: { distribution: lognormal, mu: 5 }|sigma",
        "input: { distribution: gama, value: 5 }|did you mean 'gamma'?",
        "input: { distribution: constant, value: 0 }|value",
        "input: { distribution: constant, value: 5, mean: 3 }|unknown key 'input.mean'",
      })
  void wrongSpecifications(String input, String message) {
    String yaml =
        "arrivals: { rate: 4 /s }\noutput: { distribution: constant, value: 5 }\n" + input + "\n";
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> spec(yaml));
    assertThat(e.faults()).singleElement().asString().startsWith("spec.yaml:3").contains(message);
  }

  @Test
  void wrongRates() {
    String yaml =
        """
        arrivals: { rate: 1e-9 /s }
        input: { distribution: constant, value: 5 }
        output: { distribution: constant, value: 5 }
        """;
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> spec(yaml));
    assertThat(e.faults()).singleElement().asString().contains("allowed are 1e-6 to 1e9 /s");
  }
}
