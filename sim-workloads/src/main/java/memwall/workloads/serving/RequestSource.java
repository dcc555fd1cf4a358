package memwall.workloads.serving;

import memwall.workloads.trace.RecordedRequest;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.TokenTrace;
import org.jspecify.annotations.Nullable;

/** Requests in order of arrival, one at a time, with recorded token times if they are paced. */
public interface RequestSource extends AutoCloseable {
  /**
   * A request to be served.
   *
   * @param request the request
   * @param pace recorded token times: no token is asked for before the recorded time of the one
   *     before it; null to ask for each as soon as the one before it is done
   */
  record Item(Request request, @Nullable RecordedRequest pace) {}

  /**
   * The next request, or null after the last one.
   *
   * @throws memwall.core.config.ConfigException if the rest of the trace has faults
   */
  @Nullable Item next();

  @Override
  void close();

  /** Prompt tokens per entry of the requests' {@code hash_ids}; 0 if the trace does not say. */
  default int blockTokens() {
    return 0;
  }

  /** The requests of a trace, each token as soon as possible. */
  static RequestSource of(RequestTrace trace) {
    return new RequestSource() {
      @Override
      public @Nullable Item next() {
        Request request = trace.next();
        return request == null ? null : new Item(request, null);
      }

      @Override
      public void close() {
        trace.close();
      }

      @Override
      public int blockTokens() {
        return trace.header().blockTokens();
      }
    };
  }

  /** The requests of a token trace, paced by their recorded times (open loop). */
  static RequestSource paced(TokenTrace trace) {
    return new RequestSource() {
      @Override
      public @Nullable Item next() {
        RecordedRequest recorded = trace.nextRecorded();
        return recorded == null ? null : new Item(recorded.request(), recorded);
      }

      @Override
      public void close() {
        trace.close();
      }
    };
  }
}
