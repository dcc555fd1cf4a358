package memwall.workloads.run;

import java.nio.file.Path;
import memwall.core.config.Config;
import memwall.workloads.trace.RecordedRequest.Replay;

/**
 * What is replayed.
 *
 * @param trace the trace file
 * @param format name of the trace format, or {@code auto}
 * @param replay how a token trace is replayed
 * @param limit replay at most so many requests
 */
public record WorkloadSpec(Path trace, String format, Replay replay, long limit) {
  /** Value of {@code format} that lets the file tell. */
  public static final String AUTO = "auto";

  static WorkloadSpec read(Config config) {
    WorkloadSpec spec =
        new WorkloadSpec(
            config.file("trace", "The trace to replay, relative to this file"),
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
