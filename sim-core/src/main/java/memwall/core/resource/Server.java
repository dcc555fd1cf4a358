package memwall.core.resource;

import java.util.Arrays;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.leap.Leapable;
import memwall.core.leap.StateSink;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;

/**
 * A FIFO resource with a rate: a channel, a link, an engine. Jobs are served one after the other in
 * order of arrival; each takes {@code amount / rate}, rounded up to a picosecond.
 */
public final class Server implements Leapable, Waiting {
  private final Simulation simulation;
  private final String path;
  private final long unitsPerSec;
  private final Timer timer;
  private final Counter busyPs;
  private final Counter jobs;

  // A ring of jobs; the one at head is in service and its completion is the timer's due time.
  private long[] servicePs = new long[8];
  private long[] words = new long[8];
  private Completion[] completions = new Completion[8];
  private int head;
  private int count;

  /**
   * Creates an idle server and declares its statistics.
   *
   * @param unitsPerSec bytes or FLOPs per second, at least 1
   */
  public Server(Simulation simulation, Stats stats, long unitsPerSec) {
    if (unitsPerSec < 1) {
      throw new IllegalArgumentException(stats.path() + ": rate must be at least 1 per second");
    }
    this.simulation = simulation;
    this.path = stats.path();
    this.unitsPerSec = unitsPerSec;
    this.timer = simulation.timer(path + ".done", this::finish);
    this.busyPs = stats.counter("busy_ps", "ps", "Time this resource spent serving");
    this.jobs = stats.counter("jobs", "1", "Jobs this resource served");
    simulation.watch(this);
  }

  /** Serves an amount in turn; the completion is called when its service ends. */
  public void serve(long amount, Completion done, long word) {
    serveFor(Units.transferPs(amount, unitsPerSec), done, word);
  }

  /** Serves a job of a given duration in turn. */
  public void serveFor(long durationPs, Completion done, long word) {
    if (durationPs < 0) {
      throw new IllegalArgumentException(path + ": negative service time " + durationPs + " ps");
    }
    if (count == servicePs.length) {
      grow();
    }
    int tail = (head + count) & (servicePs.length - 1);
    servicePs[tail] = durationPs;
    completions[tail] = done;
    words[tail] = word;
    if (count++ == 0) {
      timer.in(durationPs, 0);
    }
    busyPs.add(durationPs);
    jobs.increment();
  }

  /** Jobs waiting or in service. */
  public int queued() {
    return count;
  }

  /** Time this resource spent serving up to now. */
  public long busyPs() {
    long aheadPs = count == 0 ? 0 : timer.duePs() - simulation.nowPs();
    for (int i = 1; i < count; i++) {
      aheadPs += servicePs[(head + i) & (servicePs.length - 1)];
    }
    return busyPs.value() - aheadPs;
  }

  /** The service rate in units per second. */
  public long unitsPerSec() {
    return unitsPerSec;
  }

  private void finish(long ignored) {
    Completion done = completions[head];
    long word = words[head];
    head = (head + 1) & (servicePs.length - 1);
    if (--count > 0) {
      timer.in(servicePs[head], 0);
    }
    done.complete(word);
  }

  @Override
  public void describe(StateSink sink) {
    sink.put(count);
    if (count > 0) {
      sink.put(timer.duePs() - simulation.nowPs());
      for (int i = 1; i < count; i++) {
        sink.put(servicePs[(head + i) & (servicePs.length - 1)]);
      }
    }
  }

  @Override
  public void shift(long deltaPs) {
    if (timer.isArmed()) {
      timer.at(timer.duePs() + deltaPs, 0);
    }
  }

  @Override
  public long waitingCount() {
    return count;
  }

  @Override
  public String describeWaiting() {
    return path + ": " + count + " jobs";
  }

  private void grow() {
    int length = servicePs.length;
    long[] grownService = new long[2 * length];
    long[] grownWords = new long[2 * length];
    Completion[] grownCompletions = Arrays.copyOf(completions, 2 * length);
    for (int i = 0; i < count; i++) {
      int from = (head + i) & (length - 1);
      grownService[i] = servicePs[from];
      grownWords[i] = words[from];
      grownCompletions[i] = completions[from];
    }
    servicePs = grownService;
    words = grownWords;
    completions = grownCompletions;
    head = 0;
  }
}
