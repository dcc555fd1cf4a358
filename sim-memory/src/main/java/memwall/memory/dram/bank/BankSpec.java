package memwall.memory.dram.bank;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.memory.MemorySpec;
import memwall.memory.MemoryTiers;
import memwall.memory.Usage;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Reach;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmSpec;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;
import memwall.memory.stack.SustainedClock;
import org.jspecify.annotations.Nullable;

/**
 * One DRAM stack, package or rank, simulated down to its banks.
 *
 * @param device the device: channels, organisation, timings, energy
 * @param controller of each of its channels; its refreshes are those of all banks, or none
 * @param interleaveBytes so many bytes follow each other in a channel before the next channel's
 *     turn; a whole number of bursts that divides the channel's capacity
 * @param pathPs from the chip's request to the controller and from the data pins back to the chip,
 *     together; 0 or more
 * @param readBytesPerSec sustained rate of long contiguous reads, by closed form
 * @param writeBytesPerSec sustained rate of long contiguous writes, by closed form
 * @param idleReadPs from a channel at rest to the last beat of a burst
 * @param pim how its banks compute; null if they do not
 * @param pnm the engine beside its channels; null if there is none. Not both
 * @param stack what the device is built as; null if its heat and its wires are left aside
 * @param memoryTiers the device's tiers of rows and what lies in them; null if it has none
 */
