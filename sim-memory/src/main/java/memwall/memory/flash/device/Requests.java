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

  /** Its announcement's number; 0: nobody announced it. */
  long[] ticket = new long[64];

  long[] order = new long[64];
  FlashStatus[] status = new FlashStatus[64];

  private int free = NONE;
  private int used;
  private int live;
  private long orders;

  /** Announcements up to this one are asked for. */
  private long claimed;

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
    ticket[at] = 0;
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

  /** Whether a page that was announced is not asked for yet, and so must not leave. */
  boolean isKept(int at) {
    return ticket[at] > claimed;
  }

  /** Announcements up to one are asked for. */
  void claim(long itsTicket) {
    claimed = itsTicket;
  }

  /** How many there are. */
  int live() {
    return live;
  }

  /** Writes one. */
  void describe(int at, StateSink sink, PageBuffers buffers, Naming names) {
    sink.put(names.plane(plane[at]));
    sink.put(names.page(plane[at], page[at]));
    sink.put(orders - order[at]);
    sink.put(bytes[at]);
    sink.put(names.buffer(buffers.name(buffer[at])));
    sink.put(names.word(word[at]));
    sink.put(Math.max(0, ticket[at] - claimed));
  }

  /**
   * Becomes like another.
   *
   * @param planes in the device
   * @param buffers of all of them
   * @param turn planes on which all requests come to lie
   * @param names from its pages to those of this one
   * @param by words and announcements are numbered so much higher
   */
  void copyFrom(Requests other, int planes, int buffers, int turn, PageNames names, long by) {
    while (kind.length < other.used) {
      grow();
    }
    System.arraycopy(other.kind, 0, kind, 0, other.used);
    System.arraycopy(other.bytes, 0, bytes, 0, other.used);
    System.arraycopy(other.next, 0, next, 0, other.used);
    System.arraycopy(other.order, 0, order, 0, other.used);
    System.arraycopy(other.status, 0, status, 0, other.used);
    int bufferTurn = turn * (buffers / planes);
    for (int at = 0; at < other.used; at++) {
      if (kind[at] != FREE) {
        plane[at] = Turned.at(other.plane[at], planes, turn);
        page[at] = names.name(plane[at], other.page[at]);
        buffer[at] = Turned.at(other.buffer[at], buffers, bufferTurn);
        word[at] = other.word[at] + by;
        ticket[at] = other.ticket[at] == 0 ? 0 : other.ticket[at] + by;
      }
    }
    free = other.free;
    used = other.used;
    live = other.live;
    orders = other.orders;
    claimed = other.claimed + by;
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
    ticket = Arrays.copyOf(ticket, length);
    order = Arrays.copyOf(order, length);
    status = Arrays.copyOf(status, length);
  }
}
