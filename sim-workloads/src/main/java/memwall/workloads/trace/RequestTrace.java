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

  /**
   * Requests left out so far because they failed on the system that was recorded: formats of others
   * give them no output tokens.
   */
  default long leftOut() {
    return 0;
  }

  @Override
  void close();
}
