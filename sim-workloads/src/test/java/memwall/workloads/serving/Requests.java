package memwall.workloads.serving;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.List;
import memwall.workloads.trace.Phases;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;

/** Requests for tests. */
final class Requests {
  private Requests() {}

  /** A request of two tokens that follows another one. */
  static Request follower(String id, String parent, long arrivalPs, long gapPs, int prompt) {
    RequestExtras extras =
        new RequestExtras(
            null,
            parent,
            -1,
            gapPs,
            LongImmutableList.of(),
            null,
            null,
            null,
            -1,
            -1,
            List.of(),
            null,
            null);
    return new Request(id, arrivalPs, prompt, 2, Phases.ANSWER, extras);
  }
}
