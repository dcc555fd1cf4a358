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
    return new Request(
        id, arrivalPs, prompt, 2, Phases.ANSWER, extras(parent, gapPs, null, -1, -1));
  }

  /** A request of a hundred tokens and two more, with limits of its own or -1. */
  static Request promised(
      String id, long arrivalPs, String serviceClass, long ttftPs, long tpotPs) {
    return new Request(
        id, arrivalPs, 100, 2, Phases.ANSWER, extras(null, -1, serviceClass, ttftPs, tpotPs));
  }

  private static RequestExtras extras(
      String parent, long gapPs, String serviceClass, long ttftPs, long tpotPs) {
    return new RequestExtras(
        null,
        parent,
        -1,
        gapPs,
        LongImmutableList.of(),
        null,
        null,
        serviceClass,
        ttftPs,
        tpotPs,
        List.of(),
        null,
        null);
  }
}
