package memwall.workloads.serving;

import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Gauge;
import memwall.core.stat.Stats;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.shard.ShardingPlan;

/**
 * Room for keys and values on one rank (all ranks hold the same share). A request reserves, when it
 * is admitted, whole blocks for its final length, so that no running request ever has to be
 * evicted; windowed layers keep at most their window.
 */
final class KvCache {
  private final Simulation simulation;
  private final ModelSpec model;
  private final Precision precision;
  private final ShardingPlan sharding;
  private final int blockTokens;
  private final long capacityBytes;
  private final Gauge reserved;
  private final Counter reservedTotal;
  private final Counter releasedTotal;
  private long usedBytes;

  KvCache(
      Simulation simulation,
      Stats stats,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      int blockTokens,
      long capacityBytes) {
    this.simulation = simulation;
    this.model = model;
    this.precision = precision;
    this.sharding = sharding;
    this.blockTokens = blockTokens;
    this.capacityBytes = capacityBytes;
    this.reserved =
        stats.gauge("reserved_bytes", "bytes", "Bytes of KV cache reserved on one rank");
    this.reservedTotal =
        stats.counter("reserved_total_bytes", "bytes", "Bytes of KV cache ever reserved on a rank");
    this.releasedTotal =
        stats.counter("released_total_bytes", "bytes", "Bytes of KV cache ever released on a rank");
    stats.exact(
        "capacity_bytes", "bytes", "Room for keys and values on one rank", () -> capacityBytes);
  }

  /** Bytes on one rank that a request of this final length reserves. */
  long bytes(long finalTokens) {
    long blocks = (finalTokens + blockTokens - 1) / blockTokens;
    long tokens = Math.multiplyExact(blocks, (long) blockTokens);
    return sharding.kvBytesPerRank(model, precision, Math.toIntExact(tokens));
  }

  /** Whether a reservation can ever be granted. */
  boolean canEverHold(long bytes) {
    return bytes <= capacityBytes;
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

  /** Gives a reservation back. */
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
