package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * The page buffers of all planes: which page each holds or gets, and which requests still want it.
 * A buffer that nobody wants may be taken for another page; the one touched longest ago goes first.
 */
final class PageBuffers {
  static final int NONE = Requests.NONE;

  private static final byte EMPTY = 0;
  private static final byte COMING = 1;
  private static final byte HELD = 2;

  private final int perPlane;
  private final boolean forgets;
  private final boolean hits;
  private final byte[] state;
  private final int[] page;
  private final int[] users;
  private final long[] touched;
  private final FlashStatus[] status;
  private long touches;

  /** Requests that wait for a page on its way, by buffer. */
  final Lists waiting;

  /**
   * Empty buffers.
   *
   * @param hits whether a read may find its page in a buffer
   * @param forgets whether a page is gone when its last request is served
   */
  PageBuffers(Requests requests, int planes, int perPlane, boolean hits, boolean forgets) {
    this.perPlane = perPlane;
    this.hits = hits;
    this.forgets = forgets || !hits;
    int count = planes * perPlane;
    state = new byte[count];
    page = new int[count];
    users = new int[count];
    touched = new long[count];
    status = new FlashStatus[count];
    Arrays.fill(status, FlashStatus.DONE);
    waiting = new Lists(requests, count);
    Arrays.fill(page, NONE);
  }

  /** The buffer of a plane that holds or gets a page; {@link #NONE} if none may serve it. */
  int find(int plane, int itsPage) {
    if (hits) {
      int first = plane * perPlane;
      for (int i = first; i < first + perPlane; i++) {
        if (page[i] == itsPage && state[i] != EMPTY) {
          return i;
        }
      }
    }
    return NONE;
  }

  /** A buffer of a plane that may take a page; {@link #NONE} if all are wanted. */
  int free(int plane) {
    int first = plane * perPlane;
    int best = NONE;
    for (int i = first; i < first + perPlane; i++) {
      if (state[i] == EMPTY) {
        return i;
      }
      if (state[i] == HELD && users[i] == 0 && (best == NONE || touched[i] < touched[best])) {
        best = i;
      }
    }
    return best;
  }

  /** A buffer is to hold another page. */
  void fetch(int buffer, int itsPage) {
    state[buffer] = COMING;
    page[buffer] = itsPage;
    status[buffer] = FlashStatus.DONE;
    touched[buffer] = touches++;
  }

  int page(int buffer) {
    return page[buffer];
  }

  /** How the sense of its page went. */
  FlashStatus status(int buffer) {
    return status[buffer];
  }

  void setStatus(int buffer, FlashStatus its) {
    status[buffer] = its;
  }

  boolean isHeld(int buffer) {
    return state[buffer] == HELD;
  }

  void arrived(int buffer) {
    state[buffer] = HELD;
  }

  void use(int buffer) {
    users[buffer]++;
    touched[buffer] = touches++;
  }

  /** One request less wants the page; true if it was the last. */
  boolean release(int buffer) {
    if (--users[buffer] > 0) {
      return false;
    }
    if (forgets) {
      state[buffer] = EMPTY;
      page[buffer] = NONE;
    }
    return true;
  }

  /** What is held of some pages of a plane, or is on its way, is no longer true. */
  void forget(int plane, int firstPage, int pages) {
    int first = plane * perPlane;
    for (int i = first; i < first + perPlane; i++) {
      if (page[i] >= firstPage && page[i] < firstPage + pages) {
        page[i] = NONE;
      }
    }
  }

  /**
   * Names a buffer by its plane and how many others of the plane were touched longer ago, for which
   * of them holds a page makes no difference.
   */
  int name(int buffer) {
    if (buffer == NONE) {
      return NONE;
    }
    int first = buffer / perPlane * perPlane;
    int name = first;
    for (int i = first; i < first + perPlane; i++) {
      name += state[i] != EMPTY && touched[i] < touched[buffer] ? 1 : 0;
    }
    return name;
  }

  /** Writes all buffers that are not empty, by name. */
  void describe(StateSink sink, Naming names) {
    for (int begin = 0; begin < state.length; begin += perPlane) {
      int first = Turned.at(begin, state.length, names.turn() * perPlane);
      int last = first;
      for (int i = first; i < first + perPlane; i++) {
        last += state[i] == EMPTY ? 0 : 1;
      }
      for (int named = first; named < last; named++) {
        int i = first;
        while (state[i] == EMPTY || name(i) != named) {
          i++;
        }
        sink.put(state[i]);
        sink.put(names.page(i / perPlane, page[i]));
        sink.put(users[i]);
        sink.put(status[i] == FlashStatus.DONE ? 0 : status[i].isGood() ? 1 : 2);
        waiting.describe(i, sink, this, names);
      }
      sink.put(last - first);
    }
  }

  /**
   * Become like others, whose requests have become like these.
   *
   * @param turn planes by which all of them have gone on in a ring
   * @param names from their pages to those of these
   */
  void copyFrom(PageBuffers other, int turn, PageNames names) {
    int by = turn * perPlane;
    Turned.copy(other.state, state, state.length, by);
    Turned.copy(other.page, page, page.length, by);
    Turned.copy(other.users, users, users.length, by);
    Turned.copy(other.touched, touched, touched.length, by);
    Turned.copy(other.status, status, status.length, by);
    touches = other.touches;
    waiting.copyFrom(other.waiting, by);
    for (int i = 0; i < page.length; i++) {
      if (state[i] == EMPTY) {
        page[i] = NONE;
      } else if (page[i] != NONE) {
        page[i] = names.name(i / perPlane, page[i]);
      }
    }
  }

  /** Whether the senses of all pages held, or on their way, had nothing to report. */
  boolean areSound() {
    for (int i = 0; i < state.length; i++) {
      if (state[i] != EMPTY && status[i] != FlashStatus.DONE) {
        return false;
      }
    }
    return true;
  }

  /** How many a plane has. */
  int perPlane() {
    return perPlane;
  }

  /** How many there are. */
  int count() {
    return state.length;
  }

  /** Whether none holds a page or gets one. */
  boolean areEmpty() {
    for (byte its : state) {
      if (its != EMPTY) {
        return false;
      }
    }
    return true;
  }

  /** All pages are so many rows further on. */
  void shift(int rows) {
    for (int i = 0; i < page.length; i++) {
      page[i] += state[i] == EMPTY || page[i] == NONE ? 0 : rows;
    }
  }
}
