package memwall.workloads.run;

import java.nio.file.Path;
import memwall.core.config.Config;
import memwall.workloads.trace.GeneratorSpec;
import memwall.workloads.trace.RecordedRequest.Replay;
import org.jspecify.annotations.Nullable;

/**
 * What is replayed: a trace file, or requests generated from the run's seed; one of the two.
 *
 * @param trace the trace file; null if requests are generated
 * @param generator how requests are generated; null if a file is read
 * @param format name of the trace format, or {@code auto}
 * @param replay how a token trace is replayed
 * @param limit replay at most so many requests
 */
public record WorkloadSpec(
    @Nullable Path trace,
    @Nullable GeneratorSpec generator,
    String format,
    Replay replay,
    long limit) {
  /** Value of {@code format} that lets the file tell. */
  public static final String AUTO = "auto";

  static WorkloadSpec read(Config config) {
    Path trace = config.optionalFile("trace", "The trace to replay").orElse(null);
    GeneratorSpec generator =
        config
            .optionalPreset("generator", "generator", "Generate the requests from the run's seed")
            .map(GeneratorSpec::read)
            .orElse(null);
    if (trace == null && generator == null) {
      config.fault("trace", "nothing to replay: give 'trace: FILE' or 'generator: NAME'");
    }
    if (trace != null && generator != null) {
      config.fault("generator", "both 'trace' and 'generator' are given; which one is meant?");
    }
    WorkloadSpec spec =
        new WorkloadSpec(
            trace,
            generator,
            config.text("format", AUTO, "Format of the trace, or 'auto' to recognise it"),
            config.choice(
                "replay",
                Replay.CLOSED_LOOP,
                "Token traces: as fast as dependencies allow, or paced by their times"),
            config.integer(
                "limit", 1, Long.MAX_VALUE, Long.MAX_VALUE, "Replay at most so many requests"));
    config.finish();
    return spec;
  }
}
