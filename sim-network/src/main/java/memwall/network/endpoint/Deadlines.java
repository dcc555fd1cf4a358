package memwall.network.endpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.network.aggregation.Substitute;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of receives. A receive that has waited for so long goes on with a substitute; its
 * message is thrown away when it comes. All wait equally long, so those that began first are due
 * first.
 *
 * <p>Messages of one channel are alike here as elsewhere: the next that comes is the late one.
 */
final class Deadlines {
  /** Carries on with an operation whose deadline is over. */
  interface Expiry {
    /** A receive ends with a substitute. */
    void expired(Play play, int receive);
  }

  private static final int NONE = OperationQueues.NONE;
  private static final int NEVER = 0;

  /** A receive that is due, unless it has ended or was opened again since. */
  private record Due(Play play, int receive, long openPs, long duePs) {}

  private final MessageDeadline spec;
  private final Simulation simulation;
  private final Expiry expiry;
  private final Timer timer;
  private final ArrayDeque<Due> queue = new ArrayDeque<>();

  /** By receive of the schedule, the last operation whose message was there in time. */
  private int[] freshRound = new int[0];

  /** Where nodes can die, their ranks; else null, as are operations without them. */
  private @Nullable Lives lives;

  private @Nullable Absence absence;

  private final Counter sent;
  private final Counter inTime;
  private final Counter late;
  private final Counter undeliverable;
  private final Counter substituted;
  private final Counter beyond;
  private final Counter receivedBytes;
  private final Counter substitutedBytes;
  private final Counter markedBytes;
  private final Counter results;
  private final Counter markedResults;
  private final LatencyHistogram waits;

  Deadlines(Simulation simulation, Stats stats, MessageDeadline spec, Expiry expiry) {
    this.simulation = simulation;
    this.spec = spec;
    this.expiry = expiry;
    timer = simulation.timer("deadline", this::expire);
    sent = stats.counter("sent", "1", "Messages that ranks sent");
    inTime = stats.counter("in_time", "1", "Messages that a receive took");
    late = stats.counter("late", "1", "Messages thrown away, their receive had a substitute");
    undeliverable = stats.counter("undeliverable", "1", "Messages that the network gave up");
    substituted = stats.counter("substituted", "1", "Receives that went on with a substitute");
    beyond = stats.counter("beyond", "1", "Receives that waited on beyond the deadline");
    receivedBytes = stats.counter("received_bytes", "bytes", "Of messages that a receive took");
    substitutedBytes = stats.counter("substituted_bytes", "bytes", "Of substituted messages");
    markedBytes =
        stats.counter(
            "marked_bytes", "bytes", "Of messages taken that contain substituted data of others");
    results = stats.counter("results", "1", "Operations that ranks have done");
    markedResults = stats.counter("marked_results", "1", "Of them, with substituted data in them");
    waits = stats.histogram("wait", "From an open receive to its message or substitute");
  }

  /** Nodes of ranks can die. */
  void withLives(Lives known, Absence absent) {
    lives = known;
    absence = absent;
  }

  /** Of the next operation's play. */
  PlayWaits begin(Schedule schedule, int round) {
    if (freshRound.length == 0) {
      freshRound = new int[schedule.operations()];
      Arrays.fill(freshRound, NEVER);
    }
    return new PlayWaits(schedule, round);
  }

  private static PlayWaits of(Play play) {
    PlayWaits waits = play.waits;
    if (waits == null) {
      throw new IllegalStateException("a play without deadlines");
    }
    return waits;
  }

  /** A message leaves, for the first time to the receiver as it lives now or again. */
  void sent(Play play, int send) {
    PlayWaits waitsOf = of(play);
    if (waitsOf.told[send]) {
      return;
    }
    waitsOf.told[send] = true;
    sent.add(1);
    if (spec.fromSend()) {
      int channel = play.schedule.channel(send);
      if (waitsOf.unsent.head(channel) != NONE) {
        put(play, waitsOf.unsent.take(channel));
      } else if (waitsOf.credited[channel] > 0) {
        waitsOf.credited[channel]--;
      } else {
        waitsOf.ahead[channel]++;
      }
    }
  }

