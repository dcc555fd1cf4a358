package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.BankRing;
import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.StateBuffer;

/**
 * Which banks of a ring are open while a run of bursts goes round it: what the nodes do not tell,
 * for they only name the banks of pages with requests inside.
 *
 * <p>Of all other banks three things matter. First, how the run finds the banks that it enters
 * next: closed, open with another row (stale), or open with the very row that it wants (ready, left
 * so by a transfer before). Second, whether any other bank of a rank or pseudo-channel is open, for
 * then a refresh has to close it. Both together are the {@link #guard}; what follows from a node
 * follows from the node and the guard. Third, what the banks were left with, see {@link Rows}.
 */
final class Banks {
  private static final int CLOSED = 0;
  private static final int STALE = 1;
  private static final int READY = 2;
  private static final int STATUSES = 3;

  /** Guard of everything if there shall be none. */
  private static final int NO_GUARD = 0;

  final BankRing ring;

  /** Banks with an open row; those among them with the row of the run's next visit. */
  final BankSet open;

  final BankSet ready;

  private final BankSet[] scopes;
  private final StateBuffer buffer;
  private final int step;
  private final int abreast;

  /**
   * By banks abreast, one bit each: a number with a digit 1 for each, in base {@link #STATUSES}.
   */
  private final int[] digits;

  /** Numbers that as many digits give. */
  private final int allDigits;

  private final BankSet excluded;
  private final BankSet before;
  private final BankSet after;

  Banks(BankRing ring, StateBuffer buffer) {
    this.ring = ring;
    this.buffer = buffer;
    step = ring.step();
    abreast = ring.abreast();
    digits = new int[1 << abreast];
    int all = 1;
    for (int i = 0; i < abreast; i++) {
      for (int bits = 0; bits < digits.length; bits++) {
        digits[bits] += (bits >> i & 1) * all;
      }
      all *= STATUSES;
    }
    allDigits = all;
    open = new BankSet(ring.banks(), ring.ringBanks());
    ready = new BankSet(ring.banks(), ring.ringBanks());
    excluded = new BankSet(ring.banks(), ring.ringBanks());
    before = new BankSet(ring.banks(), ring.ringBanks());
    after = new BankSet(ring.banks(), ring.ringBanks());
    scopes = new BankSet[ring.scopes()];
    for (int scope = 0; scope < scopes.length; scope++) {
      scopes[scope] = new BankSet(ring.banks(), ring.ringBanks());
      for (int bank = 0; bank < ring.banks(); bank++) {
        if (ring.scope(bank) == scope) {
          scopes[scope].add(bank);
        }
      }
    }
  }

  void set(Banks other) {
    if (!ring.isRing()) {
      return;
    }
    open.set(other.open);
    ready.set(other.ready);
  }

  /** Looks at the channel. */
  void read(ChannelImage image) {
    open.clear();
    ready.clear();
    for (int bank = 0; bank < ring.banks(); bank++) {
      if (image.isOpen(ring.number(bank))) {
        open.add(bank);
      }
    }
  }

  /** Whether a bank of a scope is open. */
  boolean isScopeOpen(int scope) {
    return scopes[scope].meets(open);
  }

  /** The page from which on banks are counted for a run that goes on with this burst. */
  long base(long next) {
    long page = ring.page(next);
    return step == 1 ? page : page - page % step;
  }

  /** First page that a run with so many pages inside enters, if it goes on with this burst. */
  long firstEntered(long next, int window) {
    return window > 0 ? ring.page(next - 1) + 1 : ring.page(next);
  }

  /** First page with a request inside, or the first that is entered if there is none. */
  long windowFrom(long next, int window) {
    return window > 0 ? ring.page(next - 1) - window + 1 : ring.page(next);
  }

  private int status(int bank) {
    if (!open.is(bank)) {
      return CLOSED;
    }
    return ready.is(bank) ? READY : STALE;
  }

  /** The banks of so many pages from one on, which may lie in several segments. */
  private void exclude(long first, long pages) {
    excluded.clear();
    long end = first + pages;
    long from = first;
    while (from < end) {
      long to = Math.min(end, ring.segmentEnd(from));
      excluded.addRange(ring.index(from), (to - from) * abreast);
      from = to;
    }
  }

  /**
   * What matters of the banks outside on the way over so many bursts, as a number.
   *
   * @param isLast whether the run ends there
   */
  int guard(long next, long bursts, int window, boolean isLast) {
    if (buffer.omits(StateBuffer.AHEAD)) {
      return NO_GUARD;
    }
    long from = windowFrom(next, window);
    long last = bursts == 0 ? ring.page(next - 1) : ring.page(next + bursts - 1);
    exclude(from, last - from + 1);
    int guard = 2 * (1 + leaving(next, bursts, isLast));
    guard += ring.page(next + bursts) >= ring.segmentEnd(ring.page(next)) ? 1 : 0;
    for (BankSet scope : scopes) {
      guard = guard * 2 + (scope.meetsOutside(open, excluded) ? 1 : 0);
    }
    for (long page = firstEntered(next, window); page <= last; page++) {
      int index = ring.index(page);
      int isOpen = open.bits(index, abreast);
      int isReady = isOpen & ready.bits(index, abreast);
      // STALE for each open bank, and one more for each that is ready.
      guard = guard * allDigits + digits[isOpen] + digits[isReady];
    }
    return guard;
  }

