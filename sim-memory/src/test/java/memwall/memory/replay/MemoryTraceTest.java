package memwall.memory.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import memwall.core.Randomized;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryTraceTest {
  @TempDir Path folder;

  /** An access as a value. */
  private record Copy(
      long line, boolean write, long address, long bytes, long arrival, List<Long> indexes) {}

  @Test
  void ourCsv() {
    assertThat(read("time_ps,op,address,bytes\n0,R,0x40,64\n5,w,128,4096\n5,READ,0XfF,1\n"))
        .containsExactly(
            new Copy(2, false, 0x40, 64, 0, List.of()),
            new Copy(3, true, 128, 4096, 5, List.of()),
            new Copy(4, false, 255, 1, 5, List.of()));
    assertThat(clock("time_ps,op,address\n0,R,0\n")).isEqualTo(TraceClock.PICOSECONDS);
  }

  @Test
  void ourCsvInOtherOrderWithQuotesBlanksAndEmptyLines() {
    String text = "\uFEFFaddress, \"cycle\" ,op\r\n\"0x1\", 7 ,\"write\"\r\n\r\n2,8,r";
    assertThat(read(text))
        .containsExactly(
            new Copy(2, true, 1, 0, 7, List.of()), new Copy(4, false, 2, 0, 8, List.of()));
    assertThat(clock(text)).isEqualTo(TraceClock.TICKS);
  }

  @Test
  void ourCsvWithoutTimes() {
    assertThat(read("op,address\nR,1\n")).containsExactly(new Copy(2, false, 1, 0, 0, List.of()));
    assertThat(clock("op,address\nR,1\n")).isEqualTo(TraceClock.NONE);
  }

  @Test
  void loadStore() {
    String text = "LD 0x12f40\nST 77\n\n  LD\t1  \n";
    assertThat(read(text))
        .containsExactly(
            new Copy(1, false, 0x12f40, 0, 0, List.of()),
            new Copy(2, true, 77, 0, 0, List.of()),
            new Copy(4, false, 1, 0, 0, List.of()));
    assertThat(clock(text)).isEqualTo(TraceClock.NONE);
  }

  @Test
  void vectors() {
    assertThat(read("R 0,0,1,2,33,7\nW 3\n"))
        .containsExactly(
            new Copy(1, false, 0, 0, 0, List.of(0L, 0L, 1L, 2L, 33L, 7L)),
            new Copy(2, true, 0, 0, 0, List.of(3L)));
  }

  /** DRAMsim3 reads every address as hexadecimal, with 0x or without. */
  @Test
  void dramsim3() {
    String text = "0x10 READ 0\n10 WRITE 3\nff P_MEM_WR 3\n0 read 9\n40 BOFF 9\n";
    assertThat(read(text))
        .containsExactly(
            new Copy(1, false, 16, 0, 0, List.of()),
            new Copy(2, true, 16, 0, 3, List.of()),
            new Copy(3, true, 255, 0, 3, List.of()),
            new Copy(4, false, 0, 0, 9, List.of()),
            new Copy(5, true, 64, 0, 9, List.of()));
    assertThat(clock(text)).isEqualTo(TraceClock.TICKS);
  }

  @Test
  void theLargestNumbers() {
    assertThat(read("op,address,bytes,cycle\nR,0x7fffffffffffffff,1099511627776,100000000000000"))
        .containsExactly(
            new Copy(2, false, Long.MAX_VALUE, 1L << 40, 100_000_000_000_000L, List.of()));
    assertThat(read("LD 9223372036854775807")).hasSize(1);
    assertThat(read("7fffffffffffffff READ 0")).hasSize(1);
    assertThat(read("time_ps,op,address\n100000000000000000,R,1")).hasSize(1);
  }

  @Test
  void aSummary() {
    Path path = write("t", "cycle,op,address,bytes\n3,R,0,10\n4,W,5,20\n9,W,5,30\n");
    MemoryTraceSummary summary = MemoryTrace.scan(path, null, access -> null);
    assertThat(summary.format()).isEqualTo(MemoryTraceFormat.CSV);
    assertThat(summary.clock()).isEqualTo(TraceClock.TICKS);
    assertThat(summary.accesses()).isEqualTo(3);
    assertThat(summary.writes()).isEqualTo(2);
    assertThat(summary.unsized()).isZero();
    assertThat(summary.bytes()).isEqualTo(60);
    assertThat(summary.first()).isEqualTo(3);
    assertThat(summary.last()).isEqualTo(9);
    assertThat(summary.sha256())
        .isEqualTo("493c2aab549df1fb0a6b99943ccd9e63a83314fcdbddfc6fd75c9fc7e04c9fc0");
    assertThat(MemoryTrace.scan(write("u", "LD 1\nST 2\n"), null, access -> null).unsized())
        .isEqualTo(2);
  }

  @Test
  void aCheckOfTheReader() {
    Path path = write("t", "LD 1\nLD 200\nLD 300\n");
    assertThat(
            faults(
                () ->
                    MemoryTrace.scan(
                        path, null, a -> a.address() > 100 ? "too far: " + a.address() : null)))
        .containsExactly(path + ":2: too far: 200", path + ":3: too far: 300");
  }

  /** Whatever is written comes back, in every format, plain and packed. */
  @ParameterizedTest
  @EnumSource(MemoryTraceFormat.class)
  void roundTrip(MemoryTraceFormat format) {
    Randomized.check(
        40,
        random -> {
          List<Copy> accesses = accesses(random, format);
          String header =
              format != MemoryTraceFormat.CSV ? "" : "cycle,op,address,bytes" + end(random);
          String text =
              accesses.stream()
                  .map(access -> line(access, format, random) + end(random))
                  .collect(Collectors.joining("", header, ""));
          Path path = folder.resolve(random.nextBoolean() ? "t.txt" : "t.txt.gz");
          Files.deleteIfExists(path);
          try (OutputStream file = Files.newOutputStream(path);
              OutputStream out =
                  path.toString().endsWith(".gz") ? new GZIPOutputStream(file) : file) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
          }
          assertThat(copies(path, random.nextBoolean() ? format.label() : null))
              .isEqualTo(accesses);
        });
  }

  private static String end(SplittableRandom random) {
    return random.nextInt(4) == 0 ? "\r\n" : "\n";
  }

  private static List<Copy> accesses(SplittableRandom random, MemoryTraceFormat format) {
    List<Copy> accesses = new ArrayList<>();
    int count = 1 + random.nextInt(300);
    boolean timed = format == MemoryTraceFormat.CSV || format == MemoryTraceFormat.DRAMSIM3;
    long arrival = 0;
    for (int i = 0; i < count; i++) {
      arrival += timed ? random.nextLong(1L << random.nextInt(1, 40)) : 0;
      boolean vector = format == MemoryTraceFormat.VECTOR;
      List<Long> indexes = new ArrayList<>();
      for (int level = vector ? 1 + random.nextInt(16) : 0; level > 0; level--) {
        indexes.add(random.nextLong(1L << random.nextInt(1, 20)));
      }
      accesses.add(
          new Copy(
              i + (format == MemoryTraceFormat.CSV ? 2 : 1),
              random.nextBoolean(),
              vector ? 0 : random.nextLong() >>> random.nextInt(1, 63),
              format == MemoryTraceFormat.CSV ? 1 + random.nextLong(1L << 20) : 0,
              arrival,
              indexes));
    }
    return accesses;
  }

  private static String line(Copy access, MemoryTraceFormat format, SplittableRandom random) {
    String address =
        random.nextBoolean()
            ? Long.toString(access.address())
            : String.format(Locale.ROOT, "0x%x", access.address());
    boolean write = access.write();
    return switch (format) {
      case CSV -> access.arrival() + (write ? ",W," : ",R,") + address + "," + access.bytes();
      case LOAD_STORE -> (write ? "ST " : "LD ") + address;
      case VECTOR ->
          (write ? "W " : "R ")
              + access.indexes().stream().map(String::valueOf).collect(Collectors.joining(","));
      case DRAMSIM3 ->
          Long.toHexString(access.address()) + (write ? " WRITE " : " READ ") + access.arrival();
    };
  }

  @Test
  void unknownFirstLine() {
    fails(
        "hello",
        "t:1: found 'hello', expected a header such as 'time_ps,op,address,bytes', or a line such"
            + " as 'LD 0x12f40', 'R 0,0,1,2,33,7' or '0x12f40 READ 17'");
  }

  @Test
  void unknownFormat() {
    Path path = write("t", "LD 1");
    assertThat(faults(() -> MemoryTrace.open(path, "dramsim")))
        .containsExactly(
            path
                + ": unknown format of a memory trace 'dramsim'; did you mean 'dramsim3'? (allowed:"
                + " csv, load-store, vector, dramsim3)");
  }

  @Test
  void missingEmptyAndFolders() {
    Path missing = folder.resolve("missing");
    assertThat(faults(() -> MemoryTrace.open(missing, null)))
        .containsExactly(missing + ": no such file, expected a memory trace");
    assertThat(faults(() -> MemoryTrace.open(folder, null)))
        .containsExactly(folder + ": is a directory, expected a memory trace file");
    fails("", "t: the file is empty, expected a memory trace");
    fails("op,address\n", "t: the file has no access, expected at least one");
    assertThat(faults(() -> read("\n\n", "load-store")))
        .containsExactly(folder.resolve("t") + ": the file has no access, expected at least one");
  }

  @Test
  void headerFaults() {
    fails(
        "cycle,op,adress,address,op,time_ps\n",
        "t:1: unknown column 'adress'; did you mean 'address'? (allowed: time_ps, cycle, op,"
            + " address, bytes)",
        "t:1: column 'op' is given twice",
        "t:1: both 'time_ps' and 'cycle' are given, expected one of them or neither");
    fails("bytes\n1\n", "t:1: column 'op' is missing", "t:1: column 'address' is missing");
  }

  @Test
  void everyFaultOfOurCsvInOnePass() {
    fails(
        """
        cycle,op,address,bytes
        1,X,1,1
        2,R,-1,1
        3,R,0xg,0
        1.5,R,1,1099511627777
        4,R,1
        5,R,1,1,1
        6,,9223372036854775808,
        """,
        "t:2: 'op': 'X' given, expected R or W",
        "t:3: 'address': '-1' given, expected " + MemoryTrace.ADDRESS_WANTED,
        "t:4: 'address': '0xg' given, expected " + MemoryTrace.ADDRESS_WANTED,
        "t:4: 'bytes': '0' given, expected a whole number from 1 to 1099511627776",
        "t:5: 'cycle': '1.5' given, expected a whole number from 0 to 100000000000000",
        "t:5: 'bytes': '1099511627777' given, expected a whole number from 1 to 1099511627776",
        "t:6: found 3 cells, expected 4: cycle,op,address,bytes",
        "t:7: found 5 cells, expected 4: cycle,op,address,bytes",
        "t:8: 'op': '' given, expected R or W",
        "t:8: 'address': '9223372036854775808' given, expected " + MemoryTrace.ADDRESS_WANTED,
        "t:8: 'bytes': '' given, expected a whole number from 1 to 1099511627776");
  }

  @Test
  void timesInPicoseconds() {
    fails(
        "time_ps,op,address\n100000000000000001,R,1\n",
        "t:2: 'time_ps': '100000000000000001' given, expected a whole number from 0 to"
            + " 100000000000000000");
  }

  @Test
  void anOpenQuote() {
    assertThat(faults("op,address\nR,\"1\nR,2\n"))
        .singleElement()
        .asString()
        .startsWith(folder.resolve("t") + ":2: not valid CSV: ");
  }

  @Test
  void everyFaultOfLoadStoreInOnePass() {
    fails(
        "LD 1\nLD\nLD 1 2\nXX 1\nLD 0x\nST 9223372036854775808\n",
        "t:2: found 'LD', expected 'LD ADDRESS' or 'ST ADDRESS', for example 'LD 0x12f40'",
        "t:3: found 'LD 1 2', expected 'LD ADDRESS' or 'ST ADDRESS', for example 'LD 0x12f40'",
        "t:4: found 'XX 1', expected 'LD ADDRESS' or 'ST ADDRESS', for example 'LD 0x12f40'",
        "t:5:4: 'address': '0x' given, expected " + MemoryTrace.ADDRESS_WANTED,
        "t:6:4: 'address': '9223372036854775808' given, expected " + MemoryTrace.ADDRESS_WANTED);
  }

  @Test
  void everyFaultOfVectorsInOnePass() {
    fails(
        "R 1,2\nR\nQ 1\nR 1,,2\nW 1,-2\nR 1,2,\nR 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n",
        "t:2: found 'R', expected 'R INDEX,INDEX,...' or 'W INDEX,INDEX,...', for example 'R"
            + " 0,0,1,2,33,7'",
        "t:3: found 'Q 1', expected 'R INDEX,INDEX,...' or 'W INDEX,INDEX,...', for example 'R"
            + " 0,0,1,2,33,7'",
        "t:4:5: 'index': '' given, expected a whole number from 0 to 9223372036854775807",
        "t:5:5: 'index': '-2' given, expected a whole number from 0 to 9223372036854775807",
        "t:6:7: 'index': '' given, expected a whole number from 0 to 9223372036854775807",
        "t:7: found 'R 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17', expected at most 16 indexes");
  }

  @Test
  void everyFaultOfDramsim3InOnePass() {
    fails(
        "1 READ 1\n1 READ\n1 FETCH 2\nxyz READ 3\n1 READ 0x4\n1 WRITE 100000000000001\n",
        "t:2: found '1 READ', expected 'ADDRESS READ CYCLE' or 'ADDRESS WRITE CYCLE', for example"
            + " '0x12f40 READ 17'",
        "t:3: found '1 FETCH 2', expected 'ADDRESS READ CYCLE' or 'ADDRESS WRITE CYCLE', for"
            + " example '0x12f40 READ 17'",
        "t:4:1: 'address': 'xyz' given, expected hexadecimal digits, with or without 0x, below"
            + " 0x8000000000000000",
        "t:5:8: 'cycle': '0x4' given, expected a whole number from 0 to 100000000000000",
        "t:6:9: 'cycle': '100000000000001' given, expected a whole number from 0 to"
            + " 100000000000000");
  }

  @Test
  void timesThatGoBack() {
    fails(
        "1 READ 5\n1 READ 4\n1 READ 5\n1 READ 1\n",
        "t:2: the arrival 4 is before 5 in line 1, expected arrivals in order (sort the trace)",
        "t:4: the arrival 1 is before 5 in line 3, expected arrivals in order (sort the trace)");
  }

  @Test
  void onlyTheFirstTwentyFaultsAreShown() {
    assertThat(faults("LD 1\n" + "LD x\n".repeat(50)))
        .hasSize(21)
        .last()
        .isEqualTo(folder.resolve("t") + ": and 30 more");
    assertThat(faults("LD 1\n" + "LD x\n".repeat(20_000)))
        .last()
        .isEqualTo(folder.resolve("t") + ": and 9980 more at least; the rest was not read");
  }

  /** A line that is no text is a fault, and lines after it keep their numbers. */
  @Test
  void notUtf8() throws IOException {
    byte[] text = "op,address\nR,1\nR,?\nR,x\n".getBytes(StandardCharsets.ISO_8859_1);
    text[text.length - 6] = (byte) 0xff;
    Path path = Files.write(folder.resolve("t"), text);
    assertThat(faults(() -> MemoryTrace.scan(path, null, access -> null)))
        .containsExactly(
            path + ":3:3: byte 0xff is not valid UTF-8",
            path + ":4: 'address': 'x' given, expected " + MemoryTrace.ADDRESS_WANTED);
  }

  /** A carriage return inside a line is no line end: numbers of lines stay those of the file. */
  @Test
  void aCarriageReturnInsideALine() {
    fails(
        "op,address\nR,1\rR,2\nR,y\n",
        "t:2: 'address': '1 R' given, expected " + MemoryTrace.ADDRESS_WANTED,
        "t:2: found 3 cells, expected 2: op,address",
        "t:3: 'address': 'y' given, expected " + MemoryTrace.ADDRESS_WANTED);
  }

  @Test
  void aNameThatPromisesGzip() throws IOException {
    Path path = Files.writeString(folder.resolve("t.gz"), "LD 1\n");
    assertThat(faults(() -> MemoryTrace.open(path, null)))
        .containsExactly(path + ": the name ends in .gz but the content is not gzip data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LD 1\n", "op,address\nR,1\n"})
  void aLineWithoutEnd(String begin) throws IOException {
    Path path = folder.resolve("long.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      out.write(begin.getBytes(StandardCharsets.UTF_8));
      // Not so regular that it would be refused as a bomb first.
      SplittableRandom random = new SplittableRandom(1);
      byte[] part = new byte[1 << 20];
      for (int k = 0; k < part.length; k++) {
        part[k] = (byte) ('a' + random.nextInt(2));
      }
      for (int i = 0; i < 18; i++) {
        out.write(part);
      }
    }
    int line = begin.startsWith("op") ? 3 : 2;
    assertThat(faults(() -> MemoryTrace.scan(path, null, access -> null)))
        .containsExactly(path + ":" + line + ": the line is longer than 16 MiB, refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LD 1\n", "op,address\nR,1\n"})
  void aBomb(String begin) throws IOException {
    Path path = folder.resolve("bomb.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      out.write(begin.getBytes(StandardCharsets.UTF_8));
      byte[] part = "\n".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 80; i++) {
        out.write(part);
      }
    }
    assertThat(faults(() -> MemoryTrace.scan(path, null, access -> null)))
        .singleElement()
        .asString()
        .endsWith("the gzip data unpacks to more than 200 times its size, refused as a bomb");
  }

  @Test
  void anIndexThatIsNotThere() {
    try (MemoryTrace trace = MemoryTrace.open(write("t", "R 1,2\n"), null)) {
      assertThat(trace.next()).isTrue();
      assertThat(trace.access().index(1)).isEqualTo(2);
      assertThatThrownBy(() -> trace.access().index(2))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("level 2 of 2");
    }
  }

  private List<Copy> read(String text) {
    return copies(write("t", text), null);
  }

  private List<Copy> read(String text, String format) {
    return copies(write("t", text), format);
  }

  private TraceClock clock(String text) {
    try (MemoryTrace trace = MemoryTrace.open(write("t", text), null)) {
      return trace.clock();
    }
  }

  private static List<Copy> copies(Path path, String format) {
    List<Copy> copies = new ArrayList<>();
    try (MemoryTrace trace = MemoryTrace.open(path, format)) {
      MemoryAccess access = trace.access();
      while (trace.next()) {
        List<Long> indexes = new ArrayList<>();
        for (int level = 0; level < access.levels(); level++) {
          indexes.add(access.index(level));
        }
        copies.add(
            new Copy(
                access.line(),
                access.isWrite(),
                access.address(),
                access.bytes(),
                access.arrival(),
                indexes));
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

  private List<String> faults(String text) {
    return faults(() -> read(text));
  }

  private void fails(String text, String... messages) {
    String[] expected = new String[messages.length];
    for (int i = 0; i < messages.length; i++) {
      expected[i] = folder.resolve(messages[i]).toString();
    }
    assertThat(faults(text)).containsExactly(expected);
  }

  private static List<String> faults(org.assertj.core.api.ThrowableAssert.ThrowingCallable body) {
    return catchThrowableOfType(ConfigException.class, body).faults();
  }
}
