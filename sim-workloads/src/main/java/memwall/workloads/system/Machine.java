package memwall.workloads.system;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.leap.Leapable;
import memwall.core.leap.StateSink;
import memwall.core.stat.Stats;
import memwall.memory.catalog.MemoryModels;
import memwall.network.Network;
import memwall.network.NetworkModels;

/**
 * The simulated machine of one tensor-parallel group: its chips and the network between them.
 * Folded, one chip stands for all: they always do the same at the same time.
 */
public final class Machine implements Leapable {
  private final SystemSpec spec;
  private final Stats stats;
  private final boolean folded;
  private final Chip[] chips;
  private final Network network;

  /**
   * Builds an idle machine.
   *
   * @param stats the registry of the machine alone: folding layers repeats all its counters
   * @param ranks chips of the group, at most as many as the system has
   * @param folded whether one rank, channel and stack stands for all equal ones
   * @param footprint what each chip holds
   */
  public Machine(
      Simulation simulation,
      Stats stats,
      SystemSpec spec,
      int ranks,
      boolean folded,
      Footprint footprint) {
    this(simulation, stats, spec, ranks, folded, footprint, MemoryModels::create);
  }

  /** As above, with memories of somebody's own making. */
  public Machine(
      Simulation simulation,
      Stats stats,
      SystemSpec spec,
      int ranks,
      boolean folded,
      Footprint footprint,
      MemoryMaker maker) {
    if (ranks < 1 || ranks > spec.chips()) {
      throw new IllegalArgumentException(
          ranks + " ranks on a system of " + spec.chips() + " chips");
    }
    this.spec = spec;
    this.stats = stats;
    this.folded = folded;
    this.chips = new Chip[folded ? 1 : ranks];
    for (int rank = 0; rank < chips.length; rank++) {
      chips[rank] =
          new Chip(simulation, stats.child("rank" + rank), spec.chip(), folded, footprint, maker);
    }
    this.network =
        NetworkModels.create(
            simulation, stats.child("network"), spec.network(), ranks, chips.length);
  }

  /** What the machine is made of. */
  public SystemSpec spec() {
    return spec;
  }

  /** Statistics of the machine, and of nothing else. */
  public Stats stats() {
    return stats;
  }

  /** Whether one rank stands for all. */
  public boolean folded() {
    return folded;
  }

  /** How many ranks are simulated: all, or 1 if folded. */
  public int simulatedRanks() {
    return chips.length;
  }

  /** The chip of a simulated rank. */
  public Chip chip(int rank) {
    return chips[rank];
  }

  /** The network between the ranks. */
  public Network network() {
    return network;
  }

  /** Broken conservation laws of all parts; empty if all hold. */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>(network.checkLaws());
    for (Chip chip : chips) {
      broken.addAll(chip.brokenLaws());
    }
    return broken;
  }

  @Override
  public void describe(StateSink sink) {
    for (Chip chip : chips) {
      chip.describe(sink);
    }
    network.describe(sink);
  }

  @Override
  public void shift(long deltaPs) {
    for (Chip chip : chips) {
      chip.shift(deltaPs);
    }
    network.shift(deltaPs);
  }
}
