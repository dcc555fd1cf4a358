package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.BankRing;
import memwall.memory.dram.channel.ChannelImage;

/**
 * Which row each bank of a ring was left with. Told where runs went; what that means for each bank
 * is found out when it is asked for.
 */
final class Rows {
  private static final int MOST_RUNS = 128;

  private final BankRing ring;

  /** Page that each bank was left with, but for the runs since. */
  private final long[] left;

  // Runs since then, each from a burst to a burst that is no more part of it.
  private final long[] first = new long[MOST_RUNS];
  private final long[] end = new long[MOST_RUNS];
  private int runs;

  // No page lies outside of these bounds in an open bank.
  private long lowest;
  private long highest;

  // While runs are settled: banks looked at, and how many of each segment are not.
  private final BankSet covered;
  private final int[] missing;

  Rows(BankRing ring) {
    this.ring = ring;
    left = new long[ring.banks()];
    missing = new int[ring.segments()];
    covered = new BankSet(ring.banks(), ring.ringBanks());
  }

  /** Looks at the channel. */
  void read(ChannelImage image, Banks banks) {
    runs = 0;
    for (int bank = 0; bank < left.length; bank++) {
      left[bank] = ring.page(bank, image.notedRow(ring.number(bank)));
    }
    bound(banks);
  }

  private void bound(Banks banks) {
    lowest = Long.MAX_VALUE;
    highest = -1;
    for (int bank = 0; bank < left.length; bank++) {
      if (banks.open.is(bank)) {
        lowest = Math.min(lowest, left[bank]);
        highest = Math.max(highest, left[bank]);
      }
    }
  }

  /** A run went over these bursts and left these banks open; the last one is not part of it. */
  void add(long itsFirst, long itsEnd, Banks banks) {
    if (itsEnd <= itsFirst) {
      return;
    }
    if (isFull()) {
      makeRoom(banks);
    }
    long segmentEnd = ring.segmentEnd(ring.page(itsFirst));
    if (ring.page(itsEnd - 1) >= segmentEnd) {
      add(itsFirst, ring.firstBurst(segmentEnd), banks);
      add(ring.firstBurst(segmentEnd), itsEnd, banks);
      return;
    }
    add(itsFirst, itsEnd);
  }

  /** Whether there is no room for another run in the same segment. */
  boolean isFull() {
    return runs == MOST_RUNS;
  }

  /** Makes room. */
  void makeRoom(Banks banks) {
    settle();
    bound(banks);
  }

  /** A run in one segment went over these bursts, and there is room for it. */
  void add(long itsFirst, long itsEnd) {
    long lastPage = ring.page(itsEnd - 1);
    // Of the last page not all banks abreast may be visited.
    long from = Math.max(itsFirst, ring.firstBurst(Math.max(0, lastPage - ring.places())));
    first[runs] = from;
    end[runs++] = itsEnd;
    lowest = Math.min(lowest, ring.page(from));
    highest = Math.max(highest, lastPage);
  }

  // The latest visit decides. A segment of which every bank is covered takes no more runs: banks of
  // other segments may never be visited.
  private void settle() {
    Arrays.fill(missing, ring.ringBanks());
    covered.clear();
    for (int run = runs - 1; run >= 0; run--) {
      long firstPage = ring.page(first[run]);
      long lastPage = ring.page(end[run] - 1);
      int segment = ring.segment(lastPage);
      int bare = missing[segment];
      for (long page = lastPage; page >= firstPage && bare > 0; page--) {
        int index = ring.index(page);
        for (int i = 0; i < ring.abreast(); i++) {
          int bank = index + i;
          if (!covered.is(bank) && ring.visits(page, i, first[run], end[run])) {
            covered.add(bank);
            bare--;
            left[bank] = page;
          }
        }
      }
      missing[segment] = bare;
    }
    runs = 0;
  }

  /** Whether no bank has a row that a run of these bursts may want. */
  boolean isFarFrom(long itsFirst, long itsEnd) {
    return lowest > ring.page(itsEnd - 1) || highest < ring.page(itsFirst);
  }

  /**
   * Finds which open banks have the row that a run from a burst on will want at its next visit;
   * {@code itsEnd} is no more part of it.
   */
  void findReady(Banks banks, long itsFirst, long itsEnd) {
    banks.ready.clear();
    long from = ring.page(itsFirst);
    long to = ring.page(itsEnd - 1);
    if (lowest > to || highest < from || banks.open.isEmpty()) {
      return;
    }
    settle();
    bound(banks);
    while (from <= to) {
      long segmentEnd = ring.segmentEnd(from);
      findReadyPages(banks, from, Math.min(Math.min(to + 1, segmentEnd), from + ring.places()));
      from = segmentEnd;
    }
  }

  // Likewise, at the next visit to these pages; the last one is no more part of them.
  private void findReadyPages(Banks banks, long from, long to) {
    long last = Math.min(to - 1, highest);
    for (long page = Math.max(from, lowest); page <= last; page++) {
      for (int i = 0; i < ring.abreast(); i++) {
        int bank = ring.index(page) + i;
        if (left[bank] == page && banks.open.is(bank)) {
          banks.ready.add(bank);
        }
      }
    }
  }

  /**
   * Whether a bank may have a row that a run will only want when it comes round a second time: if
   * the run begins in the middle of a page it may pass by that bank the first time.
   */
  boolean isReadyForSecondVisit(Banks banks, long itsFirst, long itsEnd) {
    long page = ring.page(itsFirst);
    long second = page + ring.places();
    if (itsFirst == ring.firstBurst(page)
        || ring.abreast() == 1
        || ring.firstBurst(second) >= itsEnd
        || lowest > second
        || highest < second) {
      return false;
    }
    settle();
    for (int i = 0; i < ring.abreast(); i++) {
      int bank = ring.index(second) + i;
      if (left[bank] == second && banks.open.is(bank)) {
        return true;
      }
    }
    return false;
  }

  /** Sets the channel's banks. */
  void write(ChannelImage image, Banks banks) {
    settle();
    for (int bank = 0; bank < left.length; bank++) {
      image.setBank(ring.number(bank), banks.open.is(bank), ring.row(left[bank]));
    }
  }
}
