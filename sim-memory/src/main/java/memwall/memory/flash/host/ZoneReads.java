package memwall.memory.flash.host;

import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often the blocks of each zone were read since it was written. What reads all columns alike
 * costs a number a zone; a zone has numbers of its blocks only once some were read more than
 * others: two bytes each, four once one was read 65,536 times more.
 */
final class ZoneReads {
  private static final int NONE = -1;

  /** In place of a slot: its numbers are in {@link #wide}. */
  private static final int WIDE = -2;

  /** Zones whose numbers lie in one array. */
  private static final int SLOTS = 256;

  private final int width;
  private final int[] rows;

  /** Reads of the column that was read most, beyond those of whole rows. */
  private final int[] peak;

  /** Where the numbers of a zone's columns are. */
  private final int[] slots;

  private final List<char[]> narrow = new ArrayList<>();
  private final IntArrayList freeSlots = new IntArrayList();
  private int usedSlots;
  private final Int2ObjectOpenHashMap<int[]> wide = new Int2ObjectOpenHashMap<>();

  /**
   * Zones that were not read.
   *
   * @param width most columns of a zone
   */
  ZoneReads(int zones, int width) {
    this.width = width;
    rows = new int[zones];
    peak = new int[zones];
    slots = new int[zones];
    Arrays.fill(slots, NONE);
  }

  long stateBytes() {
    long bytes = 12L * rows.length + 4L * freeSlots.elements().length;
    bytes += (2L * SLOTS * width + 20) * narrow.size();
    // A key and a reference, at three eighths of the table at least.
    return bytes + (4L * width + 16 + 22) * wide.size();
  }

  /** Pages that follow each other are read, of a zone of so many columns. */
  void add(int zone, int page, int pages, int columns) {
    rows[zone] += Math.min(pages / columns, Integer.MAX_VALUE - rows[zone] - peak[zone]);
    int left = pages % columns;
    if (left == 0 || reads(zone) == Integer.MAX_VALUE) {
      return;
    }
    if (slots[zone] == NONE) {
      slots[zone] = newSlot();
    }
    int column = page % columns;
    for (int i = 0; i < left; i++) {
      peak[zone] = Math.max(peak[zone], addOne(zone, column));
      column = column + 1 == columns ? 0 : column + 1;
    }
  }

  private int newSlot() {
    if (!freeSlots.isEmpty()) {
      return freeSlots.popInt();
    }
    if (usedSlots == narrow.size() * SLOTS) {
      narrow.add(new char[SLOTS * width]);
    }
    return usedSlots++;
  }

  /** Reads of a column beyond those of whole rows, this one included. */
  private int addOne(int zone, int column) {
    int slot = slots[zone];
    if (slot != WIDE) {
      char[] numbers = narrow.get(slot / SLOTS);
      int at = slot % SLOTS * width + column;
      if (numbers[at] < Character.MAX_VALUE) {
        return ++numbers[at];
      }
      widen(zone);
    }
    return ++wide.get(zone)[column];
  }

  private void widen(int zone) {
    int[] numbers = new int[width];
    for (int column = 0; column < width; column++) {
      numbers[column] = excess(zone, column);
    }
    free(zone);
    wide.put(zone, numbers);
    slots[zone] = WIDE;
  }

  /** A zone has no numbers of its columns any more. */
  private void free(int zone) {
    int slot = slots[zone];
    if (slot == WIDE) {
      wide.remove(zone);
    } else if (slot != NONE) {
      int from = slot % SLOTS * width;
      Arrays.fill(narrow.get(slot / SLOTS), from, from + width, (char) 0);
      freeSlots.add(slot);
    }
    slots[zone] = NONE;
  }

  private int excess(int zone, int column) {
    int slot = slots[zone];
    if (slot == NONE) {
      return 0;
    }
    return slot == WIDE
        ? wide.get(zone)[column]
        : narrow.get(slot / SLOTS)[slot % SLOTS * width + column];
  }

  /** Reads of the zone's block that was read most. */
  int reads(int zone) {
    return rows[zone] + peak[zone];
  }

  /** Reads of the zone's block in a column. */
  int reads(int zone, int column) {
    return rows[zone] + excess(zone, column);
  }

  /** The zone is written anew. */
  void reset(int zone) {
    rows[zone] = 0;
    peak[zone] = 0;
    free(zone);
  }
}
