package memwall.memory.flash.port;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

/** A state that was described, to be compared with others and looked up. */
final class Picture implements StateSink {
  private long[] fields = new long[256];
  private int length;

  Picture() {}

  private Picture(Picture other) {
    fields = Arrays.copyOf(other.fields, other.length);
    length = other.length;
  }

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

  /** The same, not to be changed any more. */
  Picture copy() {
    return new Picture(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Picture its && isEqual(its);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash());
  }

  /** The same for equal states; hardly ever for others. */
  long hash() {
    long hash = length;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ fields[i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash;
  }
}
