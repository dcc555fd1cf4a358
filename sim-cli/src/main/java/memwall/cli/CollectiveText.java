package memwall.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.cli.report.CollectiveRow;
import memwall.core.unit.Quantities;
import memwall.network.collective.CollectiveKind;
import memwall.network.loggp.Crossovers;

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
    TextTable table =
        new TextTable(
            ">ranks", ">size", "algorithm", ">time, us", ">formula, us", ">off", ">bus rate", "");
    for (CollectiveRow row : rows) {
      boolean known = Double.isFinite(row.formulaSeconds()) && row.formulaSeconds() > 0;
      table.row(
          Integer.toString(row.ranks()),
          Quantities.SIZE.print(row.bytes()),
          row.algorithm().label(),
          String.format(Locale.ROOT, "%,.3f", row.outcome().totalPs() / PS_PER_US),
          known ? String.format(Locale.ROOT, "%,.3f", row.formulaSeconds() * US_PER_SECOND) : "-",
          known ? percent(row.deviationShare()) : "-",
          Double.isFinite(row.busBytesPerSec())
              ? Quantities.BYTE_RATE.human(row.busBytesPerSec())
              : "-",
          note(row, rows));
    }
    text.append(table);
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
