package memwall.memory.flash.port;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/** A state that was described, to be compared with others. */
final class Picture implements StateSink {
  private long[] fields = new long[256];
  private int length;

  void clear() {
    length = 0;
  }

  @Override
  public void put(long value) {
    if (length == fields.length) {
      fields = Arrays.copyOf(fields, 2 * length);
    }
    fields[length++] = value;
  }

  boolean isEqual(Picture other) {
    return Arrays.equals(fields, 0, length, other.fields, 0, other.length);
  }
}
