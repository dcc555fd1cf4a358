package memwall.memory.dram;

import java.util.List;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.MemoryTiers;
import memwall.memory.Usage;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;
import memwall.memory.stack.SustainedClock;
import org.jspecify.annotations.Nullable;

/**
 * One DRAM stack or module as parallel channels with a queue.
 *
 * @param capacityBytes capacity, at least 1
 * @param channels independent channels (pseudo-channels), at least 1
 * @param peakBytesPerSec data rate of all channels together
 * @param efficiency share of the data rate that a long stream reaches: refresh, row changes and bus
 *     turnarounds, in (0, 1]
 * @param latencyPs from submission to the first byte when idle
 * @param accessBytes interleaving unit over channels; transfers are rounded up to it
 * @param readPjPerBit energy to read a bit and bring it to the chip
 * @param writePjPerBit energy to write a bit
 * @param refreshShare share of the time that refresh takes at its normal rate, part of the
 *     efficiency; from 0 to less than 1 divided by the stack's largest refresh factor
 * @param stack what the device is built as; null if its heat and its wires are left aside
 * @param memoryTiers parts of the capacity with rates of their own; null if all of it is alike
 */
public record DramSpec(
    long capacityBytes,
    int channels,
    long peakBytesPerSec,
    double efficiency,
    long latencyPs,
    long accessBytes,
    double readPjPerBit,
    double writePjPerBit,
    double refreshShare,
    @Nullable StackSpec stack,
    @Nullable MemoryTiers memoryTiers)
    implements MemorySpec {
  private static final double USUAL_REFRESH_SHARE = 0.09;

  /** A device whose heat and wires are left aside. */
  public DramSpec(
      long capacityBytes,
      int channels,
      long peakBytesPerSec,
      double efficiency,
      long latencyPs,
      long accessBytes,
      double readPjPerBit,
      double writePjPerBit) {
    this(
        capacityBytes,
        channels,
        peakBytesPerSec,
        efficiency,
        latencyPs,
        accessBytes,
        readPjPerBit,
        writePjPerBit,
        USUAL_REFRESH_SHARE,
        null,
        null);
  }

  /** Checks the ranges. */
  public DramSpec {
    if (capacityBytes < 1 || channels < 1 || accessBytes < 1 || latencyPs < 0) {
      throw new IllegalArgumentException("capacity, channels and access must be at least 1");
    }
    if (!(efficiency > 0 && efficiency <= 1)) {
      throw new IllegalArgumentException("efficiency " + efficiency + " is not in (0, 1]");
    }
    if ((long) (peakBytesPerSec * efficiency) / channels < 1) {
      throw new IllegalArgumentException("rate below 1 byte/s per channel");
    }
    if (!MemorySpec.isBrief(accessBytes, (long) (peakBytesPerSec * efficiency) / channels)) {
      throw new IllegalArgumentException("an access unit would pass a channel in over a day");
    }
    String fault = refreshFault(refreshShare, stack);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    if (memoryTiers != null && memoryTiers.bestBytesPerSec() > peakBytesPerSec) {
      throw new IllegalArgumentException("a tier faster than the data rate");
    }
    if (stack != null && stack.tsv().bytesPerSec() < channels) {
      throw new IllegalArgumentException("wires below 1 byte/s per channel");
    }
  }

  /** Reads the keys of a preset; faults are recorded there. */
  public static DramSpec read(Config config) {
    long capacity = config.quantity("capacity", Dimension.SIZE, "Capacity of one device");
    if (capacity < 1) {
      config.fault("capacity", "a device of 0 B holds nothing; allowed is 1 B or more");
      capacity = 1;
    }
    int channels =
        (int)
            config.integer(
                "channels", 1, 4096, "Independent channels (pseudo-channels) of one device");
    long rate = config.quantity("rate", Dimension.BYTE_RATE, "Peak data rate of one device");
    double efficiency =
        config.number(
            "efficiency",
            0.01,
            1,
            "Share of the peak rate that a long stream reaches (refresh, row changes, bus turns)");
    if ((long) (rate * efficiency) / channels < 1) {
      config.fault(
          "rate",
          "a peak rate of "
              + rate
              + " B/s leaves less than 1 B/s for each of "
              + channels
              + " channels at efficiency "
              + efficiency);
      rate = 1_000_000_000_000L;
    }
    long access =
        config.quantity("access", Dimension.SIZE, "256 B", "Interleaving unit over channels");
    if (access < 1) {
      config.fault("access", "an access unit of 0 B moves nothing; allowed is 1 B or more");
      access = 1;
    }
    if (!MemorySpec.isBrief(access, (long) (rate * efficiency) / channels)) {
      config.fault(
          "access",
          "an access unit of " + access + " B would pass a channel in over a day at this rate");
      access = 1;
    }
    long latency =
        config.quantity("latency", Dimension.TIME, "From request to first byte when idle");
    double readEnergy =
        config.reportQuantity(
            "read_energy", Dimension.ENERGY_PER_BIT, "Energy to bring one bit to the chip");
    double writeEnergy =
        config.reportQuantity("write_energy", Dimension.ENERGY_PER_BIT, "Energy to store one bit");
    double refreshShare =
        config.number(
            "refresh_share",
            0,
            0.9,
            USUAL_REFRESH_SHARE,
            "Share of the time that refresh takes at its normal rate; part of 'efficiency'");
    StackSpec stack =
        config
            .optionalPreset(
                "stack", StackSpec.KIND, "What the device is built as: its layers, wires and heat")
            .map(StackSpec::read)
            .orElse(null);
    String refreshFault = refreshFault(refreshShare, stack);
    if (!refreshFault.isEmpty()) {
      config.fault("refresh_share", refreshFault);
      refreshShare = 0;
    }
    if (stack != null && stack.tsv().bytesPerSec() < channels) {
      config.fault(
          "stack", "wires of " + stack.tsv().bytesPerSec() + " B/s leave channels without data");
      stack = null;
    }
    List<Config> given =
        config.sections("tiers", "Parts of the capacity with rates of their own, fastest first");
    MemoryTiers tiers =
        given.isEmpty() ? null : DramTiers.read(config, given, capacity, rate, stack);
    if (tiers != null && stack != null && stack.memoryLayers() == tiers.tiers().size()) {
      // Each tier states its own row access and wire.
      latency -= stack.tsv().slowestPs();
    }
    DramSpec spec =
        new DramSpec(
            capacity,
            channels,
            rate,
            efficiency,
            latency + (stack == null ? 0 : stack.tsv().slowestPs()),
            access,
            readEnergy,
            writeEnergy,
            refreshShare,
            stack,
            tiers);
    config.finish();
    return spec;
  }

  private static String refreshFault(double refreshShare, @Nullable StackSpec stack) {
    int factor = stack == null ? 1 : stack.policy().refreshFactorAt(stack.policy().memoryCelsius());
    return refreshShare * factor < 1 && refreshShare >= 0
        ? ""
        : "refresh that takes "
            + refreshShare
            + " of the time leaves nothing where it is "
            + factor
            + " times as frequent";
  }

  /** Share of its sustained rate that refresh leaves it where it is so many times as frequent. */
  double leftByRefresh(int refreshFactor) {
    return (1 - refreshFactor * refreshShare) / (1 - refreshShare);
  }

  /**
   * Rate of one channel, bytes per second, in a state of its stack: at most the share of what wires
   * and data rate allow, and of the sustained rate what refresh leaves: {@code (1 - factor x share)
   * / (1 - share)}.
   */
  long channelBytesPerSec(int refreshFactor, double bandwidthShare) {
    double sustained = (double) (long) (peakBytesPerSec * efficiency) / channels;
    double left = leftByRefresh(refreshFactor);
    return Math.max(1, (long) Math.min(sustained * left, mostOfChannel(bandwidthShare)));
  }

  /** What data rate and wires let a channel pass, and heat of that, bytes per second. */
  double mostOfChannel(double bandwidthShare) {
    double most = (double) peakBytesPerSec / channels;
    if (stack != null) {
      most = Math.min(most, (double) stack.tsv().bytesPerSec() / channels);
    }
    return most * bandwidthShare;
  }

  /**
   * The stack with the memory's energy per bit, each part of it in proportion.
   *
   * @throws IllegalStateException without a stack
   */
  StackSpec heatedStack() {
    StackSpec its = stack;
    if (its == null) {
      throw new IllegalStateException("a memory without a stack");
    }
    double stated = its.energy().meanPjPerBit(its.memoryLayers());
    return stated > 0 ? its.with(its.energy().scaled(readPjPerBit / stated)) : its;
  }

  @Override
  public Optional<SustainedBandwidth> heatLimit() {
    return stack == null ? Optional.empty() : Optional.of(SustainedBandwidth.of(heatedStack(), 0));
  }

  @Override
  public boolean carriesEngines() {
    return stack != null && stack.energy().computeWatts() > 0;
  }

  @Override
  public Optional<SustainedClock> clockLimit(double bytesPerSec) {
    return carriesEngines()
        ? Optional.of(SustainedClock.of(heatedStack(), bytesPerSec))
        : Optional.empty();
  }

  @Override
  public String model() {
    return "dram";
  }

  @Override
  public Optional<MemoryTiers> tiers() {
    return Optional.ofNullable(memoryTiers);
  }

  @Override
  public long capacityBytes(Usage usage) {
    return memoryTiers == null ? capacityBytes : memoryTiers.capacityBytes(usage);
  }

  @Override
  public boolean sharesCapacity(Usage one, Usage other) {
    return memoryTiers == null || memoryTiers.shares(one, other);
  }

  /** Sustained rate of one channel, bytes per second, on average over all its tiers. */
  public long channelBytesPerSec() {
    if (memoryTiers != null) {
      long most = ((long) mostOfChannel(1)) * channels;
      return memoryTiers.meanBytesPerSec(0, capacityBytes, 1, most) / channels;
    }
    long sustained = (long) (peakBytesPerSec * efficiency) / channels;
    return stack == null ? sustained : Math.min(sustained, stack.tsv().bytesPerSec() / channels);
  }

  @Override
  public long readBytesPerSec() {
    return channelBytesPerSec() * channels;
  }

  @Override
  public long writeBytesPerSec(Usage usage) {
    return readBytesPerSec();
  }

  @Override
  public long readLatencyPs(Usage usage) {
    return memoryTiers == null ? latencyPs : latencyPs + memoryTiers.latencyPs(usage);
  }

  @Override
  public long arrayBytesPerSec() {
    return linkBytesPerSec();
  }

  @Override
  public long linkBytesPerSec() {
    if (memoryTiers == null) {
      return readBytesPerSec();
    }
    return (long) Math.min((double) memoryTiers.bestBytesPerSec(), mostOfChannel(1) * channels);
  }

  @Override
  public long stagingBytes() {
    return 0;
  }

  @Override
  public boolean usesAnnouncements() {
    return false;
  }

  @Override
  public int lanes() {
    return channels;
  }

  @Override
  public boolean fullDuplex(Usage usage) {
    return false;
  }

  @Override
  public long accessBytes(Usage usage) {
    return accessBytes;
  }
}
