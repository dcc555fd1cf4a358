package memwall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import memwall.core.config.ConfigException;

/** Broken files for readers: they are read or refused with a ConfigException, nothing else. */
public final class Mutations {
  private Mutations() {}

  /** Reads the file that was broken. */
  @FunctionalInterface
  public interface Reader {
    /** Reads all of it. */
    void read(Path path) throws IOException;
  }

  /**
   * What became of the broken files.
   *
   * @param read files that were read to the end
   * @param refused files in which a fault was found
   */
  public record Outcome(int read, int refused) {}

  /**
   * Writes and reads broken files.
   *
   * @param path where each of them is written
   * @param bytes makes the next broken file
   * @throws AssertionError if one is neither read nor refused with faults that begin with its path;
   *     names the seed and shows the file
   */
  public static Outcome check(
      Path path, int files, long seed, Function<SplittableRandom, byte[]> bytes, Reader reader)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int read = 0;
    int refused = 0;
    for (int i = 0; i < files; i++) {
      byte[] broken = bytes.apply(random);
      // Some file systems write a file to disk when it is truncated, none when it is removed.
      Files.deleteIfExists(path);
      Files.write(path, broken);
      try {
        reader.read(path);
        read++;
      } catch (ConfigException e) {
        assertThat(e.faults()).isNotEmpty().allMatch(fault -> fault.startsWith(path.toString()));
        refused++;
      } catch (RuntimeException | AssertionError e) {
        String shown = new String(broken, StandardCharsets.UTF_8);
        throw new AssertionError("seed " + seed + ", mutation " + i + ": " + shown, e);
      }
    }
    return new Outcome(read, refused);
  }

  /**
   * Changes, removes, doubles or moves a few bytes, or cuts the end off.
   *
   * @param likely characters of the format, written in place of others
   */
  public static byte[] mutate(byte[] bytes, String likely, SplittableRandom random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int end = random.nextInt(6) == 0 ? random.nextInt(bytes.length) : bytes.length;
    double rate = (1 + random.nextInt(3)) / (double) bytes.length;
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

  /** The bytes, compressed. */
  public static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
