package memwall.workloads.trace;

import java.util.Map;
import memwall.core.input.InputFaults;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * Generates requests from a {@link GeneratorSpec}, one at a time. Arrivals, prompts, outputs and
 * thinking have a random stream each, so that a change of one does not shift the others.
 */
final class TraceGenerator implements RequestTrace {
  private static final double NS_PER_SECOND = 1e9;
  private static final String COMPONENT = "workload.generator";

  private final GeneratorSpec spec;
  private final TraceHeader header;
  private final RandomStream arrivals;
  private final RandomStream inputs;
  private final RandomStream outputs;
  private final RandomStream thinking;
  private long made;

  /** Time in seconds, or with a table of rates arrivals expected so far. */
  private double position;

  /** The same specification and seed give the same requests. */
  TraceGenerator(GeneratorSpec spec, long seed) {
    this.spec = spec;
    this.header = TraceHeader.requests(Map.of("source", spec.name() + ", seed " + seed));
    RandomStreams streams = new RandomStreams(seed);
    this.arrivals = streams.stream(COMPONENT, "arrivals");
    this.inputs = streams.stream(COMPONENT, "input");
    this.outputs = streams.stream(COMPONENT, "output");
    this.thinking = streams.stream(COMPONENT, "think");
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  /**
   * The next request.
   *
   * @throws memwall.core.config.ConfigException if it would arrive after 53 days
   */
  @Override
  public @Nullable Request next() {
    if (made == spec.requests()) {
      return null;
    }
    made++;
    position += spec.arrivals().gap().next(arrivals);
    RateTable rates = spec.arrivals().rates();
    double seconds = rates == null ? position : rates.secondsAt(position);
    if (seconds * NS_PER_SECOND > Request.MAX_ARRIVAL_PS / 1000.0 - 1) {
      InputFaults faults = new InputFaults(spec.name());
      faults.add(
          "request " + made + " would arrive after 53 days; fewer requests or a higher rate");
      throw faults.exception();
    }
    long arrivalPs = 1000 * (long) StrictMath.rint(seconds * NS_PER_SECOND);
    int input = spec.input().clip(spec.input().sampler().next(inputs));
    int output = spec.output().clip(spec.output().sampler().next(outputs));
    Sampler share = spec.thinkShare();
    Phases phases = Phases.ANSWER;
    if (share != null) {
      int think = (int) StrictMath.rint(output * share.next(thinking));
      phases = Phases.thinkThenAnswer(think, output - think);
    }
    return new Request("r" + made, arrivalPs, input, output, phases, null);
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
