package memwall.memory.flash.host;

import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The extents by number; numbers of freed ones are used again, the first freed first. */
final class Extents {
  private final List<@Nullable Extent> extents = new ArrayList<>();
  private final IntArrayFIFOQueue freed = new IntArrayFIFOQueue();

  int add(Extent extent) {
    if (freed.isEmpty()) {
      extents.add(extent);
      return extents.size() - 1;
    }
    int id = freed.dequeueInt();
    extents.set(id, extent);
    return id;
  }

  Extent get(int id) {
    Extent extent = extents.get(id);
    if (extent == null) {
      throw new IllegalArgumentException("extent " + id + " was freed");
    }
    return extent;
  }

  void remove(int id) {
    extents.set(id, null);
    freed.enqueue(id);
  }

  long stateBytes() {
    long bytes = 4L * freed.size();
    for (Extent extent : extents) {
      bytes += extent == null ? 8 : 8 + extent.stateBytes();
    }
    return bytes;
  }
}
