package memwall.network.trace;

import java.nio.file.Path;
import memwall.core.config.ConfigException;
import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a file, as a schedule.
 *
 * @param schedule what the ranks do
 * @param format of the file
 * @param sha256 of the file as stored
 */
public record Traffic(Schedule schedule, TrafficFormat format, String sha256) {
  /**
   * Reads a file, plain or gzip, line by line.
   *
   * @param format of the file, or null to recognise it by its first line
   * @param calcPs what a {@code calc 1} of GOAL takes, at least 1
   * @throws ConfigException with the first 20 faults of the file and the number of others
   */
  public static Traffic read(Path file, @Nullable TrafficFormat format, long calcPs) {
    if (calcPs < 1) {
      throw new IllegalArgumentException("a unit of " + calcPs + " ps: at least 1");
    }
    try (LineReader lines = LineReader.open(file, "file of messages")) {
      TrafficFormat known = format == null ? recognise(lines) : format;
      Schedule schedule;
      try {
        schedule =
            switch (known) {
              case GOAL -> GoalReader.read(lines, calcPs);
              case CSV -> MessageReader.read(lines);
            };
      } catch (IllegalArgumentException tooLarge) {
        throw lines.faults().fatal(lines.number(), String.valueOf(tooLarge.getMessage()));
      }
      return new Traffic(schedule, known, lines.sha256());
    }
  }

  private static TrafficFormat recognise(LineReader lines) {
    String first = lines.startOfLine();
    if (MessageReader.recognises(first)) {
      return TrafficFormat.CSV;
    }
    if (GoalReader.recognises(first)) {
      return TrafficFormat.GOAL;
    }
    lines
        .faults()
        .add(
            lines.number(),
            "neither GOAL text ('num_ranks 2') nor our CSV ('time_ps,source,destination,bytes'): "
                + Shown.quote(first));
    throw lines.faults().exception();
  }
}
