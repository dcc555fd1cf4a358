package memwall.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import memwall.core.unit.Shown;

/**
 * Opens a run file: its layers are the options {@code --set}, the file, and the files that it names
 * by {@code extends}, each relative to the file that names it.
 */
public final class ConfigLoader {
  private final Faults faults;
  private final List<Node.Mapping> layers = new ArrayList<>();
  private final List<Path> filesRead = new ArrayList<>();

  private ConfigLoader(Faults faults) {
    this.faults = faults;
  }

  /**
   * Opens a run file.
   *
   * @param sets the values of the options {@code --set}, each {@code PATH=VALUE}
   * @param faults takes all faults, also those of a file that cannot be read; the mapping returned
   *     then is a placeholder that accepts every read
   */
  public static Config load(Path file, List<String> sets, Presets presets, Faults faults) {
    ConfigLoader loader = new ConfigLoader(faults);
    Overrides.parse(sets, faults).ifPresent(loader.layers::add);
    boolean sound = loader.file(file, file.toString(), Optional.empty(), new LinkedHashSet<>());
    Config root = Config.root(loader.layers, sound, presets, faults);
    root.resolved().addFiles(loader.filesRead);
    return root;
  }

  /**
   * Reads configuration from text, as if it stood in a file of the given name in the working
   * directory.
   */
  public static Config fromText(
      String name, String text, List<String> sets, Presets presets, Faults faults) {
    ConfigLoader loader = new ConfigLoader(faults);
    Overrides.parse(sets, faults).ifPresent(loader.layers::add);
    Path file = Path.of(name);
    Set<Path> chain = new LinkedHashSet<>();
    chain.add(file.toAbsolutePath().normalize());
    boolean sound =
        loader.layer(
            mapping(YamlReader.read(source(file, name), text, faults), faults), file, chain);
    return Config.root(loader.layers, sound, presets, faults);
  }

  /** As {@link #fromText(String, String, List, Presets, Faults)} with built-in presets only. */
  public static Config fromText(String name, String text, Faults faults) {
    return fromText(name, text, List.of(), Presets.builtIn(), faults);
  }

  private static Source source(Path file, String name) {
    Path folder = file.toAbsolutePath().getParent();
    return new Source(
        Source.Kind.FILE, name, name, folder == null ? file.toAbsolutePath() : folder);
  }

  private boolean file(Path file, String name, Optional<Place> namedAt, Set<Path> chain) {
    Path absolute = file.toAbsolutePath().normalize();
    if (!chain.add(absolute)) {
      String shown =
          chain.stream().map(p -> p.getFileName().toString()).collect(Collectors.joining(" -> "));
      fault(name, namedAt, "the file extends itself: " + shown + " -> " + absolute.getFileName());
      return false;
    }
    try (InputStream stream = Files.newInputStream(file)) {
      if (Files.isDirectory(file)) {
        fault(name, namedAt, "is a directory; a file is wanted");
        return false;
      }
      filesRead.add(file);
      return layer(mapping(source(file, name), stream, faults), file, chain);
    } catch (NoSuchFileException wrong) {
      fault(name, namedAt, "no such file");
    } catch (AccessDeniedException wrong) {
      fault(name, namedAt, "may not be read: permission denied");
    } catch (IOException wrong) {
      fault(name, namedAt, "cannot be read: " + wrong.getMessage());
    }
    return false;
  }

  private void fault(String name, Optional<Place> namedAt, String message) {
    if (namedAt.isPresent()) {
      faults.add(namedAt.get(), "extends: " + Shown.quote(name) + ": " + message);
    } else {
      faults.add(name + ": " + message);
    }
  }

  private boolean layer(Optional<Node.Mapping> mapping, Path file, Set<Path> chain) {
    if (mapping.isEmpty()) {
      return false;
    }
    layers.add(mapping.get());
    Node.Mapping.Entry base = mapping.get().entries().get(Layers.EXTENDS);
    if (base == null) {
      return true;
    }
    if (!(base.value() instanceof Node.Scalar scalar) || scalar.isNull()) {
      faults.add(base.value().place(), "extends: wanted is the name of a run file");
      return false;
    }
    try {
      Path next = file.resolveSibling(scalar.value());
      return file(next, next.toString(), Optional.of(scalar.place()), chain);
    } catch (InvalidPathException wrong) {
      faults.add(scalar.place(), "extends: " + scalar.shown() + " is not a file name");
      return false;
    }
  }

  /** Reads a document whose root is a mapping; if it is not, that is a fault. */
  static Optional<Node.Mapping> mapping(Source source, InputStream stream, Faults faults)
      throws IOException {
    byte[] bytes = stream.readNBytes(YamlReader.MAX_SIZE + 1);
    if (bytes.length > YamlReader.MAX_SIZE) {
      faults.add(
          new Place(source, 1, 1),
          "larger than " + YamlReader.MAX_SIZE + " bytes, the largest configuration allowed");
      return Optional.empty();
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(input, text, true);
    if (result.isError()) {
      int line = 1;
      int column = 1;
      for (int i = 0; i < input.position(); i++) {
        column = bytes[i] == '\n' ? 1 : column + 1;
        line += bytes[i] == '\n' ? 1 : 0;
      }
      faults.add(new Place(source, line, column), "not UTF-8 text");
      return Optional.empty();
    }
    return mapping(YamlReader.read(source, text.flip().toString(), faults), faults);
  }

  private static Optional<Node.Mapping> mapping(Optional<Node> root, Faults faults) {
    if (root.isEmpty()) {
      return Optional.empty();
    }
    if (root.get() instanceof Node.Mapping mapping) {
      return Optional.of(mapping);
    }
    Node node = root.get();
    if (node instanceof Node.Broken) {
      return Optional.empty();
    }
    String given = node instanceof Node.Scalar scalar && scalar.isNull() ? "nothing" : node.shown();
    faults.add(node.place(), given + " is not a mapping; wanted are lines 'key: value'");
    return Optional.empty();
  }
}
