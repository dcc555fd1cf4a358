package memwall.workloads.serving;

import memwall.workloads.trace.Request;

/** Told what happens to requests, in order of simulated time; must not change the simulation. */
public interface ServingObserver {
  /** Does nothing. */
  ServingObserver NONE = new ServingObserver() {};

  /** A request arrived. */
  default void arrived(Request request) {}

  /** A request left the engine, or is still in it at the end of the run. */
  default void ended(RequestRecord record) {}

  /** Whether {@link #tokens} shall be called; it costs memory per running request. */
  default boolean wantsTokens() {
    return false;
  }

  /**
   * All tokens that a request produced, when it leaves the engine.
   *
   * @param completionPs one time per token
   * @param produced number of valid elements
   */
  default void tokens(Request request, long[] completionPs, int produced) {}
}
