package memwall.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.core.unit.Quantities;
import memwall.memory.pnm.HostLatency;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimResult;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmResult;
import memwall.memory.pnm.PnmSpec;

/** What {@code memwall memory pim} prints: rows of a name, a value and what it is. */
final class PimText {
  private static final double PS_PER_SECOND = 1e12;

  private final List<Row> rows = new ArrayList<>();

  private record Row(String key, String shown, double value, String sentence) {}

  private PimText() {}

  static PimText of(PimSpec spec, int devices, PimKernel kernel, PimResult result) {
    PimText text = new PimText();
    text.time("time_ps", result.timePs(), "from launch to the last result");
    text.time(
        "closed_form_ps", result.closedFormPs(), "the same by arithmetic: no host, no refresh");
    text.time("bound_ps", result.boundPs(), "the multiplies alone, all processors always busy");
    text.time("host_bound_ps", result.hostBoundPs(), "the matrices over the data buses instead");
    text.time("launch_ps", spec.launchPs(), "of the time: launch and fences of the host");
    text.time("switch_ps", result.switchPs(), "of the time: closing rows, switching mode");
    text.time("host_held_ps", result.heldPs(), "the host was held off the banks");
    text.rate("bandwidth", result.bytesPerSec(), "bytes of the matrices / time");
    text.rate(
        "internal_peak",
        spec.internalBytesPerSec() * devices,
        "all processors multiplying, rows open");
    text.rate(
        "internal_stream", spec.streamBytesPerSec() * devices, "with opening and closing the rows");
    text.rate(
        "external_peak", (double) spec.dram().peakBytesPerSec() * devices, "all data buses busy");
    text.size("matrix_bytes", result.matrixBytes(), "of the matrices");
    text.size("bank_bytes", result.bankBytes(), "read by the processors, padding included");
    text.size("input_bytes", result.inputBytes(), "of input over the data buses");
    text.size("result_bytes", result.resultBytes(), "of results over the data buses");
    text.count("products", result.multiplications(), "asked for");
    text.count("slots", result.slots(), "products that there was room for, padding included");
    text.count("activates", result.activates(), "rows opened, of single banks");
    text.count("rows_used", result.rowsUsed(), "rows of each bank that hold matrices");
    text.count("refreshes", result.refreshes(), "refreshes of one channel meanwhile");
    text.energy("energy_pj", result.energy().totalPj(), "all of it");
    text.energy("energy_rows_pj", result.energy().memory().activatePj(), "opening rows");
    text.energy("energy_cells_pj", result.energy().memory().cellPj(), "out of the banks");
    text.energy("energy_datapath_pj", result.energy().memory().datapathPj(), "across the die");
    text.energy("energy_tsv_pj", result.energy().memory().tsvPj(), "through the stack");
    text.energy("energy_io_pj", result.energy().memory().ioPj(), "between memory and host");
    text.energy("energy_products_pj", result.energy().multiplyPj(), "products and additions");
    text.energy("energy_refresh_pj", result.energy().memory().refreshPj(), "refreshes");
    text.energy("energy_standby_pj", result.energy().memory().backgroundPj(), "standby");
    text.energy("host_energy_pj", result.hostEnergyPj(), "the matrices to the host instead");
    text.host(result.host());
    return text;
  }

  static PimText of(PnmSpec spec, PimKernel kernel, PnmResult result) {
    PimText text = new PimText();
    text.time("time_ps", result.timePs(), "from launch to the last result at the host");
    text.time("read_ps", result.readPs(), "until the engine has its last burst");
    text.time("bound_ps", result.boundPs(), "reads at full rate or FLOPs at full rate");
    text.rate("bandwidth", result.bytesPerSec(), "at which the engine read");
    text.rate("external_peak", (double) spec.peakBytesPerSec(), "all data buses busy");
    text.size("matrix_bytes", kernel.matrixBytes(), "of the matrices");
    text.size("read_bytes", result.readBytes(), "read by the engine");
    text.size("input_bytes", result.inputBytes(), "of input over the link");
    text.size("result_bytes", result.resultBytes(), "of results over the link");
    text.count("flops", result.flops(), "of the kernel");
    text.energy("energy_pj", result.energyPj(), "all of it");
    text.energy("energy_memory_pj", result.memoryPj(), "rows and the way to the engine");
    text.energy("energy_compute_pj", result.computePj(), "FLOPs");
    text.energy("energy_link_pj", result.linkPj(), "input and results");
    text.energy("host_energy_pj", result.hostEnergyPj(), "the matrices to the host instead");
    text.host(result.host());
    return text;
  }

  private void host(HostLatency host) {
    if (host.reads() == 0) {
      return;
    }
    count("host_reads", host.reads(), "reads of the host on one channel meanwhile");
    time("host_mean_ps", host.meanPs(), "their latency from arrival to last beat");
    time("host_p50_ps", host.p50Ps(), "median");
    time("host_p99_ps", host.p99Ps(), "99th percentile");
    time("host_max_ps", host.maxPs(), "longest");
  }

  private void time(String key, long picos, String sentence) {
    rows.add(new Row(key, Quantities.TIME.human((double) picos), (double) picos, sentence));
  }

  private void rate(String key, double perSecond, String sentence) {
    rows.add(new Row(key, Quantities.BYTE_RATE.human(perSecond), perSecond, sentence));
  }

  private void size(String key, long bytes, String sentence) {
    rows.add(new Row(key, Quantities.SIZE.human((double) bytes), (double) bytes, sentence));
  }

  private void count(String key, long count, String sentence) {
    rows.add(new Row(key, String.format(Locale.ROOT, "%,d", count), (double) count, sentence));
  }

  private void energy(String key, double picojoules, String sentence) {
    String shown = String.format(Locale.ROOT, "%.4g uJ", picojoules / (PS_PER_SECOND / 1e6));
    rows.add(new Row(key, shown, picojoules, sentence));
  }

  String text() {
    TextTable table = new TextTable("quantity", ">value", "what it is");
    for (Row row : rows) {
      String name = row.key().replaceAll("_p[sj]$", "").replace('_', ' ');
      table.row(name, row.shown(), row.sentence());
    }
    return table.toString();
  }

  ObjectNode json() {
    ObjectNode node = Json.object();
    for (Row row : rows) {
      Json.put(node, row.key(), row.value());
    }
    return node;
  }
}
