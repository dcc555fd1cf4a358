package memwall.network.trace;

import java.util.Arrays;
import memwall.core.input.InputFaults;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;

/**
 * Finds what would keep a schedule from ending: sends and receives without a partner, or of another
 * size than their partner, and circles of operations that wait for each other. Partners are counted
 * off in the order of the file.
 */
final class MatchCheck {
  private static final int NONE = OperationQueues.NONE;

  private final Schedule schedule;
  private final InputFaults faults;

  /** By operation, its line. */
  private final int[] lines;

  private MatchCheck(Schedule schedule, int[] lines, InputFaults faults) {
    this.schedule = schedule;
    this.lines = lines;
    this.faults = faults;
  }

  static void check(Schedule schedule, int[] lines, InputFaults faults) {
    MatchCheck check = new MatchCheck(schedule, lines, faults);
    int[] partners = check.partners();
    if (faults.isEmpty()) {
      check.circles(partners);
    }
  }

  private int[] partners() {
    int[] partners = new int[schedule.operations()];
    Arrays.fill(partners, NONE);
    OperationQueues open = new OperationQueues(schedule.channels(), new int[partners.length]);
    for (int operation = 0; operation < partners.length; operation++) {
      if (schedule.isMessage(operation)) {
        int channel = schedule.channel(operation);
        int waiting = open.head(channel);
        if (waiting == NONE || sends(waiting) == sends(operation)) {
          open.append(channel, operation);
        } else {
          open.take(channel);
          partners[operation] = waiting;
          partners[waiting] = operation;
          if (schedule.bytes(operation) != schedule.bytes(waiting)) {
            fault(
                operation,
                ", but "
                    + schedule.describe(waiting)
                    + " (line "
                    + lines[waiting]
                    + "); sizes differ");
          }
        }
      }
    }
    for (int operation = 0; operation < partners.length; operation++) {
      if (schedule.isMessage(operation) && partners[operation] == NONE) {
        fault(operation, sends(operation) ? ": never received" : ": never sent");
      }
    }
    return partners;
  }

  private boolean sends(int operation) {
    return schedule.kind(operation) == Schedule.SEND;
  }

  private void fault(int operation, String what) {
    faults.add(lines[operation], schedule.describe(operation) + what);
  }

  /**
   * Takes away what can be done until nothing can; what is left waits in circles or behind them.
   */
  private void circles(int[] partners) {
    int[] waitsFor = schedule.waitsFor();
    int[] ready = new int[waitsFor.length];
    int end = 0;
    for (int operation = 0; operation < waitsFor.length; operation++) {
      if (schedule.isMessage(operation) && !sends(operation)) {
        waitsFor[operation]++;
      }
      if (waitsFor[operation] == 0) {
        ready[end++] = operation;
      }
    }
    for (int at = 0; at < end; at++) {
      int operation = ready[at];
      int until = schedule.firstSuccessor(operation + 1);
      for (int i = schedule.firstSuccessor(operation); i < until; i++) {
        int later = schedule.successor(i);
        int target = later < 0 ? ~later : later;
        if (--waitsFor[target] == 0) {
          ready[end++] = target;
        }
      }
      if (sends(operation) && --waitsFor[partners[operation]] == 0) {
        ready[end++] = partners[operation];
      }
    }
    if (end < waitsFor.length) {
      for (int operation = 0; operation < waitsFor.length; operation++) {
        if (waitsFor[operation] > 0) {
          fault(operation, ": waits, through others, for itself or for what never ends");
          return;
        }
      }
    }
  }
}
