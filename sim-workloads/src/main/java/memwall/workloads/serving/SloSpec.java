package memwall.workloads.serving;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;

/**
 * What is promised to requests: limits on their latencies. A limit of the request itself goes
 * before that of its class, that before the general one.
 *
 * @param general limits of requests of no class, or of one that is not named
 * @param classes limits by class of service; what a class does not say is as in {@code general}
 */
public record SloSpec(Limits general, Map<String, Limits> classes) {
  private static final long NONE = Long.MAX_VALUE;

  /**
   * Limits in picoseconds; Long.MAX_VALUE for none.
   *
   * @param ttftPs on the time to first token
   * @param tpotPs on the mean gap between tokens, of requests with two or more
   * @param e2ePs on the time from arrival to the last token
   */
  public record Limits(long ttftPs, long tpotPs, long e2ePs) {
    static final Limits OFF = new Limits(NONE, NONE, NONE);
  }

  /** Copies the map, in order of names. */
  public SloSpec {
    classes = Collections.unmodifiableMap(new TreeMap<>(classes));
  }

  /** Reads the section {@code slo}. */
  static SloSpec read(Config config) {
    Limits general = limits(config, Limits.OFF);
    Map<String, Limits> classes = new TreeMap<>();
    config
        .optionalSection("classes", "Limits by class of service")
        .ifPresent(
            part -> {
              for (String name : part.keys()) {
                Config one = part.section(name, "Limits of a class");
                classes.put(name, limits(one, general));
                one.finish();
              }
              part.finish();
            });
    config.finish();
    return new SloSpec(general, classes);
  }

  private static Limits limits(Config config, Limits otherwise) {
    return new Limits(
        limit(config, "ttft", "Time to first token", otherwise.ttftPs()),
        limit(config, "tpot", "Mean gap between tokens", otherwise.tpotPs()),
        limit(config, "e2e", "Arrival to last token", otherwise.e2ePs()));
  }

  private static long limit(Config config, String key, String sentence, long otherwise) {
    if (!config.has(key)) {
      return otherwise;
    }
    long ps = config.quantity(key, Dimension.TIME, sentence + ", at most");
    if (ps < 1) {
      config.fault(key, "must be more than 0");
    }
    return ps;
  }

  /** The limits of a request. */
  Limits of(Request request) {
    RequestExtras extras = request.extras();
    if (extras == null) {
      return general;
    }
    String name = extras.serviceClass();
    Limits limits = name == null ? general : classes.getOrDefault(name, general);
    return new Limits(
        extras.sloTtftPs() < 0 ? limits.ttftPs() : extras.sloTtftPs(),
        extras.sloTpotPs() < 0 ? limits.tpotPs() : extras.sloTpotPs(),
        limits.e2ePs());
  }
}
