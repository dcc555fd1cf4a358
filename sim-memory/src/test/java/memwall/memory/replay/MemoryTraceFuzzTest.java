package memwall.memory.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken memory traces give accesses in order or a ConfigException, nothing else. */
final class MemoryTraceFuzzTest {
  private static final int MUTATIONS = 4_000;

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
    SplittableRandom random = new SplittableRandom(seed);
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    byte[] original = packed ? gzip(plain) : plain;
    int good = 0;
    int bad = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = mutate(original, random);
      Path path = folder.resolve(packed ? "fuzz.gz" : "fuzz");
      // Some file systems write a file to disk when it is truncated, none when it is removed.
      Files.deleteIfExists(path);
      Files.write(path, bytes);
      try {
        read(path);
        good++;
      } catch (ConfigException e) {
        assertThat(e.faults()).isNotEmpty().allMatch(fault -> fault.startsWith(path.toString()));
        bad++;
      } catch (RuntimeException | AssertionError e) {
        String shown = new String(bytes, StandardCharsets.UTF_8);
        throw new AssertionError("seed " + seed + ", mutation " + i + ": " + shown, e);
      }
    }
    assertThat(good).as("mutations that leave a trace").isGreaterThan(packed ? 0 : MUTATIONS / 50);
    assertThat(bad).as("mutations found").isGreaterThan(MUTATIONS / 4);
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

  /** Changes, removes, doubles or moves a few bytes, or cuts the end off. */
  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int end = random.nextInt(6) == 0 ? random.nextInt(bytes.length) : bytes.length;
    double rate = (1 + random.nextInt(3)) / (double) bytes.length;
    String likely = "0123456789abcdefxXRWLDST\",. -\n\r\t\u0000";
    for (int i = 0; i < end; i++) {
      if (random.nextDouble() >= rate) {
        out.write(bytes[i]);
        continue;
      }
      switch (random.nextInt(5)) {
        case 0 -> out.write(bytes[i] ^ (1 << random.nextInt(8)));
        case 1 -> out.write(likely.charAt(random.nextInt(likely.length())));
        case 2 -> {
          out.write(bytes[i]);
          out.write(bytes[i]);
        }
        case 3 -> {
          int from = random.nextInt(bytes.length);
          out.write(bytes, from, random.nextInt(bytes.length - from));
        }
        default -> {
          // Left out.
        }
      }
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
