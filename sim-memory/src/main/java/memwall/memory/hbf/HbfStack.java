package memwall.memory.hbf;

import memwall.core.leap.StateSink;
import memwall.core.unit.Units;

/**
 * The timeline of one flash stack: a reservation for the planes and one for each direction of the
 * link.
 *
 * <p>The planes are many equal servers that each take tR per page. Their state is one number, the
 * virtual time {@code v} at which the work accepted so far would end if it were spread evenly: n
 * pages add {@code n tR / k}, where k pages are sensed at once. The last page of a transfer
 * submitted at t is sensed at {@code max(t + tR, v)}: an idle array senses up to k pages in one tR,
 * a busy one delivers k pages per tR. (This is the virtual scheduling of the generic cell rate
 * algorithm, ITU-T I.371; it assumes perfect striping and errs by less than one tR.)
 *
 * <p>The link moves pages as they come: it starts when the first page is sensed and is done when it
 * has moved all pages and the last one has been sensed and moved. Programs occupy the planes too: n
 * bytes add {@code n tPROG / (planes x page)} of plane time, so that writing slows reading.
 */
final class HbfStack {
  private final long readPs;
  private final long eccPs;
  private final long programPs;
  private final long pageBytes;
  private final long pagesAtOnce;
  private final long linkBytesPerSec;
  private final long programBytesPerSec;
  private final long pageOnLinkPs;

  private final long stagingPages;

  private long arrayVirtualPs;

  // A ring of announced reads, oldest first: pages of each, those staged, when the first and the
  // last of them is sensed. Only the youngest may be staged in part.
  private long[] announcedPages = new long[8];
  private long[] stagedPages = new long[8];
  private long[] stagedFirstPs = new long[8];
  private long[] stagedLastPs = new long[8];
  private int oldestAnnounced;
  private int announced;
  private long stagedTotal;

  private long linkInFreePs;
  private long linkOutFreePs;
  private long lastReadPs;
  private long lastArrayPs;
  private long lastLinkPs;

  HbfStack(HbfSpec spec) {
    this.readPs = spec.readPs();
    this.eccPs = spec.eccPs();
    this.programPs = spec.programPs();
    this.pageBytes = spec.pageBytes();
    this.pagesAtOnce = spec.pagesAtOnce();
    this.stagingPages = spec.stagingBytes() / spec.pageBytes();
    this.linkBytesPerSec = spec.linkBytesPerSec();
    this.programBytesPerSec = spec.programBytesPerSec();
    this.pageOnLinkPs = Units.transferPs(pageBytes, linkBytesPerSec);
  }

  /**
   * Takes note of pages that will be read after all announced before, and begins to sense as many
   * as the staging buffer still holds.
   *
   * @param most sense at most so many
   * @return pages that it senses
   */
  long announce(long nowPs, long pages, long most) {
    if (announced == announcedPages.length) {
      growAnnounced();
    }
    int slot = (oldestAnnounced + announced++) & (announcedPages.length - 1);
    announcedPages[slot] = pages;
    stagedPages[slot] = 0;
    stagedFirstPs[slot] = firstSensed(nowPs);
    return stage(slot, nowPs, most);
  }

  /**
   * Senses more of the pages announced last, as far as room has become free.
   *
   * @param most sense at most so many
   * @return pages that it senses
   */
  long topUp(long nowPs, long most) {
    if (announced == 0) {
      lastArrayPs = 0;
      return 0;
    }
    return stage((oldestAnnounced + announced - 1) & (announcedPages.length - 1), nowPs, most);
  }

  private long stage(int slot, long nowPs, long most) {
    long missing = announcedPages[slot] - stagedPages[slot];
    long pages = Math.min(Math.min(missing, most), stagingPages - stagedTotal);
    lastArrayPs = 0;
    if (pages > 0) {
      lastArrayPs = occupyArray(nowPs, pages);
      stagedPages[slot] += pages;
      stagedTotal += pages;
      stagedLastPs[slot] = Math.max(nowPs + readPs, arrayVirtualPs);
    }
    return pages;
  }

  /** Whether the staging buffer has room for a page more. */
  boolean canAnnounce() {
    return stagedTotal < stagingPages;
  }

  /**
   * Reserves the sensing and transfer of pages, those announced before included; returns when the
   * last one is at the chip.
   */
  long readPages(long nowPs, long pages) {
    long staged = 0;
    long stagedFirst = 0;
    long lastSensedPs = 0;
    if (announced > 0) {
      staged = stagedPages[oldestAnnounced];
      stagedFirst = stagedFirstPs[oldestAnnounced];
      lastSensedPs = stagedLastPs[oldestAnnounced];
      oldestAnnounced = (oldestAnnounced + 1) & (announcedPages.length - 1);
      announced--;
      stagedTotal -= staged;
    }
    long rest = pages - staged;
    lastLinkPs = linkPs(pages);
    lastArrayPs = 0;
    long startPs = Math.max(nowPs, linkInFreePs);
    linkInFreePs = startPs;
    if (rest > 0) {
      long restFirstPs = firstSensed(nowPs);
      lastArrayPs = occupyArray(nowPs, rest);
      lastSensedPs = Math.max(nowPs + readPs, arrayVirtualPs);
      // The link may run dry between the staged pages and the first of the rest.
      long restLinkPs = rest == pages ? lastLinkPs : linkPs(rest);
      linkInFreePs = Math.addExact(Math.max(startPs, restFirstPs), restLinkPs);
    }
    if (staged > 0) {
      linkInFreePs =
          Math.max(linkInFreePs, Math.addExact(Math.max(startPs, stagedFirst), lastLinkPs));
    }
    linkInFreePs = Math.max(linkInFreePs, Math.addExact(lastSensedPs, pageOnLinkPs));
    return inOrder(Math.addExact(linkInFreePs, eccPs));
  }

