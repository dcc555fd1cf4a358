package memwall.memory.flash.host;

import java.util.Arrays;

/** Where the data of an extent lie: for each of its die sets the zones, in order of the data. */
final class Extent {
  private static final int NONE = ZonePool.NONE;

  /** The zones of one die set. */
  static final class Part {
    int[] zones = new int[1];

    /** Number in the part of each zone's first page. */
    long[] starts = new long[1];

    int count;

    /** Pages of the part. */
    long pages;

    int last() {
      return count == 0 ? NONE : zones[count - 1];
    }

    void insert(int at, int zone, long start) {
      if (count == zones.length) {
        zones = Arrays.copyOf(zones, 2 * count);
        starts = Arrays.copyOf(starts, 2 * count);
      }
      System.arraycopy(zones, at, zones, at + 1, count - at);
      System.arraycopy(starts, at, starts, at + 1, count - at);
      zones[at] = zone;
      starts[at] = start;
      count++;
    }

    /** Index of the zone with a page of the part; it has it. */
    int find(long page) {
      int low = 0;
      int high = count - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (starts[middle] <= page) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
    }
  }

  final int firstSet;
  final Part[] parts;

  /** Pages, all in all. */
  long pages;

  /** Whether nothing can be appended any more: a die set ran out of zones in the middle. */
  boolean isClosed;

  Extent(int firstSet, int sets) {
    this.firstSet = firstSet;
    parts = new Part[sets];
    for (int i = 0; i < sets; i++) {
      parts[i] = new Part();
    }
  }

  /** How many of the extent's first pages lie in a part; they go round over the parts. */
  long pagesOf(int part, long pages) {
    return (pages + parts.length - 1 - part) / parts.length;
  }

  long stateBytes() {
    long bytes = 0;
    for (Part part : parts) {
      bytes += 12L * part.zones.length + 48;
    }
    return bytes;
  }
}
