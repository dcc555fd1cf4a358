package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import memwall.memory.flash.law.BandwidthLaw.Limit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bandwidth, pipelining of a channel and reads behind programs. */
final class SpeedLawsTest {
  private static final long US = 1_000_000;

  @Test
  void bandwidthTable() {
    for (Row row : FlashTable.rows("hbf_bandwidth_law", 11)) {
      BandwidthLaw law =
          BandwidthLaw.of(
              row.whole("planes"),
              row.whole("page_B"),
              row.ps("tR_us"),
              row.whole("link_GBps") * 1_000_000_000L);
      row.agrees("array_GBps", law.arrayBytesPerSec() / 1e9, 0);
      row.agrees("achieved_GBps", law.achievedBytesPerSec() / 1e9, 0);
      row.agrees("planes_needed_for_link", law.planesForLink(), 0);
      row.agrees("inflight_bytes_at_link", (double) law.inFlightBytes(), 0);
      row.agrees("double_buffer_bytes_2BWtR", (double) law.doubleBufferBytes(), 0);
      row.agrees("program_GBps_75us", law.programBytesPerSec(75 * US) / 1e9, 0);
      row.agrees("program_GBps_100us", law.programBytesPerSec(100 * US) / 1e9, 0);
      assertThat(law.binding())
          .isEqualTo(row.number("array_GBps") < row.number("link_GBps") ? Limit.ARRAY : Limit.LINK);
    }
  }

  /** Each part binds when it is made the narrowest, from both sides. */
  @Test
  void binding() {
    BandwidthLaw free = BandwidthLaw.of(256, 4096, 4 * US, 384_000_000_000L);
    assertThat(free.achievedBytesPerSec()).isCloseTo(262.144e9, within(1.0));
    assertThat(free.withEcc(262_200_000_000L).binding()).isEqualTo(Limit.ARRAY);
    assertThat(free.withEcc(262_100_000_000L).binding()).isEqualTo(Limit.ECC);
    // 2 x 262.144 GB/s x 4 us = 2 MiB.
    assertThat(free.withStaging((2 << 20) + 1).binding()).isEqualTo(Limit.ARRAY);
    assertThat(free.withStaging((2 << 20) - 1).binding()).isEqualTo(Limit.STAGING);
    assertThat(free.withStaging(1 << 20).achievedBytesPerSec()).isCloseTo(131.072e9, within(1.0));
    // 256 pages in flight of 4 us each are just enough.
    assertThat(free.withOutstanding(257, 4 * US).binding()).isEqualTo(Limit.ARRAY);
    assertThat(free.withOutstanding(255, 4 * US).binding()).isEqualTo(Limit.OUTSTANDING);
    assertThat(free.withOutstanding(64, 8 * US).achievedBytesPerSec())
        .isCloseTo(64 * 4096 / 8e-6, within(1.0));
    assertThat(BandwidthLaw.of(400, 4096, US, 1_600_000_000_000L).binding()).isEqualTo(Limit.LINK);
    for (Limit limit : new Limit[] {Limit.ECC, Limit.STAGING, Limit.OUTSTANDING}) {
      assertThat(free.bytesPerSec(limit)).isInfinite();
    }
  }

  @Test
  void bandwidthRefuses() {
    LawMessages.refused(() -> BandwidthLaw.of(0, 1, 1, 1), "planes 0 must be at least 1");
    LawMessages.refused(
        () -> BandwidthLaw.of(1, 1, 1, 1).withStaging(-5), "stagingBytes -5 must be at least 1");
  }

  @Test
  void pipeliningTable() {
    for (Row row : FlashTable.rows("channel_pipelining", 32)) {
      ChannelPipelining channel =
          new ChannelPipelining(row.whole("dies_per_channel"), row.ps("tR_us"), row.ps("tx_us"), 0);
      // The transfer is printed with five digits: 4 KiB at 96 and 192 GB/s.
      double share = row.number("tx_us") < 1 ? 1e-4 : 0;
      row.agrees("pages_per_us_lockstep", channel.lockStepPagesPerSec() / 1e6, share);
      row.agrees("pages_per_us_no_cache_read", channel.singleRegisterPagesPerSec() / 1e6, share);
      row.agrees("pages_per_us_cache_read", channel.cacheReadPagesPerSec() / 1e6, share);
    }
  }

