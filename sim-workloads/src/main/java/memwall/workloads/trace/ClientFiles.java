package memwall.workloads.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import memwall.core.config.ConfigException;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/**
 * Clients as ServeGen publishes them: of each a table of windows with rate, coefficient of
 * variation and law of the gaps ({@code chunk-N-trace.csv}), and what its requests are like by time
 * of the day ({@code chunk-N-dataset.json}), if that is there.
 */
final class ClientFiles {
  private static final Pattern NAME = Pattern.compile("chunk-(\\d{1,9})-trace\\.csv");
  private static final Splitter COLUMNS = Splitter.on(',').trimResults();
  private static final int COLUMN_COUNT = 6;
  private static final double LEAST_CV = 0.01;
  private static final double MOST_CV = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A client.
   *
   * @param name of the client
   * @param windowSeconds length of a window
   * @param perSecond rates by window
   * @param gaps laws of the gaps by window, 1 on average; null where the rate is 0
   * @param datasets by begin in seconds: samplers by field
   */
  record Client(
      String name,
      double windowSeconds,
      List<Double> perSecond,
      List<@Nullable Sampler> gaps,
      NavigableMap<Long, Map<String, Shares>> datasets) {}

  private ClientFiles() {}

  /**
   * Reads the clients of a folder, in order of their numbers.
   *
   * @throws ConfigException if there is none, or with all faults of their files
   */
  static List<Client> read(Path folder) {
    TreeMap<Integer, Path> tables = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher matcher = NAME.matcher(String.valueOf(file.getFileName()));
        if (matcher.matches()) {
          tables.put(Integer.parseInt(matcher.group(1)), file);
        }
      }
    } catch (IOException e) {
      throw new ConfigException(List.of(folder + ": cannot be read: " + e.getMessage()));
    }
    if (tables.isEmpty()) {
      throw new ConfigException(
          List.of(folder + ": no files of clients such as chunk-0-trace.csv in this folder"));
    }
    List<Client> clients = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    tables.forEach(
        (number, table) -> {
          try {
            Path dataset = folder.resolve("chunk-" + number + "-dataset.json");
            clients.add(client("client-" + number, table, dataset));
          } catch (ConfigException e) {
            faults.addAll(e.faults());
          }
        });
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return clients;
  }

  private static Client client(String name, Path table, Path dataset) {
    List<Double> rates = new ArrayList<>();
    List<@Nullable Sampler> gaps = new ArrayList<>();
    double windowSeconds = 0;
    double beforeSeconds = 0;
    try (LineReader lines = LineReader.open(table, "table of a client")) {
      InputFaults faults = lines.faults();
      do {
        String text = new String(lines.chars(), 0, lines.length());
        double[] row = row(lines, COLUMNS.splitToList(text));
        if (row.length == 0) {
          continue;
        }
        double wanted = rates.size() < 2 ? row[0] : beforeSeconds + windowSeconds;
        if (rates.isEmpty() ? row[0] != 0 : row[0] <= beforeSeconds || row[0] != wanted) {
          faults.add(
              lines.number(),
              1,
              "a window from "
                  + row[0]
                  + " s given, expected windows of one length, from 0 on, in order");
        }
        windowSeconds = rates.size() == 1 ? row[0] : windowSeconds;
        beforeSeconds = row[0];
        rates.add(row[1]);
        boolean weibull = row[3] != 0;
        double cv = Math.max(LEAST_CV, row[2]);
        gaps.add(row[1] == 0 ? null : weibull ? Samplers.weibull(1, cv) : Samplers.gamma(1, cv));
      } while (lines.next());
      if (faults.isEmpty() && rates.size() < 2) {
        faults.add("has one window, expected at least two");
      }
      faults.throwIfAny();
    }
    return new Client(name, windowSeconds, rates, gaps, datasets(dataset));
  }

  /** Begin, rate, CV, 1 for Weibull; empty after a fault. */
  private static double[] row(LineReader lines, List<String> cells) {
    InputFaults faults = lines.faults();
    if (cells.size() != COLUMN_COUNT) {
      faults.add(
          lines.number(),
          "found " + cells.size() + " columns, expected begin, rate, CV, law, shape, scale");
      return new double[0];
    }
    double[] row = new double[4];
    double[] most = {1e9, 1e9, MOST_CV};
    for (int i = 0; i < most.length; i++) {
      try {
        row[i] = Double.parseDouble(cells.get(i));
      } catch (NumberFormatException e) {
        row[i] = -1;
      }
      if (!(row[i] >= 0 && row[i] <= most[i])) {
        faults.add(
            lines.number(),
            "column "
                + (i + 1)
                + ": "
                + Words.quote(cells.get(i))
                + " given, expected a number from 0 to "
                + (long) most[i]);
        return new double[0];
      }
    }
    String law = cells.get(3);
    if (!law.equals("Gamma") && !law.equals("Weibull") && !(law.isEmpty() && row[1] == 0)) {
      faults.add(
          lines.number(), "column 4: " + Words.quote(law) + " given, expected Gamma or Weibull");
      return new double[0];
    }
    row[3] = law.equals("Weibull") ? 1 : 0;
    return row;
  }

  private static NavigableMap<Long, Map<String, Shares>> datasets(Path file) {
    TreeMap<Long, Map<String, Shares>> datasets = new TreeMap<>();
    if (!Files.exists(file)) {
      return datasets;
    }
    InputFaults faults = new InputFaults(file.toString());
    try {
      Iterator<Map.Entry<String, JsonNode>> windows =
          JSON.readTree(Files.readString(file)).properties().iterator();
      while (windows.hasNext()) {
        Map.Entry<String, JsonNode> window = windows.next();
        Map<String, Shares> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : window.getValue().properties()) {
          Shares shares = shares(field, window.getKey(), faults);
          if (shares != null) {
            fields.put(field.getKey(), shares);
          }
        }
        datasets.put(begin(window.getKey(), faults), fields);
      }
    } catch (JsonProcessingException e) {
      faults.add(
          e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
          "not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      faults.add("cannot be read: " + e.getMessage());
    }
    faults.throwIfAny();
    return datasets;
  }

  private static long begin(String text, InputFaults faults) {
    try {
      long begin = Long.parseLong(text);
      if (begin >= 0) {
        return begin;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    faults.add("key " + Words.quote(text) + " given, expected the begin of a window in seconds");
    return 0;
  }

  private static @Nullable Shares shares(
      Map.Entry<String, JsonNode> field, String window, InputFaults faults) {
    try {
      return Shares.parse(field.getValue().asText());
    } catch (NumberFormatException e) {
      faults.add(
          "window "
              + Words.quote(window)
              + ", "
              + Words.quote(field.getKey())
              + ": "
              + e.getMessage()
              + ", expected {value: share, ...}");
      return null;
    }
  }
}
