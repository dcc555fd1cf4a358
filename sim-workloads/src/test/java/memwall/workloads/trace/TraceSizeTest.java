package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million requests are read in seconds and in flat memory. */
final class TraceSizeTest {
  private static final int REQUESTS = 1_000_000;

  @TempDir Path folder;

  @Test
  @Tag("slow")
  void aMillionRequests() throws IOException {
    Path path = folder.resolve("million.requests.jsonl");
    try (RequestTraceWriter writer =
        RequestTraceWriter.create(path, TraceHeader.requests(Map.of()))) {
      for (int i = 0; i < REQUESTS; i++) {
        writer.write(new Request("r" + i, 1000L * i, 1 + i % 5000, 1 + i % 700));
      }
      writer.finish();
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    TraceSummary summary = RequestTraces.scan(path);
    double scanSeconds = (threads.getCurrentThreadCpuTime() - cpu) / 1e9;
    assertThat(summary.requests()).isEqualTo(REQUESTS);
    System.out.printf(
        "%d requests, %d MB: %.2f CPU s%n", REQUESTS, Files.size(path) >> 20, scanSeconds);
    assertThat(scanSeconds).isLessThan(10);

    // Live memory while the reader stands near the end: the ids remembered and the buffers.
    long before = liveBytes();
    try (RequestTrace trace = RequestTraces.open(path)) {
      for (int i = 0; i < REQUESTS - 1; i++) {
        trace.next();
      }
      long held = liveBytes() - before;
      System.out.printf("reader holds %d KiB%n", held >> 10);
      assertThat(held).isLessThan(24L << 20);
      assertThat(trace.next()).isNotNull();
      assertThat(trace.next()).isNull();
    }
  }

  private static long liveBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
