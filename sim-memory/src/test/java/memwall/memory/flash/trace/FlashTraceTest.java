package memwall.memory.flash.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import memwall.core.Allocation;
import memwall.core.Mutations;
import memwall.core.Randomized;
import memwall.core.config.ConfigException;
import memwall.memory.flash.trace.FlashAccess.Kind;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FlashTraceTest {
  private static final int MUTATIONS = 1_500;

  private static final List<Kind> KINDS = List.of(Kind.READ, Kind.WRITE, Kind.TRIM);

  @TempDir Path folder;

  /** An access as a value. */
  private record Copy(long line, Kind kind, long address, long bytes, long arrivalPs, int stream) {}

  @Test
  void ourCsv() {
    assertThat(
            read(
                """
                time_ps,op,address,bytes,stream
                0,R,0x40,64,0
                5,w,128,4096,7
                5,READ,0XfF,1,0
                9,trim,4096,8192,65535
                """))
        .containsExactly(
            new Copy(2, Kind.READ, 0x40, 64, 0, 0),
            new Copy(3, Kind.WRITE, 128, 4096, 5, 7),
            new Copy(4, Kind.READ, 255, 1, 5, 0),
            new Copy(5, Kind.TRIM, 4096, 8192, 9, 65_535));
  }

  @Test
  void ourCsvWithoutTimesAndStreamsInOtherOrder() {
    String text = "\uFEFFbytes, \"op\" ,address\r\n\"512\", T ,\"0x200\"\r\n\r\n1,write,9";
    assertThat(read(text))
        .containsExactly(
            new Copy(2, Kind.TRIM, 512, 512, 0, 0), new Copy(4, Kind.WRITE, 9, 1, 0, 0));
    assertThat(summary(text).timed()).isFalse();
  }

  /** Nanoseconds and sectors; 0 writes and 1 reads. */
  @Test
  void mqsim() {
    String text = "4000 0 128 8 1\n4000 3 0 1 0\n\n  5001\t0  7 2 1 \r\n";
    assertThat(read(text))
        .containsExactly(
            new Copy(1, Kind.READ, 65_536, 4096, 4_000_000, 0),
            new Copy(2, Kind.WRITE, 0, 512, 4_000_000, 3),
            new Copy(4, Kind.READ, 3584, 1024, 5_001_000, 0));
    FlashTraceSummary summary = summary(text);
    assertThat(summary.format()).isEqualTo(FlashTraceFormat.MQSIM);
    assertThat(summary.timed()).isTrue();
  }

  @Test
  void theLargestNumbers() {
    assertThat(
            read(
                """
                op,address,bytes,time_ps,stream
                R,0x7ffffffffffffffe,1,100000000000000000,65535
                """))
        .containsExactly(
            new Copy(2, Kind.READ, Long.MAX_VALUE - 1, 1, 100_000_000_000_000_000L, 65_535));
    assertThat(read("100000000000000 65535 18014398509481982 1 1\n"))
        .containsExactly(
            new Copy(
                1,
                Kind.READ,
                18_014_398_509_481_982L * 512,
                512,
                100_000_000_000_000_000L,
                65_535));
    assertThat(read("0 0 0 2147483648 0\n").get(0).bytes()).isEqualTo(1L << 40);
  }

  @Test
  void aSummary() {
    String text =
        "time_ps,op,address,bytes,stream\n3,R,0,10,0\n4,W,5,20,4\n9,W,1000,30,1\n9,T,8,2,0\n";
    FlashTraceSummary summary = summary(text);
    assertThat(summary)
        .isEqualTo(
            new FlashTraceSummary(
                FlashTraceFormat.CSV, true, 1, 2, 1, 10, 50, 2, 1030, 5, 3, 9, summary.sha256()));
    assertThat(summary.accesses()).isEqualTo(4);
    assertThat(summary.sha256()).matches("[0-9a-f]{64}");
  }

  @Test
  void aCheckOfTheReader() {
    Path path = write("t", "0 0 0 1 0\n0 0 9 1 0\n");
    assertThat(
            faults(
                () ->
                    FlashTrace.scan(
                        path, null, a -> a.address() > 512 ? "too far: " + a.address() : null)))
        .containsExactly(path + ":2: too far: 4608");
  }

  /** Whatever is written comes back, in each format, plain and packed. */
  @ParameterizedTest
  @EnumSource(FlashTraceFormat.class)
  void roundTrip(FlashTraceFormat format) {
    Randomized.check(
        40,
        random -> {
          List<Copy> accesses = accesses(random, format);
          StringBuilder text = new StringBuilder();
          if (format == FlashTraceFormat.CSV) {
            text.append("stream,time_ps,op,address,bytes\n");
          }
          for (Copy access : accesses) {
            text.append(line(access, format)).append(random.nextInt(4) == 0 ? "\r\n" : "\n");
          }
          Path path = folder.resolve(random.nextBoolean() ? "t.txt" : "t.txt.gz");
          Files.deleteIfExists(path);
          try (OutputStream file = Files.newOutputStream(path);
              OutputStream out =
                  path.toString().endsWith(".gz") ? new GZIPOutputStream(file) : file) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
          }
          assertThat(copies(path, random.nextBoolean() ? format.label() : null))
              .isEqualTo(accesses);
        });
  }

  private static List<Copy> accesses(SplittableRandom random, FlashTraceFormat format) {
    boolean csv = format == FlashTraceFormat.CSV;
    List<Copy> accesses = new ArrayList<>();
    int count = 1 + random.nextInt(300);
    long arrival = 0;
    for (int i = 0; i < count; i++) {
      arrival += random.nextLong(1L << random.nextInt(1, 30));
      long address = random.nextLong(1L << random.nextInt(1, 50));
      long bytes = 1 + random.nextLong(1L << random.nextInt(1, 20));
      accesses.add(
          new Copy(
              csv ? i + 2 : i + 1,
              KINDS.get(random.nextInt(csv ? 3 : 2)),
              csv ? address : address * 512,
              csv ? bytes : bytes * 512,
              csv ? arrival : arrival * 1000,
              random.nextInt(1 << 16)));
    }
    return accesses;
  }

  private static String line(Copy access, FlashTraceFormat format) {
    if (format == FlashTraceFormat.CSV) {
      return access.stream()
          + ","
          + access.arrivalPs()
          + ","
          + access.kind()
          + ","
          + access.address()
          + ","
          + access.bytes();
    }
    return access.arrivalPs() / 1000
        + " "
        + access.stream()
        + " "
        + access.address() / 512
        + " "
        + access.bytes() / 512
        + (access.kind() == Kind.WRITE ? " 0" : " 1");
  }

  @Test
  void unknownFirstLine() {
    fails(
        "hello",
        "t:1: found 'hello', expected a header such as 'time_ps,op,address,bytes,stream', or a"
            + " line of MQSim's such as '4000 0 128 8 1'");
  }

  @Test
  void unknownFormat() {
    Path path = write("t", "0 0 0 1 0");
    assertThat(faults(() -> FlashTrace.open(path, "mqsin")))
        .containsExactly(
            path
                + ": unknown format of a flash trace 'mqsin'; did you mean 'mqsim'? (allowed: csv,"
                + " mqsim)");
  }

  @Test
  void missingAndEmpty() {
    Path missing = folder.resolve("missing");
    assertThat(faults(() -> FlashTrace.open(missing, null)))
        .containsExactly(missing + ": no such file, expected a flash trace");
    fails("", "t: the file is empty, expected a flash trace");
    fails("op,address,bytes\n", "t: the file has no access, expected at least one");
  }

  @Test
  void headerFaults() {
    fails(
        "op,adress,bytes,op\n",
        "t:1: unknown column 'adress'; did you mean 'address'? (allowed: time_ps, op, address,"
            + " bytes, stream)",
        "t:1: column 'op' is given twice",
        "t:1: column 'address' is missing");
  }

  @Test
  void everyFaultOfOurCsvInOnePass() {
    fails(
        """
        time_ps,op,address,bytes,stream
        1,X,1,1,0
        2,R,-1,0,65536
        1.5,R,1,1099511627777,x
        100000000000000001,T,0xg,1,0
        4,R,1
        5,R,9223372036854775807,1,0
        """,
        "t:2: 'op': 'X' given, expected R, W or T",
        "t:3: 'address': '-1' given, expected " + FlashTrace.ADDRESS_WANTED,
        "t:3: 'bytes': '0' given, expected a whole number from 1 to 1099511627776",
        "t:3: 'stream': '65536' given, expected a whole number from 0 to 65535",
        "t:4: 'time_ps': '1.5' given, expected a whole number from 0 to 100000000000000000",
        "t:4: 'bytes': '1099511627777' given, expected a whole number from 1 to 1099511627776",
        "t:4: 'stream': 'x' given, expected a whole number from 0 to 65535",
        "t:5: 'time_ps': '100000000000000001' given, expected a whole number from 0 to"
            + " 100000000000000000",
        "t:5: 'address': '0xg' given, expected " + FlashTrace.ADDRESS_WANTED,
        "t:6: found 3 cells, expected 5: time_ps,op,address,bytes,stream",
        "t:7: 1 bytes from address 9223372036854775807 end beyond 9223372036854775807");
  }

  @Test
  void everyFaultOfMqsimInOnePass() {
    fails(
        """
        0 0 0 1 0
        1 0 0 1
        1 0 0 1 2
        x 65536 -1 0 1
        100000000000001 0 0 2147483649 1
        2 0 18014398509481984 1 0
        1 0 0 1 0 0
        """,
        "t:2: found '1 0 0 1', expected 'ARRIVAL DEVICE LBA SECTORS TYPE', for example '4000 0 128"
            + " 8 1'",
        "t:3:9: 'type': '2' given, expected a whole number from 0 to 1",
        "t:4:1: 'arrival': 'x' given, expected a whole number from 0 to 100000000000000",
        "t:4:3: 'device': '65536' given, expected a whole number from 0 to 65535",
        "t:4:9: 'LBA': '-1' given, expected a whole number from 0 to 18014398509481983",
        "t:4:12: 'sectors': '0' given, expected a whole number from 1 to 2147483648",
        "t:5:1: 'arrival': '100000000000001' given, expected a whole number from 0 to"
            + " 100000000000000",
        "t:5:21: 'sectors': '2147483649' given, expected a whole number from 1 to 2147483648",
        "t:6:5: 'LBA': '18014398509481984' given, expected a whole number from 0 to"
            + " 18014398509481983",
        "t:7: found '1 0 0 1 0 0', expected 'ARRIVAL DEVICE LBA SECTORS TYPE', for example '4000 0"
            + " 128 8 1'");
  }

  @Test
  void timesThatGoBack() {
    fails(
        "5 0 0 1 0\n4 0 0 1 0\n5 0 0 1 0\n",
        "t:2: the arrival 4000 ps is before 5000 ps in line 1, expected arrivals in order (sort"
            + " the trace)");
  }

  /** Broken traces give accesses in order or a ConfigException, nothing else. */
  @ParameterizedTest
  @EnumSource(FlashTraceFormat.class)
  void mutations(FlashTraceFormat format) throws IOException {
    byte[] original =
        (format == FlashTraceFormat.CSV
                ? "time_ps,op,address,bytes,stream\n0,R,0x40,64,1\n7,W,128,4096,2\n7,TRIM,5,1,0\n"
                : "0 0 0 1 0\n7 1 128 8 1\n99 65535 18014398509481982 2147 0\n")
            .getBytes(StandardCharsets.UTF_8);
    Mutations.Outcome outcome =
        Mutations.check(
            folder.resolve("fuzz"),
            MUTATIONS,
            11,
            random -> Mutations.mutate(original, "0123456789xRWT\",. -\n\r\t\u0000", random),
            FlashTraceTest::readAll);
    assertThat(outcome.read()).as("that leave a trace").isGreaterThan(MUTATIONS / 50);
    assertThat(outcome.refused()).as("found").isGreaterThan(MUTATIONS / 4);
  }

  private static void readAll(Path path) {
    FlashTraceSummary summary = FlashTrace.scan(path, null, access -> null);
    List<Copy> copies = copies(path, null);
    assertThat((long) copies.size()).isPositive().isEqualTo(summary.accesses());
    long latest = 0;
    for (Copy access : copies) {
      assertThat(access.address()).isNotNegative();
      assertThat(access.bytes()).isBetween(1L, FlashTrace.MAX_BYTES);
      assertThat(access.address() + access.bytes()).isBetween(1L, summary.endBytes());
      assertThat(access.stream()).isBetween(0, summary.streams() - 1);
      assertThat(access.arrivalPs()).isBetween(latest, summary.lastPs());
      latest = access.arrivalPs();
    }
  }

  /** As many bytes are allocated for a long trace as for a short one. */
  @ParameterizedTest
  @EnumSource(FlashTraceFormat.class)
  void allocatesNothingPerAccess(FlashTraceFormat format) {
    String header = format == FlashTraceFormat.CSV ? "op,address,bytes\n" : "";
    String row = format == FlashTraceFormat.CSV ? "R,4096,512\n" : "1 0 8 1 1\n";
    Path small = write("small", header + row.repeat(20_000));
    Path large = write("large", header + row.repeat(60_000));
    long more =
        Allocation.leastBytes(5, () -> count(large)) - Allocation.leastBytes(5, () -> count(small));
    assertThat(more).isLessThan(40_000);
  }

  private static void count(Path path) {
    try (FlashTrace trace = FlashTrace.open(path, null)) {
      long accesses = 0;
      while (trace.next()) {
        accesses++;
      }
      if (accesses < 20_000) {
        throw new AssertionError(accesses);
      }
    }
  }

  private List<Copy> read(String text) {
    return copies(write("t", text), null);
  }

  private FlashTraceSummary summary(String text) {
    return FlashTrace.scan(write("t", text), null, access -> null);
  }

  private static List<Copy> copies(Path path, String format) {
    List<Copy> copies = new ArrayList<>();
    try (FlashTrace trace = FlashTrace.open(path, format)) {
      FlashAccess access = trace.access();
      while (trace.next()) {
        copies.add(
            new Copy(
                access.line(),
                access.kind(),
                access.address(),
                access.bytes(),
                access.arrivalPs(),
                access.stream()));
      }
    }
    return copies;
  }

  private Path write(String name, String text) {
    try {
      Path path = folder.resolve(name);
      Files.deleteIfExists(path);
      return Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The trace has these faults, with its folder left out, and no others, read in either way. */
  private void fails(String text, String... expected) {
    Path path = write("t", text);
    List<String> wanted = new ArrayList<>();
    for (String fault : expected) {
      wanted.add(folder.resolve(fault).toString());
    }
    assertThat(faults(() -> copies(path, null))).isEqualTo(wanted);
    assertThat(faults(() -> FlashTrace.scan(path, null, access -> null))).isEqualTo(wanted);
  }

  private static List<String> faults(ThrowingCallable call) {
    ConfigException fault = catchThrowableOfType(ConfigException.class, call);
    assertThat(fault).as("a ConfigException").isNotNull();
    return fault.faults();
  }
}
