package memwall.core.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import memwall.core.unit.Shown;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/**
 * Reads one YAML 1.2 document into a tree of {@link Node}s. The tree is built from the parser's
 * events and not from its own tree, because events show anchors, aliases and tags before anything
 * is expanded, and let one pass report several faults.
 */
final class YamlReader {
  /** Deepest nesting of mappings and lists. */
  static final int MAX_DEPTH = 40;

  /** Largest document, in characters here and in bytes where a file is read. */
  static final int MAX_SIZE = 1 << 20;

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

  private final Source source;
  private final Faults faults;
  private final Iterator<Event> events;
  private Place reached;

  private YamlReader(Source source, String text, Faults faults) {
    this.source = source;
    this.faults = faults;
    LoadSettings settings =
        LoadSettings.builder().setLabel(source.name()).setCodePointLimit(2 * MAX_SIZE).build();
    this.reached = new Place(source, 1, 1);
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /** Nothing more can be read; the fault is recorded. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stop() {
      super(null, null, false, false);
    }
  }

  /**
   * The next event. On some broken documents (an escape cut off at the end, a code point beyond
   * Unicode) the parser fails with an index or number exception; only here are those caught, so
   * that faults of our own code are not hidden.
   */
  private Event next() {
    try {
      Event event = events.next();
      reached = event.getEndMark().map(m -> at(source, m)).orElse(reached);
      return event;
    } catch (YamlEngineException wrong) {
      throw wrong;
    } catch (RuntimeException wrong) {
      faults.add(reached, "not valid YAML at or after this place");
      throw new Stop();
    }
  }

  /** The document's root, or empty if there is none or it cannot be read (a fault then). */
  static Optional<Node> read(Source source, String text, Faults faults) {
    Place start = new Place(source, 1, 1);
    if (text.length() > MAX_SIZE) {
      faults.add(start, "larger than " + MAX_SIZE + " bytes, the largest configuration allowed");
      return Optional.empty();
    }
    // The byte order mark that some editors write is no part of the document.
    String document = text.startsWith("\ufeff") ? text.substring(1) : text;
    try {
      return new YamlReader(source, document, faults).document();
    } catch (Stop stop) {
      return Optional.empty();
    } catch (MarkedYamlEngineException wrong) {
      Optional<Mark> mark = wrong.getProblemMark().or(wrong::getContextMark);
      Place place = mark.map(m -> at(source, m)).orElse(start);
      faults.add(place, YamlProblems.inOurWords(wrong));
      return Optional.empty();
    } catch (ReaderException wrong) {
      faults.add(
          placeOf(source, document, wrong.getPosition()),
          String.format(
              java.util.Locale.ROOT,
              "character U+%04X is not allowed in YAML",
              wrong.getCodePoint()));
      return Optional.empty();
    } catch (YamlVersionException wrong) {
      faults.add(start, "the version after %YAML is not supported; leave the line out");
      return Optional.empty();
    } catch (YamlEngineException wrong) {
      faults.add(
          start, "not valid YAML: " + YamlProblems.oneLine(String.valueOf(wrong.getMessage())));
      return Optional.empty();
    }
  }

  private static Place at(Source source, Mark mark) {
    return new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static Place placeOf(Source source, String text, int codePoint) {
    int line = 1;
    int column = 1;
    int seen = 0;
    for (int i = 0; i < text.length() && seen < codePoint; seen++) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      column++;
      if (c == '\n') {
        line++;
        column = 1;
      }
    }
    return new Place(source, line, column);
  }

  private Place placeOf(Event event) {
    return event.getStartMark().map(m -> at(source, m)).orElse(new Place(source, 1, 1));
  }

  private Optional<Node> document() {
    Optional<Node> root = Optional.empty();
    int documents = 0;
    for (Event event = next(); event.getEventId() != Event.ID.StreamEnd; event = next()) {
      if (event instanceof DocumentStartEvent) {
        documents++;
        if (documents == 2) {
          faults.add(placeOf(event), "a second document begins; only one is allowed");
          return root;
        }
      } else if (event instanceof NodeEvent) {
        root = Optional.of(node(event, 1));
      }
    }
    if (root.isEmpty()) {
      faults.add(
          new Place(source, 1, 1),
          source.kind() == Source.Kind.OPTION
              ? "no value after '='"
              : "empty; wanted are lines 'key: value'");
    }
    return root;
  }

  private Node node(Event event, int depth) {
    Place place = placeOf(event);
    if (event instanceof AliasEvent alias) {
      faults.add(
          place,
          "alias "
              + Shown.quote("*" + alias.getAlias().getValue())
              + " is not allowed; write the value out or use a preset");
      return new Node.Broken(place);
    }
    if (event instanceof NodeEvent named) {
      named
          .getAnchor()
          .ifPresent(
              anchor ->
                  faults.add(
                      place,
                      "anchor "
                          + Shown.quote("&" + anchor.getValue())
                          + " is not allowed; write the value out or use a preset"));
    }
    if (event instanceof ScalarEvent scalar) {
      scalar.getTag().ifPresent(tag -> refuseTag(place, tag));
      return new Node.Scalar(
          place, scalar.getValue(), scalar.getScalarStyle() != ScalarStyle.PLAIN);
    }
    CollectionStartEvent start = (CollectionStartEvent) event;
    start.getTag().ifPresent(tag -> refuseTag(place, tag));
    if (depth > MAX_DEPTH) {
      faults.add(place, "nested deeper than " + MAX_DEPTH + " levels");
      throw new Stop();
    }
    return event instanceof MappingStartEvent ? mapping(place, depth) : sequence(place, depth);
  }

  private void refuseTag(Place place, String tag) {
    faults.add(
        place,
        "tag "
            + Shown.quote(tag.replace("tag:yaml.org,2002:", "!!"))
            + " is not allowed; the key decides what the value is");
  }

  private Node sequence(Place place, int depth) {
    List<Node> items = new ArrayList<>();
    for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      items.add(node(event, depth + 1));
    }
    return new Node.Sequence(place, List.copyOf(items));
  }

  private Node mapping(Place place, int depth) {
    Map<String, Node.Mapping.Entry> entries = new LinkedHashMap<>();
    for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
      Node key = node(event, depth + 1);
      Node value = node(next(), depth + 1);
      if (isKey(key) && key instanceof Node.Scalar name) {
        Node.Mapping.Entry first = entries.get(name.value());
        if (first == null) {
          entries.put(name.value(), new Node.Mapping.Entry(key.place(), value));
        } else {
          faults.add(
              key.place(),
              "duplicate key "
                  + Shown.quote(name.value())
                  + "; first given at line "
                  + first.keyPlace().line());
        }
      }
    }
    return new Node.Mapping(place, entries);
  }

  private boolean isKey(Node key) {
    if (key instanceof Node.Broken) {
      return false;
    }
    if (!(key instanceof Node.Scalar name)) {
      faults.add(key.place(), key.shown() + " cannot be a key; keys are plain names");
      return false;
    }
    if (name.value().equals("<<")) {
      faults.add(key.place(), "merge key '<<' is not allowed; use 'extends: NAME'");
      return false;
    }
    if (!KEY.matcher(name.value()).matches()) {
      faults.add(
          key.place(),
          Shown.quote(name.value()) + " cannot be a key; keys are letters, digits, '_' and '-'");
      return false;
    }
    return true;
  }
}
