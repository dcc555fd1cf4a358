package memwall.memory.flash.device;

/**
 * The devices of the MQSim rows (reference/flash/README.md).
 *
 * <p>Their fixed overheads, read off the rows: 290 ns of command on the bus (1 ns in the other
 * build); 20 ns from ready to data out, which overlap with data of other dies, for a page more in a
 * round costs its transfer only; a host link of 16 lanes that adds latency alone, 1 ns for 16 KiB
 * and 79 ns for 1 MiB.
 */
final class MqsimDevices {
  /** Rate of the host link: 16 x 1000 GB/s less the headers of its packets. */
  static final long HOST_BYTES_PER_SEC = 13_300_000_000_000L;

  private static final FlashRules RULES =
      new FlashRules(
          1, false, 0, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, false, ReadPriority.READS, 0, 0, 0);

  private MqsimDevices() {}

  /** D1: 4 channels of 2 chips, 16 KiB pages, tR 50 us, 1 GB/s a channel. */
  static FlashSpec small() {
    FlashGeometry geometry = new FlashGeometry(4, 2, 1, 128, 64, 16384);
    return spec(geometry, 290_000, 50_000_000, 200_000_000, 1_000_000_000L);
  }

  /** 16 channels of so many chips, 4 KiB pages, tR 4 us, 42 ns a page on the channel. */
  static FlashSpec hbfLike(int chips, long commandPs) {
    FlashGeometry geometry = new FlashGeometry(16, chips, 1, 128, 64, 4096);
    return spec(geometry, commandPs, 4_000_000, 75_000_000, 97_523_809_524L);
  }

  private static FlashSpec spec(
      FlashGeometry geometry, long commandPs, long readPs, long programPs, long linkBytesPerSec) {
    return new FlashSpec(
        geometry,
        new FlashTimings(commandPs, readPs, 20_000, readPs, programPs, 2_000_000_000L, 0, 0),
        new FlashPaths(linkBytesPerSec, true, 0, 0, 0, 0, HOST_BYTES_PER_SEC),
        RULES);
  }
}
