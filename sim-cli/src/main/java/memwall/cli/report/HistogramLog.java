package memwall.cli.report;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import memwall.core.stat.Snapshot;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Writes and reads {@code histograms.hlog}: the HdrHistogram log format, one line per histogram,
 * tagged with its path, values in ps. Begins at time 0 and ends at the simulated time.
 */
final class HistogramLog {
  static final String FILE = "histograms.hlog";

  private static final double PS_PER_MS = 1e9;
  private static final double PS_PER_SECOND = 1e12;

  private HistogramLog() {}

  static void write(Snapshot snapshot, Path file) {
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      HistogramLogWriter log = new HistogramLogWriter(out);
      log.outputComment("[Latencies of a Memwall run; values in ps, Interval_Max in ms]");
      log.outputLogFormatVersion();
      // The library's outputStartTime() prints a date in the host's time zone.
      log.outputComment("[StartTime: 0.000 (seconds since epoch)]");
      for (Snapshot.Distribution distribution : snapshot.histograms()) {
        log.outputComment(distribution.path() + ": " + oneLine(distribution.sentence()));
      }
      log.outputLegend();
      for (Snapshot.Distribution distribution : snapshot.histograms()) {
        Histogram tagged = distribution.histogram().copy();
        tagged.setTag(distribution.path());
        log.outputIntervalHistogram(0, snapshot.timePs() / PS_PER_SECOND, tagged, PS_PER_MS);
      }
      if (out.checkError()) {
        throw new IOException("cannot write " + file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The histograms by path, in the order of the file.
   *
   * @throws RuntimeException if the file is damaged
   */
  static Map<String, Histogram> read(Path file) throws IOException {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    try (HistogramLogReader log = new HistogramLogReader(Files.newInputStream(file))) {
      while (log.hasNext()) {
        EncodableHistogram next = log.nextIntervalHistogram();
        if (next instanceof Histogram histogram && histogram.getTag() != null) {
          histograms.put(histogram.getTag(), histogram);
        }
      }
    }
    return histograms;
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ').replace('\r', ' ');
  }
}
