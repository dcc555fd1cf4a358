package memwall.memory.flash.trace;

import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import memwall.memory.input.Digits;

/**
 * Reads MQSim's traces (CMU-SAFARI/MQSim, trace-based flows): arrival in nanoseconds, device
 * number, first logical block, size, both in sectors of 512 bytes, and type, 0 to write and 1 to
 * read; decimal, between blanks.
 */
final class MqsimReader implements FlashAccessReader {
  private static final int WORDS = 5;
  private static final int SECTOR_BYTES = 512;
  private static final long PS_PER_NS = 1000;
  private static final long MOST_NS = FlashTrace.MAX_PS / PS_PER_NS;
  private static final long MOST_SECTORS = FlashTrace.MAX_BYTES / SECTOR_BYTES;
  private static final long MOST_BLOCK = Long.MAX_VALUE / SECTOR_BYTES;

  private final LineReader lines;
  private final int[] starts = new int[WORDS];
  private final int[] ends = new int[WORDS];
  private boolean current = true;
  private boolean faultless;

  /** The reader stands on the first line. */
  MqsimReader(LineReader lines) {
    this.lines = lines;
  }

  /** Whether a line looks like one of the format. */
  static boolean recognises(String line) {
    String[] words = line.strip().split("[ \t]+", -1);
    for (String word : words) {
      if (Digits.decimal(word.toCharArray(), 0, word.length()) == Digits.NONE) {
        return false;
      }
    }
    return words.length == WORDS;
  }

  @Override
  public boolean timed() {
    return true;
  }

  @Override
  public boolean next(FlashAccess into) {
    while (current || lines.next()) {
      current = false;
      int words = split();
      if (words == 0) {
        continue;
      }
      if (words != WORDS) {
        lines
            .faults()
            .add(
                lines.number(),
                "found "
                    + Shown.quote(lines.startOfLine())
                    + ", expected 'ARRIVAL DEVICE LBA SECTORS TYPE', for example '4000 0 128 8 1'");
        continue;
      }
      faultless = true;
      into.begin(lines.number());
      into.arrivalPs(PS_PER_NS * number(0, "arrival", 0, MOST_NS));
      into.stream((int) number(1, "device", 0, FlashTrace.MAX_STREAM));
      into.address(SECTOR_BYTES * number(2, "LBA", 0, MOST_BLOCK));
      into.bytes(SECTOR_BYTES * number(3, "sectors", 1, MOST_SECTORS));
      long type = number(4, "type", 0, 1);
      into.kind(type == 0 ? FlashAccess.Kind.WRITE : FlashAccess.Kind.READ);
      if (faultless) {
        return true;
      }
    }
    return false;
  }

  /** A word as a number; out of range it is a fault, and the least value stands for it. */
  private long number(int word, String name, long least, long most) {
    long value = Digits.decimal(lines.chars(), starts[word], ends[word]);
    if (value >= least && value <= most) { // What is no number is below all.
      return value;
    }
    faultless = false;
    String given = new String(lines.chars(), starts[word], ends[word] - starts[word]);
    lines
        .faults()
        .add(
            lines.number(),
            starts[word] + 1L,
            "'"
                + name
                + "': "
                + Shown.quote(given)
                + " given, expected "
                + FlashTrace.upTo(least, most));
    return least;
  }

  /** Finds the words of the line; those after the fifth are counted only. */
  private int split() {
    char[] chars = lines.chars();
    int length = lines.length();
    int words = 0;
    int i = 0;
    while (true) {
      while (i < length && (chars[i] == ' ' || chars[i] == '\t')) {
        i++;
      }
      if (i == length) {
        return words;
      }
      int start = i;
      while (i < length && chars[i] != ' ' && chars[i] != '\t') {
        i++;
      }
      if (words < WORDS) {
        starts[words] = start;
        ends[words] = i;
      }
      words++;
    }
  }
}
