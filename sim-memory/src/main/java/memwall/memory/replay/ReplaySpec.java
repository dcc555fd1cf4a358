package memwall.memory.replay;

import java.util.Optional;
import java.util.OptionalLong;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;

/**
 * What a trace is replayed on, and how.
 *
 * @param device the DRAM device
 * @param controller of each of its channels
 * @param channels how many channels the addresses are spread over, at least 1
 * @param interleaveBytes so many bytes follow each other in a channel before the next channel's
 *     turn; a whole number of bursts that divides the channel's capacity
 * @param gapPs time from one access to the next instead of the trace's times, 0 or more (0: all at
 *     once); empty: as the trace says
 * @param outstanding transactions of a channel that may be accepted and not complete; 0: as many as
 *     its controller takes
 */
public record ReplaySpec(
    DramDevice device,
    ControllerSpec controller,
    int channels,
    long interleaveBytes,
    OptionalLong gapPs,
    int outstanding) {
  private static final int MOST_CHANNELS = 4096;
  private static final int MOST_OUTSTANDING = 1 << 20;

  /** Where channels take turns unless the user says otherwise. */
  private static final long USUAL_INTERLEAVE_BYTES = 256;

  /** Checks what {@link #read} tells the user. */
  public ReplaySpec {
    long capacityBytes = device.standard().capacityBytes();
    if (channels < 1
        || interleaveBytes < 1
        || interleaveBytes % device.standard().burstBytes() != 0
        || capacityBytes % interleaveBytes != 0) {
      throw new IllegalArgumentException(
          channels + " channels that take turns every " + interleaveBytes + " B");
    }
    if (outstanding < 0 || gapPs.orElse(0) < 0) {
      throw new IllegalArgumentException("a negative gap or number of transactions");
    }
  }

  /** Reads {@code dram}, {@code controller} and {@code replay}; faults are recorded there. */
  public static ReplaySpec read(Config config) {
    DramDevice device =
        DramDevice.read(config.preset("dram", "dram", "The DRAM device that is accessed"));
    DramStandard standard = device.standard();
    ControllerSpec controller =
        ControllerSpec.read(
            config.section("controller", "How the controller of each channel works"), standard);
    Config replay = config.section("replay", "How the trace is played");
    int channels =
        (int)
            replay.integer(
                "channels",
                1,
                MOST_CHANNELS,
                Math.min(device.channels(), MOST_CHANNELS),
                "Channels that the addresses are spread over");
    Optional<String> gap =
        replay.optionalText("gap", "Time from one access to the next instead of the trace's times");
    OptionalLong gapPs = gap.isEmpty() ? OptionalLong.empty() : gap(replay);
    int outstanding =
        (int)
            replay.integer(
                "outstanding",
                0,
                MOST_OUTSTANDING,
                0,
                "Transactions of a channel under way at a time; 0: as many as it takes");
    ReplaySpec spec =
        new ReplaySpec(
            device, controller, channels, interleave(replay, standard), gapPs, outstanding);
    config.finishAll();
    return spec;
  }

  private static OptionalLong gap(Config replay) {
    return OptionalLong.of(
        replay.quantity(
            "gap",
            Dimension.TIME,
            "Time from one access to the next instead of the trace's times"));
  }

  private static long interleave(Config replay, DramStandard standard) {
    long burst = standard.burstBytes();
    long usual = Math.max(USUAL_INTERLEAVE_BYTES, burst);
    long bytes =
        replay.quantity(
            "interleave",
            Dimension.SIZE,
            usual + " B",
            "Bytes of a channel that follow each other before the next channel's turn");
    if (bytes < 1 || bytes % burst != 0 || standard.capacityBytes() % bytes != 0) {
      replay.fault(
          "interleave",
          bytes
              + " B given, expected a whole number of bursts of "
              + burst
              + " B that divides the channel's "
              + standard.capacityBytes()
              + " B");
      return burst;
    }
    return bytes;
  }

  /** Capacity of all channels together. */
  public long capacityBytes() {
    return Math.multiplyExact((long) channels, device.standard().capacityBytes());
  }

  /** Data rate of all channels when their data buses never rest, bytes per second. */
  public double peakBytesPerSec() {
    return (double) device.peakBytesPerSec() / device.channels() * channels;
  }
}
