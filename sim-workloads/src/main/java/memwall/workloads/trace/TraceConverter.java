package memwall.workloads.trace;

import java.math.BigInteger;
import memwall.core.input.InputFaults;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * Cuts and rescales a trace of any format while it is read; written with {@link RequestTraceWriter}
 * this is the conversion to our format. Without cuts and scaling nothing is lost.
 *
 * <p>A window of time makes its begin the new time 0. A rate factor of n/d divides all arrivals by
 * it, exactly, rounded down to the header's time unit. What is drawn has a random stream for each
 * purpose. Where arrivals move, the measured times ({@code observed}) are left out: they no longer
 * belong to the trace. Gaps after a parent stay.
 */
public final class TraceConverter implements RequestTrace {
  private final RequestTrace from;
  private final TraceEdit edit;
  private final TraceHeader header;
  private final RandomStream random;
  private long kept;

  /** Converts a trace; closing this closes it. */
  public TraceConverter(RequestTrace from, TraceEdit edit) {
    this.from = edit.jitterPs() > 0 ? new JitteredTrace(from, edit.jitterPs(), edit.seed()) : from;
    this.edit = edit;
    this.header = this.from.header().asRequests(from.header().timeUnitPs());
    this.random = new RandomStreams(edit.seed()).stream("trace", "sample");
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  @Override
  public @Nullable Request next() {
    while (kept < edit.maxRequests()) {
      Request request = from.next();
      if (request == null || request.arrivalPs() >= edit.toPs()) {
        return null;
      }
      if (request.arrivalPs() >= edit.fromPs() && isDrawn()) {
        kept++;
        return edit.moves() ? moved(request) : request;
      }
    }
    return null;
  }

  @Override
  public void close() {
    from.close();
  }

  private boolean isDrawn() {
    return edit.share() == 1 || random.nextDouble() < edit.share();
  }

  @Override
  public long leftOut() {
    return from.leftOut();
  }

  private Request moved(Request request) {
    long unitPs = header.timeUnitPs();
    BigInteger[] units =
        BigInteger.valueOf(request.arrivalPs() - edit.fromPs())
            .multiply(BigInteger.valueOf(edit.rateDenominator()))
            .divideAndRemainder(
                BigInteger.valueOf(edit.rateNumerator()).multiply(BigInteger.valueOf(unitPs)));
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