  /** A receive waits from now on. */
  void opened(Play play, int receive) {
    PlayWaits waitsOf = of(play);
    waitsOf.state[receive] = PlayWaits.OPEN;
    waitsOf.openPs[receive] = simulation.nowPs();
    int channel = play.schedule.channel(receive);
    if (!spec.fromSend()) {
      put(play, receive);
    } else if (waitsOf.ahead[channel] > 0) {
      waitsOf.ahead[channel]--;
      put(play, receive);
    } else if (lives != null && lives.isKnownDead(play.schedule.from(channel))) {
      waitsOf.credited[channel]++;
      put(play, receive);
    } else {
      waitsOf.unsent.append(channel, receive);
    }
  }

  private void put(Play play, int receive) {
    if (of(play).state[receive] == PlayWaits.OPEN) {
      long duePs = Math.addExact(simulation.nowPs(), spec.afterPs());
      queue.add(new Due(play, receive, of(play).openPs[receive], duePs));
      arm();
    }
  }

  /** Lets the timer be due with the first receive that still waits. */
  private void arm() {
    while (!queue.isEmpty() && !waits(queue.element())) {
      queue.remove();
    }
    if (queue.isEmpty()) {
      timer.cancel();
    } else if (!timer.isArmed() || timer.duePs() != queue.element().duePs()) {
      timer.at(queue.element().duePs(), 0);
    }
  }

  private static boolean waits(Due due) {
    PlayWaits waitsOf = of(due.play());
    return waitsOf.state[due.receive()] == PlayWaits.OPEN
        && waitsOf.openPs[due.receive()] == due.openPs();
  }

  /** A receive takes a message. */
  void taken(Play play, int receive, int send) {
    PlayWaits waitsOf = of(play);
    long bytes = play.schedule.bytes(receive);
    boolean waited = waitsOf.state[receive] == PlayWaits.OPEN;
    waits.record(waited ? simulation.nowPs() - waitsOf.openPs[receive] : 0);
    if (!waited && spec.fromSend()) { // It was sent before the receive was open.
      waitsOf.ahead[play.schedule.channel(receive)]--;
    }
    waitsOf.state[receive] = PlayWaits.ENDED;
    inTime.add(1);
    receivedBytes.add(bytes);
    freshRound[receive] = waitsOf.round;
    if (waitsOf.marked[send]) {
      waitsOf.marked[receive] = true;
      markedBytes.add(bytes);
    }
    if (waited) {
      arm();
    }
  }

  /** Whether the message that has come is thrown away. */
  boolean isLate(Play play, int channel) {
    return of(play).overdue.head(channel) != NONE || (lives != null && play.isOver());
  }

  /** A late message has come. */
  void dropped(Play play, int channel) {
    PlayWaits waitsOf = of(play);
    late.add(1);
    if (waitsOf.overdue.head(channel) == NONE) {
      return; // One more than can be, but the operation is over.
    }
    int receive = waitsOf.overdue.take(channel);
    if (spec.refresh()) {
      freshRound[receive] = Math.max(freshRound[receive], waitsOf.round);
    }
  }

  /** A message cannot be delivered. */
  void givenUp(Play play, int channel) {
    PlayWaits waitsOf = of(play);
    undeliverable.add(1);
    if (waitsOf.overdue.head(channel) == NONE) {
      waitsOf.lost[channel]++;
    } else {
      waitsOf.forgiven.append(channel, waitsOf.overdue.take(channel));
    }
  }

  /** A message that could not be delivered is sent again, by a spare. */
  void recovered(Play play, int channel) {
    PlayWaits waitsOf = of(play);
    if (waitsOf.lost[channel] > 0) {
      waitsOf.lost[channel]--;
    } else {
      waitsOf.overdue.append(channel, waitsOf.forgiven.take(channel));
    }
  }

  /** A rank's node has died: its receives wait no more. */
  void died(Play play, int rank) {
    PlayWaits waitsOf = of(play);
    for (int operation = 0; operation < waitsOf.state.length; operation++) {
      if (waitsOf.state[operation] == PlayWaits.OPEN && play.schedule.rank(operation) == rank) {
        waitsOf.state[operation] = PlayWaits.CLOSED;
      }
    }
    arm();
  }

