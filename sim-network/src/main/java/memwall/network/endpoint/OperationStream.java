package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * The same schedule again and again: an operation begins on all ranks some time after the one
 * before has ended on the last of them. It stops with an operation that does not end.
 */
final class OperationStream {
  private final Simulation simulation;
  private final Endpoints ends;
  private final Schedule schedule;
  private final RepeatSpec repeat;
  private final LongFunction<boolean[]> atStart;
  private final Runnable atEnd;
  private final LatencyHistogram results;
  private final LatencyHistogram resultsOnTime;
  private final Event next;
  private final List<Long> operationPs = new ArrayList<>();
  private final List<Long> finishPs = new ArrayList<>();
  private @Nullable Play play;
  private long startPs;
  private int begun;

  /**
   * A stream that has not begun.
   *
   * @param atStart is told when an operation begins, before its ranks do, and says which are late
   * @param atEnd is told when the last one has ended
   */
  OperationStream(
      Simulation simulation,
      Stats stats,
      Endpoints ends,
      Schedule schedule,
      RepeatSpec repeat,
      LongFunction<boolean[]> atStart,
      Runnable atEnd) {
    this.simulation = simulation;
    this.ends = ends;
    this.schedule = schedule;
    this.repeat = repeat;
    this.atStart = atStart;
    this.atEnd = atEnd;
    results = stats.histogram("result", "From an operation's beginning until a rank was done");
    resultsOnTime = stats.histogram("result_on_time", "The same of ranks that did not begin late");
    next = simulation.event("operation", this::begin);
  }

  /** Carries all operations out, and lets come what is late. */
  void run() {
    begin(0);
    simulation.run();
    if (ranksLeft() > 0) {
      ended(); // As far as it came.
    }
  }

  private void begin(long ignored) {
    startPs = simulation.nowPs();
    boolean[] isLate = atStart.apply(startPs);
    Play made =
        ends.play(
            schedule,
            new Play.Listener() {
              @Override
              public void rankDone(Play same, int rank, boolean last) {
                long resultPs = same.finishPs(rank) - startPs;
                results.record(resultPs);
                if (!isLate[rank]) {
                  resultsOnTime.record(resultPs);
                }
                if (last) {
                  goOn();
                }
              }

              @Override
              public void endedWithout(Play same) {
                goOn();
              }
            },
            ++begun);
    play = made;
    ends.beginAlive(made);
  }

  private void goOn() {
    ended();
    if (begun < repeat.count()) {
      next.in(repeat.gapPs(), 0);
    } else {
      atEnd.run();
    }
  }

  private void ended() {
    finishPs.clear();
    long longestPs = 0;
    for (int rank = 0; rank < schedule.ranks(); rank++) {
      finishPs.add(present().finishPs(rank) - startPs);
      longestPs = Math.max(longestPs, finishPs.get(rank));
    }
    operationPs.add(longestPs);
  }

  /** The last operation that has begun. */
  Play present() {
    Play present = play;
    if (present == null) {
      throw new IllegalStateException("no operation has begun");
    }
    return present;
  }

  /** By operation, from its beginning until its last rank was done. */
  List<Long> operationPs() {
    return operationPs;
  }

  /** By rank, when it was done, from the beginning of the last operation. */
  List<Long> finishPs() {
    return finishPs;
  }

  /** Ranks that have not done their part of the last operation. */
  int ranksLeft() {
    return present().ranksLeft();
  }

  String describeWaiting() {
    return present().describeWaiting();
  }
}
