package memwall.memory.flash.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Write amplification of MQSim through the device, with its own parameters: cleaning below ten free
 * blocks, ten blocks at once, a block each for host and cleaning. Nothing is fitted.
 */
class MqsimWritesTest {
  /** Device D3 of the rows, 2 channels of a plane (reference/flash/README.md). */
  private static final String DEVICE =
      """
      flash:
        source: reference/flash/README.md
        name: MQSim D3
        geometry:
          channels: 2
          dies_per_channel: 1
          planes_per_die: 1
          blocks_per_plane: 1024
          pages_per_block: 64
          page: 16 KiB
        timing: { command: 290 ns, read: 50 us, ready: 20 ns, program: 200 us, erase: 2 ms }
        path: { link_rate: 1 GB/s, shared_bus: true }
        rules: { outstanding_reads: 65536, pending_writes: 65536, priority: reads }
        wear: { endurance: 1000000 }
        energy: { sense: 5 pJ/bit, program: 50 pJ/bit, link: 1 pJ/bit, idle: 1 W }
        ftl: { spare: 0.2, free_blocks: 10, cleaned_at_once: 10 }
      replay: { depth: 16, fill: 1 }
      """;

  @TempDir Path temp;

  /** The page of a host and all pages that were programmed for it, over the second half. */
  private double writeAmplification(Row row, int requests, double overwritten) throws IOException {
    boolean draws = row.text("gc_policy").equals("RGA");
    FlashReplaySpec spec =
        FlashReplayTest.spec(
            draws ? DEVICE.replace("spare: 0.2", "spare: 0.2, choices: 10") : DEVICE,
            "flash.ftl.spare=" + row.text("op_ratio"),
            "flash.ftl.cleaning=" + (draws ? "choices" : "greedy"),
            "replay.overwrite=" + overwritten);
    Path file = temp.resolve("writes.csv");
    ManagementCounts half = run(spec, file, requests / 2);
    ManagementCounts whole = run(spec, file, requests);
    double host = whole.hostPages() - half.hostPages();
    return (whole.programs() - half.programs()) / host;
  }

  private static ManagementCounts run(FlashReplaySpec spec, Path file, int requests)
      throws IOException {
    long pages = spec.part().logicalBytes() / 16_384;
    SplittableRandom random = new SplittableRandom(798);
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      writer.write("op,address,bytes\n");
      for (int i = 0; i < requests; i++) {
        writer.write("W," + random.nextLong(pages) * 16_384 + ",16384\n");
      }
    }
    FlashReplayResult result =
        FlashReplay.run(file, null, spec, FlashReplay.scan(file, null, spec));
    assertThat(result.brokenLaws()).isEmpty();
    return result.management();
  }

  /**
   * Fewer requests, behind overwrites without time; more of them where much is moved, for it takes
   * longer until the blocks under way tell.
   */
  @Test
  void likeMqsim() throws IOException {
    compare(0.1, 0.2, 3);
  }

  /** As many requests as MQSim had, and nothing before. */
  @Test
  @Tag("slow")
  void asLongAsMqsim() throws IOException {
    compare(1, 1, 0);
  }

  private void compare(double share, double shareOfDense, double overwritten) throws IOException {
    int rows = 0;
    for (Row row : FlashTable.rows("mqsim_writes_gc", 10)) {
      // Recorded twice, with two builds of it.
      if (row.text("binary").equals("stock")) {
        double theirs = row.number("wa_gcmoves_2nd_half");
        double part = row.number("op_ratio") < 0.1 ? shareOfDense : share;
        double ours = writeAmplification(row, (int) (part * row.whole("requests")), overwritten);
        assertThat(ours).as(row.text("run")).isCloseTo(theirs, within(0.02 * theirs));
        rows++;
      }
    }
    assertThat(rows).isEqualTo(5);
  }
}
