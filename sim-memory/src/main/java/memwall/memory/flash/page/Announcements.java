package memwall.memory.flash.page;

import memwall.core.leap.StateSink;

/**
 * Reads of a channel that are announced and not asked for: a ring, oldest first, in pages. Those of
 * the host itself are asked for as soon as all before them are.
 */
final class Announcements {
  private final String path;
  private long[] pages = new long[8];
  private long[] words = new long[8];
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

  /** Pages of those of users. */
  long usersTotal() {
    long pages = 0;
    for (int i = 0; i < count; i++) {
      pages += words[(oldest + i) & (words.length - 1)] == 0 ? get(i) : 0;
    }
    return pages;
  }

  boolean areNone() {
    return count == 0;
  }

  /**
   * One more.
   *
   * @param word of work of the host; 0: of a user
   */
  void add(long itsPages, long word) {
    if (count == pages.length) {
      pages = grown(pages);
      words = grown(words);
      oldest = 0;
    }
    int at = (oldest + count++) & (pages.length - 1);
    pages[at] = itsPages;
    words[at] = word;
    total += itsPages;
  }

  private long[] grown(long[] ring) {
    long[] grown = new long[2 * ring.length];
    for (int i = 0; i < count; i++) {
      grown[i] = ring[(oldest + i) & (ring.length - 1)];
    }
    return grown;
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
    drop();
    return true;
  }

  private void drop() {
    total -= get(0);
    oldest = (oldest + 1) & (pages.length - 1);
    count--;
  }

  /** Takes the first one if it is the host's; its word, or 0 if it is not. */
  long takeOwn() {
    long word = count == 0 ? 0 : words[oldest];
    if (word != 0) {
      drop();
    }
    return word;
  }

  void describe(StateSink sink) {
    sink.put(count);
    for (int i = 0; i < count; i++) {
      sink.put(get(i));
      sink.put(words[(oldest + i) & (words.length - 1)]);
    }
  }
}
