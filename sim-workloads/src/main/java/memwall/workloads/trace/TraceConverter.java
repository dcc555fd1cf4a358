package memwall.workloads.trace;

import java.math.BigInteger;
import memwall.core.input.InputFaults;
import org.jspecify.annotations.Nullable;

/**
 * Cuts and rescales a trace of any format while it is read; written with {@link RequestTraceWriter}
 * this is the conversion to our format. Without cuts and scaling nothing is lost.
 *
 * <p>A window of time makes its begin the new time 0. A rate factor of n/d divides all arrivals by
 * it, exactly, rounded down to the header's time unit. Where arrivals move, the measured times
 * ({@code observed}) are left out: they no longer belong to the trace. Gaps after a parent stay.
 */
public final class TraceConverter implements RequestTrace {
  /**
   * What to keep and how fast to play it.
   *
   * @param maxRequests keep no more than this many, at least 1
   * @param fromPs keep arrivals from here on, 0 or more
   * @param toPs keep arrivals before this, more than {@code fromPs}
   * @param rateNumerator the rate is multiplied by this, 1 to 10^9 ...
   * @param rateDenominator ... and divided by this, 1 to 10^9
   */
  public record Options(
      long maxRequests, long fromPs, long toPs, long rateNumerator, long rateDenominator) {
    /** Keeps everything. */
    public static final Options ALL = new Options(Long.MAX_VALUE, 0, Long.MAX_VALUE, 1, 1);

    private static final long MAX_FACTOR = 1_000_000_000L;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException with what is allowed
     */
    public Options {
      if (maxRequests < 1) {
        throw new IllegalArgumentException(maxRequests + " requests, allowed are 1 or more");
      }
      if (fromPs < 0 || toPs <= fromPs) {
        throw new IllegalArgumentException(
            "a window from " + fromPs + " to " + toPs + " ps, the end must come after the begin");
      }
      if (rateNumerator < 1
          || rateNumerator > MAX_FACTOR
          || rateDenominator < 1
          || rateDenominator > MAX_FACTOR) {
        throw new IllegalArgumentException(
            "a rate factor of "
                + rateNumerator
                + "/"
                + rateDenominator
                + ", allowed are numbers from 1 to "
                + MAX_FACTOR);
      }
    }

    boolean moves() {
      return fromPs != 0 || rateNumerator != rateDenominator;
    }
  }

  private final RequestTrace from;
  private final Options options;
  private final TraceHeader header;
  private long kept;

  /** Converts a trace; closing this closes it. */
  public TraceConverter(RequestTrace from, Options options) {
    this.from = from;
    this.options = options;
    this.header = from.header().asRequests(from.header().timeUnitPs());
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  @Override
  public @Nullable Request next() {
    while (kept < options.maxRequests()) {
      Request request = from.next();
      if (request == null || request.arrivalPs() >= options.toPs()) {
        return null;
      }
      if (request.arrivalPs() >= options.fromPs()) {
        kept++;
        return options.moves() ? moved(request) : request;
      }
    }
    return null;
  }

  @Override
  public void close() {
    from.close();
  }

  private Request moved(Request request) {
    long unitPs = header.timeUnitPs();
    BigInteger[] units =
        BigInteger.valueOf(request.arrivalPs() - options.fromPs())
            .multiply(BigInteger.valueOf(options.rateDenominator()))
            .divideAndRemainder(
                BigInteger.valueOf(options.rateNumerator()).multiply(BigInteger.valueOf(unitPs)));
    if (units[0].compareTo(BigInteger.valueOf(Request.MAX_ARRIVAL_PS / unitPs)) > 0) {
      InputFaults faults = new InputFaults("request " + request.id());
      faults.add("would arrive after 53 days; use a larger rate factor or fewer requests");
      throw faults.exception();
    }
    return new Request(
        request.id(),
        units[0].longValueExact() * unitPs,
        request.promptTokens(),
        request.outputTokens(),
        request.phases(),
        withoutObserved(request.extras()));
  }

  private static @Nullable RequestExtras withoutObserved(@Nullable RequestExtras extras) {
    return extras == null ? null : extras.withoutObserved();
  }

  /**
   * Writes all requests of a trace.
   *
   * @return how many
   */
  public static long copy(RequestTrace trace, RequestTraceWriter writer) {
    long count = 0;
    for (Request request = trace.next(); request != null; request = trace.next()) {
      writer.write(request);
      count++;
    }
    return count;
  }
}
