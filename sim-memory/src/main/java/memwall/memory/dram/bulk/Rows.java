package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.BankRing;
import memwall.memory.dram.channel.ChannelImage;

/**
 * Which row each bank of a ring was left with. Told where runs went; what that means for each bank
 * is found out when it is asked for.
 */
final class Rows {
  private static final int MOST_RUNS = 32;

  private final BankRing ring;

  /** Page that each bank was left with, but for the runs since. */
  private final long[] left;

  // Runs since then, each from a page to a page.
  private final long[] first = new long[MOST_RUNS];
  private final long[] last = new long[MOST_RUNS];
  private int runs;

  // No page lies outside of these bounds in an open bank.
  private long lowest;
  private long highest;

  private final BankSet covered;

  Rows(BankRing ring) {
    this.ring = ring;
    left = new long[ring.banks()];
    covered = new BankSet(ring.banks());
  }

  /** Looks at the channel. */
  void read(ChannelImage image, Banks banks) {
    runs = 0;
    for (int place = 0; place < left.length; place++) {
      left[place] = (long) image.notedRow(ring.number(place)) * left.length + place;
    }
    bound(banks);
  }

  private void bound(Banks banks) {
    lowest = Long.MAX_VALUE;
    highest = -1;
    for (int place = 0; place < left.length; place++) {
      if (banks.open.is(place)) {
        lowest = Math.min(lowest, left[place]);
        highest = Math.max(highest, left[place]);
      }
    }
  }

  /** A run went over these pages and left these banks open. */
  void add(long itsFirst, long itsLast, Banks banks) {
    if (itsLast < itsFirst) {
      return;
    }
    if (runs == MOST_RUNS) {
      settle();
      bound(banks);
    }
    long from = Math.max(itsFirst, itsLast - left.length + 1);
    first[runs] = from;
    last[runs++] = itsLast;
    lowest = Math.min(lowest, from);
    highest = Math.max(highest, itsLast);
  }

  // The latest run over a bank decides.
  private void settle() {
    int missing = left.length;
    covered.clear();
    for (int run = runs - 1; run >= 0 && missing > 0; run--) {
      for (long page = first[run]; page <= last[run]; page++) {
        int place = ring.place(page);
        if (!covered.is(place)) {
          covered.add(place);
          missing--;
          left[place] = page;
        }
      }
    }
    runs = 0;
  }

  /** Finds which open banks have the row that a run from a page to a page will want. */
  void findReady(Banks banks, long from, long to) {
    banks.ready.clear();
    if (lowest > to || highest < from || banks.open.isEmpty()) {
      return;
    }
    settle();
    bound(banks);
    long end = Math.min(to, from + left.length - 1);
    for (long page = Math.max(from, lowest); page <= end; page++) {
      int place = ring.place(page);
      if (left[place] == page && banks.open.is(place)) {
        banks.ready.add(place);
      }
    }
  }

  /** Sets the channel's banks. */
  void write(ChannelImage image, Banks banks) {
    settle();
    for (int place = 0; place < left.length; place++) {
      image.setBank(ring.number(place), banks.open.is(place), (int) (left[place] / left.length));
    }
  }
}
