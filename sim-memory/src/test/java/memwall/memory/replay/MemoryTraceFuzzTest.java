package memwall.memory.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import memwall.core.Mutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken memory traces give accesses in order or a ConfigException, nothing else. */
final class MemoryTraceFuzzTest {
  private static final int MUTATIONS = 4_000;
  private static final String LIKELY = "0123456789abcdefxXRWLDST\",. -\n\r\t\u0000";

  private static final String CSV =
      """
      time_ps,op,address,bytes
      0,R,0x40,64
      7,W,128,4096
      7,"READ","0xff",1
      1000,w,9223372036854775807,1099511627776
      """;

  private static final String LOAD_STORE =
      """
      LD 0x12f40
      ST 77
      LD 9223372036854775807
      ST 0xFF
      """;

  private static final String VECTOR =
      """
      R 0,0,1,2,33,7
      W 0,0,1,2,33,8
      R 1,2,3
      """;

  private static final String DRAMSIM3 =
      """
      0x10 READ 0
      ff WRITE 3
      7fffffffffffffff READ 3
      0 WRITE 100000000000000
      """;

  @TempDir Path folder;

  @Test
  void csv() throws IOException {
    fuzz(CSV, false, 1);
  }

  @Test
  void loadStore() throws IOException {
    fuzz(LOAD_STORE, false, 2);
  }

  @Test
  void vector() throws IOException {
    fuzz(VECTOR, false, 3);
  }

  @Test
  void dramsim3() throws IOException {
    fuzz(DRAMSIM3, false, 4);
  }

  @Test
  void gzip() throws IOException {
    fuzz(CSV, true, 5);
  }

  private void fuzz(String text, boolean packed, long seed) throws IOException {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    byte[] original = packed ? Mutations.gzip(plain) : plain;
    Mutations.Outcome outcome =
        Mutations.check(
            folder.resolve(packed ? "fuzz.gz" : "fuzz"),
            MUTATIONS,
            seed,
            random -> Mutations.mutate(original, LIKELY, random),
            MemoryTraceFuzzTest::read);
    assertThat(outcome.read())
        .as("mutations that leave a trace")
        .isGreaterThan(packed ? 0 : MUTATIONS / 50);
    assertThat(outcome.refused()).as("mutations found").isGreaterThan(MUTATIONS / 4);
  }

  private static void read(Path path) {
    MemoryTraceSummary summary = MemoryTrace.scan(path, null, access -> null);
    try (MemoryTrace trace = MemoryTrace.open(path, null)) {
      MemoryAccess access = trace.access();
      long accesses = 0;
      long latest = 0;
      while (trace.next()) {
        accesses++;
        assertThat(access.address()).isNotNegative();
        assertThat(access.bytes()).isBetween(0L, MemoryTrace.MAX_BYTES);
        assertThat(access.arrival()).isGreaterThanOrEqualTo(latest);
        latest = access.arrival();
      }
      assertThat(accesses).isPositive().isEqualTo(summary.accesses());
    }
  }
}
