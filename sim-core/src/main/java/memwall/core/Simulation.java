package memwall.core;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import memwall.core.random.RandomStreams;

/**
 * One simulation: the clock, the future event list and the run loop. Two simulations in one process
 * do not touch; a simulation belongs to one thread.
 */
public final class Simulation {
  private record Entry(long timePs, long sequence, int handlerId, long word) {}

  private final List<Handler> handlers = new ArrayList<>();
  private final List<Waiting> watched = new ArrayList<>();
  private final PriorityQueue<Entry> queue =
      new PriorityQueue<>(
          (a, b) ->
              a.timePs != b.timePs
                  ? Long.compare(a.timePs, b.timePs)
                  : Long.compare(a.sequence, b.sequence));
  private final RandomStreams randomStreams;
  private long nowPs;
  private long sequence;
  private long eventsFired;
  private long fingerprint = 1;
  private boolean stopRequested;
  private Runnable progress = () -> {};

  /** Creates a simulation at time 0. All its random streams derive from the seed. */
  public Simulation(long seed) {
    this.randomStreams = new RandomStreams(seed);
  }

  /** Simulated time in picoseconds. */
  public long nowPs() {
    return nowPs;
  }

  /** The named random streams of this simulation. */
  public RandomStreams random() {
    return randomStreams;
  }

  /**
   * Binds a handler once.
   *
   * @param name names the component and the kind of event, for messages
   */
  public Event event(String name, Handler handler) {
    handlers.add(handler);
    return new Event(this, handlers.size() - 1);
  }

  /** Binds a handler to a cancellable timer. */
  public Timer timer(String name, Handler handler) {
    return new Timer(this, name, handler);
  }

  /** Lets the watchdog ask this component when the queue runs dry. */
  public void watch(Waiting waiting) {
    watched.add(waiting);
  }

  /** Runs until no event is pending, or until {@link #stop} is called. */
  public void run() {
    runUntil(Long.MAX_VALUE);
  }

  /**
   * Runs every event up to and including the given time, then sets the clock to it (unless it is
   * {@link Long#MAX_VALUE} or the run was stopped).
   *
   * @throws StalledException if no event is pending while somebody waits
   */
  public void runUntil(long endPs) {
    stopRequested = false;
    while (!stopRequested) {
      Entry entry = queue.peek();
      if (entry == null) {
        checkNobodyWaits();
        break;
      }
      if (entry.timePs > endPs) {
        break;
      }
      queue.poll();
      nowPs = entry.timePs;
      eventsFired++;
      fingerprint = (fingerprint * 31 + entry.timePs) * 31 + entry.handlerId;
      handlers.get(entry.handlerId).fire(entry.word);
      if ((eventsFired & 0xFFFF) == 0) {
        progress.run();
      }
    }
    if (!stopRequested && endPs != Long.MAX_VALUE) {
      nowPs = endPs;
    }
  }

  /** Ends the run after the current event. */
  public void stop() {
    stopRequested = true;
  }

  /** Called every 65,536 events; may call {@link #stop}, must not schedule. */
  public void onProgress(Runnable callback) {
    this.progress = callback;
  }

  /** Events fired so far. */
  public long eventsFired() {
    return eventsFired;
  }

  /** Order-sensitive 64-bit hash over the time and handler of every event fired. */
  public long fingerprint() {
    return fingerprint;
  }

  void scheduleIn(long delayPs, int handlerId, long word) {
    if (delayPs < 0) {
      throw new IllegalArgumentException("negative delay: " + delayPs + " ps");
    }
    scheduleAt(Math.addExact(nowPs, delayPs), handlerId, word);
  }

  void scheduleAt(long timePs, int handlerId, long word) {
    if (timePs < nowPs) {
      throw new IllegalArgumentException("time " + timePs + " ps is before now, " + nowPs + " ps");
    }
    queue.add(new Entry(timePs, sequence++, handlerId, word));
  }

  private void checkNobodyWaits() {
    StringBuilder who = new StringBuilder();
    for (Waiting waiting : watched) {
      if (waiting.waitingCount() > 0) {
        who.append("\n  ").append(waiting.describeWaiting());
      }
    }
    if (who.length() > 0) {
      throw new StalledException("no event is due, but work is waiting:" + who);
    }
  }
}
