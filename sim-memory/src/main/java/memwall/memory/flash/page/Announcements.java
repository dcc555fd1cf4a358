package memwall.memory.flash.page;

import memwall.core.leap.StateSink;

/** Reads of a channel that are announced and not asked for: a ring, oldest first, in pages. */
final class Announcements {
  private final String path;
  private long[] pages = new long[8];
  private int oldest;
  private int count;
  private long total;

  /**
   * None.
   *
   * @param path of the memory, for messages
   */
  Announcements(String path) {
    this.path = path;
  }

  /** Pages of all of them together. */
  long total() {
    return total;
  }

  boolean areNone() {
    return count == 0;
  }

  void add(long itsPages) {
    if (count == pages.length) {
      long[] grown = new long[2 * pages.length];
      for (int i = 0; i < count; i++) {
        grown[i] = get(i);
      }
      pages = grown;
      oldest = 0;
    }
    pages[(oldest + count++) & (pages.length - 1)] = itsPages;
    total += itsPages;
  }

  private long get(int index) {
    return pages[(oldest + index) & (pages.length - 1)];
  }

  /**
   * Takes the one that was announced first, if there is any.
   *
   * @param itsPages of the read that is asked for
   * @return whether there was one
   * @throws IllegalStateException if it is of another length
   */
  boolean take(long itsPages) {
    if (count == 0) {
      return false;
    }
    if (get(0) != itsPages) {
      throw new IllegalStateException(
          path + ": " + get(0) + " pages announced, " + itsPages + " read");
    }
    oldest = (oldest + 1) & (pages.length - 1);
    count--;
    total -= itsPages;
    return true;
  }

  void describe(StateSink sink) {
    sink.put(count);
    for (int i = 0; i < count; i++) {
      sink.put(get(i));
    }
  }
}
