package memwall.core.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds presets by kind and name: the built-in ones, shipped by every module as resources {@code
 * presets/KIND/NAME.yaml} and named in its {@code presets/index.txt} (one {@code KIND/NAME} a
 * line), and the user's, {@code DIR/KIND/NAME.yaml}, which win over built-in ones of the same name.
 * Every preset has a key {@code source} that says where its numbers come from. Files are read when
 * first asked for; not for use by several threads at once.
 */
public final class Presets {
  /** The resource that names a module's presets; a class path may hold several. */
  static final String INDEX = "presets/index.txt";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String SUFFIX = ".yaml";

  private final Map<String, Map<String, Located>> byKind = new TreeMap<>();
  private final Map<String, Lookup> loaded = new HashMap<>();
  private final List<String> shadowed = new ArrayList<>();
  private final List<Path> filesRead = new ArrayList<>();

  /**
   * A preset as listed.
   *
   * @param kind the kind, for example {@code chip}
   * @param name the name used in run files
   * @param description one sentence, or empty
   * @param source where its numbers come from
   * @param place the file or resource it was read from
   */
  public record Preset(String kind, String name, String description, String source, String place) {}

  private record Located(Source source, Opener opener) {}

  private interface Opener {
    InputStream open() throws IOException;
  }

  /** What was found: the mapping, or empty; the faults of the preset itself. */
  record Lookup(Optional<Node.Mapping> mapping, List<String> faults) {}

  private Presets() {}

  /** The presets shipped with the modules on the class path. */
  public static Presets builtIn() {
    return shippedWith(Presets.class.getClassLoader());
  }

  /** The presets that the indexes visible to a class loader name. */
  static Presets shippedWith(ClassLoader loader) {
    Presets presets = new Presets();
    presets.addBuiltIn(loader);
    return presets;
  }

  /**
   * The built-in presets and the user's; a later directory wins over an earlier one.
   *
   * @throws ConfigException if a directory cannot be read
   */
  public static Presets withDirectories(List<Path> directories) {
    Presets presets = builtIn();
    Faults faults = new Faults();
    for (Path directory : directories) {
      presets.addDirectory(directory, faults);
    }
    faults.throwIfAny();
    return presets;
  }

