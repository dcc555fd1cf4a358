package memwall.network.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Reads GOAL text, the input of LogGOPSim (Hoefler, Siebert, Lumsdaine, "Group operation assembly
 * language - a flexible way to express collective communication", ICPP 2009):
 *
 * <pre>
 * num_ranks 2                    (or not)
 * rank 0 {
 * l1: calc 100
 * l2: send 10b to 1 tag 3        (tag 0 if missing; cpu 0 and nic 0 may follow)
 * l2 requires l1
 * }
 * rank 1 {
 * l1: recv 10b from 0 tag 3
 * l2: calc 5
 * l2 irequires l1                (waits for its start)
 * }
 * </pre>
 *
 * <p>A statement a line; {@code #} and {@code //} begin comments. Labels may be missing, and may be
 * used before they are defined. All faults of a file are found in one pass, those of partners and
 * circles only if there is no other.
 */
final class GoalReader {
  private static final int NONE = OperationQueues.NONE;
  private static final int MOST_RANK = CollectiveShape.MOST_RANKS - 1;
  private static final String STATEMENT = "'send', 'recv', 'calc', or a label";

  private final LineReader lines;
  private final Words words;
  private final long calcPs;
  private final ScheduleBuilder builder = new ScheduleBuilder(CollectiveShape.MOST_RANKS);
  private final Map<String, Integer> labels = new HashMap<>();
  private final List<Open> open = new ArrayList<>();

  /** By rank, the line on which it began, or 0. */
  private final long[] begun = new long[CollectiveShape.MOST_RANKS];

  /** By operation. */
  private int[] lineOf = new int[64];

  private int declaredRanks = NONE;
  private int usedRanks;

  /** The rank between whose braces the line is. */
  private int rank = NONE;

  /** A dependency on a label that is not defined yet. */
  private record Open(
      String later, String earlier, boolean start, long line, long laterColumn, long column) {}

  private GoalReader(LineReader lines, long calcPs) {
    this.lines = lines;
    this.calcPs = calcPs;
    words = new Words(lines, "{}:");
  }

  /** Whether the first line of a file that is no comment looks like GOAL. */
  static boolean recognises(String line) {
    String start = line.strip();
    return start.startsWith("num_ranks")
        || start.startsWith("rank ")
        || start.startsWith("//")
        || start.startsWith("#");
  }

  /** Reads a file whose first line is the present one; {@code calc 1} takes so long. */
  static Schedule read(LineReader lines, long calcPs) {
    return new GoalReader(lines, calcPs).read();
  }

  private Schedule read() {
    InputFaults faults = lines.faults();
    do {
      words.begin();
      if (words.next()) {
        if (rank == NONE) {
          outside();
        } else {
          inside();
        }
      }
    } while (lines.next());
    if (rank != NONE) {
      faults.add(begun[rank], "rank " + rank + " has no '}' at its end");
      endRank();
    }
    if (usedRanks == 0) {
      faults.add("no rank, expected 'rank 0 {' and so on");
    }
    faults.throwIfAny();
    Schedule schedule = builder.build(Math.max(usedRanks, declaredRanks));
    MatchCheck.check(schedule, lineOf, faults);
    faults.throwIfAny();
    return schedule;
  }

  private void outside() {
    if (words.is("num_ranks")) {
      if (declaredRanks != NONE || usedRanks > 0) {
        words.fault("'num_ranks' stands once, before all ranks");
      }
      words.next();
      long number = words.number(CollectiveShape.MOST_RANKS, 0);
      if (number < 1) {
        words.expected("a number of ranks from 1 to " + CollectiveShape.MOST_RANKS);
      } else {
        declaredRanks = (int) number;
      }
      end();
    } else if (words.is("rank")) {
      words.next();
      int given = rank();
      if (given != NONE && begun[given] > 0) {
        words.fault("rank " + given + " was given on line " + begun[given] + " already");
      }
      // Goes on with a wrong one as rank 0, so that what is inside is looked at.
      rank = Math.max(given, 0);
      begun[rank] = lines.number();
      usedRanks = Math.max(usedRanks, rank + 1);
      words.next();
      if (words.is('{')) {
        end();
      } else {
        words.expected("'{'");
      }
    } else {
      words.expected("'num_ranks' or 'rank'");
    }
  }

  private void inside() {
    if (words.is('}')) {
      endRank();
      end();
      return;
    }
    if (statement(null)) {
      return;
    }
    String label = words.text();
    int column = words.column();
    if (!isName(label)) {
      words.expected(STATEMENT + " or '}'");
      return;
    }
    if (!words.next()) {
      words.expected("':', 'requires' or 'irequires'");
    } else if (words.is(':')) {
      if (labels.containsKey(label)) {
        lines.faults().add(lines.number(), column, "label '" + label + "' is defined twice");
      }
      if (!words.next() || !statement(label)) {
        words.expected("'send', 'recv' or 'calc'");
      }
    } else if (words.is("requires") || words.is("irequires")) {
      depend(label, column, words.is("irequires"));
    } else {
      words.expected("':', 'requires' or 'irequires'");
    }
  }

  private static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (!Character.isLetterOrDigit(character) && character != '_') {
        return false;
      }
    }
    return true;
  }

  private boolean statement(@Nullable String label) {
    int operation;
    if (words.is("send")) {
      operation = message(true);
    } else if (words.is("recv")) {
      operation = message(false);
    } else if (words.is("calc")) {
      operation = compute();
    } else {
      return false;
    }
    if (operation != NONE) {
      if (operation >= lineOf.length) {
        lineOf = Arrays.copyOf(lineOf, operation + (operation >> 1));
      }
      lineOf[operation] = (int) Math.min(Integer.MAX_VALUE, lines.number());
    }
    if (label != null) {
      labels.put(label, operation);
    }
    return true;
  }

  /** The new operation, or none if the statement is wrong. */
  private int message(boolean sends) {
    words.next();
    long bytes = words.endsIn('b') ? words.number(Long.MAX_VALUE / 2, 1) : -1;
    if (bytes < 1) {
      words.expected("a size of at least 1 byte, such as 100b");
      return NONE;
    }
    String way = sends ? "to" : "from";
    words.next();
    if (!words.is(way)) {
      words.expected("'" + way + "'");
      return NONE;
    }
    words.next();
    int peer = rank();
    if (peer == rank) {
      words.fault("rank " + peer + " has no messages with itself");
      peer = NONE;
    }
    if (peer == NONE) {
      return NONE;
    }
    long tag = options(true);
    if (tag < 0) {
      return NONE;
    }
    usedRanks = Math.max(usedRanks, peer + 1);
    return sends
        ? builder.send(rank, peer, bytes, (int) tag)
        : builder.receive(rank, peer, bytes, (int) tag);
  }

  private int compute() {
    words.next();
    long units = words.number(Long.MAX_VALUE / 2 / calcPs, 0);
    if (units < 0) {
      words.expected("a time as a whole number up to " + Long.MAX_VALUE / 2 / calcPs);
      return NONE;
    }
    return options(false) < 0 ? NONE : builder.compute(rank, units * calcPs);
  }

  /** What may stand behind a statement; the tag, or -1 after a fault. */
  private long options(boolean message) {
    long tag = 0;
    while (words.next()) {
      if (words.is("tag") && message) {
        words.next();
        tag = words.number(Integer.MAX_VALUE, 0);
        if (tag < 0) {
          words.expected("a tag from 0 to " + Integer.MAX_VALUE);
          return -1;
        }
      } else if (words.is("cpu") || (words.is("nic") && message)) {
        String what = words.text();
        words.next();
        if (words.number(0, 0) != 0) {
          words.expected("0: ranks have one " + what);
          return -1;
        }
      } else {
        words.expected(message ? "'tag', 'cpu', 'nic' or the end of the line" : "'cpu' or the end");
        return -1;
      }
    }
    return tag;
  }

  private void depend(String later, int laterColumn, boolean start) {
    if (!words.next()) {
      words.expected("the label of what is waited for");
      return;
    }
    String earlier = words.text();
    Integer first = labels.get(earlier);
    Integer second = labels.get(later);
    if (first != null && second != null) {
      edge(second, first, start);
    } else {
      open.add(new Open(later, earlier, start, lines.number(), laterColumn, words.column()));
    }
    end();
  }

  private void edge(int later, int earlier, boolean start) {
    if (later == NONE || earlier == NONE) {
      return; // Its statement has a fault already.
    }
    if (start) {
      builder.afterStart(later, earlier);
    } else {
      builder.after(later, earlier);
    }
  }

  private void endRank() {
    for (Open one : open) {
      Integer later = defined(one.later(), one.line(), one.laterColumn());
      Integer earlier = defined(one.earlier(), one.line(), one.column());
      if (later != null && earlier != null) {
        edge(later, earlier, one.start());
      }
    }
    open.clear();
    labels.clear();
    rank = NONE;
  }

  private @Nullable Integer defined(String label, long line, long column) {
    Integer operation = labels.get(label);
    if (operation == null) {
      lines
          .faults()
          .add(line, column, "label " + Shown.quote(label) + " is not defined in rank " + rank);
    }
    return operation;
  }

  private int rank() {
    long most = declaredRanks == NONE ? MOST_RANK : declaredRanks - 1L;
    long given = words.number(most, 0);
    if (given < 0) {
      words.expected("a rank from 0 to " + most);
      return NONE;
    }
    return (int) given;
  }

  private void end() {
    if (words.next()) {
      words.expected("the end of the line");
    }
  }
}