  /** Sequential reads of MQSim: pages a second of all channels. */
  @ParameterizedTest
  @CsvSource({
    "4, 2, 50000000, 16384000, 290000, 96324, 0.0001",
    "16, 16, 4000000, 42000, 1000, 54548340, 0.005",
    "16, 96, 4000000, 42000, 1000, 190737305, 0.003",
  })
  void lockStepIsMqsim(
      int channels,
      int dies,
      long sensePs,
      long transferPs,
      long commandPs,
      double measured,
      double share) {
    ChannelPipelining channel = new ChannelPipelining(dies, sensePs, transferPs, commandPs);
    assertThat(channels * channel.lockStepPagesPerSec())
        .isCloseTo(measured, within(share * measured));
  }

  @Test
  void pipeliningOrder() {
    Randomized.check(
        300,
        random -> {
          ChannelPipelining channel =
              new ChannelPipelining(
                  1 + random.nextInt(100),
                  random.nextLong(1, 100 * US),
                  random.nextLong(1, 10 * US),
                  random.nextLong(US));
          assertThat(channel.lockStepPagesPerSec())
              .isLessThanOrEqualTo(channel.singleRegisterPagesPerSec() * (1 + 1e-12));
          assertThat(channel.singleRegisterPagesPerSec())
              .isLessThanOrEqualTo(channel.cacheReadPagesPerSec() * (1 + 1e-12));
        });
  }

  @Test
  void queueTable() {
    for (Row row : FlashTable.rows("mixed_read_program_mg1", 17)) {
      ReadBehindProgram plane =
          ReadBehindProgram.ofLoads(
              row.ps("tR_us"),
              row.ps("tPROG_us"),
              row.number("read_util"),
              row.number("program_util"));
      row.agrees("lambda_r_per_us", plane.readsPerSec() / 1e6, 0);
      row.agrees("lambda_w_per_us", plane.programsPerSec() / 1e6, 0);
      row.agrees("read_mean_fcfs_us", plane.fifoReadSeconds() * 1e6, 0);
      row.agrees("read_mean_readprio_nonpreempt_us", plane.priorityReadSeconds() * 1e6, 0);
      row.agrees("read_mean_preempt_md1_us", plane.preemptiveReadSeconds() * 1e6, 0);
      row.agrees("read_mean_with_suspend_us", plane.suspendedReadSeconds(2 * US) * 1e6, 0);
    }
  }

  /** Waiting weighted with load is the same under every order of service (Kleinrock). */
  @Test
  void conservationOfWaiting() {
    Randomized.check(
        300,
        random -> {
          ReadBehindProgram plane =
              ReadBehindProgram.ofLoads(
                  random.nextLong(1, 50 * US),
                  random.nextLong(1, 2000 * US),
                  random.nextDouble(0.01, 0.5),
                  random.nextDouble(0.01, 0.45));
          double readSeconds = plane.readPs() / 1e12;
          double programSeconds = plane.programPs() / 1e12;
          double byPriority =
              plane.readShare() * (plane.priorityReadSeconds() - readSeconds)
                  + plane.programShare() * (plane.priorityProgramSeconds() - programSeconds);
          double inOrder =
              (plane.readShare() + plane.programShare()) * (plane.fifoReadSeconds() - readSeconds);
          assertThat(byPriority).isCloseTo(inOrder, within(1e-9 * inOrder));
        });
  }

  /** Programs without end: reads find one nearly always, and wait for half of it on average. */
  @Test
  void overload() {
    ReadBehindProgram plane = ReadBehindProgram.ofLoads(4 * US, 75 * US, 1e-6, 2);
    assertThat(plane.fifoReadSeconds()).isInfinite();
    assertThat(plane.priorityProgramSeconds()).isInfinite();
    assertThat(plane.priorityReadSeconds() * 1e6).isCloseTo(4 + 37.5, within(1e-3));
    ReadBehindProgram reads = ReadBehindProgram.ofLoads(4 * US, 75 * US, 1, 0);
    assertThat(reads.priorityReadSeconds()).isInfinite();
    assertThat(reads.preemptiveReadSeconds()).isInfinite();
  }
}
