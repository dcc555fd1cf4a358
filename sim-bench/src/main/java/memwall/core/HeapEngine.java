package memwall.core;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one would write without the ladder: a {@link PriorityQueue} of event objects, one allocated
 * per event, a cancelled one skipped when it comes up. Same order and fingerprint as {@link
 * Simulation}; lives in its package to compute the latter.
 */
public final class HeapEngine {
  private static final class Entry implements Comparable<Entry> {
    final long timePs;
    final long sequence;
    final int handlerId;
    final int timerId;
    final long word;
    boolean cancelled;

    Entry(long timePs, long sequence, int handlerId, int timerId, long word) {
      this.timePs = timePs;
      this.sequence = sequence;
      this.handlerId = handlerId;
      this.timerId = timerId;
      this.word = word;
    }

    @Override
    public int compareTo(Entry other) {
      return timePs != other.timePs
          ? Long.compare(timePs, other.timePs)
          : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Entry> queue = new PriorityQueue<>();
  private final List<Handler> handlers = new ArrayList<>();
  private @Nullable Entry[] armed = new Entry[16];
  private long nowPs;
  private long sequence;
  private long eventsFired;
  private long fingerprint = 1;

  /** Creates an engine at time 0. */
  public HeapEngine() {}

  /** Binds a handler; returns its number. */
  public int bind(Handler handler) {
    handlers.add(handler);
    int id = handlers.size() - 1;
    if (id == armed.length) {
      armed = java.util.Arrays.copyOf(armed, 2 * id);
    }
    return id;
  }

  /** Schedules an occurrence. */
  public void schedule(long delayPs, int handlerId, long word) {
    queue.add(new Entry(nowPs + delayPs, sequence++, handlerId, -1, word));
  }

  /** Arms the handler as a timer. */
  public void arm(long delayPs, int handlerId, long word) {
    cancel(handlerId);
    Entry entry = new Entry(nowPs + delayPs, sequence++, handlerId, handlerId, word);
    armed[handlerId] = entry;
    queue.add(entry);
  }

  /** Cancels the handler's timer. */
  public void cancel(int handlerId) {
    Entry entry = armed[handlerId];
    if (entry != null) {
      entry.cancelled = true;
      armed[handlerId] = null;
    }
  }

  /** Fires so many events. */
  public void run(long events) {
    long end = eventsFired + events;
    while (eventsFired < end) {
      Entry entry = queue.remove();
      if (entry.cancelled) {
        continue;
      }
      if (entry.timerId >= 0) {
        armed[entry.timerId] = null;
      }
      nowPs = entry.timePs;
      eventsFired++;
      fingerprint = Simulation.fold(fingerprint, entry.timePs, entry.handlerId);
      handlers.get(entry.handlerId).fire(entry.word);
    }
  }

  /** Order-sensitive hash over the events fired, as {@link Simulation#fingerprint}. */
  public long fingerprint() {
    return fingerprint;
  }
}
