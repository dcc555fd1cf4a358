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

  @Test
  @Tag("slow")
  void theAzureHour() {
    Path path = Shared.trace("azure2023/AzureLLMInferenceTrace_conv.csv");
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    assertThat(RequestTraces.scan(path).requests()).isEqualTo(19_366);
    double scanSeconds = (threads.getCurrentThreadCpuTime() - cpu) / 1e9;
    System.out.printf("Azure hour: %.3f CPU s%n", scanSeconds);
    assertThat(scanSeconds).isLessThan(1);
  }

  @Test
  @Tag("slow")
  void aMillionTokens() throws IOException {
    Path path = folder.resolve("million.tokens.jsonl");
    long[] times = new long[1000];
    try (TokenTraceWriter writer = TokenTraceWriter.create(path, TraceHeader.tokens(Map.of()))) {
      for (int r = 0; r < 1000; r++) {
        for (int i = 0; i < times.length; i++) {
          times[i] = 1_000_000_007L * (r + i);
        }
        writer.requestStarted(new Request("r" + r, 1_000_000L * r, 100, times.length));
        writer.tokens("r" + r, 0, times, 0, times.length);
      }
      writer.finish();
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    long tokens = 0;
    try (TokenTrace trace = TokenTrace.open(path)) {
      for (RecordedRequest r = trace.nextRecorded(); r != null; r = trace.nextRecorded()) {
        tokens += r.completionPs().size();
      }
    }
    double seconds = (threads.getCurrentThreadCpuTime() - cpu) / 1e9;
    System.out.printf("%d tokens, %d MB: %.2f CPU s%n", tokens, Files.size(path) >> 20, seconds);
    assertThat(tokens).isEqualTo(1_000_000);
    assertThat(seconds).isLessThan(5);
  }

  private static long liveBytes() {
    // The serial collector leaves some dead objects in place, but compacts all every fourth time.
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
