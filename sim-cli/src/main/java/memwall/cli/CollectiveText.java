package memwall.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.cli.report.CollectiveRow;
import memwall.cli.report.DeadlineReport;
import memwall.cli.report.NodeFailureReport;
import memwall.core.unit.Quantities;
import memwall.network.collective.CollectiveKind;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.loggp.Crossovers;
import memwall.network.router.ChannelFlits;

/** What {@code memwall network collective} prints. */
final class CollectiveText {
  private static final double PS_PER_US = 1e6;
  private static final double US_PER_SECOND = 1e6;

  private CollectiveText() {}

  static String of(
      CollectiveKind kind,
      NetworkModel model,
      List<CollectiveRow> rows,
      Map<Integer, List<Crossovers.Change>> changes) {
    StringBuilder text = new StringBuilder();
    text.append("collective   ").append(kind.label()).append('\n');
    text.append("network      ").append(model.name()).append("\n\n");
    List<String> columns =
        new ArrayList<>(
            List.of(
                ">ranks", ">size", "algorithm", ">time, us", ">formula, us", ">off", ">bus rate"));
    if (model.fabric() != null) {
      columns.add(">busiest link");
    }
    columns.add("");
    TextTable table = new TextTable(columns.toArray(new String[0]));
    for (CollectiveRow row : rows) {
      boolean known = Double.isFinite(row.formulaSeconds()) && row.formulaSeconds() > 0;
      List<String> cells = new ArrayList<>();
      cells.add(Integer.toString(row.ranks()));
      cells.add(Quantities.SIZE.print(row.bytes()));
      cells.add(row.algorithm().label());
      cells.add(microseconds(row.outcome().totalPs() / PS_PER_US));
      cells.add(known ? microseconds(row.formulaSeconds() * US_PER_SECOND) : "-");
      cells.add(known ? percent(row.deviationShare()) : "-");
      cells.add(
          Double.isFinite(row.busBytesPerSec())
              ? Quantities.BYTE_RATE.human(row.busBytesPerSec())
              : "-");
      FabricRunResult fabric = row.outcome().fabric();
      if (fabric != null) {
        cells.add(busiest(fabric.channels()));
      }
      cells.add(note(row, rows));
      table.row(cells.toArray(new String[0]));
    }
    text.append(table);
    for (CollectiveRow row : rows) {
      List<String> lines = new ArrayList<>(DeadlineReport.text(row.outcome()));
      FabricRunResult fabric = row.outcome().fabric();
      if (fabric != null) {
        lines.addAll(NodeFailureReport.text(fabric));
      }
      if (!lines.isEmpty()) {
        text.append('\n')
            .append(row.algorithm().label())
            .append(", ")
            .append(row.ranks())
            .append(" ranks, ")
            .append(Quantities.SIZE.print(row.bytes()))
            .append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
      }
    }
    if (!changes.isEmpty()) {
      TextTable fastest = new TextTable(">ranks", ">from", "fastest by its formula");
      for (Map.Entry<Integer, List<Crossovers.Change>> entry : changes.entrySet()) {
        for (Crossovers.Change change : entry.getValue()) {
          fastest.row(
              Integer.toString(entry.getKey()),
              String.format(Locale.ROOT, "%,d B", change.fromBytes()),
              change.algorithm().label());
        }
      }
      text.append('\n').append(fastest);
    }
    return text.toString();
  }

  /** Share of the time in which the busiest channel of routers was busy. */
  private static String busiest(ChannelFlits channels) {
    return channels.busiest() == ChannelFlits.NONE
        ? "-"
        : String.format(Locale.ROOT, "%.1f %%", 100 * channels.busyShare(channels.busiest()));
  }

  private static String microseconds(double time) {
    return String.format(Locale.ROOT, "%,.3f", time);
  }

  /** With its sign; without one if it is shown as 0. */
  private static String percent(double share) {
    String text = String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    return text.equals("-0.0 %") || text.equals("+0.0 %") ? "0.0 %" : text;
  }

  private static String note(CollectiveRow row, List<CollectiveRow> rows) {
    if (row.outcome().unfinishedRanks() > 0) {
      return row.outcome().unfinishedRanks() + " ranks not finished";
    }
    boolean fastest = true;
    int others = 0;
    for (CollectiveRow other : rows) {
      if (other.ranks() == row.ranks() && other.bytes() == row.bytes()) {
        others++;
        fastest &=
            other.outcome().unfinishedRanks() > 0
                || row.outcome().totalPs() <= other.outcome().totalPs();
      }
    }
    String said = others > 1 && fastest ? "fastest" : "";
    return row.chosen() ? said + (said.isEmpty() ? "auto" : ", auto") : said;
  }
}
