package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  @TempDir Path dir;

  @Test
  void staysUnderAMegabyteForTwentyThousandRequests() throws IOException {
    Path folder = SampleRun.large().write(dir.resolve("run"));
    assertThat(Files.size(folder.resolve("report.html"))).isBetween(100_000L, 1_000_000L);
  }
}
