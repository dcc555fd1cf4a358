package memwall.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import memwall.core.unit.Shown;

/** One value of a YAML document with its place. Holds no anchors, aliases or tags. */
sealed interface Node {
  /** Where it begins. */
  Place place();

  /** What it is, for faults: {@code 'text'}, {@code a mapping}, {@code a list}. */
  String shown();

  /** Text, a number, a truth value or nothing; read by the one who asks for it. */
  record Scalar(Place place, String value, boolean quoted) implements Node {
    boolean isNull() {
      return !quoted
          && switch (value) {
            case "", "~", "null", "Null", "NULL" -> true;
            default -> false;
          };
    }

    @Override
    public String shown() {
      return quoted ? Shown.quote(value) + " (quoted text)" : Shown.quote(value);
    }
  }

  /** A value that is not allowed, already reported; whoever reads it gets a placeholder. */
  record Broken(Place place) implements Node {
    @Override
    public String shown() {
      return "a value that is not allowed";
    }
  }

  /** A list. */
  record Sequence(Place place, List<Node> items) implements Node {
    @Override
    public String shown() {
      return "a list";
    }
  }

  /** A mapping in order; every key has its place. */
  record Mapping(Place place, Map<String, Entry> entries) implements Node {
    /** A key and its value. */
    record Entry(Place keyPlace, Node value) {}

    static Mapping empty(Place place) {
      return new Mapping(place, new LinkedHashMap<>());
    }

    @Override
    public String shown() {
      return "a mapping";
    }
  }
}
