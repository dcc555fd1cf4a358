package memwall.network.endpoint;

import memwall.network.collective.Schedule;

/** What a play knows of its messages where nodes can die; by the operation that sends. */
final class PlayCopies {
  /** Whether the sender, as it lives now, has sent it. */
  final boolean[] posted;

  /** Whether the receiver, as it lives now, has it; whether it has taken it. */
  final boolean[] arrived;

  final boolean[] taken;

  /** Copies on their way to the receiver as it lives now. */
  final int[] underWay;

  /** Whether none is, none came, and the network gave the last one up. */
  final boolean[] lost;

  PlayCopies(Schedule schedule) {
    int operations = schedule.operations();
    posted = new boolean[operations];
    arrived = new boolean[operations];
    taken = new boolean[operations];
    underWay = new int[operations];
    lost = new boolean[operations];
  }

  /** The receiver has another life, and nothing of a message. */
  void reset(int send) {
    arrived[send] = false;
    taken[send] = false;
    underWay[send] = 0;
    lost[send] = false;
  }
}
