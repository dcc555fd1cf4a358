package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.network.collective.Schedule;

/**
 * Operations that go on without ranks whose nodes have died, where receives have deadlines.
 *
 * <p>The law: receives that wait for a dead rank end at their deadline with the substitute, as for
 * any late message. An operation is over when each rank is done or has no node, and one at least
 * has one; the parts of ranks without a node are left out. A spare that is ready takes the rank's
 * part of the operation that the others are in then, from its beginning: what it sends there is in
 * time for receives that still wait, and late, once, for others. In operations that passed it has
 * no part, and nothing comes to it from them. What ranks keep of earlier operations as stale data
 * stays theirs and becomes older with each operation; a spare has none.
 *
 * <p>If nothing stands for late messages all wait for the spare, as without deadlines.
 */
final class Absence {
  private final Lives lives;
  private final boolean leavesOut;
  private final Counter parts;
  private final Counter receives;
  private final Counter redone;
  private final Counter joined;
  private final Counter substituted;
  private final Counter substitutedBytes;

  /** Receives that have ended, counted when their operation was over. */
  private long ended;

  /** Receives of ranks that have a node which have not ended when their operation was over. */
  private long open;

  /**
   * No rank is absent.
   *
   * @param leavesOut whether operations go on without ranks that have no node
   */
  Absence(Stats stats, Lives lives, boolean leavesOut) {
    this.lives = lives;
    this.leavesOut = leavesOut;
    parts = stats.counter("parts", "1", "Parts of ranks that operations ended without");
    receives = stats.counter("receives", "1", "Receives of such parts that have not ended");
    redone = stats.counter("redone", "1", "Receives that had ended and began again for a spare");
    joined = stats.counter("joined", "1", "Spares that joined an operation under way");
    substituted =
        stats.counter("substituted", "1", "Substitutes for messages of ranks without a node");
    substitutedBytes = stats.counter("substituted_bytes", "bytes", "Of such messages");
  }

  /** Whether a rank without node is left out of operations. */
  boolean leavesOut() {
    return leavesOut;
  }

  /** A substitute stands for a message. */
  void substitutes(int sender, long bytes) {
    if (lives.isDead(sender)) {
      substituted.add(1);
      substitutedBytes.add(bytes);
    }
  }

  /** A receive begins again. */
  void redoes() {
    redone.add(1);
  }

  /** A spare takes part in an operation from now on. */
  void joins() {
    joined.add(1);
  }

  /** An operation is over: what had come to ranks without a node is lost. */
  void closed(Play play) {
    Schedule schedule = play.schedule;
    for (int rank = 0; rank < schedule.ranks(); rank++) {
      parts.add(play.isAbsent(rank) ? 1 : 0);
    }
    for (int operation = 0; operation < schedule.operations(); operation++) {
      if (schedule.kind(operation) == Schedule.SEND) {
        if (play.isAbsent(schedule.peer(operation))) {
          lives.forget(play, operation);
        }
      } else if (schedule.isMessage(operation) && !count(play, operation)) {
        if (play.isAbsent(schedule.rank(operation))) {
          receives.add(1);
        } else {
          open++;
        }
      }
    }
  }

  private boolean count(Play play, int receive) {
    PlayWaits waits = play.waits;
    boolean isEnded = waits != null && waits.state[receive] == PlayWaits.ENDED;
    ended += isEnded ? 1 : 0;
    return isEnded;
  }

  /**
   * Compares what became of receives in two ways, when nothing is under way.
   *
   * @param last the play of the last operation, which may not be over
   * @param inTime receives that took a message
   * @param substitutes receives that went on with a substitute
   * @return a sentence for each law that does not hold
   */
  List<String> checkLaws(Play last, long inTime, long substitutes) {
    for (int operation = 0; !last.isOver() && operation < last.schedule.operations(); operation++) {
      if (last.schedule.isMessage(operation) && last.schedule.kind(operation) != Schedule.SEND) {
        count(last, operation);
      }
    }
    List<String> broken = new ArrayList<>();
    if (inTime + substitutes - redone.value() != ended) {
      broken.add(
          inTime
              + " receives in time, "
              + substitutes
              + " with a substitute, "
              + redone.value()
              + " again, but "
              + ended
              + " ended");
    }
    if (open != 0) {
      broken.add(open + " receives of ranks with a node have not ended with their operation");
    }
    return broken;
  }
}
