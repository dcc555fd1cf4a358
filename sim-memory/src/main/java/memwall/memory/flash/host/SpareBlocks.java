package memwall.memory.flash.host;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that are not what their zone says: spares that stand in for retired blocks, and blocks
 * that were erased more often than their zone. Only these cost memory.
 */
final class SpareBlocks {
  private static final int NONE = -1;

  private final ZoneMap map;
  private final int firstSpare;

  /** Spares of each plane that were never used. */
  private final int[] fresh;

  /** Others of each plane: number of the block above 32 bits of erases. */
  private final @Nullable LongArrayList[] donated;

  // By zone x width + column.
  private final Int2IntOpenHashMap numbers = new Int2IntOpenHashMap();
  private final Int2IntOpenHashMap extraErases = new Int2IntOpenHashMap();
  private final Int2IntOpenHashMap failures = new Int2IntOpenHashMap();
  private long retiredErases;

  SpareBlocks(ZoneMap map, int spareBlocks) {
    this.map = map;
    firstSpare = map.zonesPerSet();
    fresh = new int[map.geometry().planes()];
    Arrays.fill(fresh, spareBlocks);
    donated = new LongArrayList[fresh.length];
    numbers.defaultReturnValue(NONE);
  }

  long stateBytes() {
    long bytes = 8L * fresh.length;
    for (LongArrayList list : donated) {
      bytes += list == null ? 0 : 8L * list.elements().length;
    }
    // A key, a value and a slot of the table at half load.
    return bytes + 16L * (numbers.size() + extraErases.size() + failures.size());
  }

  private int key(int zone, int column) {
    return zone * map.width() + column;
  }

  private int plane(int zone, int column) {
    return map.firstPlane(map.dieSet(zone)) + column;
  }

  /** Number in its plane of the block that a zone has in a column. */
  int number(int zone, int column) {
    int number = numbers.get(key(zone, column));
    return number == NONE ? map.blockNumber(zone) : number;
  }

  /** Erases of that block beyond those of its zone; may be negative. */
  int extraErases(int zone, int column) {
    return extraErases.get(key(zone, column));
  }

  void eraseAlone(int zone, int column) {
    extraErases.addTo(key(zone, column), 1);
  }

  /** Counts a failed program of a block; how many that were. */
  int fail(int zone, int column) {
    return failures.addTo(key(zone, column), 1) + 1;
  }

  /** The block that a zone has in a column is out of use; the zone has none there. */
  void retire(int zone, int column, int zoneErases) {
    int key = key(zone, column);
    retiredErases += zoneErases + extraErases.remove(key);
    failures.remove(key);
  }

  /** Puts a spare of the plane where a zone has no block; false if there is no spare. */
  boolean substitute(int zone, int column, int zoneErases) {
    long spare = take(plane(zone, column));
    if (spare < 0) {
      return false;
    }
    int key = key(zone, column);
    numbers.put(key, (int) (spare >>> 32));
    extraErases.put(key, (int) spare - zoneErases);
    return true;
  }

  private long take(int plane) {
    if (fresh[plane] > 0) {
      fresh[plane]--;
      return (long) (firstSpare + fresh[plane]) << 32;
    }
    LongArrayList list = donated[plane];
    if (list == null || list.isEmpty()) {
      return NONE;
    }
    int least = 0;
    for (int i = 1; i < list.size(); i++) {
      if ((int) list.getLong(i) < (int) list.getLong(least)) {
        least = i;
      }
    }
    return list.removeLong(least);
  }

  /** The block that a retired zone has in a column becomes a spare, if it may be erased again. */
  void donate(int zone, int column, int zoneErases, int endurance) {
    int key = key(zone, column);
    int erases = zoneErases + extraErases.remove(key);
    if (erases >= endurance) {
      retiredErases += erases;
      return;
    }
    int plane = plane(zone, column);
    LongArrayList list = donated[plane];
    if (list == null) {
      list = new LongArrayList(2);
      donated[plane] = list;
    }
    list.add(((long) number(zone, column) << 32) | erases);
    numbers.remove(key);
    failures.remove(key);
  }

  /** A plane is retired with its spares. */
  void retirePlane(int plane) {
    fresh[plane] = 0;
    LongArrayList list = donated[plane];
    if (list != null) {
      for (int i = 0; i < list.size(); i++) {
        retiredErases += (int) list.getLong(i);
      }
      donated[plane] = null;
    }
  }

  /** Spares left in a plane. */
  int spares(int plane) {
    LongArrayList list = donated[plane];
    return fresh[plane] + (list == null ? 0 : list.size());
  }

  /** Erases of all spares that are not in a zone. */
  long spareErases() {
    long sum = 0;
    for (LongArrayList list : donated) {
      for (int i = 0; list != null && i < list.size(); i++) {
        sum += (int) list.getLong(i);
      }
    }
    return sum;
  }

  /** Erases that retired blocks had. */
  long retiredErases() {
    return retiredErases;
  }
}
