package memwall.workloads.trace;

import org.jspecify.annotations.Nullable;

/** A stream of requests in order of arrival; holds one request at a time. */
public interface RequestTrace extends AutoCloseable {
  /** What the trace says about itself. */
  TraceHeader header();

  /**
   * The next request, or null after the last one.
   *
   * @throws memwall.core.config.ConfigException if the rest of the trace has faults: all of them,
   *     up to a limit, each with its place
   */
  @Nullable Request next();

  @Override
  void close();
}
