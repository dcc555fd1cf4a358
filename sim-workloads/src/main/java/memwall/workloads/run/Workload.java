package memwall.workloads.run;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.trace.RecordedRequest.Replay;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TokenTrace;
import memwall.workloads.trace.TraceGenerator;
import memwall.workloads.trace.TraceHeader;
import memwall.workloads.trace.TraceSummary;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trace of a run, checked from end to end before the run starts. */
public final class Workload {
  private static final Logger LOG = LoggerFactory.getLogger(Workload.class);
  private static final String TOKENS = "tokens";

  private static final String GENERATED = "generated";

  private final WorkloadSpec spec;
  private final long seed;
  private final TraceSummary summary;

  private Workload(WorkloadSpec spec, long seed, TraceSummary summary) {
    this.spec = spec;
    this.seed = seed;
    this.summary = summary;
  }

  /**
   * Reads the whole trace once, or generates it once.
   *
   * @throws memwall.core.config.ConfigException if it has faults
   */
  public static Workload scan(RunSpec run) {
    WorkloadSpec spec = run.workload();
    if (spec == null) {
      throw new IllegalArgumentException("the run has no workload");
    }
    if (spec.generator() != null) {
      return new Workload(
          spec, run.seed(), count(new TraceGenerator(spec.generator(), run.seed())));
    }
    Path trace = spec.trace();
    if (trace == null) {
      throw new IllegalArgumentException("the workload is neither read nor generated");
    }
    TraceSummary summary = RequestTraces.scan(trace, format(spec));
    LOG.debug(
        "{}: {} requests, {} prompt and {} output tokens, format {}",
        trace,
        summary.requests(),
        summary.promptTokens(),
        summary.outputTokens(),
        summary.format());
    return new Workload(spec, run.seed(), summary);
  }

  private static TraceSummary count(RequestTrace trace) {
    long requests = 0;
    long prompt = 0;
    long output = 0;
    long first = 0;
    long last = 0;
    int maxPrompt = 0;
    int maxOutput = 0;
    int maxContext = 0;
    for (Request request = trace.next(); request != null; request = trace.next()) {
      first = requests++ == 0 ? request.arrivalPs() : first;
      last = request.arrivalPs();
      prompt += request.promptTokens();
      output += request.outputTokens();
      maxPrompt = Math.max(maxPrompt, request.promptTokens());
      maxOutput = Math.max(maxOutput, request.outputTokens());
      maxContext = Math.max(maxContext, request.maxContextTokens());
    }
    return new TraceSummary(
        GENERATED,
        trace.header(),
        requests,
        prompt,
        output,
        first,
        last,
        maxPrompt,
        maxOutput,
        maxContext,
        "");
  }

  private static @Nullable String format(WorkloadSpec spec) {
    return spec.format().equals(WorkloadSpec.AUTO) ? null : spec.format();
  }

  /** Opens the trace for replay. */
  public RequestSource open() {
    return limited(openAll(), spec.limit());
  }

  private RequestSource openAll() {
    if (spec.generator() != null) {
      return RequestSource.of(new TraceGenerator(spec.generator(), seed));
    }
    Path trace = file().orElseThrow();
    return summary.format().equals(TOKENS) && spec.replay() == Replay.OPEN_LOOP
        ? RequestSource.paced(TokenTrace.open(trace))
        : RequestSource.of(RequestTraces.open(trace, format(spec)));
  }

  private static RequestSource limited(RequestSource source, long limit) {
    return new RequestSource() {
      private long left = limit;

      @Override
      public @Nullable Item next() {
        return left-- > 0 ? source.next() : null;
      }

      @Override
      public void close() {
        source.close();
      }

      @Override
      public int blockTokens() {
        return source.blockTokens();
      }
    };
  }

  /** What the scan counted. */
  public TraceSummary summary() {
    return summary;
  }

  /** The trace file; empty if the requests are generated. */
  public Optional<Path> file() {
    return Optional.ofNullable(spec.trace());
  }

  /** What is replayed, in a few words. */
  public String name() {
    return file().map(path -> String.valueOf(path.getFileName())).orElse("generated requests");
  }

  /** Requests that will be replayed. */
  public long requests() {
    return Math.min(summary.requests(), spec.limit());
  }

  /** SHA-256 of the trace file; empty if the requests are generated. */
  public String sha256() {
    return summary.sha256();
  }

  /** SHA-256 of a file. */
  public static String sha256(Path file) {
    try {
      return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How the trace is replayed, in a word for reports. */
  public String replayText() {
    return summary.format().equals(TOKENS) && spec.replay() == Replay.OPEN_LOOP
        ? "open loop"
        : "closed loop";
  }

  /** Header of the token trace that a run writes. */
  public TraceHeader tokenHeader(String runName) {
    return TraceHeader.tokens(Map.of("source", "memwall run " + runName));
  }
}