  /** A rank is known to be dead: time counts for its messages as if they were sent now. */
  void noticed(Play play, int rank) {
    PlayWaits waitsOf = of(play);
    for (int channel = 0; channel < play.schedule.channels(); channel++) {
      while (play.schedule.from(channel) == rank && waitsOf.unsent.head(channel) != NONE) {
        int receive = waitsOf.unsent.take(channel);
        if (waitsOf.state[receive] == PlayWaits.OPEN) {
          waitsOf.credited[channel]++;
          put(play, receive);
        }
      }
    }
  }

  /** A spare has a rank's place, and nothing of earlier operations. */
  void renewed(Schedule schedule, int rank) {
    for (int operation = 0; operation < freshRound.length; operation++) {
      if (schedule.rank(operation) == rank) {
        freshRound[operation] = NEVER;
      }
    }
  }

  /** A spare does a rank's part again. */
  void restarted(Play play, int rank) {
    PlayWaits waitsOf = of(play);
    PlayCopies copies = play.copies;
    Absence absent = absence;
    if (copies == null || absent == null) {
      throw new IllegalStateException("nodes do not die here");
    }
    for (int operation = 0; operation < waitsOf.state.length; operation++) {
      if (waitsOf.state[operation] == PlayWaits.ENDED && play.schedule.rank(operation) == rank) {
        absent.redoes();
      }
    }
    waitsOf.restart(rank, copies.arrived);
  }

  /** A rank has done its part. */
  void done(Play play, int rank) {
    results.add(1);
    markedResults.add(of(play).isMarked(rank) ? 1 : 0);
  }

  private void expire(long ignored) {
    while (!queue.isEmpty() && queue.element().duePs() <= simulation.nowPs()) {
      Due due = queue.remove();
      if (waits(due)) {
        expire(due.play(), due.receive());
      }
    }
    arm();
  }

  private void expire(Play play, int receive) {
    PlayWaits waitsOf = of(play);
    boolean isTooOld =
        spec.substitute() == Substitute.STALE
            && (freshRound[receive] == NEVER
                || waitsOf.round - freshRound[receive] > spec.mostAge());
    if (isTooOld || !spec.isOn()) {
      beyond.add(1);
      return;
    }
    int channel = play.schedule.channel(receive);
    waitsOf.state[receive] = PlayWaits.ENDED;
    waitsOf.marked[receive] = true;
    waits.record(simulation.nowPs() - waitsOf.openPs[receive]);
    substituted.add(1);
    substitutedBytes.add(play.schedule.bytes(receive));
    if (absence != null) {
      absence.substitutes(play.schedule.from(channel), play.schedule.bytes(receive));
    }
    if (waitsOf.lost[channel] > 0) {
      waitsOf.lost[channel]--;
      waitsOf.forgiven.append(channel, receive);
    } else {
      waitsOf.overdue.append(channel, receive);
    }
    expiry.expired(play, receive);
  }

  /** Whether the processor adds the substitute as it would a message, or scales what it has. */
  boolean substituteTakesWork() {
    return spec.substitute() == Substitute.STALE || spec.substitute() == Substitute.PARTIAL_MEAN;
  }

  /** Receives that took a message. */
  long inTimeCount() {
    return inTime.value();
  }

  /** Receives that went on with a substitute. */
  long substituted() {
    return substituted.value();
  }

  /** Messages thrown away. */
  long late() {
    return late.value();
  }

  /**
   * Compares what was sent with what became of it, when nothing is under way. Where nodes can die a
   * message has copies, whose laws are those of {@link Lives}.
   *
   * @param untaken messages that came to ranks that wait for others for ever
   * @return a sentence for each law that does not hold
   */
  List<String> checkLaws(long untaken) {
    List<String> broken = new ArrayList<>();
    long ended = inTime.value() + late.value() + undeliverable.value() + untaken;
    if (lives == null && sent.value() != ended) {
      broken.add(
          sent.value()
              + " messages sent, "
              + inTime.value()
              + " in time, "
              + late.value()
              + " late, "
              + undeliverable.value()
              + " undeliverable, "
              + untaken
              + " not taken");
    }
    if (late.value() > substituted.value()) {
      broken.add(late.value() + " late messages for " + substituted.value() + " substitutes");
    }
    if (!queue.isEmpty()) {
      broken.add(queue.size() + " deadlines are left");
    }
    return broken;
  }
}
