package memwall.workloads.serving;

import memwall.core.Simulation;
import memwall.core.stat.Gauge;
import memwall.core.stat.Stats;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.shard.ShardingPlan;

/**
 * Room for keys and values on one rank (all ranks hold the same share), in whole blocks; windowed
 * layers keep at most their window. Entries that lie in a second memory need no room here.
 */
final class KvCache {
  private final ModelSpec model;
  private final Precision precision;
  private final ShardingPlan sharding;
  private final int blockTokens;
  private final KvRoom room;

  KvCache(
      Simulation simulation,
      Stats stats,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      int blockTokens,
      long capacityBytes) {
    this.model = model;
    this.precision = precision;
    this.sharding = sharding;
    this.blockTokens = blockTokens;
    this.room = new KvRoom(simulation, stats, "KV cache", capacityBytes);
  }

  /** Bytes on one rank that a request of this final length reserves. */
  long bytes(long finalTokens) {
    return bytes(finalTokens, 0, 0);
  }

  /**
   * Bytes on one rank that a request reserves of which the first entries lie in the second memory.
   *
   * @param tiered entries of layers that attend to everything
   * @param windowedTiered entries of windowed layers
   */
  long bytes(long finalTokens, long tiered, long windowedTiered) {
    return sharding.kvEntryBytesPerRank(
        model,
        precision,
        wholeBlocks(finalTokens - tiered),
        Math.min(wholeBlocks(finalTokens - windowedTiered), model.window().limit()));
  }

  private long wholeBlocks(long tokens) {
    long blocks = (tokens + blockTokens - 1) / blockTokens;
    return Math.multiplyExact(blocks, (long) blockTokens);
  }

  /** Whether a reservation can ever be granted. */
  boolean canEverHold(long bytes) {
    return bytes <= room.capacityBytes();
  }

  /** Reserves if there is room. */
  boolean reserve(long bytes) {
    return room.reserve(bytes);
  }

  /** Gives a reservation, or a part of one, back. */
  void release(long bytes) {
    room.release(bytes);
  }

  long freeBytes() {
    return room.freeBytes();
  }

  long usedBytes() {
    return room.usedBytes();
  }

  long capacityBytes() {
    return room.capacityBytes();
  }

  long reservedTotalBytes() {
    return room.reservedTotalBytes();
  }

  long releasedTotalBytes() {
    return room.releasedTotalBytes();
  }

  Gauge gauge() {
    return room.gauge();
  }
}