public record BankSpec(
    DramDevice device,
    ControllerSpec controller,
    long interleaveBytes,
    long pathPs,
    long readBytesPerSec,
    long writeBytesPerSec,
    long idleReadPs,
    @Nullable PimSpec pim,
    @Nullable PnmSpec pnm,
    @Nullable StackSpec stack,
    @Nullable MemoryTiers memoryTiers)
    implements MemorySpec, NearSpec {
  static final String TIERS_COMPUTE =
      "a memory whose rows are in tiers cannot compute; allowed is a device without tiers";

  static final String LOW_POWER =
      "a memory that computes in its banks or has a stack has no power-down and no self-refresh";

  /** Checks the ranges. */
  public BankSpec {
    String fault = interleaveFault(device.standard(), interleaveBytes);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    if (pathPs < 0 || idleReadPs < 0 || readBytesPerSec < 1 || writeBytesPerSec < 1) {
      throw new IllegalArgumentException("times must be 0 or more, rates at least 1 B/s");
    }
    if (controller.refresh().isInTurn()) {
      throw new IllegalArgumentException("refreshes bank by bank have no closed form");
    }
    if (controller.hasLowPower() && (pim != null || stack != null)) {
      throw new IllegalArgumentException(LOW_POWER);
    }
    if (memoryTiers != null && (pim != null || pnm != null)) {
      throw new IllegalArgumentException(TIERS_COMPUTE);
    }
    if (pim != null && pnm != null) {
      throw new IllegalArgumentException("a memory computes in its banks or beside its channels");
    }
    if (pim != null) {
      checkDevice(pim.name(), pim.dram(), device);
    }
    if (pnm != null) {
      checkDevice(pnm.name(), pnm.dram(), device);
      if (pnm.engineShare() < 1) {
        throw new IllegalArgumentException(shareFault(pnm));
      }
    }
    if (stack != null) {
      List<String> faults = StackFit.faults(stack, device, controller);
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(faults.get(0));
      }
    }
  }

  private static void checkDevice(String name, DramDevice computes, DramDevice device) {
    String fault = deviceFault(name, computes, device);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
  }

  static String deviceFault(String name, DramDevice computes, DramDevice device) {
    if (computes.equals(device)) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%s computes in %s, but the memory is made of %s; the two must be equal",
        name,
        computes.standard().name(),
        device.standard().name());
  }

  static String shareFault(PnmSpec pnm) {
    return String.format(
        Locale.ROOT,
        "%s has an engine_share of %s; in the memory of a chip the engine takes turns with the"
            + " host's transfers, allowed is 1",
        pnm.name(),
        pnm.engineShare());
  }

  /**
   * A device with this controller; the rates follow.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static BankSpec of(
      DramDevice device, ControllerSpec controller, long interleaveBytes, long pathPs) {
    return of(device, controller, interleaveBytes, pathPs, null, null);
  }

  /**
   * A device that computes.
   *
   * @param pim in its banks; null if not
   * @param pnm beside its channels; null if not
   * @throws IllegalArgumentException if a number is out of its range, or the two devices differ
   */
  public static BankSpec of(
      DramDevice device,
      ControllerSpec controller,
      long interleaveBytes,
      long pathPs,
      @Nullable PimSpec pim,
      @Nullable PnmSpec pnm) {
    return of(
        device,
        controller,
        interleaveBytes,
        pathPs,
        pim,
        pnm,
        null,
        RowTiers.of(device, controller).orElse(null));
  }

  /**
   * A device in a stack. Its transfers take the row access and the wire delay of the slowest layer
   * on their way, since each is striped over all, and no more passes than the wires carry.
   *
   * @throws IllegalArgumentException if a number is out of its range, or the stack does not fit
   */
  public static BankSpec of(
      DramDevice device,
      ControllerSpec controller,
      long interleaveBytes,
      long pathPs,
      StackSpec stack) {
    return of(
        device,
        controller,
        interleaveBytes,
        pathPs,
        null,
        null,
        stack,
        RowTiers.of(device, controller).orElse(null));
  }

  static BankSpec of(
      DramDevice device,
      ControllerSpec controller,
      long interleaveBytes,
      long pathPs,
      @Nullable PimSpec pim,
      @Nullable PnmSpec pnm,
      @Nullable StackSpec stack,
      @Nullable MemoryTiers tiers) {
    StreamRate stream = new StreamRate(device.standard(), controller);
    TickClock clock = new TickClock(device.standard().tickFemtos());
    long wires = stack == null ? Long.MAX_VALUE : stack.tsv().bytesPerSec();
    // With tiers the rate of writes is the mean over all rows.
    long reads =
        tiers == null
            ? sustained(device, stream.share(false), wires)
            : Math.min(tiers.meanBytesPerSec(), wires);
    return new BankSpec(
        device,
        controller,
        interleaveBytes,
        pathPs + StackFit.delayPs(stack),
        reads,
        tiers == null
            ? sustained(device, stream.share(true), wires)
            : Math.min(RowTiers.writeBytesPerSec(device, controller), wires),
        tiers == null ? clock.ps(stream.idleReadTicks()) : 0,
        pim,
        pnm,
        stack,
        tiers);
  }

  private static long sustained(DramDevice device, double share, long wireBytesPerSec) {
    long channels = (long) (device.peakBytesPerSec() * share);
    return Math.max(1, Math.min(channels, wireBytesPerSec));
  }

  /** Reads the keys of a preset; faults are recorded there. */
  public static BankSpec read(Config config) {
    return BankReader.read(config);
  }

  /** The rules of a channel, those of in-memory compute included. */
  DramStandard standard() {
    return pim == null ? device.standard() : pim.standard();
  }

  /** Whether kernels can be carried out here. */
  public boolean computes() {
    return pim != null || pnm != null;
  }

  @Override
  public boolean computes(NumberFormat format) {
    return pim == null ? pnm != null : pim.formats().contains(format);
  }

  @Override
  public long boundPs(PimKernel kernel, int devices) {
    return new NearBounds(this, devices).boundPs(kernel);
  }

  @Override
  public Expected expected(PimKernel kernel, int devices) {
    return new NearBounds(this, devices).expected(kernel);
  }

  @Override
  public double inputPjPerBit() {
    return pim != null ? pim.energy(0, 1, 0).totalPj() / 8 : pnm == null ? 0 : pnm.linkPjPerBit();
  }

  @Override
  public double resultPjPerBit() {
    return pim != null ? pim.energy(0, 0, 1).totalPj() / 8 : pnm == null ? 0 : pnm.linkPjPerBit();
  }

  /** Of whole rows; refresh and standby are in the statistics. */
  @Override
  public double nearReadPjPerBit() {
    Reach reach = pim == null ? Reach.BASE_DIE : pim.reach();
    return device.energy().streamPjPerBit(device.standard(), reach);
  }

  @Override
  public double productPj() {
    if (pim != null) {
      return pim.multiplyPj();
    }
    return pnm == null ? 0 : 2 * pnm.flopPj();
  }

  static String interleaveFault(DramStandard standard, long bytes) {
    if (bytes < 1 || bytes % standard.burstBytes() != 0 || standard.capacityBytes() % bytes != 0) {
      return bytes
          + " B given, expected a whole number of bursts of "
          + standard.burstBytes()
          + " B that divides the channel's "
          + standard.capacityBytes()
          + " B";
    }
    return "";
  }

  /** What the wires of a stack leave for each channel; a large number where there is no stack. */
  long wireBytesPerSec() {
    return stack == null ? Long.MAX_VALUE : stack.tsv().bytesPerSec() / device.channels();
  }

  /** The stack with the energy of the device's commands instead of what the stack states. */
  Optional<BankHeat> heat() {
    return stack == null ? Optional.empty() : Optional.of(new BankHeat(stack, device, controller));
  }

  /**
   * The highest rate that the heat of the stack allows for ever when every row that is opened is
   * read to its end, and rows are open only while data is moved; empty without a stack.
   */
  @Override
  public Optional<SustainedBandwidth> heatLimit() {
    return heat().map(its -> its.sustained(readBytesPerSec));
  }

  /**
   * Engines of the chip; one that computes on the logic die for this memory (pnm) leaves no room.
   */
  @Override
  public boolean carriesEngines() {
    return stack != null && pnm == null && stack.energy().computeWatts() > 0;
  }

  @Override
  public Optional<SustainedClock> clockLimit(double bytesPerSec) {
    return carriesEngines()
        ? heat().map(its -> SustainedClock.of(its.spec(), bytesPerSec))
        : Optional.empty();
  }

  /** Bursts of an access unit. */
  long unitBursts() {
    return interleaveBytes / device.standard().burstBytes();
  }

  @Override
  public String model() {
    return "dram-banks";
  }

  @Override
  public long capacityBytes(Usage usage) {
    // Where registers of the processors lie in a row, no data does.
    long reserved = pim != null && pim.timings().registerRow() ? 1 : 0;
    return memoryTiers != null
        ? memoryTiers.capacityBytes(usage)
        : device.capacityBytes() / device.standard().rows() * (device.standard().rows() - reserved);
  }

  @Override
  public Optional<MemoryTiers> tiers() {
    return Optional.ofNullable(memoryTiers);
  }

  @Override
  public boolean sharesCapacity(Usage one, Usage other) {
    return memoryTiers == null || memoryTiers.shares(one, other);
  }

  @Override
  public long writeBytesPerSec(Usage usage) {
    return writeBytesPerSec;
  }

  /** To the last beat of the first burst. */
  @Override
  public long readLatencyPs(Usage usage) {
    return pathPs + idleReadPs + (memoryTiers == null ? 0 : memoryTiers.latencyPs(usage));
  }

  @Override
  public long arrayBytesPerSec() {
    return linkBytesPerSec();
  }

  /** Of the fastest tier. */
  @Override
  public long linkBytesPerSec() {
    return memoryTiers == null
        ? readBytesPerSec
        : Math.min(
            memoryTiers.bestBytesPerSec(),
            stack == null ? Long.MAX_VALUE : stack.tsv().bytesPerSec());
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
    return device.channels();
  }

  @Override
  public boolean fullDuplex(Usage usage) {
    return false;
  }

  @Override
  public long accessBytes(Usage usage) {
    return interleaveBytes;
  }

  /** Of long streams; refresh and standby are in the statistics. */
  @Override
  public double readPjPerBit() {
    return device.energy().streamPjPerBit(device.standard(), Reach.HOST);
  }

  @Override
  public double writePjPerBit() {
    double activate = readPjPerBit() - device.energy().read().pjPerBit(Reach.HOST);
    return activate + device.energy().write().pjPerBit(Reach.HOST);
  }
}
