package memwall.bench;

import java.util.PriorityQueue;
import memwall.core.Handler;
import memwall.core.KernelAccess;
import org.jspecify.annotations.Nullable;

/**
 * What one would write without the ladder: a {@link PriorityQueue} of event objects, one allocated
 * per event; a cancelled one is skipped when it comes up.
 */
final class PriorityQueueEngine
    implements ComponentWorkload.Engine<PriorityQueueEngine.Bound, PriorityQueueEngine.Bound> {
  /** A handler and, if it is armed as a timer, its pending occurrence. */
  static final class Bound {
    final int id;
    final Handler handler;
    @Nullable Occurrence armed;

    Bound(int id, Handler handler) {
      this.id = id;
      this.handler = handler;
    }
  }

  private static final class Occurrence implements Comparable<Occurrence> {
    final long timePs;
    final long sequence;
    final long word;
    final Bound target;
    boolean cancelled;

    Occurrence(long timePs, long sequence, long word, Bound target) {
      this.timePs = timePs;
      this.sequence = sequence;
      this.word = word;
      this.target = target;
    }

    @Override
    public int compareTo(Occurrence other) {
      return timePs != other.timePs
          ? Long.compare(timePs, other.timePs)
          : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Occurrence> queue = new PriorityQueue<>();
  private int bound;
  private long nowPs;
  private long sequence;
  private long eventsFired;
  private long fingerprint = 1;

  private Bound bind(Handler handler) {
    return new Bound(bound++, handler);
  }

  @Override
  public Bound bindEvent(String name, Handler handler) {
    return bind(handler);
  }

  @Override
  public Bound bindTimer(String name, Handler handler) {
    return bind(handler);
  }

  @Override
  public void schedule(Bound event, long delayPs, long word) {
    queue.add(new Occurrence(nowPs + delayPs, sequence++, word, event));
  }

  @Override
  public void arm(Bound timer, long delayPs, long word) {
    cancel(timer);
    Occurrence occurrence = new Occurrence(nowPs + delayPs, sequence++, word, timer);
    timer.armed = occurrence;
    queue.add(occurrence);
  }

  @Override
  public void cancel(Bound timer) {
    Occurrence occurrence = timer.armed;
    if (occurrence != null) {
      occurrence.cancelled = true;
      timer.armed = null;
    }
  }

  @Override
  public void run(long events) {
    long end = eventsFired + events;
    while (eventsFired < end) {
      Occurrence occurrence = queue.remove();
      if (occurrence.cancelled) {
        continue;
      }
      Bound target = occurrence.target;
      target.armed = null;
      nowPs = occurrence.timePs;
      eventsFired++;
      fingerprint = KernelAccess.fold(fingerprint, nowPs, target.id);
      target.handler.fire(occurrence.word);
    }
  }

  @Override
  public long fingerprint() {
    return fingerprint;
  }
}
