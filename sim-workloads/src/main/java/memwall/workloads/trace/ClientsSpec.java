package memwall.workloads.trace;

import java.nio.file.Path;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Dimension;
import org.jspecify.annotations.Nullable;

/**
 * Requests of clients that have been recorded one by one.
 *
 * @param clients who they are
 * @param fromSeconds begin in their tables
 * @param toSeconds end in their tables
 * @param input prompts of clients of whom that is not known; null if it is of all
 * @param output outputs of such clients
 */
record ClientsSpec(
    List<ClientFiles.Client> clients,
    double fromSeconds,
    double toSeconds,
    GeneratorSpec.@Nullable Lengths input,
    GeneratorSpec.@Nullable Lengths output) {
  private static final double PS_PER_SECOND = 1e12;

  /** Copies the list. */
  ClientsSpec {
    clients = List.copyOf(clients);
  }

  /** Reads the keys behind {@code clients}. */
  static @Nullable ClientsSpec read(Config config) {
    Path folder = config.file("clients", "folder of files of clients as of ServeGen");
    long fromPs = config.quantity("from", Dimension.TIME, "0 ps", "begin in their tables");
    long toPs =
        config.has("to") ? config.quantity("to", Dimension.TIME, "end in their tables") : -1;
    GeneratorSpec.Lengths input = null;
    GeneratorSpec.Lengths output = null;
    if (config.has("input") || config.has("output")) {
      input = GeneratorSpec.lengths(config.section("input", "prompt tokens of a request"));
      output = GeneratorSpec.lengths(config.section("output", "output tokens of a request"));
    }
    if (config.isPlaceholder("clients")) {
      return null;
    }
    List<ClientFiles.Client> clients;
    try {
      clients = ClientFiles.read(folder);
    } catch (ConfigException e) {
      e.faults().forEach(fault -> config.fault("clients", fault));
      return null;
    }
    double endSeconds = 0;
    for (ClientFiles.Client client : clients) {
      endSeconds = Math.max(endSeconds, client.windowSeconds() * client.perSecond().size());
      if (input == null && client.datasets().isEmpty()) {
        config.fault(
            "clients",
            client.name() + " has no dataset; give 'input' and 'output' for clients without");
      }
    }
    double fromSeconds = fromPs / PS_PER_SECOND;
    double toSeconds = toPs < 0 ? endSeconds : toPs / PS_PER_SECOND;
    if (!(fromSeconds < toSeconds && toSeconds <= endSeconds)) {
      config.fault(
          config.has("to") ? "to" : "from",
          "a window from "
              + fromSeconds
              + " to "
              + toSeconds
              + " s given, the tables go from 0 to "
              + endSeconds
              + " s");
      return null;
    }
    return new ClientsSpec(clients, fromSeconds, toSeconds, input, output);
  }
}
