package memwall.memory.dram.bank;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Reach;

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
 */
public record BankSpec(
    DramDevice device,
    ControllerSpec controller,
    long interleaveBytes,
    long pathPs,
    long readBytesPerSec,
    long writeBytesPerSec,
    long idleReadPs)
    implements MemorySpec {
  private static final String USUAL_INTERLEAVE = "256 B";

  /** Checks the ranges. */
  public BankSpec {
    String fault = interleaveFault(device.standard(), interleaveBytes);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    if (pathPs < 0 || idleReadPs < 0 || readBytesPerSec < 1 || writeBytesPerSec < 1) {
      throw new IllegalArgumentException("times must be 0 or more, rates at least 1 B/s");
    }
    if (controller.refresh() == RefreshPolicy.PER_BANK) {
      throw new IllegalArgumentException("refreshes bank by bank have no closed form");
    }
  }

  /**
   * A device with this controller; the rates follow.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static BankSpec of(
      DramDevice device, ControllerSpec controller, long interleaveBytes, long pathPs) {
    StreamRate stream = new StreamRate(device.standard(), controller);
    TickClock clock = new TickClock(device.standard().tickFemtos());
    return new BankSpec(
        device,
        controller,
        interleaveBytes,
        pathPs,
        Math.max(1, (long) (device.peakBytesPerSec() * stream.share(false))),
        Math.max(1, (long) (device.peakBytesPerSec() * stream.share(true))),
        clock.ps(stream.idleReadTicks()));
  }

  /** Reads the keys of a preset; faults are recorded there. */
  public static BankSpec read(Config config) {
    DramDevice device = DramDevice.read(config.preset("dram", "dram", "The DRAM device"));
    DramStandard standard = device.standard();
    Config section = config.section("controller", "How the controller of each channel works");
    ControllerSpec controller = ControllerSpec.read(section, standard);
    if (controller.refresh() == RefreshPolicy.PER_BANK) {
      section.fault(
          "refresh",
          "per-bank refresh has no closed form of its rate; allowed is all-bank or none");
      controller = withoutRefresh(controller);
    }
    long usual = Math.max(256, standard.burstBytes());
    long interleave =
        config.quantity(
            "interleave",
            Dimension.SIZE,
            usual == 256 ? USUAL_INTERLEAVE : usual + " B",
            "Bytes of a channel that follow each other before the next channel's turn");
    String fault = interleaveFault(standard, interleave);
    if (!fault.isEmpty()) {
      config.fault("interleave", fault);
      interleave = standard.burstBytes();
    }
    long path =
        config.quantity(
            "path_latency",
            Dimension.TIME,
            "On the chip, from the request to the controller and from the data pins back");
    config.finish();
    return of(device, controller, interleave, path);
  }

  private static ControllerSpec withoutRefresh(ControllerSpec spec) {
    return new ControllerSpec(
        spec.readQueue(),
        spec.writeQueue(),
        spec.writeHighPercent(),
        spec.writeLowPercent(),
        spec.page(),
        spec.pageHits(),
        RefreshPolicy.NONE,
        spec.blocking(),
        spec.mapping(),
        spec.bankHash());
  }

  private static String interleaveFault(DramStandard standard, long bytes) {
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
    return device.capacityBytes();
  }

  @Override
  public boolean sharesCapacity(Usage one, Usage other) {
    return true;
  }

  @Override
  public long writeBytesPerSec(Usage usage) {
    return writeBytesPerSec;
  }

  /** To the last beat of the first burst. */
  @Override
  public long readLatencyPs(Usage usage) {
    return pathPs + idleReadPs;
  }

  @Override
  public long arrayBytesPerSec() {
    return readBytesPerSec;
  }

  @Override
  public long linkBytesPerSec() {
    return readBytesPerSec;
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
