package memwall.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.random.RandomStreams;

/**
 * One simulation: the clock, the future event list and the run loop. Events fire by (time, order of
 * scheduling). Two simulations in one process do not touch; a simulation belongs to one thread.
 *
 * <p>An event is three longs in the {@link RadixLadder}: its time, its id and its word. The id is
 * the number of the handler; for a timer the upper half carries the negative generation of the
 * arming, so that an occurrence that was taken back is recognised by one comparison when it comes
 * up. Nothing is allocated per event.
 */
public final class Simulation {
  /** Events between two calls of the progress callback. */
  private static final int PROGRESS_EVENTS = 1 << 16;

  /** Generation of a timer that was never armed; all generations are negative ints. */
  private static final int FIRST_GENERATION = Integer.MIN_VALUE;

  /** Bit of a generation that is set while the timer is armed; the bits between count. */
  private static final int ARMED = 1;

  /** What a generation grows by when an occurrence is taken back. */
  private static final int NEXT_GENERATION = 2;

  /** Cancelled entries tolerated beside half of all entries before they are swept out. */
  private static final int TOLERATED_DEAD = 256;

  private final RadixLadder ladder = new RadixLadder();
  private final RandomStreams randomStreams;
  private final List<Waiting> watched = new ArrayList<>();

  // Tables by handler number. Generations matter for timers only.
  private Handler[] handlers = new Handler[16];
  private String[] names = new String[16];
  private int[] generations = new int[16];
  private int handlerCount;

  private long nowPs;
  private long eventsFired;
  private long fingerprint;
  private int dead;

  private boolean running;
  private boolean stopRequested;
  private long stopAfterEvents = Long.MAX_VALUE;

  /** Number of events at which the loop looks up: progress, stop, guards. One test per event. */
  private long lookUpAt = PROGRESS_EVENTS;

  private Runnable progress = () -> {};
  private long mostEventsPerInstant = 10_000_000;
  private long instantPs = -1;
  private long instantEvents;

  /** Creates a simulation at time 0. All its random streams derive from the seed. */
  public Simulation(long seed) {
    this.randomStreams = new RandomStreams(seed);
    this.fingerprint = seed;
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
    return new Event(this, bind(name, handler, 0));
  }

  /**
   * Binds a handler to a cancellable timer.
   *
   * @param name names the component and the kind of event, for messages
   */
  public Timer timer(String name, Handler handler) {
    return new Timer(this, bind(name, handler, FIRST_GENERATION));
  }

  private int bind(String name, Handler handler, int generation) {
    int id = handlerCount++;
    if (id == handlers.length) {
      handlers = Arrays.copyOf(handlers, 2 * id);
      names = Arrays.copyOf(names, 2 * id);
      generations = Arrays.copyOf(generations, 2 * id);
    }
    handlers[id] = handler;
    names[id] = name;
    generations[id] = generation;
    return id;
  }

  /** Lets the watchdog ask this component when no event is due any more. */
  public void watch(Waiting waiting) {
    watched.add(waiting);
  }

  /**
   * Runs until no event is pending, or until {@link #stop} is called.
   *
   * @throws StalledException if no event is pending while somebody waits, or if time stands still
   */
  public void run() {
    runUntil(Long.MAX_VALUE);
  }

  /**
   * Runs every event up to and including the given time, then sets the clock to it (unless it is
   * {@link Long#MAX_VALUE} or the run was stopped).
   *
   * <p>What a handler throws ends the run and reaches the caller as it is, with the simulated time
   * and the handler's name attached as a suppressed exception. The event that threw counts as
   * fired.
   *
   * @throws IllegalArgumentException if the time lies in the past
   * @throws IllegalStateException if called from a handler
   * @throws StalledException if no event is pending while somebody waits, or if time stands still
   */
  public void runUntil(long endPs) {
    if (endPs < nowPs) {
      throw new IllegalArgumentException("end " + endPs + " ps is before now, " + nowPs + " ps");
    }
    if (running) {
      throw new IllegalStateException("the simulation is running already");
    }
    running = true;
    stopRequested = false;
    planLookUp();
    try {
      fireUntil(endPs);
    } finally {
      running = false;
    }
    if (stopRequested) {
      return;
    }
    if (ladder.size() == dead) {
      checkNobodyWaits();
    }
    if (endPs != Long.MAX_VALUE) {
      nowPs = endPs;
    }
    if (ladder.size() == 0) {
      ladder.restart(nowPs);
    }
  }

