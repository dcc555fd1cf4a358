package memwall.memory.replay;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.Arrays;

/** The formats of memory traces that can be read, each plain or gzip. */
public enum MemoryTraceFormat {
  /** Our own, with a header line. */
  CSV("csv", "our CSV: a header line, then time_ps or cycle (or neither), op, address, bytes"),
  /** Ramulator's load/store trace: flat addresses without times. */
  LOAD_STORE("load-store", "Ramulator's 'LD|ST ADDRESS', hexadecimal or decimal, no times"),
  /** Ramulator's read/write trace: an index per level of the hierarchy, without times. */
  VECTOR("vector", "Ramulator's 'R|W CHANNEL,...,ROW,COLUMN', no times"),
  /** DRAMsim3's trace: hexadecimal address, kind, cycle. */
  DRAMSIM3("dramsim3", "DRAMsim3's 'ADDRESS READ|WRITE CYCLE', hexadecimal address");

  private final String label;
  private final String sentence;

  MemoryTraceFormat(String label, String sentence) {
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
  static ImmutableMap<String, MemoryTraceFormat> byLabel() {
    return Maps.uniqueIndex(Arrays.asList(values()), MemoryTraceFormat::label);
  }
}
