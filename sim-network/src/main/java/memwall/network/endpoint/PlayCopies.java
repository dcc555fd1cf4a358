package memwall.network.endpoint;

import memwall.network.collective.Schedule;

/** What a play knows of its messages where nodes can die; by the operation that sends. */
final class PlayCopies {
  /** Whether the sender, as it lives now, has sent it. */
  final boolean[] posted;

  /** Whether the receiver, as it lives now, has it; whether it has taken it. */
  final boolean[] arrived;

  final boolean[] taken;

  PlayCopies(Schedule schedule) {
    int operations = schedule.operations();
    posted = new boolean[operations];
    arrived = new boolean[operations];
    taken = new boolean[operations];
  }
}
