package memwall.memory.flash.device;

import memwall.core.leap.StateSink;

/**
 * Limited goods without which a plane cannot begin: places in the staging buffer, for each channel,
 * and leave to be active, for the device. A plane takes them in this order, and keeps its place
 * while it waits for leave.
 */
final class Credits {
  private final int mostByRules;
  private final boolean limitsStaging;
  private final Shares[] places;
  private final Shares leave;
  private final Counts counts;

  /** Of those that wait to be active, since when. */
  private final long[] sincePs;

  Credits(FlashGeometry geometry, FlashRules rules, Counts counts) {
    this.counts = counts;
    mostByRules = rules.activePlanes() == 0 ? Integer.MAX_VALUE : rules.activePlanes();
    limitsStaging = rules.stagingPages() > 0;
    int planes = geometry.planesPerChannel();
    places = new Shares[limitsStaging ? geometry.channels() : 0];
    for (int i = 0; i < places.length; i++) {
      places[i] = new Shares(rules.stagingPages(), i * planes, planes);
    }
    leave = new Shares(mostByRules, 0, geometry.planes());
    sincePs = new long[geometry.planes()];
  }

  /** Takes what a plane needs to begin; if it has to wait it will be woken. */
  boolean take(int channel, int plane, boolean isRead, long nowPs) {
    boolean isStaged = isRead && limitsStaging;
    if (isStaged && !places[channel].take(plane)) {
      counts.stagingWaits += places[channel].queue().add(plane) ? 1 : 0;
      return false;
    }
    if (!leave.take(plane)) {
      if (leave.queue().add(plane)) {
        counts.capWaits++;
        sincePs[plane] = nowPs;
      }
      return false;
    }
    if (isStaged) {
      places[channel].use(plane);
    }
    leave.use(plane);
    return true;
  }

  /** So many planes at most may be active from now on, whatever the rules allow beyond. */
  void limit(int most) {
    leave.limit(Math.min(mostByRules, most));
  }

  /** A plane is no longer active. */
  void rest() {
    leave.release();
  }

  /** A page has left its buffer for good. */
  void unstage(int channel) {
    if (limitsStaging) {
      places[channel].release();
    }
  }

  /** Planes that are active now, or have leave to be. */
  int active() {
    return leave.taken();
  }

  /**
   * Leave for the plane that has waited for it longest.
   *
   * @return the plane, which may begin now; {@link Requests#NONE} if none waits or may
   */
  int leaveForNext(long nowPs) {
    int plane = leave.keepForNext();
    if (plane != Requests.NONE) {
      counts.waitedForCap(nowPs - sincePs[plane]);
    }
    return plane;
  }

  /**
   * A place for the plane of a channel that has waited for one longest.
   *
   * @return the plane, which may begin now; {@link Requests#NONE} if none waits or may
   */
  int placeForNext(int channel) {
    return limitsStaging ? places[channel].keepForNext() : Requests.NONE;
  }

  /** A plane has had its chance to begin: what was kept for it is free, unless it still waits. */
  void settle(int channel, int plane) {
    leave.giveBack(plane);
    if (limitsStaging && !leave.queue().contains(plane)) {
      places[channel].giveBack(plane);
    }
  }

  /** How long the plane that waits longest to be active has done so; 0 if none waits. */
  long waitPs(long nowPs) {
    PlaneQueue queue = leave.queue();
    return queue.isEmpty() ? 0 : nowPs - sincePs[queue.get(0)];
  }

  /** Becomes like another whose planes have all gone on in a ring. */
  void copyFrom(Credits other, int turn) {
    leave.copyFrom(other.leave, turn);
    Turned.copy(other.sincePs, sincePs, sincePs.length, turn);
    for (int channel = 0; channel < places.length; channel++) {
      places[channel].copyFrom(other.places[channel], turn);
    }
  }

  /** All that wait have begun to do so that much later. */
  void shift(long byPs) {
    PlaneQueue queue = leave.queue();
    for (int i = 0; i < queue.size(); i++) {
      sincePs[queue.get(i)] += byPs;
    }
  }

  /** Writes what is taken and who waits, and since when. */
  void describe(StateSink sink, Naming names, long nowPs) {
    leave.describe(sink, names);
    PlaneQueue queue = leave.queue();
    for (int i = 0; i < queue.size(); i++) {
      sink.put(nowPs - sincePs[queue.get(i)]);
    }
    for (Shares its : places) {
      its.describe(sink, names);
    }
  }
}
