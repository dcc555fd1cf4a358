package memwall.memory.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import memwall.core.stat.TickHistogram;
import memwall.memory.dram.reference.DramReferenceDevice;
import memwall.memory.dram.reference.ReferenceConfig;
import memwall.memory.dram.reference.ReferenceMapping;
import memwall.memory.dram.reference.ReferenceRun;
import memwall.memory.dram.reference.ReferenceRuns;
import memwall.memory.dram.reference.ReferenceStream;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of the reference simulator, replayed from traces of every format. */
final class ReplayReferenceTest {
  private static final DramDevice DDR5 = DramDevice.builtIn("ddr5-4800an-16gb-x8");

  @TempDir Path folder;

  private enum Form {
    CSV,
    LOAD_STORE,
    VECTOR,
    DRAMSIM3
  }

  /**
   * A stream of the reference runs, written as a trace of any format and replayed, gives the
   * numbers of the reference simulator.
   */
  @ParameterizedTest
  @CsvSource({
    "DDR5_4800, M2, AB, rand_rd_50, CSV",
    "DDR5_4800, M1, AB, mix70_70, CSV",
    "DDR5_4800, M2, AB, mix70_sat, LOAD_STORE",
    "DDR5_4800, M1, AB, seq_wr_sat, VECTOR",
    "DDR5_4800, M2, none, chase_rand, LOAD_STORE",
    "HBM3_6400, M2, AB, rand_rd_30, DRAMSIM3",
    "HBM3_6400, M1, PB, mix70_sat, VECTOR",
    "LPDDR5_6400, M2, AB, mix70_10, DRAMSIM3",
    "LPDDR5_6400, M1, AB, chase_rand, CSV",
  })
  void referenceRuns(
      ReferenceConfig config,
      ReferenceMapping mapping,
      String refresh,
      String streamName,
      Form form)
      throws IOException {
    ReferenceRun run = ReferenceRuns.find(config, mapping, refresh, streamName);
    ReferenceStream stream = run.stream();
    DramStandard standard = DramReferenceDevice.standard(config);
    ReplaySpec spec =
        new ReplaySpec(
            new DramDevice(standard, 1, 1, 1, DDR5.energy()),
            DramReferenceDevice.controller(mapping, refresh),
            1,
            256,
            OptionalLong.empty(),
            stream.isChase() ? 1 : 0);
    Path file =
        write(stream, form, AddressMapping.of(standard, spec.controller().mapping()), standard);
    MemoryTraceSummary summary = MemoryReplay.scan(file, null, spec);
    assertThat(summary.accesses()).isEqualTo(stream.size());
    ReplayResult result = MemoryReplay.run(file, null, spec);

    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.lastTicks()).isEqualTo(run.whole("span_cycles"));
    assertThat(result.firstTicks()).isEqualTo(stream.arrivalTicks(0));
    TickHistogram latency = result.controllerLatency();
    if (run.whole("n_reads") > 0) {
      assertThat(
              new long[] {
                latency.count(),
                latency.quantileTicks(0.5),
                latency.quantileTicks(0.9),
                latency.quantileTicks(0.99),
                latency.quantileTicks(0.999),
                latency.minTicks(),
                latency.maxTicks()
              })
          .containsExactly(
              run.whole("n_reads"),
              run.whole("p50_cycles"),
              run.whole("p90_cycles"),
              run.whole("p99_cycles"),
              run.whole("p999_cycles"),
              run.whole("min_cycles"),
              run.whole("max_cycles"));
      assertThat(String.format(Locale.ROOT, "%.3f", latency.meanTicks()))
          .isEqualTo(run.text("mean_read_latency_ctrl_cycles"));
      if (result.timed()) {
        assertThat(String.format(Locale.ROOT, "%.3f", result.readLatency().meanTicks()))
            .isEqualTo(run.text("mean_read_latency_from_arrival_cycles"));
      }
    }
    ReplayResult.Channel channel = result.channels().get(0);
    assertThat(new long[] {channel.rowHits(), channel.rowMisses(), channel.rowConflicts()})
        .containsExactly(
            run.whole("row_hits"), run.whole("row_misses"), run.whole("row_conflicts"));
    Map<String, Long> commands = result.commands();
    assertThat(commands.getOrDefault("RD", 0L)).isEqualTo(run.whole("n_rd_cmd"));
    assertThat(commands.getOrDefault("WR", 0L)).isEqualTo(run.whole("n_wr_cmd"));
    assertThat(commands.getOrDefault("REFab", 0L)).isEqualTo(run.whole("n_ref_all"));
    assertThat(commands.getOrDefault("REFpb", 0L)).isEqualTo(run.whole("n_ref_bank"));
    // Theirs is over the time from 0.
    double sinceZero = (double) result.spanTicks() / result.lastTicks();
    assertThat(String.format(Locale.ROOT, "%.5f", result.utilisationShare() * sinceZero))
        .isEqualTo(run.text("utilisation"));
  }

  private Path write(
      ReferenceStream stream, Form form, AddressMapping mapping, DramStandard standard)
      throws IOException {
    boolean timed = stream.arrivalTicks(stream.size() - 1) > 0;
    assertThat(timed && (form == Form.LOAD_STORE || form == Form.VECTOR)).isFalse();
    StringBuilder text = new StringBuilder();
    if (form == Form.CSV) {
      text.append(timed ? "cycle,op,address,bytes\n" : "op,address,bytes\n");
    }
    for (int i = 0; i < stream.size(); i++) {
      long address = stream.address(i);
      boolean write = stream.isWrite(i);
      switch (form) {
        case CSV ->
            text.append(timed ? stream.arrivalTicks(i) + "," : "")
                .append(write ? "W," : "R,")
                .append(address)
                .append(',')
                .append(standard.burstBytes());
        case LOAD_STORE -> text.append(write ? "ST " : "LD ").append(address);
        case VECTOR -> text.append(write ? "W " : "R ").append(vector(address, mapping, standard));
        case DRAMSIM3 ->
            text.append(Long.toHexString(address))
                .append(write ? " WRITE " : " READ ")
                .append(stream.arrivalTicks(i));
      }
      text.append('\n');
    }
    return Files.writeString(folder.resolve("trace"), text);
  }

  private static String vector(long address, AddressMapping mapping, DramStandard standard) {
    long location = mapping.decode(address);
    List<String> indexes = new ArrayList<>();
    int bank = AddressMapping.bank(location);
    int below = standard.banks();
    for (var level : standard.levels()) {
      if (level.name().equals("channel")) {
        continue;
      }
      below /= level.count();
      indexes.add(Integer.toString(bank / below));
      bank %= below;
    }
    return "0,"
        + String.join(",", indexes)
        + ","
        + AddressMapping.row(location)
        + ","
        + AddressMapping.burst(location);
  }
}
