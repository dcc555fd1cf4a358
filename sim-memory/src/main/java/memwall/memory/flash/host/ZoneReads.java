package memwall.memory.flash.host;

import org.jspecify.annotations.Nullable;

/**
 * How often the blocks of each zone were read since it was written. What reads all columns alike
 * costs a number a zone; a zone has numbers of its blocks only once some were read more than
 * others.
 */
final class ZoneReads {
  private final int[] rows;

  /** Reads of the column that was read most, beyond those of whole rows. */
  private final int[] peak;

  private final int[] @Nullable [] columns;

  ZoneReads(int zones) {
    rows = new int[zones];
    peak = new int[zones];
    columns = new int[zones][];
  }

  long stateBytes() {
    long bytes = 12L * rows.length;
    for (int[] own : columns) {
      bytes += own == null ? 0 : 4L * own.length + 16;
    }
    return bytes;
  }

  /** Pages that follow each other are read, of a zone of so many columns. */
  void add(int zone, int page, int pages, int width) {
    rows[zone] += Math.min(pages / width, Integer.MAX_VALUE - rows[zone] - peak[zone]);
    int left = pages % width;
    if (left == 0 || reads(zone) == Integer.MAX_VALUE) {
      return;
    }
    int[] own = columns[zone];
    if (own == null) {
      own = new int[width];
      columns[zone] = own;
    }
    int column = page % width;
    for (int i = 0; i < left; i++) {
      own[column]++;
      peak[zone] = Math.max(peak[zone], own[column]);
      column = column + 1 == width ? 0 : column + 1;
    }
  }

  /** Reads of the zone's block that was read most. */
  int reads(int zone) {
    return rows[zone] + peak[zone];
  }

  /** Reads of the zone's block in a column. */
  int reads(int zone, int column) {
    int[] own = columns[zone];
    return rows[zone] + (own == null ? 0 : own[column]);
  }

  /** The zone is written anew. */
  void reset(int zone) {
    rows[zone] = 0;
    peak[zone] = 0;
    columns[zone] = null;
  }
}
