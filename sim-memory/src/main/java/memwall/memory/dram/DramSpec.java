package memwall.memory.dram;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;

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
 */
public record DramSpec(
    long capacityBytes,
    int channels,
    long peakBytesPerSec,
    double efficiency,
    long latencyPs,
    long accessBytes,
    double readPjPerBit,
    double writePjPerBit)
    implements MemorySpec {

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
    DramSpec spec =
        new DramSpec(
            capacity,
            channels,
            rate,
            efficiency,
            config.quantity("latency", Dimension.TIME, "From request to first byte when idle"),
            access,
            config.reportQuantity(
                "read_energy", Dimension.ENERGY_PER_BIT, "Energy to bring one bit to the chip"),
            config.reportQuantity(
                "write_energy", Dimension.ENERGY_PER_BIT, "Energy to store one bit"));
    config.finish();
    return spec;
  }

  @Override
  public String model() {
    return "dram";
  }

  @Override
  public long capacityBytes(Usage usage) {
    return capacityBytes;
  }

  @Override
  public boolean sharesCapacity(Usage one, Usage other) {
    return true;
  }

  /** Sustained rate of one channel, bytes per second. */
  public long channelBytesPerSec() {
    return (long) (peakBytesPerSec * efficiency) / channels;
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
    return latencyPs;
  }

  @Override
  public long arrayBytesPerSec() {
    return readBytesPerSec();
  }

  @Override
  public long linkBytesPerSec() {
    return readBytesPerSec();
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
