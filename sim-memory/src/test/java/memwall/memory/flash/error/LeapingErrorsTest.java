package memwall.memory.flash.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.random.RandomStreams;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.law.ErrorCorrection;
import memwall.memory.flash.law.RawBitErrors;
import memwall.memory.flash.port.PagePort;
import org.junit.jupiter.api.Test;

/** Law F1 with errors: leaps end before a retry, and draw the same numbers for the same senses. */
class LeapingErrorsTest {
  private static final int PAGE = 4096;
  private static final long HOUR_PS = 3_600_000_000_000_000L;

  private static final long SECOND_PS = 1_000_000_000_000L;

  private record Run(List<String> answers, FlashCounters counters, long leapt) {}

  private static FlashSpec device(SplittableRandom random) {
    long readPs = 1_000_000L * (1 + random.nextInt(4));
    return new FlashSpec(
        new FlashGeometry(1, 1 + random.nextInt(3), 1 + random.nextInt(6), 4, 96, PAGE),
        new FlashTimings(0, readPs, 0, readPs, 75_000_000, 100_000_000, 0, 0),
        new FlashPaths((1L + random.nextInt(20)) * 1_000_000_000L, false, 0, 0, 0, 0, 0),
        new FlashRules(
            1 + random.nextInt(2),
            false,
            0,
            random.nextInt(3) * 4,
            1 + random.nextInt(60),
            16,
            false,
            ReadPriority.ARRIVAL,
            0,
            0,
            0));
  }

  /** Errors from rare to frequent that grow with reads, age and wear. */
  private static ErrorSpec errors(SplittableRandom random) {
    RawBitErrors rate =
        new RawBitErrors(
            2e-4 + (random.nextInt(4) == 0 ? 2e-3 : 4e-4) * random.nextDouble(),
            random.nextInt(2) * 1e-7,
            1,
            random.nextInt(2) * 2e-5,
            0,
            0.5,
            random.nextInt(2) * 2e-7,
            0,
            1);
    return new ErrorSpec(
        new BitErrors(rate, new ErrorCorrection(4608, 10), 1, 0.9, 2),
        new ProgramErrors(random.nextInt(2) * 0.001, 0, 1),
        random.nextInt(1000),
        random.nextInt(2) * 20.0);
  }

  private static Run run(long seed, boolean leaps, long looks) {
    SplittableRandom random = new SplittableRandom(seed);
    FlashSpec spec = device(random);
    ErrorSpec errorSpec = errors(random);
    FlashGeometry geometry = spec.geometry();
    // Data that last 30 hours at 40 C: some get too old.
    DataAge age = new DataAge(1.1, 40, random.nextBoolean() ? 30 * 3600 : 1e12, 40);
    FlashErrors errors = errorSpec.sampler(new RandomStreams(seed), "port", age);
    BlockStore blocks =
        random.nextInt(3) == 0 ? null : new BlockStore(geometry, 1000, Integer.MAX_VALUE);
    List<String> answers = new ArrayList<>();
    PagePort port =
        new PagePort(
            spec,
            blocks,
            errors,
            leaps,
            (word, donePs, worst) -> answers.add(word + " " + donePs + " " + worst));
    SplittableRandom other = new SplittableRandom(looks);
    long pages = geometry.pages();
    if (blocks != null) {
      port.write(BurstPattern.run(0, pages), 0, pages, -1, 0);
      while (port.wakePs() != PagePort.NEVER) {
        port.advanceTo(port.wakePs());
      }
    }
    long nowPs = HOUR_PS;
    for (int i = 0; i < 6; i++) {
      port.read(BurstPattern.run(0, pages), 0, pages, i, nowPs);
      long halfPs = nowPs + random.nextLong(1_000_000_000L);
      while (other.nextInt(3) == 0 && nowPs < halfPs) {
        nowPs = Math.min(halfPs, nowPs + other.nextLong(1_000_000_000L));
        port.advanceTo(nowPs);
      }
      nowPs = halfPs;
      port.device(nowPs);
      age.setCelsius(nowPs, 35 + random.nextInt(25));
      // Heat allows fewer planes, for a while none.
      if (random.nextInt(2) == 0) {
        port.limitActivePlanes(random.nextInt(8), nowPs);
        nowPs += random.nextLong(200_000_000L);
        port.limitActivePlanes(Integer.MAX_VALUE, nowPs);
      }
      nowPs += random.nextLong(4 * HOUR_PS);
      port.advanceTo(nowPs);
    }
    while (port.wakePs() != PagePort.NEVER) {
      port.advanceTo(port.wakePs());
    }
    assertThat(port.device(nowPs).pending()).isZero();
    return new Run(answers, port.device(nowPs).counters(), port.leaptPages());
  }

