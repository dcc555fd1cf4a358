package memwall.memory.flash.port;

import memwall.memory.flash.device.FlashImage;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.ForeseenSenses;

/**
 * Reads asked of a channel whose device is not looked at. They are taken only if it is certain that
 * they are nothing but pages on their way: data without errors, none that a buffer might still
 * hold. All that is asked is counted as sensed at once; what turns out not to be sensed yet, when
 * the device is looked at again, is taken back.
 */
final class UnseenReads {
  private static final int MOST = 32;

  private final LiveChannel live;
  private final FlashImage image;
  private final AskedRows asked;
  private final ForeseenSenses senses;
  private final int planes;
  private final boolean hits;

  /** Pages after which no buffer holds an older one. */
  private final long covering;

  // Runs that the device is not known to have been asked for, oldest first.
  private final long[] first = new long[MOST];
  private final long[] pages = new long[MOST];
  private final long[] number = new long[MOST];
  private int count;

  /** How many pages of a plane that were asked before may be in the device. */
  private int depth;

  private boolean isOpen;

  UnseenReads(FlashSpec spec, LiveChannel live, AskedRows asked) {
    this.live = live;
    this.asked = asked;
    image = live.image();
    senses = image.foreseen();
    planes = spec.geometry().planes();
    hits = spec.rules().bufferHits();
    covering = (long) planes * spec.rules().pageBuffers();
  }

  /**
   * The device, which is in a state, will not be looked at.
   *
   * @return whether that may be
   */
  boolean begin(LiveState state, long nowPs) {
    if (isOpen) {
      return true;
    }
    senses.forget();
    count = 0;
    depth = state.depth;
    if (!addUnsensed(nowPs)) {
      return false;
    }
    isOpen = true;
    return true;
  }

  private boolean addUnsensed(long nowPs) {
    int added = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int age = image.unsensed(plane) - 1; age >= 0; age--) {
        if (!senses.add((long) asked.row(plane, age) * planes + plane, 1, nowPs)) {
          takeBackSome(added);
          return false;
        }
        added++;
      }
    }
    for (long its = live.oldest(); its < live.next(); its++) {
      PageTransfer transfer = live.transfer(its);
      if (transfer.unfed > 0) {
        long page = transfer.page();
        if (count == MOST || !senses.add(page, transfer.unfed, nowPs)) {
          takeBackSome(added);
          takeBackUnfed(its);
          return false;
        }
        note(page, transfer.unfed, its);
      }
    }
    return true;
  }

  private void takeBackSome(int most) {
    int left = most;
    for (int plane = 0; plane < planes && left > 0; plane++) {
      for (int age = image.unsensed(plane) - 1; age >= 0 && left > 0; age--) {
        senses.takeBack((long) asked.row(plane, age) * planes + plane, 1);
        left--;
      }
    }
  }

  private void takeBackUnfed(long before) {
    for (long its = live.oldest(); its < before; its++) {
      PageTransfer transfer = live.transfer(its);
      if (transfer.unfed > 0) {
        senses.takeBack(transfer.page(), transfer.unfed);
      }
    }
  }

  /** Nothing that was asked before is anywhere in the device. */
  void rest() {
    count = 0;
    depth = 0;
  }

  /** Whether what was asked may still be sensed unseen at a time. */
  boolean holdsAt(long ps) {
    return senses.holdsAt(ps);
  }

  /**
   * A run of pages is asked for, as the next transfer.
   *
   * @return whether it may go unseen; else nothing has changed
   */
  boolean ask(long page, long some, long nowPs) {
    if (count == MOST) {
      prune();
    }
    if (count == MOST || (hits && mayBeHeld(page, some)) || !senses.add(page, some, nowPs)) {
      return false;
    }
    note(page, some, live.next());
    return true;
  }

  private void note(long page, long some, long its) {
    first[count] = page;
    pages[count] = some;
    number[count++] = its;
  }

  /** Forgets runs after which another has filled all buffers. */
  private void prune() {
    int from = count - 1;
    while (from >= 0 && (number[from] >= live.oldest() || pages[from] < covering)) {
      from--;
    }
    if (from > 0) {
      count -= from;
      System.arraycopy(first, from, first, 0, count);
      System.arraycopy(pages, from, pages, 0, count);
      System.arraycopy(number, from, number, 0, count);
    }
    if (from >= 0) {
      depth = 0;
    }
  }

  private boolean mayBeHeld(long page, long some) {
    for (int i = 0; i < count; i++) {
      if (page < first[i] + pages[i] && first[i] < page + some) {
        return true;
      }
    }
    if (depth > 0) {
      prune();
    }
    for (int i = 0; i < Math.min(planes, some) && depth > 0; i++) {
      int plane = (int) ((page + i) % planes);
      int rows = (int) ((some - i + planes - 1) / planes);
      if (asked.isAmong(plane, (int) ((page + i) / planes), rows, depth)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The device will be looked at again. Transfers are as far as in the state in which it is.
   *
   * @param deep how many of the rows asked of a plane last are needed
   */
  void tellAsked(int deep) {
    for (int i = 0; i < count; i++) {
      long unfed = number[i] < live.oldest() ? 0 : live.transfer(number[i]).unfed;
      long end = first[i] + pages[i] - unfed;
      for (long page = Math.max(first[i], end - (long) deep * planes); page < end; page++) {
        asked.add((int) (page % planes), (int) (page / planes));
      }
    }
    count = 0;
  }

  /** The device is looked at: what it has not sensed yet will be counted then. */
  void end() {
    if (isOpen) {
      isOpen = false;
      senses.settle();
      takeBackSome(Integer.MAX_VALUE);
      takeBackUnfed(live.next());
      senses.forget();
    }
  }
}
