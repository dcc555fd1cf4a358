package memwall.network.endpoint;

import java.util.Arrays;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;

/**
 * What a play knows of its receives where they have deadlines: which are open and since when, which
 * went on with a substitute and are owed a message that is thrown away, and what contains
 * substituted data.
 *
 * <p>An operation contains substituted data if it went on with a substitute, if the message that it
 * received was sent by one that does, or if it waits for the end of one that does. Where a schedule
 * orders operations that do not use each other's data, that is an upper bound.
 */
final class PlayWaits {
  static final byte CLOSED = 0;
  static final byte OPEN = 1;
  static final byte ENDED = 2;

  final Schedule schedule;

  /** Number of the operation that the play is, from 1. */
  final int round;

  /** By operation, for receives: state, and when it was opened. */
  final byte[] state;

  final long[] openPs;

  /** By operation, whether it contains substituted data. */
  final boolean[] marked;

  /** By channel, receives with a substitute whose messages have not come, in their order. */
  final OperationQueues overdue;

  /** By channel, such receives whose messages cannot be delivered, unless a spare sends them. */
  final OperationQueues forgiven;

  /** By channel, messages that cannot be delivered and for which no receive has gone on. */
  final int[] lost;

  /** By channel, open receives whose message has not been sent. */
  final OperationQueues unsent;

  /** By channel, messages sent whose receive is not open. */
  final int[] ahead;

  /** By channel, receives whose time counts though nothing was sent: their sender is dead. */
  final int[] credited;

  /** By operation, for sends: whether the receiver, as it lives now, was sent it. */
  final boolean[] told;

  private final boolean[] rankMarked;

  PlayWaits(Schedule schedule, int round) {
    this.schedule = schedule;
    this.round = round;
    int operations = schedule.operations();
    state = new byte[operations];
    openPs = new long[operations];
    marked = new boolean[operations];
    int[] links = new int[operations];
    overdue = new OperationQueues(schedule.channels(), links);
    forgiven = new OperationQueues(schedule.channels(), links);
    unsent = new OperationQueues(schedule.channels(), new int[operations]);
    lost = new int[schedule.channels()];
    ahead = new int[schedule.channels()];
    credited = new int[schedule.channels()];
    told = new boolean[operations];
    rankMarked = new boolean[schedule.ranks()];
    Arrays.fill(state, CLOSED);
  }

  /** An operation has ended: what waits for it contains what it contains. */
  void spread(int operation) {
    if (!marked[operation]) {
      return;
    }
    rankMarked[schedule.rank(operation)] = true;
    int until = schedule.firstSuccessor(operation + 1);
    for (int i = schedule.firstSuccessor(operation); i < until; i++) {
      int later = schedule.successor(i);
      if (later >= 0) {
        marked[later] = true;
      }
    }
  }

  /** A rank does its part again: nothing is known of what comes to it, nor of what it made. */
  void restart(int rank, boolean[] arrived) {
    rankMarked[rank] = false;
    for (int operation = 0; operation < state.length; operation++) {
      boolean isSend = schedule.kind(operation) == Schedule.SEND;
      if (schedule.rank(operation) == rank) {
        state[operation] = CLOSED;
        marked[operation] &= isSend && arrived[operation]; // Others have it as it was.
      } else if (isSend && schedule.peer(operation) == rank) {
        told[operation] = false;
      }
    }
    for (int channel = 0; channel < schedule.channels(); channel++) {
      if (schedule.to(channel) == rank) {
        overdue.clear(channel);
        forgiven.clear(channel);
        unsent.clear(channel);
        lost[channel] = 0;
        ahead[channel] = 0;
        credited[channel] = 0;
      }
    }
  }

  /** Whether anything that a rank has done contains substituted data. */
  boolean isMarked(int rank) {
    return rankMarked[rank];
  }
}
