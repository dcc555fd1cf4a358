package memwall.memory.flash.page;

import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.flash.FlashBlocks;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.ReadLimits;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.heat.FlashThermal;
import memwall.memory.flash.heat.SustainedFlash;
import memwall.memory.flash.port.PagePort;
import memwall.memory.stack.SustainedBandwidth;

/**
 * One flash stack, drive or package, simulated down to its planes.
 *
 * @param part the device: channels, planes, times, wear, energy
 * @param scratchBytes SRAM for activations on the logic die, reached over the channels' links; 0:
 *     none
 * @param pathPs on the chip, from the request to the device and from its link back, together; 0 or
 *     more
 * @param spareBlocks of each plane, beside its capacity, that take the place of bad ones; 0 or more
 */
public record PageSpec(FlashPart part, long scratchBytes, long pathPs, int spareBlocks)
    implements MemorySpec, FlashBlocks {
  /** Bytes moved at least per access to the scratch SRAM (OCP HBF 0.7: 64 B access unit). */
  static final long SCRATCH_ACCESS_BYTES = 64;

  /**
   * Blocks of a plane beside those of the capacity: for each of weights and KV cache the one that
   * is being written, and one because a region begins at a block of its own.
   */
  private static final int OPEN_BLOCKS = 4;

  private static final int MOST_SPARES = 1_000_000;

  /** One without spare blocks. */
  public PageSpec(FlashPart part, long scratchBytes, long pathPs) {
    this(part, scratchBytes, pathPs, 0);
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range, or the device cannot be
   *     simulated channel by channel
   */
  public PageSpec {
    String fault = deviceFault(part);
    if (fault.isEmpty()) {
      fault = scratchFault(part, scratchBytes);
    }
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    if (scratchBytes < 0 || pathPs < 0) {
      throw new IllegalArgumentException("scratch and path must be 0 or more");
    }
    if (spareBlocks < 0) {
      throw new IllegalArgumentException(spareBlocks + " spare blocks");
    }
  }

  /** Reads the keys of a preset; faults are recorded there. */
  public static PageSpec read(Config config) {
    FlashPart part = FlashPart.read(config.preset("device", FlashPart.KIND, "The flash device"));
    String fault = deviceFault(part);
    if (!fault.isEmpty()) {
      config.fault("device", fault);
    }
    long scratch =
        config.quantity("scratch", Dimension.SIZE, "0 B", "SRAM for activations on the logic die");
    String scratchFault = scratchFault(part, scratch);
    if (!scratchFault.isEmpty()) {
      config.fault("scratch", scratchFault);
      scratch = 0;
    }
    long path =
        config.quantity(
            "path_latency",
            Dimension.TIME,
            "0 ps",
            "On the chip, from the request to the device and from its link back");
    int spares =
        (int)
            config.integer(
                "spare_blocks",
                0,
                MOST_SPARES,
                4,
                "Blocks of a plane that take the place of bad ones");
    config.finish();
    return fault.isEmpty() ? new PageSpec(part, scratch, path, spares) : placeholder(part);
  }

  /** Something that can be asked for numbers, in place of a device that has a fault. */
  private static PageSpec placeholder(FlashPart part) {
    FlashSpec device = part.device();
    FlashSpec any =
        new FlashSpec(
            new FlashGeometry(1, 1, 1, 1, 1, 1), device.timings(), device.paths(), device.rules());
    return new PageSpec(new FlashPart(part.name(), any, part.wear(), part.energy()), 0, 0);
  }

  /** With one to write blocks anew into that were read too often. */
  private static int besideCapacity(FlashWear wear) {
    return OPEN_BLOCKS + (wear.readLimit() == Integer.MAX_VALUE ? 0 : 1);
  }

  private static String deviceFault(FlashPart part) {
    FlashGeometry geometry = part.device().geometry();
    int beside = besideCapacity(part.wear());
    long pages = (geometry.blocksPerPlane() + (long) beside) * geometry.pagesPerBlock();
    if (pages > Integer.MAX_VALUE) {
      return geometry.pagesPerPlane()
          + " pages in a plane leave no room for "
          + beside
          + " blocks beside its capacity; allowed are "
          + Integer.MAX_VALUE
          + " in all";
    }
    return part.channelFault();
  }

  private static String scratchFault(FlashPart part, long bytes) {
    return bytes > 0 && part.device().paths().sharedBus()
        ? "a device whose commands and data share a bus has no scratch SRAM; allowed is 0 B"
        : "";
  }

  /** One channel, with the blocks beside its capacity. */
  FlashSpec channel() {
    FlashSpec channel = part.channel();
    FlashGeometry its = channel.geometry();
    return new FlashSpec(
        new FlashGeometry(
            1,
            its.diesPerChannel(),
            its.planesPerDie(),
            its.blocksPerPlane() + besideCapacity(part.wear()),
            its.pagesPerBlock(),
            its.pageBytes()),
        channel.timings(),
        channel.paths(),
        channel.rules(),
        channel.multiPlane());
  }

  private ReadLimits limits() {
    return new ReadLimits(part.channel());
  }

  private long bytesPerSec(double channelPagesPerSec) {
    double bytes = channelPagesPerSec * lanes() * pageBytes();
    return Math.max(1, (long) Math.min(bytes, Long.MAX_VALUE >> 10));
  }

  /** Page size. */
  int pageBytes() {
    return part.device().geometry().pageBytes();
  }

  @Override
  public String model() {
    return "flash-pages";
  }

  @Override
  public long capacityBytes(Usage usage) {
    return usage == Usage.ACTIVATIONS ? scratchBytes : part.device().geometry().capacityBytes();
  }

  @Override
  public boolean sharesCapacity(Usage one, Usage other) {
    return (one == Usage.ACTIVATIONS) == (other == Usage.ACTIVATIONS);
  }

  @Override
  public long readBytesPerSec() {
    ReadLimits limits = limits();
    return bytesPerSec(limits.pagesPerSec(limits.binding()));
  }

  @Override
  public String readBoundBy() {
    return limits().binding().label();
  }

  @Override
  public long writeBytesPerSec(Usage usage) {
    return usage == Usage.ACTIVATIONS
        ? linkBytesPerSec()
        : bytesPerSec(new ProgramRate(part.channel()).pagesPerSec());
  }

  @Override
  public long readLatencyPs(Usage usage) {
    return pathPs
        + (usage == Usage.ACTIVATIONS ? part.device().paths().hostPs() : limits().firstBytePs());
  }

  /** All but the links. */
  @Override
  public long arrayBytesPerSec() {
    return bytesPerSec(limits().readyPagesPerSec());
  }

  @Override
  public long linkBytesPerSec() {
    return bytesPerSec(limits().pagesPerSec(ReadLimits.Limit.LINK));
  }

  @Override
  public long stagingBytes() {
    return (long) lanes() * PagePort.stagingPages(part.channel()) * pageBytes();
  }

  @Override
  public boolean usesAnnouncements() {
    return true;
  }

  @Override
  public int lanes() {
    return part.device().geometry().channels();
  }

  @Override
  public boolean fullDuplex(Usage usage) {
    return !part.device().paths().sharedBus();
  }

  @Override
  public long accessBytes(Usage usage) {
    return usage == Usage.ACTIVATIONS ? SCRATCH_ACCESS_BYTES : pageBytes();
  }

  /** Of reads. */
  @Override
  public Optional<SustainedBandwidth> heatLimit() {
    FlashThermal thermal = part.thermal();
    return thermal == null
        ? Optional.empty()
        : Optional.of(
            SustainedFlash.ofReads(
                thermal, part.energy(), part.device(), (double) readBytesPerSec()));
  }

  @Override
  public double readPjPerBit() {
    return part.energy().readPjPerBit(pageBytes());
  }

  @Override
  public double writePjPerBit() {
    return part.energy().writePjPerBit(pageBytes(), part.device().geometry().pagesPerBlock());
  }

  @Override
  public long enduredCycles() {
    return part.wear().endurance();
  }

  @Override
  public FlashWear wear() {
    return part.wear();
  }

  @Override
  public int pagesPerBlock() {
    return part.device().geometry().pagesPerBlock();
  }
}
