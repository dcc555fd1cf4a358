package memwall.workloads.system;

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

/** One simulated accelerator: a compute engine and its memories with what is placed in them. */
public final class Chip implements Leapable {
  private final ChipSpec spec;
  private final Server compute;
  private final Memory[] tiers;
  private final Region weights;
  private final Region kv;
  private final Region activations;

  Chip(
      Simulation simulation,
      Stats stats,
      ChipSpec spec,
      boolean folded,
      Footprint footprint,
      MemoryMaker maker) {
    this.spec = spec;
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
    this.weights = tiers[spec.weightsTier()].reserve(Usage.WEIGHTS, footprint.weightBytes());
    this.kv = tiers[spec.kvTier()].reserve(Usage.KV, footprint.kvBytes());
    this.activations =
        tiers[spec.activationsTier()].reserve(Usage.ACTIVATIONS, footprint.activationBytes());
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

  /** The region that holds a usage. */
  public Region region(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> weights;
      case KV -> kv;
      case ACTIVATIONS -> activations;
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
  }

  @Override
  public void shift(long deltaPs) {
    compute.shift(deltaPs);
    for (Memory tier : tiers) {
      tier.shift(deltaPs);
    }
  }
}
