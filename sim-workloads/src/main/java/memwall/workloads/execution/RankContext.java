package memwall.workloads.execution;

import java.util.stream.IntStream;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.network.Network;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Chip;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.Machine;
import memwall.workloads.system.StagingSpec;
import org.jspecify.annotations.Nullable;

/** What all operators of a rank work with and are counted in. */
final class RankContext {
  private static final Usage[] USAGES = Usage.values();

  final Simulation simulation;
  final int rank;
  final Chip chip;
  final ChipSpec spec;
  final Network network;
  final Parts parts;
  final Counter[] spent;
  final Counter operators;
  final @Nullable NearCounters near;
  final AccessPattern kvPattern;
  final KvWrites kvWrites;

  /** Null where weights are not staged. */
  final @Nullable StagingBuffer staging;

  /** Null where all KV entries lie in one memory. */
  final @Nullable KvCopies kvCopies;

  /** By tier; null where nothing is announced. */
  final @Nullable AnnouncementCursor[] cursors;

  /** By operator; 0 for collectives. */
  final long[] flopsPerSec;

  /** Tiers that hold any weights, in their order. */
  final int[] weightTiers;

  /** Tiers that hold any KV entries, in their order. */
  final int[] kvTiers;

  /** By tier and usage. */
  final long[][] latenciesPs;

  RankContext(
      Simulation simulation,
      Machine machine,
      int rank,
      Parts parts,
      OperatorPlan like,
      long kvBlockBytes) {
    this.simulation = simulation;
    this.rank = rank;
    this.chip = machine.chip(rank);
    this.spec = chip.spec();
    this.network = machine.network();
    this.parts = parts;
    this.kvPattern = AccessPattern.blocks(Math.max(1, kvBlockBytes));
    int tiers = spec.tiers().size();
    this.weightTiers =
        IntStream.range(0, tiers).filter(tier -> spec.holds(tier, Usage.WEIGHTS)).toArray();
    this.kvTiers = IntStream.range(0, tiers).filter(tier -> spec.holds(tier, Usage.KV)).toArray();
    this.latenciesPs = new long[tiers][USAGES.length];
    for (int tier = 0; tier < tiers; tier++) {
      for (int u = 0; u < USAGES.length; u++) {
        latenciesPs[tier][u] = spec.tiers().get(tier).device().readLatencyPs(USAGES[u]);
      }
    }
    this.cursors = new AnnouncementCursor[tiers];
    for (int tier = 0; tier < cursors.length; tier++) {
      if (AnnouncementCursor.isUseful(spec, tier)) {
        cursors[tier] = new AnnouncementCursor(chip, tier, kvPattern(tier));
      }
    }
    Stats stats = machine.stats().child("rank" + rank).child("time");
    this.spent = new Counter[parts.size()];
    for (int i = 0; i < spent.length; i++) {
      Parts.Part part = parts.list().get(i);
      spent[i] = stats.counter(part.key() + "_ps", "ps", part.sentence());
    }
    this.operators = stats.counter("operators", "1", "Operators executed");
    this.near =
        spec.offload().any()
            ? new NearCounters(machine.stats().child("rank" + rank).child("near"))
            : null;
    this.kvWrites = new KvWrites(chip, kvPattern);
    StagingSpec buffer = spec.tiering().staging();
    this.staging =
        buffer == null
            ? null
            : new StagingBuffer(
                simulation,
                machine.stats().child("rank" + rank).child("staging"),
                chip,
                buffer,
                like);
    KvTieringSpec tiering = spec.tiering().kv();
    this.kvCopies = tiering == null ? null : new KvCopies(chip, tiering, kvPattern);
    this.flopsPerSec = new long[like.size()];
    for (int i = 0; i < flopsPerSec.length; i++) {
      if (!like.kind(i).communicates()) {
        flopsPerSec[i] = spec.compute().flopsPerSec(like.format(i));
      }
    }
  }

  /**
   * How KV entries lie in a tier: in blocks where they are made; one after the other in a second
   * memory, where a prompt is written at once.
   */
  AccessPattern kvPattern(int tier) {
    return tier == spec.kvTier() ? kvPattern : AccessPattern.SEQUENTIAL;
  }
}
