package memwall.cli;

import java.util.ArrayList;
import java.util.List;
import memwall.cli.report.FlashLife;
import memwall.cli.report.RunResult;
import memwall.core.stat.Snapshot;
import memwall.memory.Usage;
import memwall.memory.dram.bank.BankSpec;
import memwall.memory.flash.FlashBlocks;
import memwall.memory.pnm.NearSpec;
import memwall.network.TreeNetworkSpec;
import memwall.workloads.economy.Economy;
import memwall.workloads.economy.EconomySpec;
import memwall.workloads.execution.NearTotals;
import memwall.workloads.run.Fidelity;
import memwall.workloads.run.RunSpec;
import memwall.workloads.serving.Series;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.serving.TierOutcome;
import memwall.workloads.serving.WorkTotals;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.TierSpec;
import org.jspecify.annotations.Nullable;

/** Utilisation, memory map, energy and wear of a run, from its counts and the presets. */
final class HardwareAccount {
  /** Ends the names of parts and resources that are compute in a memory. */
  private static final String NEAR = ".near";

  private static final String WEAR_LAW =
      "rated cycles x capacity / (bytes written a year by the host, to refresh data that is too old"
          + " or was read too often, and to level wear), even wear, all data read alike, write"
          + " amplification 1";

  private final RunSpec spec;
  private final ServingOutcome outcome;
  private final Snapshot snapshot;
  private final List<Series.Window> windows;
  private final ChipSpec chip;
  private final WorkTotals work;
  private final NearTotals near;
  private final long stagedBytes;
  private final long ranks;
  private final double seconds;

  /**
   * An account of a run.
   *
   * @param near what each chip left to its memories
   * @param stagedBytes weights that each chip copied into its staging buffer
   */
  HardwareAccount(
      RunSpec spec,
      ServingOutcome outcome,
      NearTotals near,
      long stagedBytes,
      Snapshot snapshot,
      List<Series.Window> windows) {
    this.near = near;
    this.stagedBytes = stagedBytes;
    this.spec = spec;
    this.outcome = outcome;
    this.snapshot = snapshot;
    this.windows = windows;
    this.chip = spec.system().chip();
    this.work = outcome.work();
    this.ranks = spec.sharding().tensorParallel();
    this.seconds = snapshot.timePs() * 1e-12;
  }

