package memwall.memory.flash.host;

import java.util.Arrays;

/**
 * The zones of a die set: which are free, used, retired, how often each was erased, and in which
 * order those in use were written.
 *
 * <p>The least worn free zone is used next (dynamic wear levelling). If even that leads the least
 * worn zone of all by the threshold, data that rests in the latter moves first (static wear
 * levelling, the swap of OCP HBF 0.7, 11.4.1): into the worn zone, or, if that would lead by more
 * than one beyond the threshold, in place. So the erases of any two zones differ by the threshold
 * plus one at most.
 */
final class ZonePool {
  static final int NONE = -1;

  private static final byte FREE = 0;
  private static final byte USED = 1;
  private static final byte RETIRED = 2;

  /** Moves data; the pool keeps the books. */
  interface Mover {
    /**
     * A free zone is about to be written: it was erased once more. False: it cannot be used and was
     * retired.
     */
    boolean opened(int zone);

    /**
     * Moves the data of a zone in use to one that was opened for them, and releases or retires the
     * zone that is left: the first, or, if there was no way to do it, the second.
     */
    void move(int from, int to);

    /** Writes a zone anew in place; it was erased once more. */
    void rewrite(int zone);
  }

  private final int threshold;
  private final int endurance;
  private final Mover mover;
  private final byte[] state;
  private final int[] erases;
  private final int[] older;
  private final int[] newer;
  private final double[] openedS;
  private final double[] openedAgedS;
  private final FreeZones free;
  private final WearSpread spread;
  private int oldest = NONE;
  private int newest = NONE;
  private int used;
  private int retired;
  private int cursor;
  private long opened;
  private double nowS;
  private double agedS;

  /** Zones as delivered: free, never erased. */
  ZonePool(int zones, int threshold, int endurance, Mover mover) {
    this.threshold = threshold;
    this.endurance = endurance;
    this.mover = mover;
    state = new byte[zones];
    erases = new int[zones];
    older = new int[zones];
    newer = new int[zones];
    openedS = new double[zones];
    openedAgedS = new double[zones];
    free = new FreeZones(zones);
    spread = new WearSpread(zones);
    Arrays.fill(older, NONE);
    Arrays.fill(newer, NONE);
    for (int zone = 0; zone < zones; zone++) {
      free.add(zone, 0);
    }
  }

  long stateBytes() {
    return 29L * state.length + free.stateBytes() + spread.stateBytes();
  }

  /** The present, and how much data have aged since the start, seconds at the reference. */
  void setTime(double nowS, double agedS) {
    this.nowS = nowS;
    this.agedS = agedS;
  }

  // Opening and releasing ----------------------------------------------------------------------

  /** Opens the zone to be used next; none if all are used or retired. */
  int open() {
    for (int zone = free.peek(); zone != NONE; zone = free.peek()) {
      int lead = erases[zone] - spread.least();
      if (lead < threshold) {
        if (begin(free.take())) {
          return zone;
        }
        continue;
      }
      int cold = leastWornUsed();
      if (lead > threshold) {
        restart(cold);
        mover.rewrite(cold);
      } else if (begin(free.take())) {
        mover.move(cold, zone);
      }
    }
    return NONE;
  }

  /** Opens the least worn free zone without levelling; none if there is none. */
  int openAny() {
    while (free.size() > 0) {
      int zone = free.take();
      if (begin(zone)) {
        return zone;
      }
    }
    return NONE;
  }

  /** Uses a zone that was taken from the free ones; it holds nothing that rests. */
  private boolean begin(int zone) {
    state[zone] = USED;
    used++;
    erase(zone);
    append(zone);
    return mover.opened(zone);
  }

  /** Erases a zone in use once more, its data being written anew in place. */
  void restart(int zone) {
    remove(zone);
    erase(zone);
    append(zone);
  }

  private void erase(int zone) {
    spread.raise(erases[zone]++);
    openedS[zone] = nowS;
    openedAgedS[zone] = agedS;
    opened++;
  }

  /**
   * One of the zones that are worn least of all; they are all in use, or the least worn free one
   * would not lead.
   */
  private int leastWornUsed() {
    int least = spread.least();
    while (state[cursor] != USED || erases[cursor] != least) {
      cursor = cursor + 1 == state.length ? 0 : cursor + 1;
    }
    return cursor;
  }

  /** A zone in use holds nothing any more; one that has stood all it can is retired. */
  void release(int zone) {
    remove(zone);
    used--;
    if (erases[zone] >= endurance) {
      leave(zone);
    } else {
      state[zone] = FREE;
      free.add(zone, erases[zone]);
    }
  }

  /** A zone in use is out of use for good. */
  void retire(int zone) {
    remove(zone);
    used--;
    leave(zone);
  }

  private void leave(int zone) {
    state[zone] = RETIRED;
    retired++;
    spread.remove(erases[zone]);
  }

  /** Retires all free zones. */
  void retireFree() {
    while (free.size() > 0) {
      int zone = free.take();
      leave(zone);
    }
  }

  // Age ----------------------------------------------------------------------------------------

  private void append(int zone) {
    older[zone] = newest;
    newer[zone] = NONE;
    if (newest == NONE) {
      oldest = zone;
    } else {
      newer[newest] = zone;
    }
    newest = zone;
  }

  private void remove(int zone) {
    int before = older[zone];
    int after = newer[zone];
    if (before == NONE) {
      oldest = after;
    } else {
      newer[before] = after;
    }
    if (after == NONE) {
      newest = before;
    } else {
      older[after] = before;
    }
  }

  /** The zone in use that was opened first, or none. */
  int oldest() {
    return oldest;
  }

  /** The one opened after it, or none. */
  int newer(int zone) {
    return newer[zone];
  }

  /** When a zone in use was opened: no page of it is older. */
  double openedS(int zone) {
    return openedS[zone];
  }

  /** The same on the clock of aging. */
  double openedAgedS(int zone) {
    return openedAgedS[zone];
  }

  /** Makes believe that a zone was opened at another time; the order must stay. */
  void backdate(int zone, double openedS, double openedAgedS) {
    this.openedS[zone] = openedS;
    this.openedAgedS[zone] = openedAgedS;
  }

  // Reports ------------------------------------------------------------------------------------

  int zones() {
    return state.length;
  }

  int free() {
    return free.size();
  }

  int used() {
    return used;
  }

  int retired() {
    return retired;
  }

  boolean isUsed(int zone) {
    return state[zone] == USED;
  }

  boolean isRetired(int zone) {
    return state[zone] == RETIRED;
  }

  int erases(int zone) {
    return erases[zone];
  }

  /** Whether a zone may be erased again. */
  boolean canErase(int zone) {
    return erases[zone] < endurance;
  }

  /** Times that zones were erased. */
  long opened() {
    return opened;
  }

  /** Erases of the zones that are not retired. */
  WearSpread spread() {
    return spread;
  }
}
