package memwall.workloads.run;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import memwall.core.config.ConfigException;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.trace.RecordedRequest.Replay;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TokenTrace;
import memwall.workloads.trace.TraceConverter;
import memwall.workloads.trace.TraceEdit;
import memwall.workloads.trace.TraceHeader;
import memwall.workloads.trace.TraceSummary;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trace of a run, checked from end to end before the run starts. */
public final class Workload {
  private static final Logger LOG = LoggerFactory.getLogger(Workload.class);
  private static final String TOKENS = "tokens";

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
    TraceEdit edit = spec.edit().withSeed(run.seed());
    if (spec.generator() != null) {
      return of(spec, run.seed(), RequestTraces.scan(spec.generator(), run.seed(), edit));
    }
    Path trace = spec.trace();
    if (trace == null) {
      throw new IllegalArgumentException("the workload is neither read nor generated");
    }
    TraceSummary summary = RequestTraces.scan(trace, format(spec), edit);
    if (summary.format().equals(TOKENS) && spec.replay() == Replay.OPEN_LOOP && edit.changes()) {
      throw new ConfigException(
          List.of(
              trace
                  + ": a token trace in open loop is replayed at its times; 'jitter', 'from', 'to',"
                  + " 'sample' and 'rate_scale' need 'replay: closed-loop'"));
    }
    LOG.debug(
        "{}: {} requests, {} prompt and {} output tokens, format {}",
        trace,
        summary.requests(),
        summary.promptTokens(),
        summary.outputTokens(),
        summary.format());
    return of(spec, run.seed(), summary);
  }

  private static Workload of(WorkloadSpec spec, long seed, TraceSummary summary) {
    if (summary.requests() == 0) {
      throw new ConfigException(
          List.of("workload: no request is left of the trace; see 'from', 'to' and 'sample'"));
    }
    return new Workload(spec, seed, summary);
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
      return RequestSource.of(edited(spec.generator().open(seed)));
    }
    Path trace = file().orElseThrow();
    return summary.format().equals(TOKENS) && spec.replay() == Replay.OPEN_LOOP
        ? RequestSource.paced(TokenTrace.open(trace))
        : RequestSource.of(edited(RequestTraces.open(trace, format(spec))));
  }

  private RequestTrace edited(RequestTrace trace) {
    return spec.edit().changes() ? new TraceConverter(trace, spec.edit().withSeed(seed)) : trace;
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
