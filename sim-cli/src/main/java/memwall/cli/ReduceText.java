package memwall.cli;

import java.util.Locale;
import java.util.Map;
import memwall.core.unit.Quantities;
import memwall.network.aggregation.DeadlineSpec;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.GroupSpec;
import memwall.network.aggregation.TreeTask;
import memwall.network.reduce.Experts;
import memwall.network.reduce.Reduce;
import memwall.network.reduce.ReduceResult;
import memwall.network.reduce.ReduceSpec;
import memwall.network.reduce.Tenant;
import memwall.network.reduce.TenantResult;
import memwall.network.reduce.TenantTraffic;

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
    text.append('\n').append(traffic());
    if (spec.hasTokens()) {
      text.append('\n').append(tokens());
    }
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
    Experts experts = tenant.experts();
    if (experts != null) {
      return String.format(
          Locale.ROOT,
          " (%s: %,d experts, top %d, %,d tokens each, skew %s)",
          tenant.operation(),
          experts.count(),
          experts.topK(),
          experts.tokens(),
          experts.skew());
    }
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
      for (int i = 0; i < run.tenants().size(); i++) {
        TenantResult one = run.tenants().get(i);
        TenantResult compared = reduce.compared(run, i);
        table.row(
            Quantities.SIZE.print(one.sizeBytes()),
            one.tenant().group().name(),
            how(run, one),
            count(one.operations().size() - one.failed()),
            count(one.failed()),
            microseconds((double) one.sumPs() / one.sortedPs().length()),
            quantile(one, 0.5),
            quantile(one, 0.95),
            quantile(one, 0.99),
            quantile(one, 0.999),
            quantile(one, 1),
            String.format(Locale.ROOT, "%.3f %%", 100 * one.substitutedShare()),
            compared == null ? "" : gained(compared, one));
      }
    }
    return table;
  }

  private static String how(ReduceResult run, TenantResult one) {
    if (one.tenant().experts() != null) {
      return run.plain() ? "plain" : "network";
    }
    return run.deadlines() && one.tenant().group().deadline().isOn() ? "yes" : "none";
  }

  private static String how(ReduceResult run) {
    return run.plain() ? "plain" : run.deadlines() ? "yes" : "none";
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
          how(run),
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
          String.format(Locale.ROOT, "%.2f", run.meanSlots(spec.network().graph().adders())));
    }
    return table;
  }

  private TextTable traffic() {
    TextTable table =
        new TextTable(
            "size",
            "deadline",
            ">host links",
            ">between switches",
            ">saved",
            ">adders busy",
            ">parts passed");
    for (ReduceResult run : reduce.runs()) {
      ReduceResult plain = reduce.plain(run);
      table.row(
          Quantities.SIZE.print(run.sizeBytes()),
          how(run),
          Quantities.SIZE.human((double) run.count("host_link_bytes")),
          Quantities.SIZE.human((double) run.switchLinkBytes()),
          plain == null ? "" : saved(run.count("sent_bytes"), plain.count("sent_bytes")),
          String.format(
              Locale.ROOT, "%.3f %%", 100 * run.adderUtilisation(spec.network().graph().adders())),
          count(run.count("token_parts_passed")));
    }
    return table;
  }

  private static String saved(long bytes, long plainBytes) {
    return plainBytes == 0
        ? "-"
        : String.format(Locale.ROOT, "%.1f %%", 100 * (1 - (double) bytes / (double) plainBytes));
  }

  /** What exchanges of tokens put on the links by the closed form, and how near they come to it. */
  private TextTable tokens() {
    TextTable table =
        new TextTable(
            "tokens",
            "group",
            "as",
            ">copies",
            ">host links",
            ">between switches",
            ">saved at most",
            ">busiest link, us",
            ">mean by it");
    for (ReduceResult run : reduce.runs()) {
      for (TenantResult one : run.tenants()) {
        TenantTraffic traffic = one.traffic();
        int ended = one.sortedPs().length();
        if (one.tenant().experts() != null && ended > 0) {
          table.row(
              Quantities.SIZE.print(one.sizeBytes()),
              one.tenant().group().name(),
              how(run, one),
              count(traffic.parts() / ended),
              Quantities.SIZE.human((double) traffic.hostLinkBytes() / ended),
              Quantities.SIZE.human((double) traffic.switchLinkBytes() / ended),
              String.format(Locale.ROOT, "%.1f %%", 100 * traffic.savedShare()),
              microseconds((double) traffic.busiestPs() / ended),
              String.format(Locale.ROOT, "%.3f", (double) one.sumPs() / traffic.busiestPs()));
        }
      }
    }
    return table;
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
                  run.plain() ? " plain" : run.deadlines() ? " with deadline" : "",
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
