package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/** Lets spares go on in the place of ranks, in the operation that is under way. */
final class Revival implements Lives.Return {
  private final Simulation simulation;
  private final Endpoints ends;
  private final Lives lives;

  /** Where receives have deadlines; else null. */
  private @Nullable Deadlines deadlines;

  private @Nullable Absence absence;

  Revival(Simulation simulation, Endpoints ends, Lives lives) {
    this.simulation = simulation;
    this.ends = ends;
    this.lives = lives;
  }

  /** Receives have deadlines. */
  void withDeadlines(Deadlines known, Absence absent) {
    deadlines = known;
    absence = absent;
  }

  /** The play of the present operation if it is not over. */
  private @Nullable Play present() {
    Play play = lives.present;
    return play == null || play.isOver() ? null : play;
  }

  /** What came to a rank in operations that it had done is lost if nobody had seen to it. */
  @Override
  public void died(int rank) {
    Play present = present();
    for (Play play : ends.plays()) {
      if (play != present || play.isDone(rank)) {
        forgetAll(play, rank);
      }
    }
    if (present != null && deadlines != null) {
      deadlines.died(present, rank);
      if (absence != null && absence.leavesOut() && !present.isDone(rank)) {
        present.leave(rank, simulation.nowPs());
      }
    }
  }

  private void forgetAll(Play play, int rank) {
    Schedule schedule = play.schedule;
    for (int send = 0; send < schedule.operations(); send++) {
      if (schedule.kind(send) == Schedule.SEND && schedule.peer(send) == rank) {
        lives.forget(play, send);
      }
    }
  }

  @Override
  public void noticed(int rank) {
    Play present = present();
    if (present != null && deadlines != null) {
      deadlines.noticed(present, rank);
    }
  }

  /**
   * A spare goes on in a rank's place. A rank that was done has its messages sent again that have
   * not come; another one does its part again, and others send again what they sent to it.
   */
  @Override
  public void revived(int rank) {
    ends.renew(rank);
    if (deadlines != null && lives.present != null) {
      deadlines.renewed(lives.present.schedule, rank);
    }
    Play play = present();
    PlayCopies copies = play == null ? null : play.copies;
    if (play == null || copies == null) {
      return;
    }
    Schedule schedule = play.schedule;
    boolean isDone = play.isDone(rank);
    if (deadlines != null && !isDone) {
      deadlines.restarted(play, rank);
    }
    if (absence != null && play.isAbsent(rank)) {
      play.join(rank);
      absence.joins();
    }
    for (int operation = 0; operation < schedule.operations(); operation++) {
      boolean isSend = schedule.kind(operation) == Schedule.SEND;
      if (schedule.rank(operation) == rank) {
        if (!isSend) {
          play.inSram[operation] = false;
          continue;
        }
        copies.posted[operation] = isDone;
        if (isDone && !copies.arrived[operation]) {
          ends.repeatLater(play, operation);
        }
      } else if (isSend && schedule.peer(operation) == rank && !isDone) {
        lives.forget(play, operation);
        copies.reset(operation);
        play.inSram[operation] = false;
        play.meetings.clear(schedule.channel(operation));
        if (copies.posted[operation] && !lives.isDead(schedule.rank(operation))) {
          ends.repeatLater(play, operation);
        }
      }
    }
    if (!play.hasBegun(rank)) {
      play.begin(rank, simulation.nowPs());
    } else if (!isDone) {
      play.restart(rank);
    } else {
      play.endIfAll(); // Others may be absent, and nobody was here.
    }
  }

  /** Messages of the present operation that have been sent and are not there. */
  List<Integer> missing() {
    List<Integer> missing = new ArrayList<>();
    Play play = lives.present;
    PlayCopies copies = play == null ? null : play.copies;
    for (int send = 0; copies != null && send < copies.posted.length; send++) {
      if (copies.posted[send] && !copies.arrived[send]) {
        missing.add(send);
      }
    }
    return missing;
  }

  /** Messages of the present operation that came to ranks which have not taken them. */
  long untaken() {
    Play play = lives.present;
    PlayCopies copies = play == null ? null : play.copies;
    long count = 0;
    for (int send = 0; copies != null && send < copies.arrived.length; send++) {
      count += copies.arrived[send] && !copies.taken[send] ? 1 : 0;
    }
    return count;
  }
}
