package memwall.workloads.system;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.leap.Leapable;
import memwall.core.leap.StateSink;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.memory.Memory;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.pnm.NearCompute;
import org.jspecify.annotations.Nullable;

/** One simulated accelerator: a compute engine and its memories with what is placed in them. */
public final class Chip implements Leapable {
  private static final ImmutableList<Usage> USAGES =
      ImmutableList.of(Usage.WEIGHTS, Usage.KV, Usage.ACTIVATIONS);

  private final Simulation simulation;
  private final ChipSpec spec;
  private final Server compute;
  private final Memory[] tiers;

  /** Links that two memories share. */
  private final List<SharedLink> links = new ArrayList<>();

  /** By tier and usage; null where a tier holds nothing of it. */
  private final @Nullable Region[][] regions;

  Chip(
      Simulation simulation,
      Stats stats,
      ChipSpec spec,
      boolean folded,
      Footprint footprint,
      MemoryMaker maker) {
    this.spec = spec;
    this.simulation = simulation;
    // Jobs of the compute engine are given as durations: the rate depends on the number format.
    this.compute = new Server(simulation, stats.child("compute"), 1);
    this.tiers = new Memory[spec.tiers().size()];
    for (int i = 0; i < tiers.length; i++) {
      TierSpec tier = spec.tiers().get(i);
      tiers[i] =
          maker.create(simulation, stats.child(tier.name()), tier.device(), tier.count(), folded);
    }
    for (Memory tier : tiers) {
      tier.warmedBy(compute);
    }
    chain(stats);
    this.regions = new Region[tiers.length][USAGES.size()];
    for (int u = 0; u < USAGES.size(); u++) {
      Usage usage = USAGES.get(u);
      for (int tier = 0; tier < tiers.length; tier++) {
        if (spec.holds(tier, usage)) {
          regions[tier][u] = tiers[tier].reserve(usage, footprint.bytes(spec, tier, usage));
        }
      }
    }
  }

  /** Lets memories that lie behind others share the links of those. */
  private void chain(Stats stats) {
    SharedLink[][] shared = new SharedLink[tiers.length][];
    for (int tier = 0; tier < tiers.length; tier++) {
      int front = spec.frontOf(tier);
      TierSpec.Chain chain = spec.tiers().get(tier).chain();
      if (front < 0 || chain == null) {
        continue;
      }
      if (shared[front] == null) {
        shared[front] = share(spec.tiers().get(front));
        tiers[front] = linked(stats, front, shared[front], 0);
      }
      tiers[tier] = linked(stats, tier, shared[front], chain.hopPs());
    }
  }

  private SharedLink[] share(TierSpec front) {
    long rate = Math.multiplyExact(front.device().linkBytesPerSec(), (long) front.count());
    SharedLink reads = new SharedLink(rate);
    links.add(reads);
    if (!front.device().fullDuplex(Usage.KV)) {
      return new SharedLink[] {reads, reads};
    }
    SharedLink writes = new SharedLink(rate);
    links.add(writes);
    return new SharedLink[] {reads, writes};
  }

  private Memory linked(Stats stats, int tier, SharedLink[] shared, long hopPs) {
    Stats own = stats.child(spec.tiers().get(tier).name());
    return new LinkedMemory(simulation, own, tiers[tier], shared[0], shared[1], hopPs);
  }

  /** What the chip is made of. */
  public ChipSpec spec() {
    return spec;
  }

  /** The compute engine; jobs are durations. */
  public Server compute() {
    return compute;
  }

  /** A memory by the index in {@link ChipSpec#tiers}. */
  public Memory tier(int index) {
    return tiers[index];
  }

  /**
   * A memory that computes on what it holds.
   *
   * @throws IllegalArgumentException if it does not
   */
  public NearCompute near(int index) {
    if (tiers[index] instanceof NearCompute near) {
      return near;
    }
    throw new IllegalArgumentException(
        "memory '" + spec.tiers().get(index).name() + "' does not compute");
  }

  /** Number of memories. */
  public int tiers() {
    return tiers.length;
  }

  /**
   * The region of a tier that holds data of a usage.
   *
   * @throws IllegalArgumentException if the tier holds none
   */
  public Region region(int tier, Usage usage) {
    Region region = regions[tier][index(usage)];
    if (region == null) {
      throw new IllegalArgumentException(
          "memory '" + spec.tiers().get(tier).name() + "' holds no " + usage.label());
    }
    return region;
  }

  /** The region of the tier that holds a usage, or what of it is nowhere else. */
  public Region region(Usage usage) {
    return region(spec.tierIndex(usage), usage);
  }

  /** Bytes of a usage read so far from all tiers. */
  public long readBytes(Usage usage) {
    long sum = 0;
    for (int tier = 0; tier < tiers.length; tier++) {
      Region region = regions[tier][index(usage)];
      sum += region == null ? 0 : region.readBytes();
    }
    return sum;
  }

  private static int index(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> 0;
      case KV -> 1;
      case ACTIVATIONS -> 2;
    };
  }

  /** Broken conservation laws of the memories; empty if all hold. */
  List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    for (Memory tier : tiers) {
      broken.addAll(tier.brokenLaws());
    }
    return broken;
  }

  @Override
  public void describe(StateSink sink) {
    compute.describe(sink);
    for (Memory tier : tiers) {
      tier.describe(sink);
    }
    for (SharedLink link : links) {
      link.describe(sink, simulation.nowPs());
    }
  }

  @Override
  public void shift(long deltaPs) {
    compute.shift(deltaPs);
    for (Memory tier : tiers) {
      tier.shift(deltaPs);
    }
    for (SharedLink link : links) {
      link.shift(deltaPs);
    }
  }
}
