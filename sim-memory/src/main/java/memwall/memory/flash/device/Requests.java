package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/** Requests of a device, as columns; each is in at most one list, linked by {@link #next}. */
final class Requests {
  static final int NONE = -1;

  static final byte READ = 0;
  static final byte PROGRAM = 1;
  static final byte ERASE = 2;
  private static final byte FREE = 3;

  byte[] kind = new byte[64];
  int[] plane = new int[64];
  int[] page = new int[64];
  int[] bytes = new int[64];
  int[] buffer = new int[64];
  int[] next = new int[64];
  long[] word = new long[64];
  long[] order = new long[64];
  FlashStatus[] status = new FlashStatus[64];

  private int free = NONE;
  private int used;
  private int live;
  private long orders;

  int add(byte itsKind, int itsPlane, int itsPage, int itsBytes, long itsWord) {
    int at = free;
    if (at != NONE) {
      free = next[at];
    } else {
      if (used == kind.length) {
        grow();
      }
      at = used++;
    }
    kind[at] = itsKind;
    plane[at] = itsPlane;
    page[at] = itsPage;
    bytes[at] = itsBytes;
    buffer[at] = NONE;
    status[at] = FlashStatus.DONE;
    next[at] = NONE;
    word[at] = itsWord;
    order[at] = orders++;
    live++;
    return at;
  }

  void remove(int at) {
    kind[at] = FREE;
    next[at] = free;
    free = at;
    live--;
  }

  /** Whether a request programs a page. */
  boolean writes(int at, int itsPage) {
    return page[at] == itsPage && kind[at] == PROGRAM;
  }

  /** How many there are. */
  int live() {
    return live;
  }

  /** Writes one, its page relative to a row. */
  void describe(int at, StateSink sink, PageBuffers buffers, int baseRow) {
    sink.put(plane[at]);
    sink.put(page[at] - baseRow);
    sink.put(bytes[at]);
    sink.put(buffers.name(buffer[at]));
    sink.put(word[at]);
  }

  /** All of them are for pages so many rows further on. */
  void shift(int rows) {
    for (int at = 0; at < used; at++) {
      page[at] += kind[at] == FREE ? 0 : rows;
    }
  }

  private void grow() {
    int length = 2 * kind.length;
    kind = Arrays.copyOf(kind, length);
    plane = Arrays.copyOf(plane, length);
    page = Arrays.copyOf(page, length);
    bytes = Arrays.copyOf(bytes, length);
    buffer = Arrays.copyOf(buffer, length);
    next = Arrays.copyOf(next, length);
    word = Arrays.copyOf(word, length);
    order = Arrays.copyOf(order, length);
    status = Arrays.copyOf(status, length);
  }
}
