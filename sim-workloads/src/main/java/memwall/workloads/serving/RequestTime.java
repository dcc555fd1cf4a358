package memwall.workloads.serving;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import memwall.core.stat.WideSum;
import memwall.workloads.execution.StepExecutor;

/**
 * Where the time of requests went: each part of a step counts once for every request that is in the
 * batch, waiting and pausing count as they are. The parts sum exactly to the time that all requests
 * together spent in the engine.
 */
final class RequestTime {
  private final StepExecutor executor;
  private final long[] spentBeforePs;
  private final WideSum[] steps;
  private final WideSum waiting = new WideSum();
  private final WideSum pausing = new WideSum();
  private final WideSum preempted = new WideSum();
  private final WideSum swapping = new WideSum();

  RequestTime(StepExecutor executor) {
    this.executor = executor;
    int parts = executor.parts().size();
    this.spentBeforePs = new long[parts];
    this.steps = new WideSum[parts];
    for (int i = 0; i < parts; i++) {
      steps[i] = new WideSum();
    }
  }

  /** A step is over in which so many requests were in the batch. */
  void step(long requests) {
    for (int i = 0; i < steps.length; i++) {
      long spentPs = executor.spentPs(i);
      long deltaPs = spentPs - spentBeforePs[i];
      if (deltaPs > 0) {
        steps[i].add(deltaPs, requests);
        spentBeforePs[i] = spentPs;
      }
    }
  }

  /** Requests waited for a place in the batch. */
  void waited(long requests, long durationPs) {
    waiting.add(requests, durationPs);
  }

  /** All requests in the batch waited for their recorded token times. */
  void paused(long requests, long durationPs) {
    pausing.add(requests, durationPs);
  }

  /** A request waited for a place in the batch that it had had before. */
  void preempted(long durationPs) {
    preempted.add(1, durationPs);
  }

  /** All requests in the batch waited for copies to and from the host. */
  void swapped(long requests, long durationPs) {
    swapping.add(requests, durationPs);
  }

  BigInteger preemptedPs() {
    return preempted.value();
  }

  BigInteger swappingPs() {
    return swapping.value();
  }

  BigInteger waitingPs() {
    return waiting.value();
  }

  BigInteger pausingPs() {
    return pausing.value();
  }

  /** Per part of the executor. */
  List<BigInteger> stepsPs() {
    List<BigInteger> values = new ArrayList<>();
    for (WideSum sum : steps) {
      values.add(sum.value());
    }
    return values;
  }
}
