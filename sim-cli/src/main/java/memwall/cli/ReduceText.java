package memwall.cli;

import java.util.Locale;
import java.util.Map;
import memwall.core.unit.Quantities;
import memwall.network.aggregation.DeadlineSpec;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.GroupSpec;
import memwall.network.aggregation.TreeTask;
import memwall.network.reduce.Reduce;
import memwall.network.reduce.ReduceResult;
import memwall.network.reduce.ReduceSpec;
import memwall.network.reduce.Tenant;
import memwall.network.reduce.TenantResult;

/** What {@code memwall network reduce} prints. */
final class ReduceText {
  private static final double PS_PER_US = 1e6;

  private final Reduce reduce;
  private final ReduceSpec spec;
  private final StringBuilder text = new StringBuilder();

  ReduceText(Reduce reduce) {
    this.reduce = reduce;
    this.spec = reduce.spec();
  }

  String text() {
    Graph graph = spec.network().graph();
    int hosts = 0;
    for (int node = 0; node < graph.nodes(); node++) {
      hosts += graph.isHost(node) ? 1 : 0;
    }
    line(
        "network",
        String.format(
            Locale.ROOT,
            "%s: hosts %,d, switches %,d (%,d slots each), links %,d, operands added %s",
            spec.network().name(),
            hosts,
            graph.nodes() - hosts,
            spec.network().joint().slots(),
            graph.links(),
            spec.network().joint().ordered() ? "in the order of the children" : "as they arrive"));
    for (Tenant tenant : spec.tenants()) {
      line("group", group(tenant));
    }
    text.append('\n').append(latencies()).append('\n').append(work());
    failures();
    return text.toString();
  }

  private String group(Tenant tenant) {
    GroupSpec group = tenant.group();
    DeadlineSpec deadline = group.deadline();
    return String.format(
        Locale.ROOT,
        "%s: %,d hosts, %,d operations%s%s, gap %s, window %,d, quota %,d (%s)%s%s",
        group.name(),
        group.members().size(),
        tenant.operations(),
        tenant.sizeBytes() == 0 ? "" : " of " + Quantities.SIZE.print(tenant.sizeBytes()),
        task(tenant),
        Quantities.TIME.print(tenant.gapPs()),
        group.window(),
        group.quota(),
        lower(group.admission()),
        group.spares().hosts().isEmpty()
            ? ""
            : String.format(Locale.ROOT, ", spares %,d", group.spares().hosts().size()),
        deadline.isOn()
            ? "; deadline "
                + Quantities.TIME.print(deadline.waitPs())
                + (deadline.fromCall() ? " from the call, " : " from the first arrival, ")
                + lower(deadline.substitute())
            : "");
  }

  private String task(Tenant tenant) {
    TreeTask task = tenant.task();
    if (task.kind() == TreeTask.Kind.ALL_REDUCE) {
      return "";
    }
    return " ("
        + lower(task.kind())
        + (task.kind() == TreeTask.Kind.BROADCAST ? " from " : " to ")
        + spec.network().graph().name(tenant.group().members().get(task.root()))
        + ")";
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private TextTable latencies() {
    TextTable table =
        new TextTable(
            "latency, us",
            "group",
            "deadline",
            ">ended",
            ">failed",
            ">mean",
            ">p50",
            ">p95",
            ">p99",
            ">p99.9",
            ">max",
            ">substituted",
            ">p99 gained");
    for (ReduceResult run : reduce.runs()) {
      ReduceResult baseline = reduce.baseline(run);
      for (int i = 0; i < run.tenants().size(); i++) {
        TenantResult one = run.tenants().get(i);
        table.row(
            Quantities.SIZE.print(one.sizeBytes()),
            one.tenant().group().name(),
            run.deadlines() && one.tenant().group().deadline().isOn() ? "yes" : "none",
            count(one.operations().size() - one.failed()),
            count(one.failed()),
            microseconds((double) one.sumPs() / one.sortedPs().length()),
            quantile(one, 0.5),
            quantile(one, 0.95),
            quantile(one, 0.99),
            quantile(one, 0.999),
            quantile(one, 1),
            String.format(Locale.ROOT, "%.3f %%", 100 * one.substitutedShare()),
            baseline == null ? "" : gained(baseline.tenants().get(i), one));
      }
    }
    return table;
  }

  /** By how much the tail is shorter with the deadline. */
  private static String gained(TenantResult without, TenantResult with) {
    long beforePs = without.quantilePs(0.99);
    long afterPs = with.quantilePs(0.99);
    return beforePs < 0 || afterPs <= 0
        ? "-"
        : String.format(Locale.ROOT, "%.2f x", (double) beforePs / (double) afterPs);
  }

  private TextTable work() {
    TextTable table =
        new TextTable(
            "size",
            "deadline",
            ">span",
            ">faults",
            ">late hosts",
            ">lost",
            ">resent",
            ">new trees",
            ">spares",
            ">by hosts",
            ">queued",
            ">expired",
            ">reordered",
            ">most slots",
            ">mean slots");
    for (ReduceResult run : reduce.runs()) {
      long reordered = 0;
      for (TenantResult one : run.tenants()) {
        reordered += one.chunksReordered();
      }
      table.row(
          Quantities.SIZE.print(run.sizeBytes()),
          run.deadlines() ? "yes" : "none",
          Quantities.TIME.human((double) run.endPs()),
          count(run.faultsGiven() + run.linkFailures() + run.nodeFailures()),
          count(run.lateHosts()),
          count(run.count("messages_lost") + run.count("acks_lost")),
          count(run.count("retransmissions")),
          count(run.count("rebuilds")),
          count(run.count("spares_used")),
          count(run.count("fall_backs")),
          count(run.count("operations_queued")),
          count(run.count("expired")),
          count(reordered),
          count(run.count("most_slots")),
          String.format(Locale.ROOT, "%.2f", run.meanSlots(adders())));
    }
    return table;
  }

  private int adders() {
    Graph graph = spec.network().graph();
    int adders = 0;
    for (int node = 0; node < graph.nodes(); node++) {
      adders += !graph.isHost(node) && graph.adds(node) ? 1 : 0;
    }
    return adders;
  }

  private void failures() {
    for (ReduceResult run : reduce.runs()) {
      for (TenantResult one : run.tenants()) {
        for (Map.Entry<String, Integer> failure : one.failures().entrySet()) {
          text.append(
              String.format(
                  Locale.ROOT,
                  "%n%s, group %s%s: %,d failed: %s",
                  Quantities.SIZE.print(one.sizeBytes()),
                  one.tenant().group().name(),
                  run.deadlines() ? " with deadline" : "",
                  failure.getValue(),
                  failure.getKey()));
        }
      }
    }
    if (text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
  }

  private static String quantile(TenantResult one, double share) {
    long latencyPs = one.quantilePs(share);
    return latencyPs < 0 ? "-" : microseconds((double) latencyPs);
  }

  private static String microseconds(double ps) {
    return Double.isFinite(ps) ? String.format(Locale.ROOT, "%,.3f", ps / PS_PER_US) : "-";
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private void line(String label, String value) {
    text.append(String.format(Locale.ROOT, "%-12s %s%n", label, value));
  }
}
