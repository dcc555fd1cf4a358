package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryReplayCommandTest {
  private static final String MEMORY = "ddr5-4800an-16gb-x8";

  /** Two reads of one row at once, a read of another row of the bank long after, a write. */
  private static final String TRACE =
      """
      cycle,op,address,bytes
      0,R,0,64
      0,R,64,64
      1000,R,0x20000,1
      2000,W,0,128
      """;

  @TempDir Path temp;
  private Commands commands;

  @BeforeEach
  void scenario() throws IOException {
    commands = new Commands(temp);
    commands.write("t.csv", TRACE);
  }

  /**
   * Idle latencies of the standard: closed bank 77 ticks, tCCD_L 12, conflict 110; write after a
   * conflict 68, tCCD_L_WR 48.
   */
  @Test
  void prints() {
    Outcome outcome = replay("--mapping", "row-contiguous", "--set", "controller.refresh=none");
    assertThat(outcome.err()).isEmpty();
    int energy = outcome.out().indexOf("\nenergy");
    assertThat(outcome.out().substring(0, energy))
        .isEqualTo(
            """
            trace        TRACE, format csv
            arrivals     as in the trace, ticks
            memory       ddr5-4800an-16gb-x8, 1 channel, 8.59 GB, peak 19.23 GB/s
            mapping      row-contiguous
            accesses     4 (3 reads, 1 writes), 257 B
            moved        320 B in 5 bursts of 64 B
            span         880.3 ns, 2,116 ticks of 416 ps
            bandwidth    363.5 MB/s, 1.89 % of the peak
            rows         hit 40.00 %, closed 20.00 %, conflict 40.00 %

            latency, ns                   count   mean    p50    p90    p99  p99.9    max
            read burst in the controller      3  38.27  37.02  45.76  45.76  45.76  45.76
            read access from arrival          3  38.27  37.02  45.76  45.76  45.76  45.76
            write access from arrival         1  48.26  48.26  48.26  48.26  48.26  48.26

            command  count  per burst
            ACT          3     0.6000
            PREpb        2     0.4000
            RD           3     0.6000
            WR           2     0.4000
            """
                .replace("TRACE", commands.path("t.csv").toString()));
    assertThat(outcome.out().substring(energy))
        .contains("\nrows opened and closed ", "\nbursts across the die ", "\nstandby ")
        .doesNotContain("refreshes", "base die")
        .containsPattern("\ntogether .* 100.00 %\n$");
  }

  @Test
  void leavesAFolderWithEqualBytesForEqualInput() throws IOException {
    Outcome first = replay("-o", commands.path("a/one"));
    assertThat(first.err()).isEqualTo("results in " + commands.path("a/one") + "\n");
    replay("-o", commands.path("two"));
    List<String> names = Commands.names(commands.path("two"));
    assertThat(names)
        .containsExactly("config.resolved.yaml", "latency.csv", "stats.csv", "summary.json");
    for (String name : names) {
      assertThat(commands.path("two/" + name))
          .hasSameBinaryContentAs(commands.path("a/one/" + name));
    }
    assertThat(Files.readString(commands.path("two/latency.csv")))
        .isEqualTo(
            """
            latency,ticks,ns,count
            controller_read,77,32.032,1
            controller_read,85,35.36,1
            controller_read,110,45.76,1
            read,77,32.032,1
            read,85,35.36,1
            read,110,45.76,1
            write,68,28.288,1
            """);
    assertThat(Files.readAllLines(commands.path("two/stats.csv")))
        .contains(
            "path,value,unit,meaning",
            "channel0.commands.ACT,4,1,Commands ACT issued",
            "channel0.reads,3,1,Read bursts accepted",
            "moved_bytes,320,bytes,Bytes of whole bursts moved");
  }

  @Test
  void printsTheSummaryAsJson() throws IOException {
    Outcome outcome = replay("--json", "-o", commands.path("out"), "--channels", "2");
    assertThat(outcome.out()).isEqualTo(Files.readString(commands.path("out/summary.json")));
    JsonNode summary = new ObjectMapper().readTree(outcome.out());
    assertThat(summary.get("schema").asText()).isEqualTo("memwall.memory-replay/1");
    assertThat(summary.at("/trace/accesses").asLong()).isEqualTo(4);
    assertThat(summary.at("/trace/asked_bytes").asLong()).isEqualTo(257);
    assertThat(summary.at("/memory/channels").asLong()).isEqualTo(2);
    assertThat(summary.at("/memory/peak_bytes_per_sec").asDouble()).isEqualTo(2 * 19230769230.0);
    assertThat(summary.get("moved_bytes").asLong()).isEqualTo(320);
    assertThat(summary.at("/latency/read/count").asLong()).isEqualTo(3);
    assertThat(summary.at("/latency/write/max_ns").decimalValue()).isEqualTo("3.744");
    assertThat(summary.at("/commands/RD").asLong()).isEqualTo(3);
    double parts = 0;
    for (String part :
        List.of("activate", "cell", "datapath", "tsv", "io", "refresh", "background")) {
      parts += summary.at("/energy/" + part + "_joules").asDouble();
    }
    double total = summary.at("/energy/total_joules").asDouble();
    assertThat(total).isPositive().isCloseTo(parts, withinPercentage(1e-9));
    assertThat(summary.at("/energy/pj_per_bit").asDouble())
        .isCloseTo(total * 1e12 / (320 * 8), withinPercentage(1e-9));
  }

  /** The same trace packed, and in the other formats, gives the same but for what names it. */
  @Test
  void everyFormatGivesTheSame() throws IOException {
    commands.write("ls", "LD 0\nLD 64\nST 0x20000\n");
    commands.write("d3", "0 READ 0\n40 READ 0\n20000 WRITE 0\n");
    commands.write("csv", "op,address\nR,0\nR,64\nW,131072\n");
    commands.write("v", "R 0,0,0,0,0,0\nR 0,0,0,0,0,1\nW 0,0,0,0,1,0\n");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(commands.path("gz")))) {
      out.write("LD 0\nLD 64\nST 0x20000\n".getBytes(StandardCharsets.UTF_8));
    }
    List<String> results = new ArrayList<>();
    for (String name : List.of("ls", "d3", "csv", "v", "gz")) {
      Outcome outcome =
          Commands.run(
              "memory",
              "replay",
              commands.path(name),
              "--memory=" + MEMORY,
              "--gap=0 ps",
              "--mapping=row-contiguous");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      results.add(outcome.out().substring(outcome.out().indexOf("arrivals")));
    }
    assertThat(results).allMatch(result -> result.equals(results.get(0)));
    assertThat(results.get(0)).contains("arrivals     all at once", "WR           1");
  }

  @Test
  void oneAfterTheOther() {
    Outcome outcome = replay("--gap=0 ps", "--outstanding=1");
    assertThat(outcome.out()).contains("arrivals     all at once, 1 under way per channel");
  }

  @Test
  void listsFormats() {
    assertThat(Commands.run("memory", "formats").out())
        .contains("\ncsv  ", "\nload-store  ", "\nvector  ", "\ndramsim3  ");
  }

  @Test
  void anUnknownMemory() {
    fails(
        Commands.run("memory", "replay", commands.path("t.csv"), "--memory", "ddr5-4800an-16gb-x9"),
        "--memory: 'ddr5-4800an-16gb-x9' is not a preset of kind dram; did you mean"
            + " 'ddr5-4800an-16gb-x8'? (known: [");
  }

  @Test
  void everyFaultOfTheOptionsInOnePass() {
    fails(
        replay(
            "--gap=5",
            "--channels=0",
            "--outstanding=-1",
            "--mapping=column row",
            "--set=replay.interleave=100 B",
            "--set=controller.read_queue=0",
            "--set=replay.chanels=2",
            "-o",
            commands.path("new/out")),
        "--set #1 (replay.interleave=100 B): replay.interleave: 100 B given, expected a whole"
            + " number of bursts of 64 B that divides the channel's 8589934592 B",
        "--set #2 (controller.read_queue=0): controller.read_queue: '0' is out of range: a whole"
            + " number from 1 to 65536",
        "--set #3 (replay.chanels=2): unknown key 'replay.chanels'; did you mean 'channels'?",
        "--set #4 (controller.mapping=column row): controller.mapping: 'bank' is missing: it has 4"
            + " values",
        "--set #4 (controller.mapping=column row): controller.mapping: 'bankgroup' is missing: it"
            + " has 8 values",
        "--set #5 (replay.channels=0): replay.channels: '0' is out of range",
        "--set #6 (replay.gap=5): replay.gap: '5' has no unit where a time is wanted",
        "--set #7 (replay.outstanding=-1): replay.outstanding: '-1' is out of range");
  }

  @Test
  void everyFaultOfTheTraceInOnePass() throws IOException {
    Path trace = commands.write("t.csv", TRACE + "2000,X,0,64\n1999,R,0,64\n2000,R,8589934592,1\n");
    fails(
        replay("-o", commands.path("new/out")),
        trace + ":6: 'op': 'X' given, expected R or W",
        trace + ":7: the arrival 1999 is before 2000 in line 5, expected arrivals in order (sort",
        trace
            + ":8: 1 B at address 8589934592 given, expected an end at or below the capacity of"
            + " 8589934592 B");
  }

  @Test
  void aMissingTrace() {
    fails(
        Commands.run("memory", "replay", commands.path("none"), "--memory", MEMORY),
        commands.path("none") + ": no such file, expected a memory trace");
  }

  @Test
  void anUnknownFormat() {
    fails(
        replay("--format=cvs"),
        commands.path("t.csv") + ": unknown format of a memory trace 'cvs'");
  }

  @Test
  void aTraceOfAnotherFormat() {
    fails(
        replay("--format=dramsim3"),
        commands.path("t.csv")
            + ":1: found 'cycle,op,address,bytes', expected 'ADDRESS READ CYCLE'",
        commands.path("t.csv") + ":2: found",
        commands.path("t.csv") + ":3: found",
        commands.path("t.csv") + ":4: found",
        commands.path("t.csv") + ":5: found");
  }

  @Test
  void aUsedOutputFolder() throws IOException {
    Files.createDirectory(commands.path("out"));
    commands.write("out/old", "result");
    fails(
        replay("-o", commands.path("out")),
        "output folder '" + commands.path("out") + "': is not empty, and results are never");
    assertThat(Commands.names(commands.path("out"))).containsExactly("old");
  }

  @Test
  void withoutAMemory() {
    fails(
        Commands.run("memory", "replay", commands.path("t.csv")),
        "memwall memory replay: Missing required option: '--memory=PRESET'",
        "Try 'memwall memory replay --help'.");
  }

  private Outcome replay(Object... options) {
    List<Object> all =
        new ArrayList<>(List.of("memory", "replay", commands.path("t.csv"), "--memory", MEMORY));
    all.addAll(List.of(options));
    return Commands.run(all.toArray());
  }

  /**
   * Exit code 2, these lines (their beginnings), nothing on standard output, nothing new on disk.
   */
  private void fails(Outcome outcome, String... messages) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(commands.names()).doesNotContain("new").doesNotContain(".out.partial-1");
    List<String> errors = outcome.errors();
    assertThat(errors).as(outcome.err()).hasSize(messages.length);
    for (int i = 0; i < messages.length; i++) {
      assertThat(errors.get(i)).startsWith(messages[i]);
    }
  }
}
