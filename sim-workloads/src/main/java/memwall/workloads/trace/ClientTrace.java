package memwall.workloads.trace;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import memwall.core.input.InputFaults;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * Requests of many clients, each a renewal process of its own whose rate and law of gaps change
 * with the windows of its table: gaps are drawn in arrivals expected, so that on average as many
 * come as the rate says, whatever the law. Lengths are drawn from what is known of the client at
 * that time. Each client has random streams of its own.
 */
final class ClientTrace implements RequestTrace {
  private static final double NS_PER_SECOND = 1e9;
  private static final String COMPONENT = "workload.clients";
  private static final List<String> MEDIA = List.of("image", "audio", "video");

  private final GeneratorSpec spec;
  private final ClientsSpec clients;
  private final TraceHeader header;
  private final PriorityQueue<Source> sources;
  private long made;

  ClientTrace(GeneratorSpec spec, ClientsSpec clients, long seed) {
    this.spec = spec;
    this.clients = clients;
    this.header = TraceHeader.requests(Map.of("source", spec.name() + ", seed " + seed));
    this.sources =
        new PriorityQueue<>(
            Comparator.comparingDouble((Source source) -> source.seconds)
                .thenComparingInt(source -> source.number));
    RandomStreams streams = new RandomStreams(seed);
    int number = 0;
    for (ClientFiles.Client client : clients.clients()) {
      double[] perSecond = client.perSecond().stream().mapToDouble(Double::doubleValue).toArray();
      if (Arrays.stream(perSecond).anyMatch(rate -> rate > 0)) {
        RateTable rates = new RateTable(client.windowSeconds(), perSecond);
        Source source = new Source(client, rates, number, streams);
        if (source.goOn()) {
          sources.add(source);
        }
      }
      number++;
    }
  }

  /** A client and its next arrival. */
  private final class Source {
    final int number;

    /** Since the begin. */
    double seconds;

    private final ClientFiles.Client client;
    private final RateTable rates;
    private final RandomStream arrivals;
    private final RandomStream inputs;
    private final RandomStream outputs;
    private final RandomStream thinking;

    /** In arrivals expected since the begin of the table. */
    private double position;

    private final double end;

    Source(ClientFiles.Client client, RateTable rates, int number, RandomStreams streams) {
      this.client = client;
      this.rates = rates;
      this.number = number;
      this.position = rates.expectedAt(clients.fromSeconds());
      this.end = rates.expectedAt(clients.toSeconds());
      String component = COMPONENT + "." + client.name();
      this.arrivals = streams.stream(component, "arrivals");
      this.inputs = streams.stream(component, "input");
      this.outputs = streams.stream(component, "output");
      this.thinking = streams.stream(component, "think");
    }

    /** Draws the next arrival; false if it would be behind the end. */
    boolean goOn() {
      if (position >= end) {
        return false;
      }
      Sampler gap = client.gaps().get(rates.window(position));
      if (gap == null) {
        throw new IllegalStateException(client.name() + ": arrivals in a window without");
      }
      position += gap.next(arrivals);
      seconds = position < end ? rates.secondsAt(position) - clients.fromSeconds() : 0;
      return position < end;
    }

    Request request(String id, long arrivalPs) {
      Map.Entry<Long, Map<String, Shares>> window =
          client.datasets().floorEntry((long) (clients.fromSeconds() + seconds));
      Map<String, Shares> known = window == null ? Map.of() : window.getValue();
      ExtrasBuilder extras = new ExtrasBuilder().tenant(client.name());
      int output = length(known.get("output_tokens"), clients.output(), outputs);
      int input =
          known.containsKey("text_tokens")
              ? length(known.get("text_tokens"), clients.input(), inputs)
              : length(known.get("input_tokens"), clients.input(), inputs);
      for (String kind : MEDIA) {
        int count = draw(known.get(kind + "_count"), inputs);
        for (int i = 0; i < count; i++) {
          int tokens = draw(known.get(kind + "_tokens"), inputs);
          extras.media(kind, tokens);
          input += tokens;
        }
      }
      Shares ratio = known.get("reason_ratio");
      Phases phases = Phases.ANSWER;
      if (ratio != null) {
        int think = (int) StrictMath.rint(output * Math.min(1, ratio.next(thinking)));
        phases = Phases.thinkThenAnswer(think, output - think);
      }
      return new Request(id, arrivalPs, input, output, phases, extras.build());
    }

    private static int draw(@Nullable Shares shares, RandomStream random) {
      return shares == null ? 0 : (int) StrictMath.rint(shares.next(random));
    }

    /** A length of at least 1 token; where nothing is known by the general law. */
    private int length(
        @Nullable Shares shares, GeneratorSpec.@Nullable Lengths law, RandomStream random) {
      if (shares != null) {
        return Math.max(1, draw(shares, random));
      }
      return law == null ? 1 : law.clip(law.sampler().next(random));
    }
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
    Source source = sources.peek();
    if (made == spec.requests() || source == null) {
      return null;
    }
    made++;
    if (source.seconds * NS_PER_SECOND > Request.MAX_ARRIVAL_PS / 1000.0 - 1) {
      InputFaults faults = new InputFaults(spec.name());
      faults.add("request " + made + " would arrive after 53 days; see 'from' and 'to'");
      throw faults.exception();
    }
    Request request =
        source.request("r" + made, 1000 * (long) StrictMath.rint(source.seconds * NS_PER_SECOND));
    sources.remove();
    if (source.goOn()) {
      sources.add(source);
    }
    return request;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
