package memwall.network.trace;

/** The formats of messages that can be read, each plain or gzip. */
public enum TrafficFormat {
  /** What LogGOPSim reads. */
  GOAL("goal", "GOAL text: per rank send, recv, calc with labels, requires, irequires"),
  /** Our own, with a header line. */
  CSV("csv", "our CSV: a header line, then time_ps, source, destination, bytes, tag (or not)");

  private final String label;
  private final String sentence;

  TrafficFormat(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  /** What a user types to force it. */
  public String label() {
    return label;
  }

  /** What it is. */
  public String sentence() {
    return sentence;
  }
}
