package memwall.workloads.serving;

import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;

/** Feeds the windows of a run over time. */
final class StepSeries {
  private final StepBusy stepBusy;
  private final int resources;
  private final Series series;
  private long levelsSincePs;
  private long lastRunning;
  private long lastWaiting;
  private double lastKvShare;

  StepSeries(StepBusy stepBusy) {
    this.stepBusy = stepBusy;
    this.resources = stepBusy.resources().size();
    this.series = new Series(stepBusy.resources());
  }

  Series series() {
    return series;
  }

  void arrived(long nowPs) {
    series.count(nowPs, Series.Column.ARRIVALS, 1);
  }

  void completed(long nowPs) {
    series.count(nowPs, Series.Column.COMPLETIONS, 1);
  }

  void ttft(long nowPs, long latencyPs) {
    series.ttft(nowPs, latencyPs);
  }

  /** The levels given last held until now; from now on these do. */
  void levels(long nowPs, long running, long waiting, KvCache cache) {
    series.level(levelsSincePs, nowPs, Series.Column.BATCH_SECONDS, (double) lastRunning);
    series.level(levelsSincePs, nowPs, Series.Column.WAITING_SECONDS, (double) lastWaiting);
    series.level(levelsSincePs, nowPs, Series.Column.KV_SECONDS, lastKvShare);
    levelsSincePs = nowPs;
    lastRunning = running;
    lastWaiting = waiting;
    lastKvShare =
        cache.capacityBytes() == 0 ? 0 : (double) cache.usedBytes() / cache.capacityBytes();
  }

  void step(long fromPs, long toPs, OperatorPlan plan, StepShape shape) {
    series.count(toPs, Series.Column.OUTPUT_TOKENS, (double) shape.logitRows());
    series.count(toPs, Series.Column.PROMPT_TOKENS, (double) shape.prefillTokens());
    for (int i = 0; i < resources; i++) {
      series.busy(fromPs, toPs, i, stepBusy.busyPs(i, plan) / Math.max(1, toPs - fromPs));
    }
  }
}
