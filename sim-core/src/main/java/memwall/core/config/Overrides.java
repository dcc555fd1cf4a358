package memwall.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import memwall.core.unit.Shown;

/**
 * The options {@code --set PATH=VALUE}, merged to one mapping that lies above the run file. The
 * more specific path wins whatever the order; of two equal paths the later.
 */
final class Overrides {
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

  private record Assignment(List<String> path, Node value) {}

  private Overrides() {}

  /** The merged mapping, or empty if there is no option (or none without a fault). */
  static Optional<Node.Mapping> parse(List<String> options, Faults faults) {
    List<Assignment> overrides = new ArrayList<>();
    for (int i = 0; i < options.size(); i++) {
      parse(i + 1, options.get(i), faults).ifPresent(overrides::add);
    }
    if (overrides.isEmpty()) {
      return Optional.empty();
    }
    Node.Mapping merged = Node.Mapping.empty(overrides.get(0).value().place());
    // Stable sort: among paths of one length the later option still comes later and wins.
    overrides.sort(Comparator.comparingInt(override -> override.path().size()));
    for (Assignment override : overrides) {
      merge(merged, override);
    }
    return Optional.of(merged);
  }

  private static Optional<Assignment> parse(int number, String option, Faults faults) {
    String shown = Shown.quote(option);
    Source source =
        new Source(
            Source.Kind.OPTION,
            "--set #" + number + " (" + shown.substring(1, shown.length() - 1) + ")",
            "--set #" + number,
            Path.of("").toAbsolutePath());
    Place place = new Place(source, number, 1);
    int equals = option.indexOf('=');
    if (equals < 1) {
      faults.add(place, "is not PATH=VALUE, for example seed=7");
      return Optional.empty();
    }
    List<String> path = List.of(option.substring(0, equals).strip().split("\\.", -1));
    for (String segment : path) {
      if (!SEGMENT.matcher(segment).matches()) {
        faults.add(
            place,
            Shown.quote(segment)
                + " cannot be a key; a path is keys joined by '.', for example memory.page=4 KiB");
        return Optional.empty();
      }
    }
    if (path.equals(List.of(Layers.EXTENDS))) {
      faults.add(place, "the run file's own 'extends' cannot be set; give another run file");
      return Optional.empty();
    }
    String text = option.substring(equals + 1);
    return YamlReader.read(source, text, faults)
        .map(value -> new Assignment(path, at(place, value)));
  }

  /** A value whose place is the option: lines and columns mean nothing there. */
  private static Node at(Place place, Node node) {
    if (node instanceof Node.Scalar scalar) {
      return new Node.Scalar(place, scalar.value(), scalar.quoted());
    }
    if (node instanceof Node.Broken) {
      return new Node.Broken(place);
    }
    if (node instanceof Node.Sequence sequence) {
      return new Node.Sequence(
          place, sequence.items().stream().map(item -> at(place, item)).toList());
    }
    Map<String, Node.Mapping.Entry> entries = new LinkedHashMap<>();
    ((Node.Mapping) node)
        .entries()
        .forEach(
            (key, entry) ->
                entries.put(key, new Node.Mapping.Entry(place, at(place, entry.value()))));
    return new Node.Mapping(place, entries);
  }

  private static void merge(Node.Mapping root, Assignment override) {
    Place place = override.value().place();
    Node.Mapping mapping = root;
    List<String> path = override.path();
    for (String key : path.subList(0, path.size() - 1)) {
      Node.Mapping.Entry entry = mapping.entries().get(key);
      Node.Mapping next;
      if (entry == null) {
        next = Node.Mapping.empty(place);
        mapping.entries().put(key, new Node.Mapping.Entry(place, next));
      } else if (entry.value() instanceof Node.Mapping known) {
        next = known;
      } else {
        // chip=h200 and chip.clock=2 GHz together: the preset h200 with another clock.
        next = Node.Mapping.empty(entry.value().place());
        next.entries().put(Layers.EXTENDS, entry);
        mapping.entries().put(key, new Node.Mapping.Entry(entry.keyPlace(), next));
      }
      mapping = next;
    }
    mapping
        .entries()
        .put(path.get(path.size() - 1), new Node.Mapping.Entry(place, override.value()));
  }
}
