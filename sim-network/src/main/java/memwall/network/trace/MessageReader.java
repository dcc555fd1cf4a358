package memwall.network.trace;

import java.util.Arrays;
import memwall.core.config.Suggestion;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;

/**
 * Reads our CSV of messages: a header line with {@code time_ps}, {@code source}, {@code
 * destination} and {@code bytes}, with {@code tag} or not, in any order; then a message a line, in
 * any order of time. At its time a message may leave; its receiver expects it from the beginning.
 */
final class MessageReader {
  private static final String[] COLUMNS = {"time_ps", "source", "destination", "bytes", "tag"};
  private static final int TAG = 4;
  private static final long[] LEAST = {0, 0, 0, 1, 0};
  private static final long[] MOST = {
    Long.MAX_VALUE / 4,
    CollectiveShape.MOST_RANKS - 1,
    CollectiveShape.MOST_RANKS - 1,
    Long.MAX_VALUE / CollectiveShape.MOST_RANKS,
    Integer.MAX_VALUE
  };

  private final LineReader lines;
  private final Words words;
  private final ScheduleBuilder builder = new ScheduleBuilder(CollectiveShape.MOST_RANKS);
  private final long[] row = new long[COLUMNS.length];
  private int[] order = new int[0];

  private MessageReader(LineReader lines) {
    this.lines = lines;
    words = new Words(lines, ",");
  }

  /** Whether the first line of a file looks like our header. */
  static boolean recognises(String line) {
    return Arrays.asList(COLUMNS).contains(line.split(",", 2)[0].strip());
  }

  /** Reads a file whose header is the present line. */
  static Schedule read(LineReader lines) {
    return new MessageReader(lines).read();
  }

  private Schedule read() {
    InputFaults faults = lines.faults();
    header();
    faults.throwIfAny();
    int ranks = 0;
    while (lines.next()) {
      words.begin();
      if (words.next() && row()) {
        int source = (int) row[1];
        int destination = (int) row[2];
        ranks = Math.max(ranks, Math.max(source, destination) + 1);
        if (faults.isEmpty()) {
          int send = builder.send(source, destination, row[3], (int) row[TAG]);
          if (row[0] > 0) {
            builder.after(send, builder.pause(source, row[0]));
          }
          builder.receive(destination, source, row[3], (int) row[TAG]);
        }
      }
    }
    if (faults.isEmpty() && ranks == 0) {
      faults.add("no messages behind the header");
    }
    faults.throwIfAny();
    return builder.build(ranks);
  }

  private void header() {
    words.begin();
    boolean more = words.next();
    while (more) {
      int column = Arrays.asList(COLUMNS).indexOf(words.text());
      if (column < 0) {
        words.fault(
            "unknown column "
                + Shown.quote(words.text())
                + Suggestion.of(words.text(), Arrays.asList(COLUMNS))
                + " (allowed: "
                + String.join(", ", COLUMNS)
                + ")");
      } else if (has(column)) {
        words.fault("column '" + COLUMNS[column] + "' is given twice");
      } else {
        order = Arrays.copyOf(order, order.length + 1);
        order[order.length - 1] = column;
      }
      more = words.next();
      if (more && !words.is(',')) {
        words.expected("','");
        more = false;
      } else if (more && !words.next()) {
        words.expected("a column");
        more = false;
      }
    }
    for (int column = 0; column < TAG; column++) {
      if (!has(column)) {
        lines.faults().add(1, "column '" + COLUMNS[column] + "' is missing");
      }
    }
  }

  private boolean has(int column) {
    for (int one : order) {
      if (one == column) {
        return true;
      }
    }
    return false;
  }

  /** Reads the present line, at whose first word we are. */
  private boolean row() {
    row[TAG] = 0;
    boolean fine = true;
    for (int i = 0; i < order.length; i++) {
      if (i > 0) {
        if (!words.next() || !words.is(',')) {
          words.expected("',' and " + COLUMNS[order[i]]);
          return false;
        }
        words.next();
      }
      int column = order[i];
      long value = words.number(MOST[column], 0);
      if (value < LEAST[column]) {
        words.expected(
            COLUMNS[column] + " as a whole number from " + LEAST[column] + " to " + MOST[column]);
        fine = false;
      }
      row[column] = value;
    }
    if (words.next()) {
      words.expected("the end of the line");
      return false;
    }
    if (fine && row[1] == row[2]) {
      lines.faults().add(lines.number(), "source and destination are both rank " + row[1]);
      return false;
    }
    return fine;
  }
}
