package memwall.workloads.serving;

import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Gauge;
import memwall.core.stat.Stats;

/** Room for keys and values in one memory of one rank: what is reserved and released. */
final class KvRoom {
  private final Simulation simulation;
  private final long capacityBytes;
  private final Gauge reserved;
  private final Counter reservedTotal;
  private final Counter releasedTotal;
  private long usedBytes;

  /**
   * Empty room.
   *
   * @param cache what is kept there, for the sentences of statistics
   */
  KvRoom(Simulation simulation, Stats stats, String cache, long capacityBytes) {
    this.simulation = simulation;
    this.capacityBytes = capacityBytes;
    this.reserved =
        stats.gauge("reserved_bytes", "bytes", "Bytes of " + cache + " reserved on one rank");
    this.reservedTotal =
        stats.counter(
            "reserved_total_bytes", "bytes", "Bytes of " + cache + " ever reserved on a rank");
    this.releasedTotal =
        stats.counter(
            "released_total_bytes", "bytes", "Bytes of " + cache + " ever released on a rank");
    stats.exact(
        "capacity_bytes", "bytes", "Room for keys and values on one rank", () -> capacityBytes);
  }

  /** Reserves if there is room. */
  boolean reserve(long bytes) {
    if (bytes > capacityBytes - usedBytes) {
      return false;
    }
    usedBytes += bytes;
    reservedTotal.add(bytes);
    reserved.set(simulation.nowPs(), usedBytes);
    return true;
  }

  /** Gives a reservation, or a part of one, back. */
  void release(long bytes) {
    if (bytes > usedBytes) {
      throw new IllegalStateException("released " + bytes + " of " + usedBytes + " bytes");
    }
    usedBytes -= bytes;
    releasedTotal.add(bytes);
    reserved.set(simulation.nowPs(), usedBytes);
  }

  long usedBytes() {
    return usedBytes;
  }

  long freeBytes() {
    return capacityBytes - usedBytes;
  }

  long capacityBytes() {
    return capacityBytes;
  }

  long reservedTotalBytes() {
    return reservedTotal.value();
  }

  long releasedTotalBytes() {
    return releasedTotal.value();
  }

  Gauge gauge() {
    return reserved;
  }
}