  private void addBuiltIn(ClassLoader loader) {
    try {
      for (URL index : Collections.list(loader.getResources(INDEX))) {
        try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(index.openStream(), StandardCharsets.UTF_8))) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String entry = line.strip();
            if (!entry.isEmpty() && !entry.startsWith("#")) {
              addBuiltIn(index, entry, loader);
            }
          }
        }
      }
    } catch (IOException wrong) {
      throw new UncheckedIOException(wrong);
    }
  }

  private void addBuiltIn(URL index, String entry, ClassLoader loader) {
    int slash = entry.indexOf('/');
    String resource = "presets/" + entry + SUFFIX;
    if (slash < 1 || !isName(entry.substring(0, slash)) || !isName(entry.substring(slash + 1))) {
      throw new IllegalStateException(index + ": '" + entry + "' is not KIND/NAME");
    }
    Source source =
        new Source(Source.Kind.PRESET, resource, "preset " + entry, Path.of("").toAbsolutePath());
    Located located =
        new Located(
            source,
            () -> {
              InputStream stream = loader.getResourceAsStream(resource);
              if (stream == null) {
                throw new IOException("named in " + INDEX + " but missing");
              }
              return stream;
            });
    Located other = ofKind(entry.substring(0, slash)).put(entry.substring(slash + 1), located);
    if (other != null) {
      throw new IllegalStateException(index + ": preset '" + entry + "' is shipped twice");
    }
  }

  private Map<String, Located> ofKind(String kind) {
    return byKind.computeIfAbsent(kind, k -> new TreeMap<>());
  }

  private static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private void addDirectory(Path directory, Faults faults) {
    if (!Files.isDirectory(directory)) {
      faults.add("--presets " + directory + ": no such directory");
      return;
    }
    try {
      for (Path kind : children(directory)) {
        if (!Files.isDirectory(kind)) {
          continue; // a README beside the kinds is welcome
        }
        for (Path file : children(kind)) {
          addFile(kind.getFileName().toString(), file, faults);
        }
      }
    } catch (IOException wrong) {
      faults.add("--presets " + directory + ": cannot be read: " + wrong.getMessage());
    }
  }

  private void addFile(String kind, Path file, Faults faults) {
    String fileName = file.getFileName().toString();
    if (fileName.endsWith(".yml")) {
      faults.add(file + ": a preset's file name ends in '.yaml'");
    }
    if (!fileName.endsWith(SUFFIX) || !Files.isRegularFile(file)) {
      return;
    }
    String name = fileName.substring(0, fileName.length() - SUFFIX.length());
    if (!isName(kind) || !isName(name)) {
      faults.add(
          file + ": names of presets are letters, digits, '.', '_', '-', first a letter or digit");
      return;
    }
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    Source source =
        new Source(Source.Kind.PRESET, file.toString(), "preset " + kind + "/" + name, folder);
    Opener opener =
        () -> {
          InputStream stream = Files.newInputStream(file);
          filesRead.add(file);
          return stream;
        };
    Located other = ofKind(kind).put(name, new Located(source, opener));
    if (other != null) {
      shadowed.add(kind + "/" + name + ": " + file + " replaces " + other.source().name());
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    }
  }

  /** The kinds of presets there are, sorted. */
  public Set<String> kinds() {
    return Collections.unmodifiableSet(new TreeSet<>(byKind.keySet()));
  }

  /** The names of a kind's presets, sorted; empty if there is no such kind. */
  public List<String> names(String kind) {
    return List.copyOf(byKind.getOrDefault(kind, Map.of()).keySet());
  }

  /** One line per preset that a user's file replaces, for the report. */
  public List<String> shadowed() {
    return List.copyOf(shadowed);
  }

  /** The user's preset files that were read so far, in the order of reading. */
  public List<Path> filesRead() {
    return List.copyOf(filesRead);
  }

  /** All presets by kind and name; what is wrong with their files goes to the faults. */
  public List<Preset> list(Faults faults) {
    List<Preset> list = new ArrayList<>();
    byKind.forEach(
        (kind, names) ->
            names.forEach(
                (name, located) -> {
                  Lookup found = find(kind, name);
                  found.faults().forEach(faults::add);
                  String place = located.source().name();
                  found
                      .mapping()
                      .ifPresent(
                          mapping ->
                              list.add(
                                  new Preset(
                                      kind,
                                      name,
                                      textOf(mapping, "description"),
                                      textOf(mapping, "source"),
                                      place)));
                }));
    return list;
  }

  /**
   * The text of a preset's file; empty if there is no such preset.
   *
   * @throws ConfigException if the file cannot be read
   */
  public Optional<String> text(String kind, String name) {
    Located located = byKind.getOrDefault(kind, Map.of()).get(name);
    if (located == null) {
      return Optional.empty();
    }
    try (InputStream stream = located.opener().open()) {
      return Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException wrong) {
      throw new ConfigException(
          List.of(located.source().name() + ": cannot be read: " + wrong.getMessage()));
    }
  }

  private static String textOf(Node.Mapping mapping, String key) {
    Node.Mapping.Entry entry = mapping.entries().get(key);
    return entry != null && entry.value() instanceof Node.Scalar scalar && !scalar.isNull()
        ? scalar.value().strip()
        : "";
  }

  Lookup find(String kind, String name) {
    Located located = byKind.getOrDefault(kind, Map.of()).get(name);
    return located == null
        ? new Lookup(Optional.empty(), List.of())
        : loaded.computeIfAbsent(kind + "/" + name, key -> read(located));
  }

  private static Lookup read(Located located) {
    Faults faults = new Faults();
    Place start = new Place(located.source(), 1, 1);
    Optional<Node.Mapping> mapping = Optional.empty();
    try (InputStream stream = located.opener().open()) {
      mapping = ConfigLoader.mapping(located.source(), stream, faults);
    } catch (IOException wrong) {
      faults.add(start, "cannot be read: " + wrong.getMessage());
    }
    if (mapping.isPresent() && textOf(mapping.get(), "source").isEmpty()) {
      faults.add(
          mapping.get().place(),
          "missing key 'source': every preset says where its numbers come from");
    }
    return new Lookup(mapping, faults.list());
  }
}