  /**
   * When the first of further pages is sensed: at once if planes are idle, else as one frees up.
   */
  private long firstSensed(long nowPs) {
    return Math.max(nowPs + readPs, arrayVirtualPs + ceilDiv(readPs, pagesAtOnce));
  }

  private long occupyArray(long nowPs, long pages) {
    long workPs = ceilDiv(Math.multiplyExact(pages, readPs), pagesAtOnce);
    arrayVirtualPs = Math.addExact(Math.max(nowPs, arrayVirtualPs), workPs);
    return workPs;
  }

  private long linkPs(long pages) {
    return Units.transferPs(Math.multiplyExact(pages, pageBytes), linkBytesPerSec);
  }

  /** Reserves a read of the scratch SRAM; returns when the last byte is at the chip. */
  long readScratch(long nowPs, long units) {
    lastArrayPs = 0;
    lastLinkPs =
        Units.transferPs(Math.multiplyExact(units, HbfSpec.SCRATCH_ACCESS_BYTES), linkBytesPerSec);
    linkInFreePs = Math.addExact(Math.max(nowPs, linkInFreePs), lastLinkPs);
    return inOrder(linkInFreePs);
  }

  /** Reserves a write to the scratch SRAM; returns when the last byte is stored. */
  long writeScratch(long nowPs, long units) {
    lastArrayPs = 0;
    lastLinkPs =
        Units.transferPs(Math.multiplyExact(units, HbfSpec.SCRATCH_ACCESS_BYTES), linkBytesPerSec);
    linkOutFreePs = Math.addExact(Math.max(nowPs, linkOutFreePs), lastLinkPs);
    return linkOutFreePs;
  }

  /** Reserves the transfer and programming of bytes; returns when the last page is programmed. */
  long program(long nowPs, long bytes) {
    lastArrayPs = Units.transferPs(bytes, programBytesPerSec);
    lastLinkPs = Units.transferPs(bytes, linkBytesPerSec);
    linkOutFreePs = Math.addExact(Math.max(nowPs, linkOutFreePs), lastLinkPs);
    arrayVirtualPs = Math.addExact(Math.max(nowPs, arrayVirtualPs), lastArrayPs);
    long programmedPs = Math.addExact(linkOutFreePs, programPs);
    // Both only grow, so programs end in order.
    return Math.max(programmedPs, arrayVirtualPs);
  }

  /** Plane work of the last operation, as time of the whole array. */
  long lastArrayPs() {
    return lastArrayPs;
  }

  /** Link time of the last operation. */
  long lastLinkPs() {
    return lastLinkPs;
  }

  /**
   * Writes what does not follow from the announcements and completions that the owner writes: how
   * many pages are announced is this stack's share of them; all but the youngest announcement are
   * staged in full; the last read under way completes last in its queue.
   */
  void describe(StateSink sink, long nowPs) {
    sink.put(Math.max(0, arrayVirtualPs - nowPs));
    for (int i = 0; i < announced; i++) {
      int slot = (oldestAnnounced + i) & (announcedPages.length - 1);
      sink.put(Math.max(0, stagedFirstPs[slot] - nowPs));
      sink.put(Math.max(0, stagedLastPs[slot] - nowPs));
      if (i == announced - 1) {
        sink.put(stagedPages[slot]);
      }
    }
    sink.put(Math.max(0, linkInFreePs - nowPs));
    sink.put(Math.max(0, linkOutFreePs - nowPs));
  }

  void shift(long deltaPs) {
    arrayVirtualPs += deltaPs;
    for (int slot = 0; slot < stagedPages.length; slot++) {
      stagedFirstPs[slot] += deltaPs;
      stagedLastPs[slot] += deltaPs;
    }
    linkInFreePs += deltaPs;
    linkOutFreePs += deltaPs;
    lastReadPs += deltaPs;
  }

  /** A scratch read behind a page read in error correction waits for it: results leave in order. */
  private long inOrder(long donePs) {
    lastReadPs = Math.max(lastReadPs, donePs);
    return lastReadPs;
  }

  private void growAnnounced() {
    int length = stagedPages.length;
    long[] grownPages = new long[2 * length];
    long[] grownStaged = new long[2 * length];
    long[] grownFirst = new long[2 * length];
    long[] grownLast = new long[2 * length];
    for (int i = 0; i < announced; i++) {
      int from = (oldestAnnounced + i) & (length - 1);
      grownPages[i] = announcedPages[from];
      grownStaged[i] = stagedPages[from];
      grownFirst[i] = stagedFirstPs[from];
      grownLast[i] = stagedLastPs[from];
    }
    announcedPages = grownPages;
    stagedPages = grownStaged;
    stagedFirstPs = grownFirst;
    stagedLastPs = grownLast;
    oldestAnnounced = 0;
  }

  private static long ceilDiv(long amount, long unit) {
    return amount / unit + (amount % unit == 0 ? 0 : 1);
  }
}
