package memwall.workloads.run;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.trace.RecordedRequest.Replay;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TokenTrace;
import memwall.workloads.trace.TraceHeader;
import memwall.workloads.trace.TraceSummary;
import org.jspecify.annotations.Nullable;

/** The trace of a run, checked from end to end before the run starts. */
public final class Workload {
  private static final String TOKENS = "tokens";

  private final WorkloadSpec spec;
  private final TraceSummary summary;

  private Workload(WorkloadSpec spec, TraceSummary summary) {
    this.spec = spec;
    this.summary = summary;
  }

  /**
   * Reads the whole trace once.
   *
   * @throws memwall.core.config.ConfigException if it has faults
   */
  public static Workload scan(RunSpec run) {
    WorkloadSpec spec = run.workload();
    if (spec == null) {
      throw new IllegalArgumentException("the run has no workload");
    }
    return new Workload(spec, RequestTraces.scan(spec.trace(), format(spec)));
  }

  private static @Nullable String format(WorkloadSpec spec) {
    return spec.format().equals(WorkloadSpec.AUTO) ? null : spec.format();
  }

  /** Opens the trace for replay. */
  public RequestSource open() {
    RequestSource all =
        summary.format().equals(TOKENS) && spec.replay() == Replay.OPEN_LOOP
            ? RequestSource.paced(TokenTrace.open(spec.trace()))
            : RequestSource.of(RequestTraces.open(spec.trace(), format(spec)));
    return limited(all, spec.limit());
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
    };
  }

  /** What the scan counted. */
  public TraceSummary summary() {
    return summary;
  }

  /** The trace file. */
  public Path file() {
    return spec.trace();
  }

  /** Requests that will be replayed. */
  public long requests() {
    return Math.min(summary.requests(), spec.limit());
  }

  /** SHA-256 of the trace file. */
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
