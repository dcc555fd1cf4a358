package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.network.collective.Schedule;

/** Lets spares go on in the place of ranks, in the operation that is under way. */
final class Revival {
  private final Simulation simulation;
  private final Endpoints ends;
  private final Lives lives;

  Revival(Simulation simulation, Endpoints ends, Lives lives) {
    this.simulation = simulation;
    this.ends = ends;
    this.lives = lives;
  }

  /**
   * A spare goes on in a rank's place. A rank that was done has its messages sent again that have
   * not come; another one does its part again, and others send again what they sent to it.
   */
  void revive(int rank) {
    ends.renew(rank);
    Play play = lives.present;
    PlayCopies copies = play == null ? null : play.copies;
    if (play == null || copies == null || play.isOver()) {
      return;
    }
    Schedule schedule = play.schedule;
    boolean isDone = play.isDone(rank);
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
        forget(copies, operation);
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
    }
  }

  private void forget(PlayCopies copies, int send) {
    if (copies.arrived[send] && !copies.taken[send]) {
      lives.forgotten.add(1);
    }
    copies.arrived[send] = false;
    copies.taken[send] = false;
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
