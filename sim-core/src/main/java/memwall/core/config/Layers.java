package memwall.core.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import memwall.core.unit.Shown;

/**
 * The layers of one mapping, highest priority first: overrides, file, preset, what the preset
 * extends. A key's value is the one of the first layer that has it; mappings are merged key by key.
 *
 * <p>A layer that names a preset (as text, or by {@code extends}) ends the list: it says what its
 * base is, and what lower layers said about this mapping is replaced. So {@code chip: h200} in a
 * run file replaces the whole chip of the system's preset, while {@code chip: {clock: 2 GHz}}
 * changes one value of it.
 */
final class Layers {
  /** The key that names what a mapping is based on. */
  static final String EXTENDS = "extends";

  private final Faults faults;
  private final Presets presets;
  private final String path;
  private final List<Node.Mapping> mappings = new ArrayList<>();
  private Optional<Base> base = Optional.empty();
  private boolean sound = true;

  /** The preset {@code kind/name} that a mapping is based on, and where it is named. */
  record Base(String preset, Place place) {}

  private Layers(Faults faults, Presets presets, String path) {
    this.faults = faults;
    this.presets = presets;
    this.path = path;
  }

  /** Merges what the layers say about one key, all of which must be mappings. */
  static Layers ofSection(Faults faults, Presets presets, String path, List<Node> values) {
    Layers layers = new Layers(faults, presets, path);
    for (Node value : values) {
      if (!(value instanceof Node.Mapping mapping)) {
        layers.refuse(value, "a mapping");
        break;
      }
      layers.mappings.add(mapping);
    }
    return layers;
  }

  /** Merges what the layers say about one key: mappings, or a preset's name. */
  static Layers ofPreset(
      Faults faults, Presets presets, String path, String kind, List<Node> values) {
    Layers layers = new Layers(faults, presets, path);
    for (Node value : values) {
      if (value instanceof Node.Scalar) {
        layers.preset(kind, value, "a mapping or the name of a " + kind + " preset");
        break;
      }
      if (!(value instanceof Node.Mapping mapping)) {
        layers.refuse(value, "a mapping or the name of a " + kind + " preset");
        break;
      }
      layers.mappings.add(mapping);
      Node.Mapping.Entry parent = mapping.entries().get(EXTENDS);
      if (parent != null) {
        layers.preset(kind, parent.value(), "the name of a " + kind + " preset");
        break;
      }
    }
    return layers;
  }

  private void preset(String kind, Node name, String wanted) {
    Set<String> chain = new LinkedHashSet<>();
    Node next = name;
    while (true) {
      if (!(next instanceof Node.Scalar scalar) || scalar.isNull()) {
        refuse(next, wanted);
        return;
      }
      if (chain.isEmpty()) {
        base = Optional.of(new Base(kind + "/" + scalar.value(), scalar.place()));
      }
      if (!chain.add(scalar.value())) {
        fault(
            next.place(),
            kind
                + " preset '"
                + scalar.value()
                + "' extends itself: "
                + String.join(" -> ", chain)
                + " -> "
                + scalar.value());
        return;
      }
      Presets.Lookup found = presets.find(kind, scalar.value());
      found.faults().forEach(faults::add);
      if (found.mapping().isEmpty()) {
        sound = false;
        if (found.faults().isEmpty()) {
          List<String> known = presets.names(kind);
          fault(
              next.place(),
              "no "
                  + kind
                  + " preset "
                  + Shown.quote(scalar.value())
                  + Suggestion.of(scalar.value(), known)
                  + " (known: "
                  + known
                  + ")");
        }
        return;
      }
      Node.Mapping mapping = found.mapping().get();
      mappings.add(mapping);
      Node.Mapping.Entry parent = mapping.entries().get(EXTENDS);
      if (parent == null) {
        return;
      }
      next = parent.value();
    }
  }

  /** The value is none of what is wanted: a fault, unless it was reported when it was parsed. */
  private void refuse(Node value, String wanted) {
    if (value instanceof Node.Broken) {
      sound = false;
    } else {
      boolean nothing = value instanceof Node.Scalar scalar && scalar.isNull();
      fault(
          value.place(),
          (nothing ? "no value given; wanted is " : value.shown() + " is not ") + wanted);
    }
  }

  private void fault(Place place, String message) {
    sound = false;
    faults.add(place, path.isEmpty() ? message : path + ": " + message);
  }

  /** Highest priority first; possibly empty if not sound. */
  List<Node.Mapping> mappings() {
    return mappings;
  }

  /** The preset that this mapping is based on, if any. */
  Optional<Base> base() {
    return base;
  }

  /** Whether no fault was found. */
  boolean sound() {
    return sound;
  }
}
