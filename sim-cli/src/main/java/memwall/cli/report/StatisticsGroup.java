package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import memwall.network.endpoint.FabricRunResult;

/**
 * Some statistics of a run over routers that are there all or not at all.
 *
 * @param prefix of their paths, with the dot
 * @param names behind the prefix, at least one
 */
record StatisticsGroup(String prefix, List<String> names) {
  /** Whether the run has them. */
  boolean isIn(FabricRunResult result) {
    return result.statistics().values().stream()
        .anyMatch(value -> value.path().equals(prefix + names.get(0)));
  }

  long value(FabricRunResult result, String name) {
    return (long) result.statistics().number(prefix + name);
  }

  /** A field for each. */
  void write(JsonGenerator json, FabricRunResult result) throws IOException {
    for (String name : names) {
      json.writeNumberField(name, value(result, name));
    }
  }
}
