package memwall.workloads.trace;

import java.util.Comparator;
import java.util.PriorityQueue;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * Puts off each arrival by a time drawn evenly from 0 to before a span, and keeps the order of
 * arrival; holds the requests of one span.
 */
final class JitteredTrace implements RequestTrace {
  private record Late(Request request, long number) {}

  private final RequestTrace from;
  private final long spanPs;
  private final RandomStream random;
  private final TraceHeader header;
  private final PriorityQueue<Late> held =
      new PriorityQueue<>(
          Comparator.comparingLong((Late late) -> late.request().arrivalPs())
              .thenComparingLong(Late::number));
  private @Nullable Request ahead;
  private boolean atEnd;
  private long read;

  JitteredTrace(RequestTrace from, long spanPs, long seed) {
    this.from = from;
    this.spanPs = spanPs;
    this.random = new RandomStreams(seed).stream("trace", "jitter");
    this.header =
        from.header().withText("jitter", "uniform(0," + spanPs / 1000 + "ns), seed " + seed);
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  @Override
  public @Nullable Request next() {
    // Who comes later is not put before those whose time is over by then.
    while (!atEnd) {
      Request request = ahead == null ? from.next() : ahead;
      ahead = null;
      if (request == null) {
        atEnd = true;
      } else if (!held.isEmpty() && held.element().request().arrivalPs() <= request.arrivalPs()) {
        ahead = request;
        return held.remove().request();
      } else {
        held.add(new Late(late(request), read++));
      }
    }
    Late late = held.poll();
    return late == null ? null : late.request();
  }

  private Request late(Request request) {
    long unitPs = header.timeUnitPs();
    long lateUnits = (long) (random.nextDouble() * ((double) spanPs / unitPs));
    return request.withArrivalPs(
        Math.min(Request.MAX_ARRIVAL_PS, request.arrivalPs() + lateUnits * unitPs));
  }

  @Override
  public long leftOut() {
    return from.leftOut();
  }

  @Override
  public void close() {
    from.close();
  }
}
