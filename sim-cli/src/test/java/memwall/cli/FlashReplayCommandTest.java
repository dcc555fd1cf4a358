package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlashReplayCommandTest {
  private static final String TRACE =
      """
      time_ps,op,address,bytes
      0,R,0,4096
      0,R,1638400,4096
      10000000,R,64,64
      20000000,T,0,4096
      """;

  /** D1 of the MQSim runs (sim-memory, reference/flash/README.md). */
  private static final String MQSIM =
      """
      flash:
        source: a test
        name: mqsim-d1
        geometry:
          channels: 4
          dies_per_channel: 2
          planes_per_die: 1
          blocks_per_plane: 128
          pages_per_block: 64
          page: 16 KiB
        timing: { command: 290 ns, read: 50 us, ready: 20 ns, program: 200 us, erase: 2 ms }
        path: { link_rate: 1 GB/s, shared_bus: true, host_rate: 13.3 TB/s }
        rules: { outstanding_reads: 1000, pending_writes: 1000, priority: reads }
        wear: { endurance: 1000 }
        energy: { sense: 5 pJ/bit, program: 50 pJ/bit }
      replay: { fill: 1 }
      """;

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void scenario() throws IOException {
    commands = new Commands(temp);
    commands.write("t.csv", TRACE);
    commands.write("mqsim.yaml", MQSIM);
  }

  private Outcome replay(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("flash", "replay"));
    arguments.addAll(List.of(more));
    return Commands.run(arguments.toArray());
  }

  /** Two pages of one plane, one behind the other, then a part of a page that has left. */
  @Test
  void prints() {
    Outcome outcome = replay(commands.path("t.csv"), "--device", "hbf-gen1", "--fill", "1");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .isEqualTo(
            """
            trace        TRACE, format csv
            arrivals     as in the trace
            device       hbf-gen1, 16 channels, 400 planes, 549.9 GB, blocks managed by the host
            before       filled to 100.00 %
            accesses     3 reads of 8.256 kB, 0 writes of 0 B, 1 trims
            span         11 us
            rate         272700 /s, read 750.5 MB/s, written 0 B/s
            pages        3 done
            read         3 sensed, 0 retries, 0 from page buffers, 0 before they were programmed
            written      0 programmed, 0 of them moved
            wear         0 erases, 1.000 P/E cycles a block, 1 at most, 0 blocks retired
            energy       564.2 nJ

            latency, us  count   mean    p50    p90    p95    p99  p99.9    max
            read             3  1.361  1.041  2.041  2.041  2.041  2.041  2.041

            limit                 read allowed    used
            array                   1.638 TB/s  0.07 %  used most
            link                      1.6 TB/s  0.05 %
            staging buffer          3.148 TB/s  0.04 %
            outstanding requests    16.12 TB/s  0.01 %
            """
                .replace("TRACE", commands.path("t.csv").toString()));
  }

  @Test
  void leavesAFolderWithEqualBytesForEqualInput() throws IOException {
    Outcome first =
        replay(commands.path("t.csv"), "--device", "hbf-gen1", "-o", commands.path("one"));
    assertThat(first.err()).isEqualTo("results in " + commands.path("one") + "\n");
    replay(commands.path("t.csv"), "--device", "hbf-gen1", "-o", commands.path("two"));
    List<String> names = Commands.names(commands.path("two"));
    assertThat(names)
        .containsExactly("config.resolved.yaml", "latency.csv", "stats.csv", "summary.json");
    for (String name : names) {
      assertThat(commands.path("two/" + name)).hasSameBinaryContentAs(commands.path("one/" + name));
    }
    assertThat(Files.readString(commands.path("two/stats.csv")))
        .contains("device.senses,3,1,", "used.array,");
  }

  /** What MQSim itself measures: 66.695 us one after the other, 14.99 thousand a second. */
  @Test
  void mqsimRow() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      rows.append("0 0 ").append(32 * random.nextLong(8 * 128 * 64)).append(" 32 1\n");
    }
    commands.write("mqsim.trace", rows.toString());
    JsonNode one = json(commands.path("mqsim.trace"), "1");
    assertThat(one.at("/trace/format").asText()).isEqualTo("mqsim");
    assertThat(one.at("/latency/read/mean_ps").asDouble() / 1e6).isCloseTo(66.695, within(0.001));
    assertThat(one.at("/accesses_per_sec").asDouble()).isCloseTo(14_994, within(2.0));
    JsonNode many = json(commands.path("mqsim.trace"), "16");
    assertThat(many.at("/latency/read/mean_ps").asDouble() / 1e6)
        .isCloseTo(189.8, within(0.02 * 189.8));
    assertThat(many.at("/accesses_per_sec").asDouble()).isCloseTo(84_290, within(0.02 * 84_290));
    assertThat(many.at("/pages/done").asInt()).isEqualTo(5000);
    assertThat(many.at("/limits/busiest").asText()).isEqualTo("array");
  }

  private JsonNode json(Path trace, String depth) throws IOException {
    Outcome outcome =
        replay(trace, "--device", commands.path("mqsim.yaml"), "--depth", depth, "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return new ObjectMapper().readTree(outcome.out());
  }

  private void refused(String message, Object... arguments) {
    Outcome outcome = replay(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void refusesWhatCannotWork() throws IOException {
    refused(
        "--device: 'hbf-gen4' is not a preset of kind flash; did you mean 'hbf-gen",
        commands.path("t.csv"),
        "--device",
        "hbf-gen4");
    refused(
        "not a preset of kind flash; a file's name ends in .yaml",
        commands.path("t.csv"),
        "--device",
        commands.path("t.csv"));
    refused(
        "replay.fill: '2' is out of range",
        commands.path("t.csv"),
        "--device",
        "hbf-gen1",
        "--fill",
        "2");
    refused(
        "replay.overwrite: the device has no translation layer (ftl)",
        commands.path("t.csv"),
        "--device",
        "hbf-gen1",
        "--overwrite",
        "4");
    refused(
        "missing key 'flash.wear.endurance'",
        commands.path("t.csv"),
        "--device",
        commands.write("x.yaml", MQSIM.replace("endurance: 1000", "")));
    refused(
        "the trace has no times; say how many accesses are under way at once (--depth 32)",
        commands.write("u.csv", "op,address,bytes\nR,0,1\n"),
        "--device",
        "hbf-gen1");
    refused(
        "t.csv:3: 4096 bytes from address 1638400 end beyond the 262144 bytes that a host of",
        commands.path("t.csv"),
        "--device",
        "hbf-gen1",
        "--set",
        "flash.geometry.blocks_per_plane=1",
        "--set",
        "flash.geometry.pages_per_block=1",
        "--set",
        "flash.geometry.planes_per_die=4");
  }

  @Test
  void listsFormats() {
    Outcome outcome = Commands.run("flash", "formats");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("csv", "mqsim", "512-byte sectors");
  }
}
