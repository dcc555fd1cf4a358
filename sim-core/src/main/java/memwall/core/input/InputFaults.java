package memwall.core.input;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.ConfigException;

/**
 * Collects the faults of one input file: the first 20 in full, the rest counted; at 10,000 it gives
 * up by throwing what there is.
 */
public final class InputFaults {
  private static final int SHOWN = 20;
  private static final int GIVE_UP = 10_000;

  private final String file;
  private final List<String> shown = new ArrayList<>();
  private int count;

  /**
   * No faults yet.
   *
   * @param file how messages call the file
   */
  public InputFaults(String file) {
    this.file = file;
  }

  /** A fault of the file as a whole. */
  public void add(String message) {
    record(file + ": " + message);
  }

  /** A fault of a line. */
  public void add(long line, String message) {
    record(file + ":" + line + ": " + message);
  }

  /** A fault at a column, counted from 1. */
  public void add(long line, long column, String message) {
    record(file + ":" + line + ":" + column + ": " + message);
  }

  /** A fault at a line that ends the reading, shown however many there are already. */
  public ConfigException fatal(long line, String message) {
    ConfigException before = exception("");
    List<String> lines = new ArrayList<>(before.faults());
    lines.add(file + ":" + line + ": " + message);
    return new ConfigException(lines);
  }

  /** Whether no fault was recorded. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** How many faults were recorded. */
  public int count() {
    return count;
  }

  /**
   * Throws if a fault was recorded.
   *
   * @throws ConfigException with all that is shown
   */
  public void throwIfAny() {
    if (count > 0) {
      throw exception("");
    }
  }

  /** The exception for everything found so far; at least one fault. */
  public ConfigException exception() {
    return exception("");
  }

  private void record(String fault) {
    count++;
    if (count <= SHOWN) {
      shown.add(fault);
    } else if (count == GIVE_UP) {
      // Nobody repairs ten thousand lines by hand: this is another kind of file.
      throw exception(" at least; the rest was not read");
    }
  }

  private ConfigException exception(String suffix) {
    List<String> lines = new ArrayList<>(shown);
    if (count > SHOWN) {
      lines.add(file + ": and " + (count - SHOWN) + " more" + suffix);
    }
    return new ConfigException(lines);
  }
}
