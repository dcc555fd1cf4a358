package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AzureReaderTest {
  private static final String HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  private static final String ROW = "2023-11-16 18:15:46.6805900,374,44\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("azure.csv"), text);
  }

  @Test
  void theConversationTraceOf2023() {
    TraceSummary summary =
        RequestTraces.scan(Shared.trace("azure2023/AzureLLMInferenceTrace_conv.csv"));
    assertThat(summary.format()).isEqualTo("azure");
    assertThat(summary.requests()).isEqualTo(19_366);
    assertThat(summary.promptTokens()).isEqualTo(22_361_870);
    assertThat(summary.outputTokens()).isEqualTo(4_088_665);
    assertThat(summary.firstArrivalPs()).isZero();
    // 19:14:08.4025270 - 18:15:46.6805900
    assertThat(summary.lastArrivalPs()).isEqualTo(3_501_721_937_000_000L);
    assertThat(summary.maxPromptTokens()).isEqualTo(14_050);
    assertThat(summary.maxOutputTokens()).isEqualTo(1_000);
    assertThat(summary.header().texts()).containsEntry("epoch", "2023-11-16 18:15:46.6805900");
    assertThat(summary.sha256()).hasSize(64);
  }

  @Test
  void digitsZonesAndMidnight() throws IOException {
    List<Request> requests =
        RequestReaderTest.read(
            file(
                HEADER.replace("\n", "\r\n")
                    + "2024-02-28 23:59:59.9999999+00:00,1,1\r\n"
                    + "2024-02-29 00:00:00.0000001+00:00,2,3\r\n"
                    + "2024-02-29T00:00:01Z,2,3\r\n"
                    + "2024-02-29 02:00:01.123456789+02:00,4,5"));
    assertThat(requests)
        .containsExactly(
            new Request("r1", 0, 1, 1),
            new Request("r2", 200_000, 2, 3),
            new Request("r3", 1_000_000_100_000L, 2, 3),
            new Request("r4", 1_123_456_889_000L, 4, 5));
  }

  @Test
  void imagesAreKept() throws IOException {
    List<Request> requests =
        RequestReaderTest.read(
            file(
                """
                TIMESTAMP,NumImages,ContextTokens,GeneratedTokens
                2025-01-01 00:00:00,0,10,20
                2025-01-01 00:00:00,3,11,21
                """));
    assertThat(requests.get(0)).isEqualTo(new Request("r1", 0, 10, 20));
    assertThat(requests.get(1).promptTokens()).isEqualTo(11);
    assertThat(requests.get(1).outputTokens()).isEqualTo(21);
    assertThat(requests.get(1).extras().x()).isEqualTo("{\"NumImages\":3}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2023-11-16 18:15:46.7,374|t:3: found 2 columns in ''2023-11-16 18:15:46.7,374'', expected"
            + " 3: TIMESTAMP,ContextTokens,GeneratedTokens",
        "2023-11-16 18:15:46.7,374,-1|t:3:27: ''GeneratedTokens'': ''-1'' given, expected a whole"
            + " number from 0 to 100000000",
        "2023-11-16 18:15:46.7,NaN,44|t:3:23: ''ContextTokens'': ''NaN'' given, expected a whole"
            + " number from 0 to 100000000",
        "2023-11-16 18:15:46.7,3,4444444444|t:3:25: ''GeneratedTokens'': ''4444444444'' given,"
            + " expected a whole number from 0 to 100000000",
        "2023-02-29 18:15:46.7,3,4|t:3:1: ''TIMESTAMP'': ''2023-02-29 18:15:46.7'' given, expected a"
            + " time such as ''2023-11-16 18:15:46.6805900''",
        "yesterday,3,4|t:3:1: ''TIMESTAMP'': ''yesterday'' given, expected a time such as"
            + " ''2023-11-16 18:15:46.6805900''",
        "2023-11-16 18:15:46.12345678901,3,4|t:3:1: ''TIMESTAMP'': ''2023-11-16"
            + " 18:15:46.12345678901'' given, expected a time such as ''2023-11-16"
            + " 18:15:46.6805900''",
        "2024-11-16 18:15:46.7,3,4|t:3:1: the timestamp is more than 53 days away from that of the"
            + " first row",
      })
  void wrongRows(String row, String message) throws IOException {
    Path path = file(HEADER + ROW + row.replace("''", "'") + "\n");
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path));
    assertThat(e.faults())
        .containsExactly(message.replace("''", "'").replaceFirst("^t", path.toString()));
  }

  @Test
  void unsortedRowsNameBothLines() throws IOException {
    Path path = file(HEADER + ROW + ROW.replace(":46", ":47") + ROW.replace(":46", ":45"));
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path));
    assertThat(e.faults())
        .containsExactly(
            path
                + ":4: the arrival -1000000000 ns after the first row is before 1000000000 ns after"
                + " the first row in line 3, expected arrivals in order ('memwall trace convert"
                + " --sort' puts them there)");
  }

  @Test
  void failedRequestsAreLeftOutAndCounted() throws IOException {
    TraceSummary summary =
        RequestTraces.scan(file(HEADER + ROW + ROW.replace(",44", ",0") + ROW.replace("374", "0")));
    assertThat(summary.requests()).isEqualTo(1);
    assertThat(summary.leftOut()).isEqualTo(2);
    assertThat(summary.promptTokens()).isEqualTo(374);
  }

  @Test
  void sortedRowsBeginWithTheFirst() throws IOException {
    Path path = file(HEADER + ROW + ROW.replace(":46", ":48") + ROW.replace(":46", ":47"));
    try (RequestTrace trace = RequestTraces.openAndSort(path, null)) {
      assertThat(trace.next().id()).isEqualTo("r1");
      assertThat(trace.next().id()).isEqualTo("r3");
    }
    Path early = file(HEADER + ROW + ROW.replace(":46", ":45"));
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class, () -> RequestTraces.openAndSort(early, null).close());
    assertThat(e.faults())
        .containsExactly(early + ":3:1: the timestamp is before that of the first row, time 0");
  }

  @Test
  void noRows() throws IOException {
    Path path = file(HEADER);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path));
    assertThat(e.faults())
        .containsExactly(
            path + ": the trace has a header but no row, expected at least one request");
  }

  @Test
  void forcedOnAnotherFile() throws IOException {
    Path path = file("TIMESTAMP;ContextTokens;GeneratedTokens\n");
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class, () -> RequestTraces.open(path, "azure").close());
    assertThat(e.getMessage())
        .startsWith(path + ":1: found 'TIMESTAMP;ContextTokens;GeneratedTokens', expected");
  }
}
