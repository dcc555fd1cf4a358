package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

/** The last few issues at each node of a level, for rules such as tFAW. */
final class Window {
  private final Geometry geometry;
  private final int level;
  private final int shift;
  private final int groupShift;
  private final long[] entries;
  private final long ticks;
  private final int size;
  private final long[] issued;
  private final int[] oldest;

  /**
   * No node has issued anything yet.
   *
   * @param level level of the nodes, above the banks
   * @param entries where it is entered from when on the next command may go, by bank group
   * @param ticks from the first of the commands to the first one that is too many
   * @param size commands that may go in that time
   */
  Window(Geometry geometry, int level, int groupLevel, long[] entries, long ticks, int size) {
    this.geometry = geometry;
    this.level = level;
    shift = geometry.shift(level);
    groupShift = geometry.shift(groupLevel);
    this.entries = entries;
    this.ticks = ticks;
    this.size = size;
    int nodes = geometry.nodes(level);
    issued = new long[nodes * size];
    Arrays.fill(issued, -TimingTable.NEVER);
    oldest = new int[nodes];
  }

  /** A command of the window is issued: at a bank, or for the scope of which that is the first. */
  void push(int itsBank, boolean wide, long now) {
    int last = wide ? geometry.lastBank(geometry.scope(itsBank)) : itsBank;
    for (int node = itsBank >>> shift; node <= last >>> shift; node++) {
      int at = oldest[node];
      issued[node * size + at] = now;
      at = at + 1 == size ? 0 : at + 1;
      oldest[node] = at;
      long until = issued[node * size + at] + ticks;
      int up = shift - groupShift;
      for (int i = node << up; i < (node + 1) << up; i++) {
        if (entries[i] < until) {
          entries[i] = until;
        }
      }
    }
  }

  /** What is left at {@code next} of every issue, in writing and back; the latest of them. */
  long exchange(StateBuffer buffer, @Nullable StreamFrame frame, long next) {
    long latest = next;
    for (int node : geometry.order(frame, level)) {
      for (int i = 1; i < size; i++) {
        int at = node * size + (oldest[node] + i) % size;
        long until = buffer.until(issued[at] + ticks, next);
        latest = Math.max(latest, until);
        if (buffer.isReading()) {
          issued[at] = until - ticks;
        }
      }
    }
    return latest;
  }

  /** Puts what is left at {@code next} of every issue. */
  // The oldest is spent: its effect is in the table, the next issue takes its place.
  void describe(StateSink sink, long next) {
    for (int node = 0; node < oldest.length; node++) {
      for (int i = 1; i < size; i++) {
        int at = (oldest[node] + i) % size;
        sink.put(Math.max(0, issued[node * size + at] + ticks - next));
      }
    }
  }
}
