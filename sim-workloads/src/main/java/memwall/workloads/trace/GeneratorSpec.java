package memwall.workloads.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TraceGenerator} generates: how many requests, how they arrive, how long prompts and
 * outputs are, which share of the output is thinking. Read from a mapping or a preset of kind
 * {@code generator}; {@code traces/README.md} lists the keys.
 */
public final class GeneratorSpec {
  private static final long MAX_REQUESTS = 1_000_000_000L;
  private static final double MAX_CV = 100;
  private static final double MIN_CV = 0.01;
  private static final int MAX_ZIPF = 1_000_000;
  private static final double MIN_RATE = 1e-6;
  private static final double MAX_RATE = 1e9;
  private static final double PS_PER_SECOND = 1e12;

  private enum ArrivalProcess {
    POISSON,
    GAMMA,
    WEIBULL,
    CONSTANT
  }

  private enum Distribution {
    CONSTANT,
    UNIFORM,
    LOGNORMAL,
    GAMMA,
    ZIPF,
    QUANTILES
  }

  /** Lengths in tokens: a distribution, rounded and clipped to [min, max]. */
  record Lengths(Sampler sampler, int min, int max) {
    int clip(double tokens) {
      return (int) Math.max(min, Math.min(max, StrictMath.rint(tokens)));
    }
  }

  /**
   * When requests arrive.
   *
   * @param gap in seconds; with rates in arrivals expected, 1 on average
   * @param rates by time; null for gaps of one law
   */
  record Arrivals(Sampler gap, @Nullable RateTable rates) {}

  private static final Lengths NO_LENGTHS = new Lengths(Samplers.constant(1), 1, 1);
  private static final Arrivals NO_ARRIVALS = new Arrivals(Samplers.constant(1), null);

  private final String name;
  private final long requests;
  private final Arrivals arrivals;
  private final Lengths input;
  private final Lengths output;
  private final @Nullable Sampler thinkShare;

  /** Instead of the laws above, which then stand for nothing. */
  private final @Nullable ClientsSpec clients;

  private GeneratorSpec(
      String name,
      long requests,
      @Nullable ClientsSpec clients,
      Arrivals arrivals,
      Lengths input,
      Lengths output,
      @Nullable Sampler thinkShare) {
    this.name = name;
    this.requests = requests;
    this.clients = clients;
    this.arrivals = arrivals;
    this.input = input;
    this.output = output;
    this.thinkShare = thinkShare;
  }

  /** Reads and finishes a mapping; faults are recorded in it. */
  public static GeneratorSpec read(Config config) {
    String name = config.text("name", "generated", "what the trace's header gives as its source");
    boolean hasClients = config.has("clients");
    long requests =
        config.integer(
            "requests",
            1,
            MAX_REQUESTS,
            hasClients ? MAX_REQUESTS : 1000,
            "number of requests to generate");
    if (hasClients) {
      config.variesBy("clients");
      ClientsSpec clients = ClientsSpec.read(config);
      config.finish();
      return new GeneratorSpec(name, requests, clients, NO_ARRIVALS, NO_LENGTHS, NO_LENGTHS, null);
    }
    Arrivals gaps = arrivals(config.section("arrivals", "how requests arrive"));
    Lengths input = lengths(config.section("input", "prompt tokens of a request"));
    Lengths output = lengths(config.section("output", "output tokens of a request"));
    Optional<Config> think =
        config.optionalSection("think", "share of the output tokens that are thinking");
    Sampler thinkShare = think.isPresent() ? share(think.get()) : null;
    config.finish();
    return new GeneratorSpec(name, requests, null, gaps, input, output, thinkShare);
  }

  /** Generates; the same seed gives the same requests. */
  public RequestTrace open(long seed) {
    return clients == null ? new TraceGenerator(this, seed) : new ClientTrace(this, clients, seed);
  }

  /** Number of requests; of clients the most. */
  public long requests() {
    return requests;
  }

