package memwall.memory.flash.trace;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.Arrays;

/** The formats of flash traces that can be read, each plain or gzip. */
public enum FlashTraceFormat {
  /** Our own, with a header line. */
  CSV("csv", "our CSV: a header line, then time_ps (or not), op, address, bytes, stream (or not)"),
  /** MQSim's trace-based input: five numbers a line. */
  MQSIM(
      "mqsim",
      "MQSim's 'ARRIVAL DEVICE LBA SECTORS TYPE': nanoseconds, 512-byte sectors, 0 write, 1 read");

  private final String label;
  private final String sentence;

  FlashTraceFormat(String label, String sentence) {
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

  /** All of them by label, in order. */
  static ImmutableMap<String, FlashTraceFormat> byLabel() {
    return Maps.uniqueIndex(Arrays.asList(values()), FlashTraceFormat::label);
  }
}