  @Test
  void leapingDrawsTheSame() {
    long[] sums = new long[6];
    Randomized.check(
        40,
        random -> {
          long seed = random.nextLong();
          Run exact = run(seed, false, 1);
          Run fast = run(seed, true, random.nextLong());
          assertThat(fast.answers()).isEqualTo(exact.answers());
          assertThat(fast.counters()).isEqualTo(exact.counters());
          sums[0] += fast.counters().senses();
          sums[1] += fast.leapt();
          sums[2] += fast.counters().retries();
          sums[3] += fast.counters().uncorrectable();
          sums[4] += fast.counters().expired();
          sums[5] += fast.counters().programFailures();
        });
    // All of it happens, and much of it is leapt over.
    assertThat(sums[1]).as(Arrays.toString(sums)).isGreaterThan(sums[0] / 8);
    assertThat(sums[2]).isGreaterThan(1000);
    assertThat(sums[3]).isGreaterThan(10);
    assertThat(sums[4]).isGreaterThan(1000);
    assertThat(sums[5]).isGreaterThan(10);
  }

  /**
   * Old data have a status of their own, and are lost rather than expired if they cannot be read.
   */
  @Test
  void dataThatAreTooOldSaySo() {
    FlashSpec spec = ErrorTailTest.DEVICE;
    DataAge age = new DataAge(1.1, 85, 24 * 3600, 85);
    FlashErrors errors = ErrorSpec.CLEAN.sampler(new RandomStreams(1), "x", age);
    BlockStore blocks = new BlockStore(spec.geometry(), 1000, 1000);
    List<FlashStatus> ends = new ArrayList<>();
    PagePort port =
        new PagePort(spec, blocks, errors, true, (word, donePs, worst) -> ends.add(worst));
    BurstPattern row = BurstPattern.run(0, spec.geometry().planes());
    port.write(row, 0, spec.geometry().planes(), 0, 0);
    port.advanceTo(HOUR_PS);
    port.read(row, 0, 4, 1, 24 * HOUR_PS - SECOND_PS);
    port.advanceTo(25 * HOUR_PS);
    port.read(row, 0, 4, 2, 25 * HOUR_PS);
    port.advanceTo(26 * HOUR_PS);
    // Written anew they are fresh.
    port.write(row, 0, 4, 3, 26 * HOUR_PS);
    port.advanceTo(27 * HOUR_PS);
    port.read(row, 0, 4, 4, 27 * HOUR_PS);
    port.advanceTo(28 * HOUR_PS);
    assertThat(ends)
        .containsExactly(
            FlashStatus.DONE,
            FlashStatus.DONE,
            FlashStatus.EXPIRED,
            FlashStatus.DONE,
            FlashStatus.DONE);
    assertThat(port.device(28 * HOUR_PS).counters().expired()).isEqualTo(4);
    assertThat(FlashStatus.EXPIRED.isGood()).isFalse();
    assertThat(FlashStatus.UNCORRECTABLE).isGreaterThan(FlashStatus.EXPIRED);
  }
}
