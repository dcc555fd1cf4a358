package memwall.cli;

import java.util.Locale;
import memwall.core.unit.Quantities;
import memwall.network.endpoint.FabricRunResult;

/** What failed while messages went over routers, and what became of them. */
final class FabricFaultText {
  private static final int MOST_NAMED = 5;

  private FabricFaultText() {}

  static void of(StringBuilder text, FabricRunResult result) {
    line(
        text,
        "faults",
        count(result, "faults")
            + ", new ways "
            + count(result, "reroutes")
            + " times; nodes were held back for "
            + count(result, "held_back_cycles")
            + " cycles");
    line(
        text,
        "packets",
        count(result, "packets_sent")
            + " sent, "
            + count(result, "packets_lost")
            + " lost, "
            + count(result, "packets_spoiled")
            + " spoiled, "
            + count(result, "retransmissions")
            + " sent again, "
            + count(result, "duplicates")
            + " came twice");
    line(
        text,
        "undelivered",
        String.format(
            Locale.ROOT,
            "%,d messages; %,d ranks have not finished",
            result.undeliverable().size(),
            result.unfinishedRanks()));
    int shown = 0;
    for (FabricRunResult.Undeliverable one : result.undeliverable()) {
      if (shown++ == MOST_NAMED) {
        line(text, "", "...");
        return;
      }
      line(
          text,
          "",
          String.format(
              Locale.ROOT,
              "%s from rank %d to rank %d, given up after %s",
              Quantities.SIZE.print(one.bytes()),
              one.fromRank(),
              one.toRank(),
              Quantities.TIME.human((double) one.knownPs())));
    }
  }

  private static String count(FabricRunResult result, String name) {
    return String.format(Locale.ROOT, "%,d", (long) result.statistics().number("network." + name));
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append(String.format(Locale.ROOT, "%-12s %s%n", label, value));
  }
}
