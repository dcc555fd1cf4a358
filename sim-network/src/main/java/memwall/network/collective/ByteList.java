package memwall.network.collective;

import java.util.Arrays;

/** A growing array of bytes. */
final class ByteList {
  private byte[] values = new byte[16];
  private int size;

  void add(byte value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  byte get(int index) {
    return values[index];
  }

  byte[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