  private void fireUntil(long endPs) {
    int handlerId = 0;
    try {
      while (true) {
        int at = ladder.poll(endPs);
        if (at < 0) {
          return;
        }
        long[] front = ladder.front();
        long timePs = front[at];
        long id = front[at + 1];
        handlerId = (int) id;
        if (id < 0) {
          int generation = (int) (id >>> 32);
          if (generations[handlerId] != generation) {
            dead--;
            continue;
          }
          generations[handlerId] = generation - ARMED;
        }
        nowPs = timePs;
        fingerprint = fold(fingerprint, timePs, handlerId);
        long fired = ++eventsFired;
        handlers[handlerId].fire(front[at + 2]);
        if (fired >= lookUpAt && lookUp(handlerId)) {
          return;
        }
      }
    } catch (StalledException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      e.addSuppressed(
          new EventContext(
              "at " + nowPs + " ps in handler '" + names[handlerId] + "', event " + eventsFired));
      throw e;
    }
  }

  /** One step of the fingerprint: a bijection of the old value for every time and handler. */
  static long fold(long fingerprint, long timePs, int handlerId) {
    long event = timePs * 0x9E3779B97F4A7C15L + handlerId;
    long mixed = (fingerprint ^ event ^ (event >>> 29)) * 0xBF58476D1CE4E5B9L;
    return mixed ^ (mixed >>> 32);
  }

  /** Whether the run ends here. */
  private boolean lookUp(int handlerId) {
    if (!stopRequested && (eventsFired & (PROGRESS_EVENTS - 1)) == 0) {
      guardAgainstLivelock(handlerId);
      progress.run();
    }
    if (eventsFired >= stopAfterEvents) {
      stopAfterEvents = Long.MAX_VALUE;
      stopRequested = true;
    }
    planLookUp();
    return stopRequested;
  }

  private void planLookUp() {
    long nextProgress = (eventsFired | (PROGRESS_EVENTS - 1)) + 1;
    lookUpAt = stopRequested ? 0 : Math.min(nextProgress, stopAfterEvents);
  }

  private void guardAgainstLivelock(int handlerId) {
    if (nowPs != instantPs) {
      instantPs = nowPs;
      instantEvents = 0;
      return;
    }
    instantEvents += PROGRESS_EVENTS;
    if (instantEvents >= mostEventsPerInstant) {
      throw new StalledException(
          "time stands still at "
              + nowPs
              + " ps for more than "
              + instantEvents
              + " events; last fired: '"
              + names[handlerId]
              + "'"
              + describeDueNow());
    }
  }

  private String describeDueNow() {
    StringBuilder due = new StringBuilder();
    for (long id : ladder.idsDueAt(nowPs, 8)) {
      if (id != -1) {
        due.append(due.length() == 0 ? "; due next: '" : ", '")
            .append(names[(int) id])
            .append('\'');
      }
    }
    return due.toString();
  }

  /** Ends the run after the current event. */
  public void stop() {
    stopRequested = true;
    lookUpAt = 0;
  }

