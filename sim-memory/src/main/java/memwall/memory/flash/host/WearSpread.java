package memwall.memory.flash.host;

import java.util.Arrays;

/** How many zones have been erased how often; all steps in O(1). */
final class WearSpread {
  /** A ring of numbers of erases from the least to the most. */
  private int[] zones = new int[64];

  private int least;
  private int most;
  private int size;
  private long sum;
  private long squares;

  /** So many zones, never erased. */
  WearSpread(int zones) {
    this.zones[0] = zones;
    size = zones;
  }

  long stateBytes() {
    return 4L * zones.length;
  }

  /** A zone is erased once more. */
  void raise(int erases) {
    if (erases + 1 - least >= zones.length) {
      int[] old = zones;
      zones = new int[2 * old.length];
      for (int i = least; i <= most; i++) {
        zones[i & (zones.length - 1)] = old[i & (old.length - 1)];
      }
    }
    zones[erases & (zones.length - 1)]--;
    zones[(erases + 1) & (zones.length - 1)]++;
    most = Math.max(most, erases + 1);
    sum++;
    squares += 2L * erases + 1;
    lift();
  }

  /** A zone counts no more. */
  void remove(int erases) {
    zones[erases & (zones.length - 1)]--;
    size--;
    sum -= erases;
    squares -= (long) erases * erases;
    if (size == 0) {
      Arrays.fill(zones, 0);
      least = most;
      return;
    }
    while (zones[most & (zones.length - 1)] == 0) {
      most--;
    }
    lift();
  }

  private void lift() {
    while (zones[least & (zones.length - 1)] == 0) {
      least++;
    }
  }

  int least() {
    return least;
  }

  int most() {
    return most;
  }

  int size() {
    return size;
  }

  long sum() {
    return sum;
  }

  long squares() {
    return squares;
  }

  /** Zones erased so often, a number from the least to the most. */
  int zones(int erases) {
    return zones[erases & (zones.length - 1)];
  }
}