  // Where in its block the run begins, if it leaves it: the next one begins elsewhere.
  private int leaving(long next, long bursts, boolean isLast) {
    if (ring.block() == 1) {
      return 0;
    }
    long page = ring.page(next);
    int inBlock = ring.inBlock(page);
    return isLast || inBlock + ring.page(next + bursts) - page >= ring.block() ? 1 + inBlock : 0;
  }

  /**
   * How many steps from here on meet the same guard as the next one, at least 1, if each goes over
   * so many pages of all scopes and leaves every page open that it leaves. No banks are abreast.
   */
  long alike(long next, long pagesPerStep, int window) {
    long first = firstEntered(next, window);
    long from = windowFrom(next, window);
    int index = ring.index(first);
    int status = status(index);
    exclude(from, first + pagesPerStep - from);
    for (BankSet scope : scopes) {
      if (!scope.meetsOutside(open, excluded)) {
        return 1;
      }
    }
    // Behind the window the ring begins again, with pages that were left open.
    int most = ring.places() - (int) (first - from);
    after.clear();
    after.addRange(0, ring.banks());
    switch (status) {
      case CLOSED -> after.removeAll(open);
      case STALE -> {
        after.retainAll(open);
        after.removeAll(ready);
      }
      default -> after.set(ready);
    }
    int run = after.run(index, most);
    if (status == STALE && run == most) {
      return Long.MAX_VALUE;
    }
    return Math.max(1, run / pagesPerStep);
  }

  /** All banks of these scopes, one bit each, are closed. */
  void close(int closedScopes) {
    for (int scope = 0; scope < scopes.length; scope++) {
      if ((closedScopes >> scope & 1) != 0) {
        open.removeAll(scopes[scope]);
        ready.removeAll(scopes[scope]);
      }
    }
  }

  /**
   * The run went over pages: so many up to the last one. Of the banks of the last few it is told
   * which are open, as {@link #openBits} and {@link #openBitsBeyond} do, and those before them are
   * open.
   */
  void pass(long last, long pages, int few, long openBits, long openBitsBeyond) {
    exclude(last - pages + 1, pages);
    ready.removeAll(excluded);
    open.addAll(excluded);
    int banks = few * abreast;
    close(last, 0, ~openBits & lowest(banks));
    if (banks > Long.SIZE) {
      close(last, Long.SIZE, ~openBitsBeyond & lowest(banks - Long.SIZE));
    }
  }

  private void close(long last, int first, long bits) {
    for (long left = bits; left != 0; left &= left - 1) {
      open.remove(bank(last, first + Long.numberOfTrailingZeros(left)));
    }
  }

  private static long lowest(int bits) {
    return bits == 0 ? 0 : -1L >>> Math.max(0, Long.SIZE - bits);
  }

  // Banks are counted from those of the last page back.
  private int bank(long last, int i) {
    return abreast == 1 ? ring.index(last - i) : ring.index(last - i / abreast) + i % abreast;
  }

  /** Whole laps were taken, up to a burst: everything is as it was, but so many pages further. */
  void rotate(long next, long pages) {
    int index = ring.index(ring.page(next));
    open.rotate(index, places(pages));
    ready.rotate(index, places(pages));
  }

  /** Banks counted from that of a page on in its ring are counted from the first one on. */
  void turn(BankSet set, long page) {
    set.rotate(ring.index(page), places(page));
  }

  /** The other way round. */
  void turnBack(BankSet set, long page) {
    int places = places(page);
    set.rotate(ring.index(page), places == 0 ? 0 : ring.ringBanks() - places);
  }

  // So many pages further on in the ring, in banks.
  private int places(long pages) {
    return ring.place(pages) * abreast;
  }

  /** Whether everything is as it was elsewhere, so many pages before the one of a burst. */
  boolean isSame(Banks earlier, long next, long pages) {
    int index = ring.index(ring.page(next));
    return isSame(open, earlier.open, index, places(pages))
        && isSame(ready, earlier.ready, index, places(pages));
  }

  private boolean isSame(BankSet one, BankSet earlier, int within, int places) {
    before.set(earlier);
    before.rotate(within, places);
    return before.isSame(one);
  }

  /**
   * Which scopes were closed, one bit each, between an earlier look and this one, while only pages
   * from the first to the last were used; -1 if that is not all that happened.
   */
  int closedSince(Banks earlier, long first, long last) {
    exclude(first, last - first + 1);
    int closed = 0;
    for (int scope = 0; scope < scopes.length; scope++) {
      others(before, earlier.open, scope);
      others(after, open, scope);
      if (!before.isSame(after)) {
        if (!after.isEmpty()) {
          return -1;
        }
        closed |= 1 << scope;
      }
    }
    return closed;
  }

  private void others(BankSet into, BankSet from, int scope) {
    into.set(from);
    into.removeAll(excluded);
    into.retainAll(scopes[scope]);
  }

  /** Whether {@link #openBits} can tell of so many pages. */
  boolean canTell(long pages) {
    return pages * abreast < 2 * Long.SIZE;
  }

  /** Which banks of the last few pages are open, one bit each from those of the last one back. */
  long openBits(long last, int few) {
    return openBits(last, 0, Math.min(Long.SIZE, few * abreast));
  }

  /** Likewise the banks from the 65th on. */
  long openBitsBeyond(long last, int few) {
    return openBits(last, Long.SIZE, few * abreast);
  }

  private long openBits(long last, int from, int to) {
    long bits = 0;
    for (int i = from; i < to; i++) {
      bits |= open.is(bank(last, i)) ? 1L << i : 0;
    }
    return bits;
  }
}
