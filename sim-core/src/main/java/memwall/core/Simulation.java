package memwall.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.random.RandomStreams;

/**
 * One simulation: the clock, the future event list and the run loop. Events fire by (time, order of
 * scheduling). Two simulations in one process do not touch; a simulation belongs to one thread.
 *
 * <p>An event is three longs in the {@link RadixLadder}: its time, its id (the number of the
 * handler and the order of scheduling, see {@link EntryId}) and its word. Nothing is allocated per
 * event.
 *
 * <p><b>Timers.</b> A timer has at most one entry in the ladder that counts. Arming for later than
 * that entry, and cancelling, only write down when the timer is due; the entry comes up early and
 * is added again for the time that is due by then, with the order of scheduling that the arming
 * took, so that the timer fires among equal times as if it had been added at once. Arming for the
 * entry's time or earlier orphans the entry and adds another one. The entries of timers that are
 * not armed and the orphans are dead: they are skipped when they come up, and swept out when they
 * are more than 256 and half of all entries.
 *
 * <p>Longer than others: clock, loop, timers and looking up share the tables by handler, and each
 * event passes through them.
 */
public final class Simulation {
  /** Events between two calls of the progress callback. */
  private static final int PROGRESS_EVENTS = 1 << 16;

  /** Dead entries tolerated beside half of all entries before they are swept out. */
  private static final int TOLERATED_DEAD = 256;

  private final RadixLadder ladder = new RadixLadder();
  private final RandomStreams randomStreams;
  private final List<Waiting> watched = new ArrayList<>();
  private final int mostHandlers;
  private final long lastOrder;

  // Tables by handler number; there are timers only for theirs.
  private Handler[] handlers = Nobody.table(16);
  private String[] names = new String[16];
  private Timer[] timers = new Timer[16];
  private int handlerCount;

  private long nowPs;
  private long eventsFired;
  private long fingerprint;

  /** The order of scheduling given out last. */
  private long order;

  /** Entries in the ladder that are orphans or whose timer is not armed. */
  private int dead;

