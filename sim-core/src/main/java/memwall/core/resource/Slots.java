package memwall.core.resource;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Waiting;
import memwall.core.leap.Leapable;
import memwall.core.leap.StateSink;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;

/**
 * Bounded room with waiters: buffer bytes, queue entries, cache blocks. Room is granted in order of
 * asking: nobody overtakes the first waiter, however little is asked for.
 *
 * <p>A request that fits is granted at once, inside {@link #acquire}; one that waits is granted
 * inside the {@link #release} that makes enough room. Grants inside a release never nest: a
 * completion that releases or acquires returns before the next waiter is granted.
 */
public final class Slots implements Leapable, Waiting {
  private final Simulation simulation;
  private final String path;
  private final long capacityUnits;
  private final Counter granted;
  private final Counter released;
  private final Counter grants;
  private final Counter waits;
  private final Counter waitingPs;

  private long inUse;
  private long mostInUse;
  private boolean granting;

  // A ring of waiters; the one at head is granted next.
  private long[] amounts = new long[8];
  private long[] words = new long[8];
  private Completion[] completions = new Completion[8];
  private int head;
  private int count;

  /** Up to when {@link #waitingPs} has been counted. */
  private long countedPs;

  /**
   * Creates free room and declares its statistics.
   *
   * @param capacity in any unit, at least 1
   * @param unit of capacity and amounts, for the statistics, for example {@code bytes}
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  public Slots(Simulation simulation, Stats stats, long capacity, String unit) {
    this.path = stats.path();
    if (capacity < 1) {
      throw new IllegalArgumentException(
          path + ": capacity " + capacity + " " + unit + " must be at least 1");
    }
    this.simulation = simulation;
    this.capacityUnits = capacity;
    this.countedPs = simulation.nowPs();
    this.granted = stats.counter("granted", unit, "Room granted");
    this.released = stats.counter("released", unit, "Room given back");
    this.grants = stats.counter("grants", "1", "Requests for room that were granted");
    this.waits = stats.counter("waits", "1", "Requests for room that had to wait");
    this.waitingPs =
        stats.counter("waiting_ps", "ps", "Time that requests waited for room, summed over them");
    stats.exact("in_use.max", unit, "Most room in use at one time", () -> mostInUse);
    simulation.watch(this);
  }

  /** All room, free or in use. */
  public long capacityUnits() {
    return capacityUnits;
  }

  /** Room in use now. */
  public long inUse() {
    return inUse;
  }

  /** Room not in use now; waiters may have a claim on it. */
  public long free() {
    return capacityUnits - inUse;
  }

  /**
   * Takes room if it is free and nobody waits for any.
   *
   * @param amount 0 to the capacity
   * @return whether it was granted
   * @throws IllegalArgumentException if the amount is negative or exceeds the capacity
   */
  public boolean tryAcquire(long amount) {
    check(amount);
    if (count > 0 || amount > capacityUnits - inUse) {
      return false;
    }
    take(amount);
    return true;
  }

  /**
   * Takes room as soon as it is free and everybody who asked before has been granted.
   *
   * @param amount 0 to the capacity
   * @param done called when the room is granted, perhaps before this method returns
   * @param word passed to it
   * @throws IllegalArgumentException if the amount is negative or exceeds the capacity
   */
  public void acquire(long amount, Completion done, long word) {
    check(amount);
    if (count == 0 && !granting && amount <= capacityUnits - inUse) {
      take(amount);
      done.complete(word);
      return;
    }
    countWaiting();
    if (count == amounts.length) {
      grow();
    }
    int tail = (head + count) & (amounts.length - 1);
    amounts[tail] = amount;
    words[tail] = word;
    completions[tail] = done;
    count++;
    waits.increment();
  }

  /**
   * Gives room back and grants it to those who wait.
   *
   * @param amount 0 to the room in use
   * @throws IllegalArgumentException if the amount is negative or exceeds the room in use
   */
  public void release(long amount) {
    if (amount < 0 || amount > inUse) {
      throw new IllegalArgumentException(
          path + ": released " + amount + ", must be in [0, " + inUse + "], the room in use");
    }
    inUse -= amount;
    released.add(amount);
    if (granting) {
      return;
    }
    granting = true;
    try {
      while (count > 0 && amounts[head] <= capacityUnits - inUse) {
        grantFirst();
      }
    } finally {
      granting = false;
    }
  }

  private void grantFirst() {
    countWaiting();
    int first = head;
    long word = words[first];
    Completion done = completions[first];
    head = (first + 1) & (amounts.length - 1);
    count--;
    take(amounts[first]);
    done.complete(word);
  }

  private void take(long amount) {
    inUse += amount;
    mostInUse = Math.max(mostInUse, inUse);
    granted.add(amount);
    grants.increment();
  }

  private void check(long amount) {
    if (amount < 0 || amount > capacityUnits) {
      throw new IllegalArgumentException(
          path + ": asked for " + amount + ", must be in [0, " + capacityUnits + "], the capacity");
    }
  }

  /** Adds the time since the last change for everybody who waited during it. */
  private void countWaiting() {
    long nowPs = simulation.nowPs();
    waitingPs.add(count * (nowPs - countedPs));
    countedPs = nowPs;
  }

  @Override
  public void describe(StateSink sink) {
    sink.put(inUse);
    sink.put(count);
    for (int i = 0; i < count; i++) {
      sink.put(amounts[(head + i) & (amounts.length - 1)]);
    }
    // Decides the waiting time counted at the next change.
    sink.put(count == 0 ? 0 : simulation.nowPs() - countedPs);
  }

  @Override
  public void shift(long deltaPs) {
    countedPs += deltaPs;
  }

  @Override
  public long waitingCount() {
    return count;
  }

  @Override
  public String describeWaiting() {
    return path
        + ": "
        + count
        + " requests for room, the first for "
        + amounts[head]
        + ", "
        + inUse
        + " of "
        + capacityUnits
        + " in use";
  }

  private void grow() {
    int length = amounts.length;
    long[] grownAmounts = new long[2 * length];
    long[] grownWords = new long[2 * length];
    Completion[] grownCompletions = Arrays.copyOf(completions, 2 * length);
    for (int i = 0; i < count; i++) {
      int from = (head + i) & (length - 1);
      grownAmounts[i] = amounts[from];
      grownWords[i] = words[from];
      grownCompletions[i] = completions[from];
    }
    amounts = grownAmounts;
    words = grownWords;
    completions = grownCompletions;
    head = 0;
  }
}
