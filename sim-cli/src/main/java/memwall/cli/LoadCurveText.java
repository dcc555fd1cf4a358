package memwall.cli;

import java.util.Locale;
import memwall.cli.report.ChannelReport;
import memwall.core.stat.TickHistogram;
import memwall.core.unit.Quantities;
import memwall.network.router.FabricSpec;
import memwall.network.router.LoadCurve;
import memwall.network.router.LoadPoint;
import memwall.network.router.LoadSpec;

/** What {@code memwall network load} prints. */
final class LoadCurveText {
  private final LoadCurve curve;
  private final StringBuilder text = new StringBuilder();

  LoadCurveText(LoadCurve curve) {
    this.curve = curve;
  }

  String text() {
    FabricSpec fabric = curve.spec().fabric();
    LoadSpec load = curve.spec().load();
    line("network", fabric.name() + ", " + fabric.shape().text());
    line(
        "routers",
        fabric.router().channels()
            + " virtual channels of "
            + fabric.router().bufferFlits()
            + " flits, cycle "
            + Quantities.TIME.print(fabric.cyclePs())
            + ", flit "
            + Quantities.SIZE.print(fabric.flitBytes()));
    line(
        "traffic",
        load.pattern().key()
            + ", packets of "
            + load.packetFlits()
            + (load.packetFlits() == 1 ? " flit, " : " flits, ")
            + fabric.nodes()
            + " nodes");
    text.append('\n').append(table()).append('\n');
    line("saturation", saturation());
    line("busiest", busiest());
    return text.toString();
  }

  private TextTable table() {
    TextTable table =
        new TextTable(
            ">offered",
            ">accepted",
            ">mean",
            ">p50",
            ">p90",
            ">p99",
            ">max",
            ">network",
            ">hops",
            ">busiest",
            "");
    for (LoadPoint point : curve.all()) {
      TickHistogram latency = point.packetLatency();
      boolean any = latency.count() > 0;
      table.row(
          share(point.offeredFlits()),
          share(point.acceptedFlits()),
          any ? mean(latency) : "-",
          quantile(latency, 0.5),
          quantile(latency, 0.9),
          quantile(latency, 0.99),
          quantile(latency, 1),
          any ? mean(point.networkLatency()) : "-",
          any ? String.format(Locale.ROOT, "%.2f", point.meanHops()) : "-",
          share(point.mostChannelLoad()),
          point.deadlocked() ? "deadlocked" : point.saturated() ? "saturated" : "");
    }
    return table;
  }

  private String saturation() {
    double nodeBytesPerSec =
        (double) curve.spec().fabric().flitBytes() / curve.spec().fabric().cyclePs() * 1e12;
    String most =
        "most accepted "
            + share(curve.mostAcceptedFlits())
            + " flits per node and cycle, "
            + Quantities.BYTE_RATE.human(curve.mostAcceptedFlits() * nodeBytesPerSec)
            + " a node";
    if (curve.leastSaturatedFlits().isEmpty()) {
      return most
          + "; not saturated at the loads "
          + (curve.searched().isEmpty() ? "given" : "tried");
    }
    double least = curve.leastSaturatedFlits().getAsDouble();
    return curve.spec().toleranceFlits() > 0
        ? most + "; carries " + fine(curve.mostCarriedFlits()) + ", saturated at " + fine(least)
        : most + "; saturated from " + share(least) + " on";
  }

  /** Of the highest load that was carried, or the first one if none was. */
  private String busiest() {
    LoadPoint best = curve.points().get(0);
    for (LoadPoint point : curve.all()) {
      if (!point.saturated() && (best.saturated() || point.offeredFlits() > best.offeredFlits())) {
        best = point;
      }
    }
    return ChannelReport.busiest(best.channels()) + ", at " + share(best.offeredFlits());
  }

  private static String fine(double flits) {
    return String.format(Locale.ROOT, "%.4f", flits);
  }

  private static String mean(TickHistogram latency) {
    return String.format(Locale.ROOT, "%.1f", latency.meanTicks());
  }

  private static String quantile(TickHistogram latency, double share) {
    return latency.count() == 0
        ? "-"
        : Long.toString(share == 1 ? latency.maxTicks() : latency.quantileTicks(share));
  }

  private static String share(double flits) {
    return String.format(Locale.ROOT, "%.3f", flits);
  }

  private void line(String label, String value) {
    text.append(String.format(Locale.ROOT, "%-12s %s%n", label, value));
  }
}
