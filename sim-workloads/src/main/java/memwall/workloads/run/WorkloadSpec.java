package memwall.workloads.run;

import java.nio.file.Path;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.trace.GeneratorSpec;
import memwall.workloads.trace.RecordedRequest.Replay;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.TraceEdit;
import org.jspecify.annotations.Nullable;

/**
 * What is replayed: a trace file, or requests generated from the run's seed; one of the two.
 *
 * @param trace the trace file; null if requests are generated
 * @param generator how requests are generated; null if a file is read
 * @param format name of the trace format, or {@code auto}
 * @param replay how a token trace is replayed
 * @param limit replay at most so many requests
 * @param edit what is kept and how fast it is played, without limit and seed
 */
public record WorkloadSpec(
    @Nullable Path trace,
    @Nullable GeneratorSpec generator,
    String format,
    Replay replay,
    long limit,
    TraceEdit edit) {
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
                "limit", 1, Long.MAX_VALUE, Long.MAX_VALUE, "Replay at most so many requests"),
            readEdit(config));
    config.finish();
    return spec;
  }

  private static TraceEdit readEdit(Config config) {
    TraceEdit edit = TraceEdit.NONE;
    edit =
        edit.withJitter(
            Math.min(
                Request.MAX_ARRIVAL_PS,
                config.quantity(
                    "jitter", Dimension.TIME, "0 ps", "Put off arrivals by up to this, evenly")));
    long fromPs =
        config.quantity("from", Dimension.TIME, "0 ps", "Keep arrivals from here on; time 0");
    long toPs = Long.MAX_VALUE;
    if (config.has("to")) {
      toPs = config.quantity("to", Dimension.TIME, "Keep arrivals before this");
      if (toPs <= fromPs) {
        config.fault("to", "must be after 'from'");
        toPs = Long.MAX_VALUE;
      }
    }
    edit = edit.withWindow(fromPs, toPs);
    edit =
        edit.withShare(
            config.number("sample", 1e-9, 1, 1.0, "Share of the requests kept, by chance"));
    try {
      return edit.withRate(
          config.text("rate_scale", "1", "Multiply the rate of arrivals: a number, or A/B"));
    } catch (IllegalArgumentException e) {
      config.fault("rate_scale", String.valueOf(e.getMessage()));
      return edit;
    }
  }
}
