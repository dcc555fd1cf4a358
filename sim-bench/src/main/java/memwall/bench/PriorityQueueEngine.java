package memwall.bench;

import memwall.core.Handler;
import memwall.core.HeapEngine;

/** The component workload's engine on {@link HeapEngine}. */
final class PriorityQueueEngine implements ComponentWorkload.Engine {
  private final HeapEngine engine = new HeapEngine();

  @Override
  public int bindEvent(String name, Handler handler) {
    return engine.bind(handler);
  }

  @Override
  public int bindTimer(String name, Handler handler) {
    return engine.bind(handler);
  }

  @Override
  public void schedule(int event, long delayPs, long word) {
    engine.schedule(delayPs, event, word);
  }

  @Override
  public void arm(int timer, long delayPs, long word) {
    engine.arm(delayPs, timer, word);
  }

  @Override
  public void cancel(int timer) {
    engine.cancel(timer);
  }

  @Override
  public void run(long events) {
    engine.run(events);
  }

  @Override
  public long fingerprint() {
    return engine.fingerprint();
  }
}
