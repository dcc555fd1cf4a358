package memwall.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects the faults of one configuration, so that all are reported in one pass. */
public final class Faults {
  private static final Pattern PLACE = Pattern.compile("(.+?):(\\d{1,9})(?::(\\d{1,9}))?: .*");
  private static final Pattern OPTION = Pattern.compile("(--set) #(\\d{1,9})\\b.*");

  private final Map<String, Position> faults = new LinkedHashMap<>();

  private record Position(String name, int line, int column) {}

  /** Creates an empty collection. */
  public Faults() {}

  /** Adds a fault: {@code place: what was given, what is allowed}. The same one counts once. */
  public void add(String fault) {
    faults.putIfAbsent(fault, position(fault));
  }

  /** Adds a fault at a place. */
  void add(Place place, String message) {
    String fault = place.inFault() + ": " + message;
    if (place.source().kind() == Source.Kind.OPTION) {
      add(fault);
    } else {
      faults.putIfAbsent(fault, new Position(place.source().name(), place.line(), place.column()));
    }
  }

  private static Position position(String fault) {
    String firstLine = fault.lines().findFirst().orElse("");
    Matcher option = OPTION.matcher(firstLine);
    if (option.matches()) {
      return new Position(option.group(1), Integer.parseInt(option.group(2)), 0);
    }
    Matcher place = PLACE.matcher(firstLine);
    if (place.matches()) {
      String column = place.group(3);
      return new Position(
          place.group(1),
          Integer.parseInt(place.group(2)),
          column == null ? 0 : Integer.parseInt(column));
    }
    return new Position("", 0, 0);
  }

  /** Whether nothing is wrong so far. */
  public boolean isEmpty() {
    return faults.isEmpty();
  }

  /** One line per fault, by file, line and column; faults without a place first. */
  public List<String> list() {
    List<Map.Entry<String, Position>> entries = new ArrayList<>(faults.entrySet());
    entries.sort(
        Map.Entry.comparingByValue(
            Comparator.comparing(Position::name)
                .thenComparingInt(Position::line)
                .thenComparingInt(Position::column)));
    return entries.stream().map(Map.Entry::getKey).toList();
  }

  /**
   * Ends the pass.
   *
   * @throws ConfigException if any fault was added; they are sorted by file, line and column
   */
  public void throwIfAny() {
    if (!faults.isEmpty()) {
      throw new ConfigException(list());
    }
  }
}