  /**
   * Ends the next run (or the current one) after so many events more, as {@link #stop} would.
   *
   * @param count 1 or more
   */
  public void stopAfter(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("count " + count + " must be at least 1");
    }
    stopAfterEvents = eventsFired + count < 0 ? Long.MAX_VALUE : eventsFired + count;
    if (!stopRequested) {
      planLookUp();
    }
  }

  /** Called every 65,536 events; may call {@link #stop}, must not schedule. */
  public void onProgress(Runnable callback) {
    this.progress = callback;
  }

  /**
   * Sets how many events may fire at one instant before the watchdog takes it for an endless loop;
   * 10,000,000 unless set. Looked at every 65,536 events.
   *
   * @param most 1 or more
   */
  public void limitEventsPerInstant(long most) {
    if (most < 1) {
      throw new IllegalArgumentException("limit " + most + " must be at least 1");
    }
    this.mostEventsPerInstant = most;
  }

  /** Whether a run is under way: true inside handlers, false between runs. */
  public boolean isRunning() {
    return running;
  }

  /** Events fired so far. */
  public long eventsFired() {
    return eventsFired;
  }

  /** Events that are scheduled and not cancelled. */
  public long eventsPending() {
    return ladder.size() - (long) dead;
  }

  /** Entries in the queue, those of cancelled timers included. */
  int entriesHeld() {
    return ladder.size();
  }

  /**
   * Order-sensitive 64-bit hash over the time and handler of every event fired. It starts from the
   * seed, so runs of different seeds differ even if they drew no random number.
   */
  public long fingerprint() {
    return fingerprint;
  }

  void scheduleIn(long delayPs, int handlerId, long word) {
    ladder.add(timeIn(delayPs, handlerId), handlerId, word);
  }

  void scheduleAt(long timePs, int handlerId, long word) {
    checkNotPast(timePs, handlerId);
    ladder.add(timePs, handlerId, word);
  }

  /** Arms a timer, or moves it; returns when it is due. */
  long armIn(long delayPs, int handlerId, long word) {
    long timePs = timeIn(delayPs, handlerId);
    arm(timePs, handlerId, word);
    return timePs;
  }

  /** Arms a timer, or moves it. */
  void armAt(long timePs, int handlerId, long word) {
    checkNotPast(timePs, handlerId);
    arm(timePs, handlerId, word);
  }

  private void arm(long timePs, int handlerId, long word) {
    int generation = generations[handlerId];
    if ((generation & ARMED) == 0) {
      generation += ARMED;
      generations[handlerId] = generation;
      ladder.add(timePs, ((long) generation << 32) | handlerId, word);
    } else {
      generation = nextGeneration(generation);
      generations[handlerId] = generation;
      ladder.add(timePs, ((long) generation << 32) | handlerId, word);
      countDead();
    }
  }

  /** Takes a timer's pending occurrence back, if there is one. */
  void disarm(int handlerId) {
    int generation = generations[handlerId];
    if ((generation & ARMED) != 0) {
      generations[handlerId] = nextGeneration(generation) - ARMED;
      countDead();
    }
  }

  /** No wrap can revive an entry: all dead ones are swept out long before 2^30 more are made. */
  private static int nextGeneration(int generation) {
    return (generation + NEXT_GENERATION) | FIRST_GENERATION;
  }

  private void countDead() {
    dead++;
    if (dead > TOLERATED_DEAD + (ladder.size() >>> 1)) {
      ladder.purge(generations, dead);
      dead = 0;
    }
  }

  boolean isArmed(int handlerId) {
    return (generations[handlerId] & ARMED) != 0;
  }

  String name(int handlerId) {
    return names[handlerId];
  }

  private long timeIn(long delayPs, int handlerId) {
    long timePs = nowPs + delayPs;
    if ((delayPs | timePs) < 0) {
      if (delayPs < 0) {
        throw new IllegalArgumentException(
            "negative delay for '" + names[handlerId] + "': " + delayPs + " ps");
      }
      throw new ArithmeticException(
          "time of '" + names[handlerId] + "' overflows: " + nowPs + " + " + delayPs + " ps");
    }
    return timePs;
  }

  private void checkNotPast(long timePs, int handlerId) {
    if (timePs < nowPs) {
      throw new IllegalArgumentException(
          "time of '" + names[handlerId] + "', " + timePs + " ps, is before now, " + nowPs + " ps");
    }
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
