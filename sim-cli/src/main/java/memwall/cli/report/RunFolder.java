package memwall.cli.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import memwall.core.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a run leaves behind. It grows as a hidden sibling {@code .<name>.partial-<n>} and
 * moves into place in one step, so nothing half-written is ever seen under the name that the user
 * gave. Deletes only what it created.
 *
 * <p>Life: {@link #create} before the simulation; {@link #file} for what is streamed while it runs;
 * {@link #finish} at the end, also of an interrupted run, or {@link #abandon} (or {@link #close})
 * if there is no result.
 */
public final class RunFolder implements AutoCloseable {
  /** The resolved configuration. */
  public static final String CONFIG = "config.resolved.yaml";

  private static final int MOST_PARTIALS = 10_000;

  private final Path target;
  private final Path partial;
  private final Deque<Path> createdParents;
  private boolean open = true;

  private RunFolder(Path target, Path partial, Deque<Path> createdParents) {
    this.target = target;
    this.partial = partial;
    this.createdParents = createdParents;
  }

  /**
   * Starts a folder. Missing parents are created; an existing folder is accepted if it is empty.
   *
   * @param folder where the results shall be
   * @throws ConfigException if the folder is not empty, is a file, or cannot be created
   */
  public static RunFolder create(Path folder) {
    Path target = checked(folder);
    Deque<Path> createdParents = new ArrayDeque<>();
    try {
      Path parent = parentOf(target);
      createParents(parent, createdParents);
      return new RunFolder(target, createPartial(parent, target), createdParents);
    } catch (IOException e) {
      deleteEmpty(createdParents);
      throw fault(folder, "cannot be created: " + reason(e) + "; name another with -o DIR");
    }
  }

  /**
   * Where a file of this run lies until {@link #finish}.
   *
   * @param name a file name without folders
   */
  public Path file(String name) {
    return partial.resolve(name);
  }

  /** The folder under its final name. */
  public Path target() {
    return target;
  }

  /**
   * Writes everything but what was streamed, and moves the folder into place.
   *
   * @param result of the run
   * @param manifest where it came from
   * @param resolvedConfig text of the resolved configuration, YAML
   * @return the folder
   * @throws ConfigException if something appeared under the folder's name while the run went; the
   *     results then stay in the partial folder, which the message names
   * @throws UncheckedIOException if a file cannot be written
   * @throws IllegalStateException if the report cannot be drawn; all other results then stay in the
   *     partial folder, which the message names
   */
  public Path finish(RunResult result, Manifest manifest, String resolvedConfig) {
    if (!open) {
      throw new IllegalStateException("the run folder " + target + " was finished or abandoned");
    }
    JsonFiles.summary(result, file(JsonFiles.SUMMARY));
    JsonFiles.manifest(manifest, file(JsonFiles.MANIFEST));
    CsvFiles.stats(result.snapshot(), file(CsvFiles.STATS));
    CsvFiles.series(result.series(), file(CsvFiles.SERIES));
    HistogramLog.write(result.snapshot(), file(HistogramLog.FILE));
    try {
      Files.writeString(file(CONFIG), resolvedConfig, StandardCharsets.UTF_8);
      drawReport();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return finish();
  }

  /**
   * Moves the folder into place with what was written to its {@link #file files}.
   *
   * @return the folder
   * @throws ConfigException if something appeared under the folder's name while the run went; the
   *     results then stay in the partial folder, which the message names
   * @throws UncheckedIOException if it cannot be moved
   */
  public Path finish() {
    if (!open) {
      throw new IllegalStateException("the run folder " + target + " was finished or abandoned");
    }
    try {
      open = false;
      // rename(2) replaces an empty folder and refuses any other.
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
      throw inTheWay();
    } catch (FileSystemException e) {
      if (Files.exists(target)) {
        throw inTheWay();
      }
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  /** A page that cannot be drawn must not cost the results of a long run: they stay. */
  private void drawReport() {
    try {
      HtmlReport.write(partial);
    } catch (IOException | RuntimeException e) {
      open = false;
      throw new IllegalStateException(
          "the report cannot be drawn; all other results are in " + partial, e);
    }
  }

  /** Removes what was created; has no effect after {@link #finish}. */
  public void abandon() {
    if (!open) {
      return;
    }
    open = false;
    try {
      Files.walkFileTree(
          partial,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                throws IOException {
              Files.delete(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    deleteEmpty(createdParents);
  }

  /** The same as {@link #abandon}. */
  @Override
  public void close() {
    abandon();
  }

  private ConfigException inTheWay() {
    return fault(
        target,
        "is no longer free: something was put there while the run went; the results are in "
            + partial
            + ", move them by hand");
  }

  private static Path checked(Path folder) {
    if (!Files.exists(folder)) {
      if (Files.isSymbolicLink(folder)) {
        throw fault(folder, "is a link to nowhere; remove it or name another folder with -o DIR");
      }
      return folder.toAbsolutePath().normalize();
    }
    if (!Files.isDirectory(folder)) {
      throw fault(folder, "is a file, not a folder; name another with -o DIR");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw fault(
            folder,
            "is not empty, and results are never overwritten; remove it or name another with -o"
                + " DIR");
      }
      return folder.toRealPath();
    } catch (IOException e) {
      throw fault(folder, "cannot be read: " + reason(e) + "; name another with -o DIR");
    }
  }

  private static Path parentOf(Path target) throws IOException {
    Path parent = target.getParent();
    if (parent == null || target.getFileName() == null) {
      throw new FileSystemException(target.toString(), null, "is the root of the file system");
    }
    return parent;
  }

  private static void createParents(Path parent, Deque<Path> created) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    Path path = parent;
    for (; path != null && !Files.exists(path); path = path.getParent()) {
      missing.push(path);
    }
    if (path != null && !Files.isDirectory(path)) {
      throw new FileSystemException(path.toString(), null, "is a file, not a folder");
    }
    for (Path next : missing) {
      Files.createDirectory(next);
      created.push(next);
    }
  }

  private static Path createPartial(Path parent, Path target) throws IOException {
    for (int n = 1; n <= MOST_PARTIALS; n++) {
      Path partial = parent.resolve("." + target.getFileName() + ".partial-" + n);
      try {
        return Files.createDirectory(partial);
      } catch (FileAlreadyExistsException e) {
        // Left by a run that was killed, or in use by another: take the next number.
        if (n == MOST_PARTIALS) {
          throw e;
        }
      }
    }
    throw new IllegalStateException("no number left");
  }

  private static void deleteEmpty(Deque<Path> created) {
    for (Path path : created) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Somebody uses it by now: it stays, and so do those above it.
        return;
      }
    }
  }

  private static ConfigException fault(Path folder, String what) {
    return new ConfigException(List.of("output folder '" + folder + "': " + what));
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "no permission to write '" + denied.getFile() + "'";
    }
    if (e instanceof NoSuchFileException missing) {
      return "no folder can be made at '" + missing.getFile() + "'";
    }
    if (e instanceof FileSystemException other && other.getReason() != null) {
      return "'" + other.getFile() + "' " + other.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
