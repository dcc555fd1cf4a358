package memwall.cli;

import java.util.List;
import java.util.Locale;
import memwall.cli.report.AllReduceFiles;
import memwall.cli.report.AllReduceRow;
import memwall.core.unit.Quantities;
import memwall.network.AllReduceChange;

/** What {@code memwall network all-reduce} prints. */
final class AllReduceText {
  private static final double PS_PER_US = 1e6;

  private AllReduceText() {}

  static String of(String network, List<AllReduceRow> rows, List<AllReduceFiles.Changes> changes) {
    StringBuilder text = new StringBuilder();
    text.append("network      ").append(network).append("\n\n");
    TextTable table =
        new TextTable(
            "library", ">ranks", ">size", "implementation", ">time, us", ">bus rate", "bound by");
    for (AllReduceRow row : rows) {
      table.row(
          row.library(),
          Integer.toString(row.ranks()),
          Quantities.SIZE.print(row.bytes()),
          row.run().choice().implementation().name(),
          String.format(Locale.ROOT, "%,.3f", row.run().timePs() / PS_PER_US),
          Double.isFinite(row.busBytesPerSec())
              ? Quantities.BYTE_RATE.human(row.busBytesPerSec())
              : "-",
          row.bound());
    }
    text.append(table).append('\n');
    TextTable from = new TextTable("library", ">ranks", ">from", "implementation");
    for (AllReduceFiles.Changes each : changes) {
      for (AllReduceChange change : each.sizes()) {
        from.row(
            each.library(),
            Integer.toString(each.ranks()),
            String.format(Locale.ROOT, "%,d B", change.fromBytes()),
            change.implementation());
      }
    }
    return text.append(from).toString();
  }
}
