package memwall.memory.replay;

import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import memwall.memory.input.Digits;

/** Reads the formats of other simulators: words between blanks, one access a line. */
final class TextReader implements AccessReader {
  private static final int MAX_WORDS = 4;

  private final LineReader lines;
  private final MemoryTraceFormat format;
  private final int[] starts = new int[MAX_WORDS];
  private final int[] ends = new int[MAX_WORDS];
  private boolean current = true;
  private int words;

  /** The reader stands on the first line. */
  TextReader(LineReader lines, MemoryTraceFormat format) {
    this.lines = lines;
    this.format = format;
  }

  /** Whether a line looks like one of the format. */
  static boolean recognises(String line, MemoryTraceFormat format) {
    String[] words = line.strip().split("[ \t]+", -1);
    return switch (format) {
      case LOAD_STORE -> words.length == 2 && (words[0].equals("LD") || words[0].equals("ST"));
      case VECTOR -> words.length == 2 && (words[0].equals("R") || words[0].equals("W"));
      case DRAMSIM3 -> words.length == 3 && isHexadecimal(words[0]);
      case CSV -> false;
    };
  }

  private static boolean isHexadecimal(String word) {
    return Digits.hexadecimal(word.toCharArray(), 0, word.length()) != Digits.NONE;
  }

  @Override
  public TraceClock clock() {
    return format == MemoryTraceFormat.DRAMSIM3 ? TraceClock.TICKS : TraceClock.NONE;
  }

  @Override
  public boolean next(MemoryAccess into) {
    while (current || lines.next()) {
      current = false;
      split();
      if (words > 0) {
        into.begin(lines.number());
        if (line(into)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean line(MemoryAccess into) {
    return switch (format) {
      case LOAD_STORE -> loadStore(into);
      case VECTOR -> vector(into);
      case DRAMSIM3 -> dramsim3(into);
      case CSV -> throw new IllegalStateException("CSV has a reader of its own");
    };
  }

  private boolean loadStore(MemoryAccess into) {
    boolean store = words == 2 && is(0, "ST");
    if (words != 2 || !(store || is(0, "LD"))) {
      return shape("'LD ADDRESS' or 'ST ADDRESS', for example 'LD 0x12f40'");
    }
    into.write(store);
    long address = Digits.any(lines.chars(), starts[1], ends[1]);
    into.address(address);
    return address != Digits.NONE || wrong(1, MemoryTrace.ADDRESS, MemoryTrace.ADDRESS_WANTED);
  }

  private boolean vector(MemoryAccess into) {
    boolean write = words == 2 && is(0, "W");
    if (words != 2 || !(write || is(0, "R"))) {
      return shape("'R INDEX,INDEX,...' or 'W INDEX,INDEX,...', for example 'R 0,0,1,2,33,7'");
    }
    into.write(write);
    char[] chars = lines.chars();
    int from = starts[1];
    for (int i = from; i <= ends[1]; i++) {
      if (i == ends[1] || chars[i] == ',') {
        long index = Digits.decimal(chars, from, i);
        if (index == Digits.NONE) {
          return wrong(from, i, "index", "a whole number from 0 to " + Long.MAX_VALUE);
        }
        if (!into.append(index)) {
          return shape("at most " + MemoryAccess.MAX_LEVELS + " indexes");
        }
        from = i + 1;
      }
    }
    return true;
  }

  private boolean dramsim3(MemoryAccess into) {
    // The further names are those of its own CPU models.
    boolean write =
        words == 3 && (is(1, "WRITE") || is(1, "write") || is(1, "P_MEM_WR") || is(1, "BOFF"));
    boolean read = words == 3 && (is(1, "READ") || is(1, "read") || is(1, "P_MEM_RD"));
    if (!write && !read) {
      return shape("'ADDRESS READ CYCLE' or 'ADDRESS WRITE CYCLE', for example '0x12f40 READ 17'");
    }
    into.write(write);
    long address = Digits.hexadecimal(lines.chars(), starts[0], ends[0]);
    into.address(address);
    if (address == Digits.NONE) {
      return wrong(
          0,
          MemoryTrace.ADDRESS,
          "hexadecimal digits, with or without 0x, below 0x8000000000000000");
    }
    long cycle = Digits.decimal(lines.chars(), starts[2], ends[2]);
    into.arrival(cycle);
    return (cycle != Digits.NONE && cycle <= MemoryTrace.MAX_TICKS)
        || wrong(2, MemoryTrace.CYCLE, MemoryTrace.CYCLE_WANTED);
  }

  /** Finds the words of the line; those after the fourth are counted only. */
  private void split() {
    char[] chars = lines.chars();
    int length = lines.length();
    words = 0;
    int i = 0;
    while (true) {
      while (i < length && isBlank(chars[i])) {
        i++;
      }
      if (i == length) {
        return;
      }
      int start = i;
      while (i < length && !isBlank(chars[i])) {
        i++;
      }
      if (words < MAX_WORDS) {
        starts[words] = start;
        ends[words] = i;
      }
      words++;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private boolean is(int word, String text) {
    int length = ends[word] - starts[word];
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lines.chars()[starts[word] + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean shape(String expected) {
    lines
        .faults()
        .add(
            lines.number(), "found " + Shown.quote(lines.startOfLine()) + ", expected " + expected);
    return false;
  }

  private boolean wrong(int word, String what, String wanted) {
    return wrong(starts[word], ends[word], what, wanted);
  }

  private boolean wrong(int from, int to, String what, String wanted) {
    String given = new String(lines.chars(), from, to - from);
    lines
        .faults()
        .add(
            lines.number(),
            from + 1L,
            "'" + what + "': " + Shown.quote(given) + " given, expected " + wanted);
    return false;
  }
}
