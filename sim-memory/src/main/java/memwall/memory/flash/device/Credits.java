package memwall.memory.flash.device;

import memwall.core.leap.StateSink;

/**
 * Limited goods without which a plane cannot begin: leave to be active, for the device, and places
 * in the staging buffer, for each channel. Planes that lack one wait in order.
 */
final class Credits {
  private final int mostByRules;
  private final int mostStaged;
  private final int[] staged;
  private final PlaneQueue[] forStaging;
  private final PlaneQueue forActivity;
  private final Counts counts;
  private int mostActive;
  private int active;

  Credits(FlashGeometry geometry, FlashRules rules, Counts counts) {
    this.counts = counts;
    mostByRules = rules.activePlanes() == 0 ? Integer.MAX_VALUE : rules.activePlanes();
    mostActive = mostByRules;
    mostStaged = rules.stagingPages() == 0 ? Integer.MAX_VALUE : rules.stagingPages();
    staged = new int[geometry.channels()];
    forStaging = new PlaneQueue[geometry.channels()];
    int planes = geometry.planesPerChannel();
    for (int i = 0; i < forStaging.length; i++) {
      forStaging[i] = new PlaneQueue(i * planes, planes);
    }
    forActivity = new PlaneQueue(0, geometry.planes());
  }

  /** Takes what a plane needs, all or nothing; if it has to wait it will be woken. */
  boolean take(int channel, int plane, boolean isRead) {
    if (isRead && staged[channel] == mostStaged) {
      counts.stagingWaits += forStaging[channel].add(plane) ? 1 : 0;
      return false;
    }
    if (active >= mostActive) {
      counts.capWaits += forActivity.add(plane) ? 1 : 0;
      return false;
    }
    active++;
    staged[channel] += isRead && isStagingLimited() ? 1 : 0;
    return true;
  }

  /** So many planes at most may be active from now on, whatever the rules allow beyond. */
  void limit(int most) {
    mostActive = Math.min(mostByRules, most);
  }

  /** A plane is no longer active. */
  void rest() {
    active--;
  }

  /** A page has left its buffer for good. */
  void unstage(int channel) {
    staged[channel] -= isStagingLimited() ? 1 : 0;
  }

  private boolean isStagingLimited() {
    return mostStaged < Integer.MAX_VALUE;
  }

  /** Planes active now. */
  int active() {
    return active;
  }

  /** A plane that may try again now to be active; {@link Requests#NONE} if there is none. */
  int wakeForActivity() {
    return active >= mostActive || forActivity.isEmpty() ? Requests.NONE : forActivity.take();
  }

  /** A plane that may try again now to stage a page; {@link Requests#NONE} if there is none. */
  int wakeForStaging(int channel) {
    PlaneQueue queue = forStaging[channel];
    return staged[channel] == mostStaged || queue.isEmpty() ? Requests.NONE : queue.take();
  }

  /** Becomes like another whose planes have all gone on in a ring. */
  void copyFrom(Credits other, int turn) {
    mostActive = other.mostActive;
    active = other.active;
    forActivity.copyFrom(other.forActivity, turn);
    for (int channel = 0; channel < staged.length; channel++) {
      staged[channel] = other.staged[channel];
      forStaging[channel].copyFrom(other.forStaging[channel], turn);
    }
  }

  /** Writes what is taken and who waits. */
  void describe(StateSink sink, Naming names) {
    sink.put(mostActive);
    sink.put(active);
    forActivity.describe(sink, names);
    for (int channel = 0; channel < staged.length; channel++) {
      sink.put(staged[channel]);
      forStaging[channel].describe(sink, names);
    }
  }
}
