package memwall.memory.dram.reference;

import java.util.Map;

/** One row of the table of recorded runs. */
public final class ReferenceRun {
  private final Map<String, String> cells;

  ReferenceRun(Map<String, String> cells) {
    this.cells = cells;
  }

  /** The configuration that was simulated. */
  public ReferenceConfig config() {
    return ReferenceConfig.named(text("config"));
  }

  /** The address mapping. */
  public ReferenceMapping mapping() {
    return ReferenceMapping.valueOf(text("mapping"));
  }

  /** {@code AB} (all banks), {@code PB} (per bank) or {@code none}. */
  public String refresh() {
    return text("refresh");
  }

  /** Name of the stream. */
  public String streamName() {
    return text("stream");
  }

  /** The requests, regenerated. */
  public ReferenceStream stream() {
    return ReferenceStream.of(config(), streamName());
  }

  /** A cell as it stands. */
  public String text(String column) {
    String text = cells.get(column);
    if (text == null) {
      throw new IllegalArgumentException("no column '" + column + "'");
    }
    return text;
  }

  /** A cell that is a whole number. */
  public long whole(String column) {
    return Long.parseLong(text(column));
  }

  /** A cell that is a number. */
  public double number(String column) {
    return Double.parseDouble(text(column));
  }

  @Override
  public String toString() {
    return config() + " " + mapping() + " " + refresh() + " " + streamName();
  }
}
