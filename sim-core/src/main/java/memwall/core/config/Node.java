package memwall.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One value of a YAML document with its place. Holds no anchors, aliases or tags. */
sealed interface Node {
  /** Where it begins. */
  Place place();

  /** What it is, for faults: {@code 'text'}, {@code a mapping}, {@code a list}. */
  String shown();

  /** Text, a number, a truth value or nothing; read by the one who asks for it. */
  record Scalar(Place place, String value, boolean quoted) implements Node {
    private static final int SHOWN = 60;

    boolean isNull() {
      return !quoted
          && switch (value) {
            case "", "~", "null", "Null", "NULL" -> true;
            default -> false;
          };
    }

    @Override
    public String shown() {
      return quoted ? quote(value) + " (quoted text)" : quote(value);
    }

    /** The text in quotes, on one line, cut where it is long. */
    static String quote(String text) {
      StringBuilder shown = new StringBuilder("'");
      text.codePoints()
          .limit(SHOWN)
          .forEach(
              c -> {
                if (c == '\n') {
                  shown.append("\\n");
                } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                  shown.append(String.format(java.util.Locale.ROOT, "\\u%04x", c));
                } else {
                  shown.appendCodePoint(c);
                }
              });
      return shown.append(text.codePointCount(0, text.length()) > SHOWN ? "...'" : "'").toString();
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