  private boolean running;
  private long endPs;
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
    this(seed, EntryId.MOST_HANDLERS, EntryId.LAST_ORDER);
  }

  /** With lower limits than those of {@link EntryId}, so that they can be reached in tests. */
  Simulation(long seed, int mostHandlers, long lastOrder) {
    this.mostHandlers = mostHandlers;
    this.lastOrder = lastOrder;
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
   * @throws IllegalStateException if there are 16,777,216 handlers already, those of timers
   *     included
   */
  public Event event(String name, Handler handler) {
    return new Event(this, bind(name, handler));
  }

  /**
   * Binds a handler to a cancellable timer.
   *
   * @param name names the component and the kind of event, for messages
   * @throws IllegalStateException if there are 16,777,216 handlers already, those of timers
   *     included
   */
  public Timer timer(String name, Handler handler) {
    int handlerId = bind(name, handler);
    Timer timer = new Timer(this, handlerId);
    timers[handlerId] = timer;
    return timer;
  }

  private int bind(String name, Handler handler) {
    int id = handlerCount;
    if (id == mostHandlers) {
      throw new IllegalStateException(
          "handler '" + name + "' is one too many: a simulation can have " + mostHandlers);
    }
    if (id == handlers.length) {
      handlers = Arrays.copyOf(handlers, 2 * id);
      names = Arrays.copyOf(names, 2 * id);
      timers = Arrays.copyOf(timers, 2 * id);
    }
    handlers[id] = handler;
    names[id] = name;
    handlerCount = id + 1;
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
    this.endPs = endPs;
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
        long word = front[at + 2];
        handlerId = EntryId.handler(id);
        if (id < 0) {
          Timer timer = timers[handlerId];
          if (timer.entryId != id) {
            dead--;
            continue;
          }
          timer.entryPs = Timer.NO_ENTRY;
          if (timer.duePs != timePs) {
            comesUpEarly(timer);
            continue;
          }
          timer.duePs = Timer.NOT_ARMED;
          word = timer.word;
        }
        // Never true. What handler comes next is looked at here to have it in the cache when its
        // turn comes: this one's work hides the time that takes. An unused read would be left out.
        if (handlers[EntryId.handler(front[at + RadixLadder.NEXT_ID])] instanceof Nobody) {
          throw new IllegalStateException("an entry without handler");
        }
        nowPs = timePs;
        fingerprint = fold(fingerprint, timePs, handlerId);
        long fired = ++eventsFired;
        handlers[handlerId].fire(word);
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

  /** The entry of a timer has come up, but the timer is due later or not at all. */
  private void comesUpEarly(Timer timer) {
    if (timer.duePs == Timer.NOT_ARMED) {
      dead--;
      return;
    }
    long id = EntryId.withOrder(timer.entryId, timer.order) | EntryId.AGAIN;
    timer.entryId = id;
    timer.entryPs = timer.duePs;
    ladder.addAgain(timer.duePs, id);
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
      if (id != -1 && (id >= 0 || isDue(id))) {
        due.append(due.length() == 0 ? "; due next: '" : ", '")
            .append(names[EntryId.handler(id)])
            .append('\'');
      }
    }
    return due.toString();
  }

  /** Whether a timer's entry for this instant will fire. */
  private boolean isDue(long id) {
    Timer timer = timers[EntryId.handler(id)];
    return timer.entryId == id && timer.duePs == nowPs;
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

  /**
   * A time before which nothing happens but what the present handler does and schedules: no other
   * event fires, the run does not end, and no callback sees the clock. A model may go on by itself
   * up to there; not before its handler has scheduled what it wants to. A bound only: cancelled
   * events count. It is the present time where nothing can be told, such as between runs.
   */
  public long quietUntilPs() {
    if (!running || eventsFired >= lookUpAt) {
      return nowPs;
    }
    return Math.max(nowPs, Math.min(endPs, ladder.earliest()));
  }

  /**
   * When the next event fires, or {@link Long#MAX_VALUE} if none is pending. An entry of a timer
   * that was cancelled or put off may still count, so nothing happens before this time.
   */
  public long nextEventPs() {
    return ladder.size() == 0 ? Long.MAX_VALUE : ladder.earliest();
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
    ladder.add(timeIn(delayPs, handlerId), nextOrder() | handlerId, word);
  }

  void scheduleAt(long timePs, int handlerId, long word) {
    checkNotPast(timePs, handlerId);
    ladder.add(timePs, nextOrder() | handlerId, word);
  }

  /** Arms a timer, or moves it. */
  void armIn(Timer timer, long delayPs, long word) {
    arm(timer, timeIn(delayPs, EntryId.handler(timer.entryId)), word);
  }

  /** Arms a timer, or moves it. */
  void armAt(Timer timer, long timePs, long word) {
    checkNotPast(timePs, EntryId.handler(timer.entryId));
    arm(timer, timePs, word);
  }

  private void arm(Timer timer, long timePs, long word) {
    long armedOrder = nextOrder();
    boolean wasArmed = timer.duePs != Timer.NOT_ARMED;
    timer.duePs = timePs;
    timer.word = word;
    timer.order = armedOrder;
    if (timePs > timer.entryPs) {
      if (!wasArmed) {
        dead--;
      }
      return;
    }
    long id = EntryId.TIMER | armedOrder | EntryId.handler(timer.entryId);
    timer.entryId = id;
    timer.entryPs = timePs;
    ladder.add(timePs, id, 0);
    if (wasArmed) {
      countDead();
    }
  }

  /** Takes a timer's pending occurrence back, if there is one. */
  void disarm(Timer timer) {
    if (timer.duePs != Timer.NOT_ARMED) {
      timer.duePs = Timer.NOT_ARMED;
      countDead();
    }
  }

  private void countDead() {
    dead++;
    if (dead > TOLERATED_DEAD + (ladder.size() >>> 1)) {
      sweepDead();
    }
  }

  private void sweepDead() {
    ladder.sweep(this::keepLiving, dead);
    dead = 0;
  }

  private long keepLiving(long id) {
    if (id >= 0) {
      return id;
    }
    Timer timer = timers[EntryId.handler(id)];
    if (timer.entryId != id) {
      return Chunks.Keeper.TAKE_OUT;
    }
    if (timer.duePs == Timer.NOT_ARMED) {
      timer.entryPs = Timer.NO_ENTRY;
      return Chunks.Keeper.TAKE_OUT;
    }
    return id;
  }

  /** The order of scheduling of what is scheduled now. */
  private long nextOrder() {
    long next = order + EntryId.NEXT_ORDER;
    if (next > lastOrder) {
      sweepDead();
      next = Renumbering.renumber(ladder, timers, handlerCount) + EntryId.NEXT_ORDER;
    }
    order = next;
    return next;
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
