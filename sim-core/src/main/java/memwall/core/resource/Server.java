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
import org.jspecify.annotations.Nullable;

/**
 * A FIFO resource with a rate: a channel, a link, an engine. Jobs are served one after the other in
 * order of arrival; each takes {@code amount / rate}, rounded up to a picosecond.
 *
 * <p>A server whose clock can fall has a speed, a share of that rate: the rest of the job in
 * service and all jobs behind it take their time divided by it.
 */
public final class Server implements Leapable, Waiting {
  private final Simulation simulation;
  private final String path;
  private final long unitsPerSec;
  private final Timer timer;
  private final Counter busyPs;
  private final Counter jobs;

  private double speed = 1;
  private @Nullable Activity activity;

  /** Somebody who has to do with a server only while it serves. */
  public interface Activity {
    /** A job has come to an idle server; nothing of it is served yet. */
    void begins();

    /** The last job is done, and nobody brought another one when it was. */
    void ends();
  }

  // Service times at full speed. A ring of jobs; the one at head is in service and its completion
  // is the timer's due time.
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
    if (count == 0 && activity != null) {
      activity.begins();
    }
    if (count == servicePs.length) {
      grow();
    }
    int tail = (head + count) & (servicePs.length - 1);
    servicePs[tail] = durationPs;
    completions[tail] = done;
    words[tail] = word;
    long takesPs = at(speed, durationPs);
    if (count++ == 0) {
      timer.in(takesPs, 0);
    }
    busyPs.add(takesPs);
    jobs.increment();
  }

  /**
   * Sets who is told when service begins and ends.
   *
   * @throws IllegalStateException if somebody is told already, or a job is in service
   */
  public void onActivity(Activity told) {
    if (activity != null || count > 0) {
      throw new IllegalStateException(path + ": somebody is told already, or too late");
    }
    activity = told;
  }

  /**
   * Sets the speed from now on, for the job in service too.
   *
   * @param share of the full speed, above 0 to 1
   */
  public void setSpeed(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(path + ": speed " + share + " is not in (0, 1]");
    }
    if (share == speed) {
      return;
    }
    if (count > 0) {
      long leftPs = timer.duePs() - simulation.nowPs();
      long newLeftPs = (long) Math.ceil(leftPs * speed / share);
      long morePs = newLeftPs - leftPs;
      for (int i = 1; i < count; i++) {
        long job = servicePs[(head + i) & (servicePs.length - 1)];
        morePs += at(share, job) - at(speed, job);
      }
      busyPs.add(morePs);
      timer.in(newLeftPs, 0);
    }
    speed = share;
  }

  /** The share of the full speed at present. */
  public double speed() {
    return speed;
  }

  /** How long a job takes at a speed. */
  private static long at(double share, long durationPs) {
    return share == 1 ? durationPs : (long) Math.ceil(durationPs / share);
  }

  /** Jobs waiting or in service. */
  public int queued() {
    return count;
  }

  /** Time this resource spent serving up to now. */
  public long busyPs() {
    long aheadPs = count == 0 ? 0 : timer.duePs() - simulation.nowPs();
    for (int i = 1; i < count; i++) {
      aheadPs += at(speed, servicePs[(head + i) & (servicePs.length - 1)]);
    }
    return busyPs.value() - aheadPs;
  }

  /** The service rate at full speed, in units per second. */
  public long unitsPerSec() {
    return unitsPerSec;
  }

  private void finish(long ignored) {
    Completion done = completions[head];
    long word = words[head];
    head = (head + 1) & (servicePs.length - 1);
    if (--count > 0) {
      timer.in(at(speed, servicePs[head]), 0);
    }
    done.complete(word);
    if (count == 0 && activity != null) {
      activity.ends();
    }
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
    if (speed != 1) {
      sink.put(Double.doubleToRawLongBits(speed));
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