  /** How busy each resource of a chip was, over the whole run. */
  List<RunResult.Utilisation> utilisation() {
    List<RunResult.Utilisation> list = new ArrayList<>();
    List<String> names = outcome.series().resources();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      double busySeconds = 0;
      for (Series.Window window : windows) {
        busySeconds += window.busyShares().get(i) * (window.lengthPs() * 1e-12);
      }
      double share = seconds == 0 ? 0 : Math.min(1, busySeconds / seconds);
      list.add(
          switch (name) {
            case "compute" ->
                new RunResult.Utilisation(
                    name, share, chipFlops(), "FLOP", "sustained matrix rate");
            case "network" ->
                new RunResult.Utilisation(
                    name, share, work.collectiveBytes(), "bytes", "unloaded all-reduce time");
            default -> {
              if (name.endsWith(NEAR)) {
                String holder = name.substring(0, name.length() - NEAR.length());
                yield new RunResult.Utilisation(
                    name, share, nearFlops(tier(holder)), "FLOP", "unloaded kernel time");
              }
              TierSpec tier = tier(name);
              yield new RunResult.Utilisation(
                  name, share, readBytes(tier) + writtenBytes(tier), "bytes", bound(tier));
            }
          });
    }
    return list;
  }

  private long chipFlops() {
    return work.flops() - near.weights().flops() - near.kv().flops();
  }

  /** FLOPs that a tier of one chip did itself. */
  private long nearFlops(TierSpec tier) {
    return (tier.equals(chip.tier(Usage.WEIGHTS)) ? near.weights().flops() : 0)
        + (tier.equals(chip.tier(Usage.KV)) ? near.kv().flops() : 0);
  }

  /** Bytes that a tier of one chip multiplied where they lie. */
  private long nearBytes(TierSpec tier) {
    return (tier.equals(chip.tier(Usage.WEIGHTS)) ? near.weights().bytes() : 0)
        + (tier.equals(chip.tier(Usage.KV)) ? near.kv().bytes() : 0);
  }

  private long nearInputBytes(TierSpec tier) {
    return (tier.equals(chip.tier(Usage.WEIGHTS)) ? near.weights().inputBytes() : 0)
        + (tier.equals(chip.tier(Usage.KV)) ? near.kv().inputBytes() : 0);
  }

  private long nearResultBytes(TierSpec tier) {
    return (tier.equals(chip.tier(Usage.WEIGHTS)) ? near.weights().resultBytes() : 0)
        + (tier.equals(chip.tier(Usage.KV)) ? near.kv().resultBytes() : 0);
  }

  private TierSpec tier(String name) {
    for (TierSpec tier : chip.tiers()) {
      if (tier.name().equals(name)) {
        return tier;
      }
    }
    throw new IllegalStateException("no tier " + name);
  }

  private static String bound(TierSpec tier) {
    return tier.device().readBoundBy() + " bandwidth";
  }

  /** Bytes read from a tier of one chip over its channels. */
  private long readBytes(TierSpec tier) {
    return dataReadBytes(tier)
        + (tier.equals(chip.tier(Usage.ACTIVATIONS))
            ? work.activationBytes() - work.activationBytes() / 2
            : 0);
  }

  /** The same without activations. */
  private long dataReadBytes(TierSpec tier) {
    long bytes =
        chip.weightsIn(
            chip.tiers().indexOf(tier),
            work.weightBytes(),
            work.routedWeightBytes(),
            work.popularWeightBytes());
    if (tier.equals(chip.tier(Usage.WEIGHTS))) {
      bytes -= near.weights().bytes();
    }
    bytes += staged(tier);
    bytes += chip.kvIn(chip.tiers().indexOf(tier), work.kvReadBytes(), work.tieredKvReadBytes());
    if (tier.equals(chip.tier(Usage.KV))) {
      bytes += copiedBytes() - near.kv().bytes();
    }
    return bytes;
  }

  /** Bytes written to a tier of one chip. */
  private long writtenBytes(TierSpec tier) {
    return dataWrittenBytes(tier)
        + (tier.equals(chip.tier(Usage.ACTIVATIONS)) ? work.activationBytes() / 2 : 0);
  }

  /** The same without activations. */
  private long dataWrittenBytes(TierSpec tier) {
    return chip.kvIn(chip.tiers().indexOf(tier), work.kvWriteBytes() + copiedBytes(), copiedBytes())
        + staged(tier);
  }

  /** Weights that were written to, and read from, a staging buffer in a tier. */
  private long staged(TierSpec tier) {
    return chip.tiers().indexOf(tier) == chip.stagingTier() ? stagedBytes : 0;
  }

  /** KV entries of one chip that were copied into its second memory. */
  private long copiedBytes() {
    TierOutcome tiered = outcome.tiered();
    return tiered == null ? 0 : tiered.storedBytes();
  }

  /** Bytes that the memories of one chip moved. */
  long bytesMoved() {
    return work.weightBytes()
        + work.kvReadBytes()
        + work.kvWriteBytes()
        + work.activationBytes()
        + 2 * copiedBytes()
        + 2 * stagedBytes;
  }

  /** Who holds the bytes of each tier of one chip. */
  List<RunResult.MemoryTier> memory() {
    List<RunResult.MemoryTier> list = new ArrayList<>();
    for (TierSpec tier : chip.tiers()) {
      boolean scratch =
          tier.equals(chip.tier(Usage.ACTIVATIONS))
              && tier.device().accessBytes(Usage.ACTIVATIONS)
                  != tier.device().accessBytes(Usage.WEIGHTS);
      long capacity = tier.capacityBytes(Usage.WEIGHTS);
      long weights =
          spec.capacity().footprint().bytes(chip, chip.tiers().indexOf(tier), Usage.WEIGHTS);
      long activations =
          tier.equals(chip.tier(Usage.ACTIVATIONS)) && !scratch
              ? spec.capacity().footprint().activationBytes()
              : 0;
      TierOutcome tiered = outcome.tiered();
      long peak = tier.equals(chip.tier(Usage.KV)) ? outcome.kvPeakBytes() : 0;
      long mean = tier.equals(chip.tier(Usage.KV)) ? outcome.kvMeanBytes() : 0;
      if (tiered != null && isSecond(tier)) {
        peak = tiered.peakBytes();
        mean = tiered.meanBytes();
      }
      list.add(
          new RunResult.MemoryTier(
              tier.name(),
              "per chip",
              capacity,
              weights,
              peak,
              mean,
              activations,
              capacity - weights - peak - activations));
      if (scratch) {
        long sram = tier.capacityBytes(Usage.ACTIVATIONS);
        long held = spec.capacity().footprint().activationBytes();
        list.add(
            new RunResult.MemoryTier(
                tier.name() + " scratch SRAM", "per chip", sram, 0, 0, 0, held, sram - held));
      }
    }
    return list;
  }

  /** Dynamic energy of all chips and the network: counts times energy per bit or FLOP. */
  RunResult.Energy energy() {
    List<RunResult.EnergyPart> parts = new ArrayList<>();
    parts.add(
        new RunResult.EnergyPart(
            "compute", chipFlops() * chip.compute().pjPerFlop() * voltageShare() * 1e-12 * ranks));
    for (TierSpec tier : chip.tiers()) {
      double picojoules =
          8.0 * readBytes(tier) * tier.device().readPjPerBit()
              + 8.0 * writtenBytes(tier) * tier.device().writePjPerBit();
      parts.add(new RunResult.EnergyPart(tier.name(), picojoules * 1e-12 * ranks));
      if (nearFlops(tier) > 0 && tier.device() instanceof NearSpec device) {
        double nearPicojoules =
            8.0 * nearBytes(tier) * device.nearReadPjPerBit()
                + nearFlops(tier) / 2.0 * device.productPj() * nearVoltageShare(tier)
                + 8.0 * nearInputBytes(tier) * device.inputPjPerBit()
                + 8.0 * nearResultBytes(tier) * device.resultPjPerBit();
        parts.add(new RunResult.EnergyPart(tier.name() + NEAR, nearPicojoules * 1e-12 * ranks));
      }
    }
    if (ranks > 1) {
      parts.add(new RunResult.EnergyPart("network", networkJoules()));
    }
    double joules = 0;
    for (RunResult.EnergyPart part : parts) {
      joules += part.joules();
    }
    return new RunResult.Energy(
        parts, seconds == 0 ? 0 : joules / seconds, seconds == 0 ? 0 : peakWatts(parts));
  }

  /** Highest mean power of a window: each component draws in proportion to how busy it is. */
  private double peakWatts(List<RunResult.EnergyPart> parts) {
    List<String> names = outcome.series().resources();
    double[] joules = new double[windows.size()];
    for (RunResult.EnergyPart part : parts) {
      int resource = names.indexOf(part.component());
      double busySeconds = 0;
      for (Series.Window window : windows) {
        busySeconds += busySeconds(window, resource);
      }
      for (int w = 0; w < joules.length; w++) {
        double share = busySeconds > 0 ? busySeconds(windows.get(w), resource) / busySeconds : 0;
        joules[w] += part.joules() * share;
      }
    }
    double peak = 0;
    for (int w = 0; w < joules.length; w++) {
      double length = windows.get(w).lengthPs() * 1e-12;
      peak = length > 0 ? Math.max(peak, joules[w] / length) : peak;
    }
    return peak;
  }

  private static double busySeconds(Series.Window window, int resource) {
    return resource < 0 ? 0 : window.busyShares().get(resource) * (window.lengthPs() * 1e-12);
  }

  /** Cost and carbon of the machine; null if that was not asked, or nothing was produced. */
  @Nullable Economy economy(RunResult.Energy energy) {
    EconomySpec asked = spec.economy();
    if (asked == null || seconds == 0 || outcome.outputTokens() == 0) {
      return null;
    }
    return Economy.of(asked, chip, ranks, energy.meanWatts(), outcome.outputTokens() / seconds);
  }

  /** The same of an engine beside the channels, on the logic die of its memory. */
  private double nearVoltageShare(TierSpec tier) {
    if (!(tier.device() instanceof BankSpec device)
        || device.stack() == null
        || device.pnm() == null
        || spec.fidelity() == Fidelity.ANALYTIC) {
      return 1;
    }
    String near = "rank0." + tier.name() + ".near.";
    double full = snapshot.number(near + "multiplications") * device.productPj();
    return full == 0 ? 1 : snapshot.number(near + "compute_pj") / full;
  }

  /** Energy of a FLOP as a share of that at full voltage, where heat sets the engines' voltage. */
  private double voltageShare() {
    for (TierSpec tier : chip.tiers()) {
      if (tier.device().carriesEngines() && spec.fidelity() != Fidelity.ANALYTIC) {
        return snapshot.number("rank0." + tier.name() + ".stack.engines.energy_share");
      }
    }
    return 1;
  }

  /** Counted by the network's links; with closed forms, each payload up and down once per rank. */
  private double networkJoules() {
    if (spec.fidelity() == Fidelity.ANALYTIC) {
      return 2
          * 8.0
          * work.collectiveBytes()
          * ranks
          * spec.system().network().linkPjPerBit()
          * 1e-12;
    }
    boolean hasTrees = ranks > 1 && spec.system().network() instanceof TreeNetworkSpec;
    double treesPj = hasTrees ? snapshot.number("network.tree.link_energy") : 0;
    return (snapshot.number("network.link_energy") + treesPj) * 1e-12;
  }

  /** Wear of all flash of the chips; null if there is none. */
  RunResult.@Nullable Wear wear() {
    List<FlashLife> lives = new ArrayList<>();
    for (TierSpec tier : chip.tiers()) {
      if (tier.device() instanceof FlashBlocks flash) {
        lives.add(new FlashAccount(tier, flash, traffic(tier), snapshot, ranks).life());
      }
    }
    return lives.isEmpty() ? null : new RunResult.Wear(lives, WEAR_LAW);
  }

  private FlashAccount.Traffic traffic(TierSpec tier) {
    String content = "KV cache";
    long passing = tier.equals(chip.tier(Usage.KV)) ? outcome.kvMeanBytes() : 0;
    TierOutcome tiered = outcome.tiered();
    if (tiered != null && isSecond(tier)) {
      content = "KV cache, " + tiered.policy();
      passing = tiered.meanBytes();
    }
    return new FlashAccount.Traffic(
        seconds,
        content,
        dataWrittenBytes(tier),
        dataReadBytes(tier),
        spec.capacity().footprint().bytes(chip, chip.tiers().indexOf(tier), Usage.WEIGHTS),
        passing);
  }

  private boolean isSecond(TierSpec tier) {
    KvTieringSpec second = chip.tiering().kv();
    return second != null && tier.equals(chip.tiers().get(second.tier()));
  }
}
