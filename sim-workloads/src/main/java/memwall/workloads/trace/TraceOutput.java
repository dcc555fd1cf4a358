package memwall.workloads.trace;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import memwall.core.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Lines of text written to a file or a stream. A file appears under its name only when {@link
 * #finish} is called; until then it has the suffix {@code .part}, which {@link #close} removes, so
 * that nothing half-written is left behind. Packed if the name ends in {@code .gz}.
 */
public final class TraceOutput implements AutoCloseable {
  private static final int FLUSH_CHARS = 1 << 16;

  private final OutputStream out;
  private final @Nullable Path target;
  private final @Nullable Path part;
  private final StringBuilder text = new StringBuilder(FLUSH_CHARS + 1024);
  private boolean finished;

  private TraceOutput(OutputStream out, @Nullable Path target, @Nullable Path part) {
    this.out = out;
    this.target = target;
    this.part = part;
  }

  /**
   * Writes a text to a new file.
   *
   * @throws ConfigException if it exists or cannot be written
   */
  public static void write(Path target, String text) {
    try (TraceOutput out = to(target)) {
      out.text().append(text);
      out.finish();
    }
  }

  /** Writes to a stream, which the caller closes. */
  static TraceOutput to(OutputStream out) {
    return new TraceOutput(out, null, null);
  }

  /**
   * Writes to a new file.
   *
   * @throws ConfigException if it exists or its folder is not writable
   */
  static TraceOutput to(Path target) {
    if (Files.exists(target)) {
      throw fault(target, "exists already, expected the name of a new file");
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      OutputStream file =
          Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      OutputStream out =
          target.toString().endsWith(".gz") ? new GZIPOutputStream(file, FLUSH_CHARS) : file;
      return new TraceOutput(out, target, part);
    } catch (FileAlreadyExistsException e) {
      throw fault(part, "exists already: another run writes it, or one was killed; remove it");
    } catch (NoSuchFileException e) {
      throw fault(target, "cannot be written: its folder does not exist");
    } catch (AccessDeniedException e) {
      throw fault(target, "cannot be written: no permission to write there");
    } catch (IOException e) {
      throw fault(target, "cannot be written: " + e.getMessage());
    }
  }

  private static ConfigException fault(Path path, String message) {
    return new ConfigException(List.of(path + ": " + message));
  }

  /** Where the next line is appended; call {@link #endLine} after it. */
  StringBuilder text() {
    return text;
  }

  void endLine() {
    text.append('\n');
    if (text.length() >= FLUSH_CHARS) {
      flush();
    }
  }

  /** Everything was written: the file gets its name. */
  void finish() {
    if (finished) {
      return;
    }
    flush();
    try {
      if (target != null && part != null) {
        out.close();
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } else {
        out.flush();
      }
      finished = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (finished || part == null) {
      return;
    }
    finished = true;
    try {
      out.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flush() {
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    text.setLength(0);
  }
}
