package memwall.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One YAML mapping, strict, knows its place. Each value is read once, by name, with its unit, its
 * range and a sentence that says what it is; a fault is recorded and a harmless placeholder
 * returned, so that one pass finds every fault. {@link #finish} reports keys that nobody read.
 *
 * <p>A mapping has layers, highest priority first: the options {@code --set}, the run file, presets
 * (see {@link Layers}). A mapping whose own place is faulty is a placeholder: every key may be read
 * from it and no further fault is recorded.
 *
 * <p>A long class: one method for each kind of value, which all share what was read, what is faulty
 * and where the mapping stands. What they work with is outside: layers, quantities, faults.
 */
public final class Config {
  private static final Set<String> PRESET_KEYS = Set.of("source", "description", Layers.EXTENDS);

  private final Context context;
  private final String path;
  private final Overlay layers;
  private final boolean placeholder;
  private final Set<String> free;
  private final Resolved.Branch resolved;

  private final Set<String> read = new LinkedHashSet<>();

  /** Keys that may be given and that someone asked for: some of them were not given, nor read. */
  private final Set<String> asked = new LinkedHashSet<>();

  private final Set<String> faulty = new HashSet<>();
  private final Map<String, Config> children = new HashMap<>();
  private final Map<String, List<Config>> lists = new HashMap<>();
  private boolean finished;
  private Optional<String> decidedBy = Optional.empty();

  /** What all mappings of one configuration share. */
  private record Context(
      Faults faults, Presets presets, Resolved resolved, List<Config> handedOut) {}

  private Config(
      Context context,
      String path,
      List<Node.Mapping> layers,
      boolean placeholder,
      Set<String> free,
      Resolved.Branch resolved) {
    this.context = context;
    this.path = path;
    this.layers = new Overlay(layers);
    this.placeholder = placeholder;
    this.free = free;
    this.resolved = resolved;
    context.handedOut().add(this);
  }

  static Config root(List<Node.Mapping> layers, boolean sound, Presets presets, Faults faults) {
    Resolved resolved = new Resolved();
    return new Config(
        new Context(faults, presets, resolved, new ArrayList<>()),
        "",
        layers,
        !sound || layers.isEmpty(),
        Set.of(Layers.EXTENDS),
        resolved.root());
  }

  /** The path of this mapping from the root, dot-separated; empty for the root. */
  public String path() {
    return path;
  }

  /** Whether the key is given (in the file, a preset or an override). Hints name it from now on. */
  public boolean has(String key) {
    asked.add(key);
    return layers.value(key).isPresent();
  }

  /** The keys given here, in order. For mappings whose keys are names chosen by the user. */
  public List<String> keys() {
    Set<String> keys = layers.keys();
    keys.removeAll(free);
    return List.copyOf(keys);
  }

  /**
   * Records a fault at the place of a key of this mapping (or of the mapping if it is absent).
   * Dropped if reading the key was a fault already: what follows from a placeholder is no news.
   */
  public void fault(String key, String message) {
    if (!placeholder && !faulty.contains(key)) {
      Place place = layers.value(key).map(Node::place).orElseGet(layers::place);
      context.faults().add(place, pathOf(key) + ": " + message);
    }
  }

  /**
   * Whether the value of the key was refused when it was read or is missing, so that what was
   * returned for it is a placeholder. For checks that combine several values.
   */
  public boolean isPlaceholder(String key) {
    return placeholder || faulty.contains(key);
  }

  /** Everything that has been read so far from this configuration, the whole tree of mappings. */
  public Resolved resolved() {
    return context.resolved();
  }

  /** Required text. */
  public String text(String key, String sentence) {
    return required(key, Values.TEXT, sentence);
  }

  /** Text with a default. */
  public String text(String key, String defaultValue, String sentence) {
    return withDefault(key, Values.TEXT, defaultValue, sentence);
  }

  /** Optional text. */
  public Optional<String> optionalText(String key, String sentence) {
    return optional(key, Values.TEXT, sentence);
  }

  /** Required text, one of the names allowed; the placeholder is the first of them. */
  public String oneOf(String key, List<String> allowed, String sentence) {
    return required(key, Values.oneOf(allowed), sentence);
  }

  /** Required whole number without unit in [min, max]. */
  public long integer(String key, long min, long max, String sentence) {
    return required(key, Values.integer(min, max), sentence);
  }

  /** Whole number with a default. */
  public long integer(String key, long min, long max, long defaultValue, String sentence) {
    return withDefault(key, Values.integer(min, max), defaultValue, sentence);
  }

  /** Required number without unit in [min, max]. */
  public double number(String key, double min, double max, String sentence) {
    return required(key, Values.number(min, max), sentence);
  }

  /** Number with a default. */
  public double number(String key, double min, double max, double defaultValue, String sentence) {
    return withDefault(key, Values.number(min, max), defaultValue, sentence);
  }

  /** Required truth value. */
  public boolean bool(String key, String sentence) {
    return required(key, Values.BOOL, sentence);
  }

  /** Truth value with a default. */
  public boolean bool(String key, boolean defaultValue, String sentence) {
    return withDefault(key, Values.BOOL, defaultValue, sentence);
  }

  /** Required one of an enum's constants, written in lower case with '-' for '_'. */
  public <E extends Enum<E>> E choice(String key, Class<E> type, String sentence) {
    return Values.constant(type, required(key, Values.oneOf(Values.names(type)), sentence));
  }

  /** One of an enum's constants, with a default. */
  public <E extends Enum<E>> E choice(String key, E defaultValue, String sentence) {
    Class<E> type = defaultValue.getDeclaringClass();
    String name = Values.nameOf(defaultValue);
    return Values.constant(
        type, withDefault(key, Values.oneOf(Values.names(type)), name, sentence));
  }

  /** Required quantity in the base unit of its dimension, within the dimension's range. */
  public long quantity(String key, Dimension dimension, String sentence) {
    return required(key, Values.quantity(dimension), sentence);
  }

  /** Quantity with a default written as in YAML, for example {@code "0 ps"}. */
  public long quantity(String key, Dimension dimension, String defaultText, String sentence) {
    long defaultValue = dimension.quantities().parse(defaultText);
    return withDefault(key, Values.quantity(dimension), defaultValue, sentence);
  }

  /** Required quantity of a report-only dimension (energy, power, price), as a double. */
  public double reportQuantity(String key, Dimension dimension, String sentence) {
    return required(key, Values.reportQuantity(dimension), sentence);
  }

  /** Report-only quantity with a default written as in YAML. */
  public double reportQuantity(
      String key, Dimension dimension, String defaultText, String sentence) {
    double defaultValue = dimension.quantities().parseDouble(defaultText);
    return withDefault(key, Values.reportQuantity(dimension), defaultValue, sentence);
  }

  /** Required list of text. */
  public List<String> texts(String key, String sentence) {
    return list(key, Values.TEXT, sentence);
  }

  /** Required list of whole numbers in [min, max]. */
  public List<Long> integers(String key, long min, long max, String sentence) {
    return list(key, Values.integer(min, max), sentence);
  }

  /** Required list of numbers in [min, max]. */
  public List<Double> numbers(String key, double min, double max, String sentence) {
    return list(key, Values.number(min, max), sentence);
  }

  /** Required list of quantities in the base unit of their dimension. */
  public List<Long> quantities(String key, Dimension dimension, String sentence) {
    return list(key, Values.quantity(dimension), sentence);
  }

  /**
   * Required file name. A relative name is relative to the folder of the file that gives it; in an
   * option {@code --set} or a built-in preset, to the working directory. Whether the file exists is
   * not checked.
   */
  public Path file(String key, String sentence) {
    return required(key, fileType(key), sentence);
  }

  /** Optional file name, as {@link #file}. */
  public Optional<Path> optionalFile(String key, String sentence) {
    return optional(key, fileType(key), sentence);
  }

  private Values.Type<Path> fileType(String key) {
    Path workingDirectory = Path.of("").toAbsolutePath();
    return Values.file(
        layers.value(key).map(node -> node.place().source().folder()).orElse(workingDirectory));
  }

  /** Required mapping. If it is absent the fault is recorded and an empty mapping returned. */
  public Config section(String key, String sentence) {
    return child(key, Optional.empty(), sentence);
  }

  /** Optional mapping. */
  public Optional<Config> optionalSection(String key, String sentence) {
    read.add(key);
    return has(key) ? Optional.of(section(key, sentence)) : Optional.empty();
  }

  /** List of mappings; empty if absent. */
  public List<Config> sections(String key, String sentence) {
    return mappings(key, Optional.empty(), sentence);
  }

  /**
   * Required mapping that may be given as the name of a preset, or as a mapping with {@code
   * extends: name} whose keys override the preset's.
   *
   * @param kind the kind of preset, for example {@code chip}: the folder under {@code presets/}
   */
  public Config preset(String key, String kind, String sentence) {
    return child(key, Optional.of(kind), sentence);
  }

  /** Optional preset, as {@link #preset}. */
  public Optional<Config> optionalPreset(String key, String kind, String sentence) {
    read.add(key);
    return has(key) ? Optional.of(preset(key, kind, sentence)) : Optional.empty();
  }

  /** List of presets, each a name or a mapping as in {@link #preset}; empty if absent. */
  public List<Config> presets(String key, String kind, String sentence) {
    return mappings(key, Optional.of(kind), sentence);
  }

  /**
   * Says that the value of a key decides which other keys there are: the law of a distribution, the
   * model of a device. Where an override or a file gives it another value than the layers below,
   * what these say about the other value is left aside instead of being unknown keys; keys that
   * both have are still taken from below.
   */
  public void variesBy(String key) {
    decidedBy = Optional.of(key);
  }

  /** Ends the reading of this mapping: keys that nobody read are faults, with did-you-mean. */
  public void finish() {
    finished = true;
    if (placeholder) {
      return;
    }
    Set<String> known = new LinkedHashSet<>(read);
    asked.stream().filter(key -> layers.value(key).isEmpty()).forEach(known::add);
    layers.forEachKey(
        decidedBy,
        (key, place) -> {
          if (!read.contains(key) && !free.contains(key)) {
            context
                .faults()
                .add(
                    place,
                    "unknown key '"
                        + pathOf(key)
                        + "'"
                        + Suggestion.of(key, known)
                        + " (known: "
                        + known
                        + ")");
          }
        });
  }

  /**
   * Ends the reading of the whole configuration: finishes every mapping that was handed out and
   * that its reader did not finish. Call it on any mapping, after all is read.
   */
  public void finishAll() {
    for (Config config : List.copyOf(context.handedOut())) {
      if (!config.finished) {
        config.finish();
      }
    }
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private void missing(String key, String sentence, String wanted) {
    if (!placeholder && faulty.add(key)) {
      context
          .faults()
          .add(
              layers.place(),
              "missing key '" + pathOf(key) + "' (" + sentence + "); wanted is " + wanted);
    }
  }

  private <T> T required(String key, Values.Type<T> type, String sentence) {
    Optional<T> value = given(key, type, type.placeholder(), sentence);
    if (value.isEmpty()) {
      missing(key, sentence, type.wanted());
    }
    return value.orElse(type.placeholder());
  }

  private <T> Optional<T> optional(String key, Values.Type<T> type, String sentence) {
    return given(key, type, type.placeholder(), sentence);
  }

  private <T> T withDefault(String key, Values.Type<T> type, T defaultValue, String sentence) {
    Optional<T> value = given(key, type, defaultValue, sentence);
    if (value.isEmpty()) {
      record(key, type.printer().print(defaultValue), type.unit(), Resolved.DEFAULT, sentence);
    }
    return value.orElse(defaultValue);
  }

  /** The value given, the placeholder if it is faulty, or empty if the key is absent. */
  private <T> Optional<T> given(
      String key, Values.Type<T> type, T placeholderValue, String sentence) {
    read.add(key);
    Optional<Node> found = layers.value(key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Node node = found.get();
    try {
      T value = scalar(node, type);
      record(key, type.printer().print(value), type.unit(), node.place().asOrigin(), sentence);
      return Optional.of(value);
    } catch (IllegalArgumentException wrong) {
      faultAt(key, pathOf(key), node, wrong);
      return Optional.of(placeholderValue);
    }
  }

  private static <T> T scalar(Node node, Values.Type<T> type) {
    if (!(node instanceof Node.Scalar scalar)) {
      throw new IllegalArgumentException(node.shown() + " is not " + type.wanted());
    }
    if (scalar.isNull()) {
      throw new IllegalArgumentException("no value given; wanted is " + type.wanted());
    }
    return type.reader().read(scalar);
  }

  private void faultAt(String key, String shownPath, Node node, IllegalArgumentException wrong) {
    faulty.add(key);
    if (!(node instanceof Node.Broken)) {
      context.faults().add(node.place(), shownPath + ": " + wrong.getMessage());
    }
  }

  private <T> List<T> list(String key, Values.Type<T> type, String sentence) {
    read.add(key);
    String wanted = "a list, each item " + type.wanted();
    Optional<Node> found = layers.value(key);
    if (found.isEmpty()) {
      missing(key, sentence, wanted);
      return List.of();
    }
    Node node = found.get();
    if (!(node instanceof Node.Sequence sequence)) {
      faultAt(key, pathOf(key), node, notAList(node, wanted));
      return List.of();
    }
    List<T> values = new ArrayList<>();
    List<Resolved.Tree> printed = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Node item = sequence.items().get(i);
      try {
        T value = scalar(item, type);
        values.add(value);
        printed.add(new Resolved.Leaf(type.printer().print(value)));
      } catch (IllegalArgumentException wrong) {
        faultAt(key, pathOf(key) + "[" + i + "]", item, wrong);
        values.add(type.placeholder());
      }
    }
    if (resolved.entries().putIfAbsent(key, new Resolved.Items(printed)) == null) {
      List<String> yaml = printed.stream().map(leaf -> ((Resolved.Leaf) leaf).yaml()).toList();
      context
          .resolved()
          .add(
              new Resolved.Value(
                  pathOf(key), yaml.toString(), type.unit(), node.place().asOrigin(), sentence));
    }
    return Collections.unmodifiableList(values);
  }

  private static IllegalArgumentException notAList(Node node, String wanted) {
    boolean nothing = node instanceof Node.Scalar scalar && scalar.isNull();
    return new IllegalArgumentException(
        (nothing ? "no value given; wanted is " : node.shown() + " is not ") + wanted);
  }

  private void record(String key, String yaml, String unit, String origin, String sentence) {
    if (!placeholder && resolved.entries().putIfAbsent(key, new Resolved.Leaf(yaml)) == null) {
      context.resolved().add(new Resolved.Value(pathOf(key), yaml, unit, origin, sentence));
    }
  }

  private Config child(String key, Optional<String> kind, String sentence) {
    Config known = children.get(key);
    if (known != null) {
      return known;
    }
    read.add(key);
    List<Node> values = layers.values(key);
    if (values.isEmpty()) {
      missing(
          key,
          sentence,
          kind.map(name -> "a mapping or the name of a " + name + " preset").orElse("a mapping"));
    }
    Config child = child(key, pathOf(key), kind, values, sentence);
    resolved.entries().put(key, child.resolved);
    children.put(key, child);
    return child;
  }

  private Config child(
      String key, String childPath, Optional<String> kind, List<Node> values, String sentence) {
    Layers merged =
        kind.isPresent()
            ? Layers.ofPreset(context.faults(), context.presets(), childPath, kind.get(), values)
            : Layers.ofSection(context.faults(), context.presets(), childPath, values);
    if (!merged.sound()) {
      faulty.add(key);
    }
    Optional<Layers.Base> base = merged.base().filter(named -> merged.sound());
    base.ifPresent(
        named ->
            context
                .resolved()
                .add(
                    new Resolved.Value(
                        childPath,
                        "preset " + named.preset(),
                        "",
                        named.place().asOrigin(),
                        sentence)));
    return new Config(
        context,
        childPath,
        merged.mappings(),
        !merged.sound() || merged.mappings().isEmpty(),
        kind.isPresent() ? PRESET_KEYS : Set.of(),
        new Resolved.Branch(base.map(named -> "  # preset " + named.preset()).orElse("")));
  }

  private List<Config> mappings(String key, Optional<String> kind, String sentence) {
    List<Config> known = lists.get(key);
    if (known != null) {
      return known;
    }
    read.add(key);
    Optional<Node> found = layers.value(key);
    if (found.isEmpty()) {
      return List.of();
    }
    Node node = found.get();
    if (!(node instanceof Node.Sequence sequence)) {
      faultAt(key, pathOf(key), node, notAList(node, "a list of mappings"));
      return List.of();
    }
    List<Config> list = new ArrayList<>();
    List<Resolved.Tree> printed = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      String itemPath = pathOf(key) + "[" + i + "]";
      Config item = child(key, itemPath, kind, List.of(sequence.items().get(i)), sentence);
      list.add(item);
      printed.add(item.resolved);
    }
    resolved.entries().put(key, new Resolved.Items(printed));
    List<Config> fixed = List.copyOf(list);
    lists.put(key, fixed);
    return fixed;
  }
}
