package memwall.core.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import memwall.core.Randomized;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LineReaderTest {
  @TempDir Path folder;

  /** The same lines as the library splits, plain and packed, whatever the lengths. */
  @Test
  void randomTexts() {
    Randomized.check(
        50,
        random -> {
          StringBuilder text = new StringBuilder("x");
          int parts = random.nextInt(400);
          for (int i = 0; i < parts; i++) {
            switch (random.nextInt(4)) {
              case 0 -> text.append('\n');
              case 1 -> text.append("\r\n");
              case 2 -> text.append("é€".repeat(random.nextInt(5)));
              default -> text.append("a".repeat(random.nextInt(2_000)));
            }
          }
          boolean packed = random.nextBoolean();
          Path path = file(packed ? "t.gz" : "t", text.toString());
          List<String> lines = new ArrayList<>();
          try (LineReader reader = LineReader.open(path, "list")) {
            do {
              lines.add(new String(reader.chars(), 0, reader.length()));
              assertThat(reader.number()).isEqualTo(lines.size());
            } while (reader.next());
            assertThat(reader.faults().isEmpty()).isTrue();
          }
          String[] expected = text.toString().split("\r?\n", -1);
          boolean ended = text.charAt(text.length() - 1) == '\n';
          assertThat(lines)
              .containsExactly(ended ? Arrays.copyOf(expected, expected.length - 1) : expected);
        });
  }

  @Test
  void aByteOrderMarkIsNoText() throws IOException {
    try (LineReader reader = LineReader.open(file("t", "\uFEFFa\n\uFEFFb"), "list")) {
      assertThat(reader.startOfLine()).isEqualTo("a");
      assertThat(reader.next()).isTrue();
      assertThat(reader.startOfLine()).isEqualTo("\uFEFFb");
    }
  }

  @Test
  void theDigestIsThatOfTheStoredFile() throws IOException {
    try (LineReader reader = LineReader.open(file("t", "abc"), "list")) {
      assertThat(reader.sha256())
          .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
  }

  @Test
  void whatIsNotThere() throws IOException {
    Path missing = folder.resolve("missing");
    assertThat(faults(missing)).containsExactly(missing + ": no such file, expected a list");
    assertThat(faults(folder)).containsExactly(folder + ": is a directory, expected a list file");
    Path empty = file("empty", "");
    assertThat(faults(empty)).containsExactly(empty + ": the file is empty, expected a list");
  }

  @Test
  void damagedGzip() throws IOException {
    Path path = file("t.gz", "line\n".repeat(10_000));
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(bytes, bytes.length - 12));
    LineReader reader = LineReader.open(path, "list");
    assertThatThrownBy(
            () -> {
              while (reader.next()) {
                assertThat(reader.length()).isLessThanOrEqualTo(4);
              }
            })
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the gzip data ends early: the file is truncated");
    reader.close();
  }

  @Test
  void faultsBeyondTwentyAreCounted() {
    InputFaults faults = new InputFaults("f");
    assertThat(faults.isEmpty()).isTrue();
    faults.throwIfAny();
    for (int i = 1; i <= 23; i++) {
      faults.add(i, 7, "wrong");
    }
    assertThat(faults.count()).isEqualTo(23);
    assertThat(faults.exception().faults())
        .hasSize(21)
        .startsWith("f:1:7: wrong")
        .endsWith("f: and 3 more");
    assertThat(faults.fatal(99, "stop").faults()).endsWith("f: and 3 more", "f:99: stop");
  }

  private Path file(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.deleteIfExists(path);
    try (OutputStream file = Files.newOutputStream(path);
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(file) : file) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return path;
  }

  private static List<String> faults(Path path) {
    return catchThrowableOfType(ConfigException.class, () -> LineReader.open(path, "list"))
        .faults();
  }
}