  String name() {
    return name;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  Lengths input() {
    return input;
  }

  Lengths output() {
    return output;
  }

  @Nullable Sampler thinkShare() {
    return thinkShare;
  }

  private static Arrivals arrivals(Config config) {
    config.variesBy("process");
    ArrivalProcess process = config.choice("process", ArrivalProcess.POISSON, "law of the gaps");
    RateTable rates = config.has("rates") ? rates(config) : null;
    double mean = rates == null ? 1 / rate(config) : 1;
    double cv = 1;
    if (process == ArrivalProcess.GAMMA || process == ArrivalProcess.WEIBULL) {
      cv = config.number("cv", MIN_CV, MAX_CV, "coefficient of variation of the gaps");
    }
    config.finish();
    return new Arrivals(
        switch (process) {
          case POISSON -> Samplers.exponential(mean);
          case GAMMA -> Samplers.gamma(mean, cv);
          case WEIBULL -> Samplers.weibull(mean, cv);
          case CONSTANT -> Samplers.constant(mean);
        },
        rates);
  }

  private static double rate(Config config) {
    double rate = config.reportQuantity("rate", Dimension.REQUEST_RATE, "mean requests per second");
    if (rate < MIN_RATE || rate > MAX_RATE) {
      if (rate != 0) {
        config.fault("rate", rate + " /s given, allowed are 1e-6 to 1e9 /s");
      }
      return 1;
    }
    return rate;
  }

  private static RateTable rates(Config config) {
    long windowPs = config.quantity("window", Dimension.TIME, "time for which each rate holds");
    List<Double> rates = config.numbers("rates", 0, MAX_RATE, "requests per second, by window");
    double sum = 0;
    for (double rate : rates) {
      sum += rate;
    }
    if (windowPs < 1) {
      config.fault("window", "must be more than 0");
      windowPs = 1;
    }
    if (sum < MIN_RATE) {
      config.fault("rates", "at least one must be more than 0");
      return new RateTable(1, new double[] {1});
    }
    return new RateTable(
        windowPs / PS_PER_SECOND, rates.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static Lengths lengths(Config config) {
    config.variesBy("distribution");
    Distribution distribution =
        config.choice("distribution", Distribution.class, "law of the lengths");
    boolean zipf = distribution == Distribution.ZIPF;
    boolean needsMax = zipf || distribution == Distribution.UNIFORM;
    int most = zipf ? MAX_ZIPF : Request.MAX_TOKENS;
    int min = (int) config.integer("min", 1, most, 1, "shorter lengths become this, tokens");
    String maxSentence = "longer lengths become this, tokens";
    int max =
        (int)
            (needsMax
                ? config.integer("max", 1, most, maxSentence)
                : config.integer("max", 1, most, most, maxSentence));
    if (min > max) {
      config.fault("min", min + " is more than max = " + max);
      max = min;
    }
    Sampler sampler =
        switch (distribution) {
          case CONSTANT ->
              Samplers.constant(config.number("value", 1, Request.MAX_TOKENS, "tokens"));
          // Every whole number has the same share after rounding.
          case UNIFORM -> Samplers.uniform(min - 0.5, max + 0.5);
          case LOGNORMAL -> lognormal(config);
          case GAMMA -> Samplers.gamma(mean(config), cv(config));
          case ZIPF ->
              Samplers.zipf(config.number("exponent", 0, 10, "1 / length^exponent"), min, max);
          case QUANTILES -> quantiles(config, Request.MAX_TOKENS);
        };
    config.finish();
    return new Lengths(sampler, min, max);
  }

  private static Sampler lognormal(Config config) {
    if (config.has("mu") || config.has("sigma")) {
      double mu = config.number("mu", -10, 20, "mean of the logarithm of the tokens");
      double sigma = config.number("sigma", 0, 5, "standard deviation of the logarithm");
      return Samplers.lognormal(mu, sigma);
    }
    return Samplers.lognormalByMean(mean(config), cv(config));
  }

  private static double mean(Config config) {
    return config.number("mean", 1, Request.MAX_TOKENS, "mean tokens");
  }

  private static double cv(Config config) {
    return config.number("cv", MIN_CV, MAX_CV, "coefficient of variation");
  }

  private static Sampler share(Config config) {
    Sampler sampler =
        config.has("values")
            ? quantiles(config, 1)
            : Samplers.constant(config.number("share", 0, 1, "share of the output tokens"));
    config.finish();
    return sampler;
  }

  private static Sampler quantiles(Config config, double most) {
    List<Double> values = config.numbers("values", 0, most, "quantiles, ascending");
    List<Double> probabilities = new ArrayList<>();
    if (config.has("probabilities")) {
      probabilities.addAll(
          config.numbers("probabilities", 0, 1, "the probability of each quantile, from 0 to 1"));
    } else {
      for (int i = 0; i < values.size(); i++) {
        probabilities.add((double) i / Math.max(1, values.size() - 1));
      }
    }
    if (!ascending(values, false)) {
      config.fault("values", "quantiles must be at least 2 and must not descend");
      return Samplers.constant(1);
    }
    int last = probabilities.size() - 1;
    if (last != values.size() - 1
        || !ascending(probabilities, true)
        || probabilities.get(0) != 0
        || probabilities.get(last) != 1) {
      config.fault(
          "probabilities",
          probabilities.size()
              + " probabilities given, wanted are "
              + values.size()
              + ", one per value, ascending from 0 to 1");
      return Samplers.constant(1);
    }
    return Samplers.quantiles(probabilities, values);
  }

  private static boolean ascending(List<Double> numbers, boolean strictly) {
    for (int i = 1; i < numbers.size(); i++) {
      double before = numbers.get(i - 1);
      double now = numbers.get(i);
      if (now < before || (strictly && now == before)) {
        return false;
      }
    }
    return numbers.size() >= 2;
  }
}
