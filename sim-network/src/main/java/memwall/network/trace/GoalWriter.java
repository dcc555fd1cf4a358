package memwall.network.trace;

import java.io.IOException;
import memwall.network.collective.Schedule;

/**
 * Writes a schedule as GOAL text, which LogGOPSim reads. That received data are added is not
 * written: GOAL has no word for it.
 */
public final class GoalWriter {
  private GoalWriter() {}

  /**
   * Writes a schedule.
   *
   * @param calcPs what {@code calc 1} takes, at least 1
   * @throws IllegalArgumentException if a computation is no multiple of this, or a rank waits,
   *     which GOAL cannot say
   */
  public static void write(Schedule schedule, long calcPs, Appendable out) throws IOException {
    int[] first = new int[schedule.ranks() + 1];
    int operations = schedule.operations();
    for (int operation = 0; operation < operations; operation++) {
      first[schedule.rank(operation) + 1]++;
    }
    for (int rank = 0; rank < schedule.ranks(); rank++) {
      first[rank + 1] += first[rank];
    }
    int[] ofRank = new int[operations];
    int[] label = new int[operations];
    int[] at = first.clone();
    for (int operation = 0; operation < operations; operation++) {
      int rank = schedule.rank(operation);
      label[operation] = at[rank] - first[rank] + 1;
      ofRank[at[rank]++] = operation;
    }
    out.append("num_ranks ").append(Integer.toString(schedule.ranks())).append('\n');
    for (int rank = 0; rank < schedule.ranks(); rank++) {
      out.append("\nrank ").append(Integer.toString(rank)).append(" {\n");
      for (int i = first[rank]; i < first[rank + 1]; i++) {
        int operation = ofRank[i];
        out.append('l').append(Integer.toString(label[operation])).append(": ");
        out.append(statement(schedule, operation, calcPs)).append('\n');
      }
      for (int i = first[rank]; i < first[rank + 1]; i++) {
        int until = schedule.firstSuccessor(ofRank[i] + 1);
        for (int edge = schedule.firstSuccessor(ofRank[i]); edge < until; edge++) {
          int later = schedule.successor(edge);
          out.append('l').append(Integer.toString(label[later < 0 ? ~later : later]));
          out.append(later < 0 ? " irequires l" : " requires l");
          out.append(Integer.toString(label[ofRank[i]])).append('\n');
        }
      }
      out.append("}\n");
    }
  }

  private static String statement(Schedule schedule, int operation, long calcPs) {
    switch (schedule.kind(operation)) {
      case Schedule.SEND -> {
        return message("send ", " to ", schedule, operation);
      }
      case Schedule.RECEIVE, Schedule.RECEIVE_ADD -> {
        return message("recv ", " from ", schedule, operation);
      }
      default -> {
        long durationPs = schedule.durationPs(operation);
        if (schedule.kind(operation) == Schedule.WAIT || durationPs % calcPs != 0) {
          throw new IllegalArgumentException(
              schedule.describe(operation)
                  + ": GOAL has computations of multiples of "
                  + calcPs
                  + " ps only");
        }
        return "calc " + durationPs / calcPs;
      }
    }
  }

  private static String message(String verb, String way, Schedule schedule, int operation) {
    return verb
        + schedule.bytes(operation)
        + "b"
        + way
        + schedule.peer(operation)
        + " tag "
        + schedule.tag(operation);
  }
}
