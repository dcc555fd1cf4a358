package memwall.memory.flash.device;

import static memwall.memory.flash.device.FlashRig.PAGE;
import static memwall.memory.flash.device.FlashRig.US;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.flash.device.FlashRig.End;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fewer active planes at run time, and a device that stops: every request ends exactly once. */
class FlashLimitsTest {
  private static final int PLANES = FlashRig.GEOMETRY.planes();

  @Test
  void noneMayBeActiveUntilSomeMay() {
    FlashRig rig = new FlashRig(FlashRig.rules(2, ReadPriority.ARRIVAL));
    rig.device.limitActivePlanes(0);
    for (int plane = 0; plane < PLANES; plane++) {
      rig.device.read(plane, 0, PAGE, false, plane);
    }
    assertThat(rig.finish()).isEmpty();
    assertThat(rig.device.pending()).isEqualTo(PLANES);
    assertThat(rig.device.counters().capWaits()).isEqualTo(PLANES);
    rig.device.advanceTo(1000 * US);
    assertThat(rig.device.activePlanes()).isZero();
    // One at a time: a sense each 4 us, the last page leaves 1 us later.
    rig.device.limitActivePlanes(1);
    assertThat(rig.device.activePlanes()).isEqualTo(1);
    rig.finish();
    assertThat(rig.ends).hasSize(PLANES);
    assertThat(rig.ends.get(PLANES - 1).donePs()).isEqualTo((1000 + 4 * PLANES + 1) * US);
  }

  /**
   * Planes of two channels, all with reads without end, share one leave, or two places of the
   * staging buffer of each channel: they take turns, so that none has sensed more than one page
   * more than another, and none waits longer than all others take once.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 1, false",
    "1, 0, 1, true",
    "2, 1, 1, true",
    "0, 2, 1, false",
    "0, 2, 1, true",
    "1, 1, 1, false",
    "0, 0, 2, false",
    "0, 0, 2, true",
    "0, 0, 4, true",
    "1, 0, 4, true"
  })
  void noPlaneStarves(int active, int staging, int group, boolean isShared) {
    FlashGeometry geometry = new FlashGeometry(2, 1, 4, 4, 8, PAGE);
    FlashRules rules =
        new FlashRules(2, false, staging, active, 256, 64, false, ReadPriority.ARRIVAL, 0, 0, 0);
    FlashPaths paths = new FlashPaths(4_096_000_000L, isShared, 0, 0, 0, 0, 0);
    // No two pages that are read side by side have the same number in their blocks.
    MultiPlane multiPlane = new MultiPlane(group, 0, true);
    FlashSpec spec = new FlashSpec(geometry, FlashRig.TIMINGS, paths, rules, multiPlane);
    FlashRig rig = new FlashRig(spec, null, FlashErrors.NONE);
    int rounds = 16;
    for (int i = 0; i < rounds; i++) {
      for (int plane = 0; plane < geometry.planes(); plane++) {
        rig.device.read(plane, i + 2 * (plane % 4), PAGE, false, plane);
      }
    }
    int[] ended = new int[geometry.planes()];
    rig.finish();
    assertThat(rig.ends).hasSize(rounds * geometry.planes());
    for (End end : rig.ends) {
      ended[(int) end.word()]++;
      int channel = (int) end.word() / 4 * 4;
      int[] its = Arrays.copyOfRange(ended, channel, channel + 4);
      Arrays.sort(its);
      assertThat(its[3] - its[0]).isLessThanOrEqualTo(active == 0 ? 2 : 1);
    }
    // A sense of each other plane, and the bus between them.
    long longestPs = rig.device.counters().longestCapWaitPs();
    assertThat(longestPs).isLessThanOrEqualTo((geometry.planes() - 1) * 6L * US);
    if (staging == 0 && active > 0 && group == 1) {
      assertThat(longestPs).isGreaterThan(4 * 4 * US);
    }
  }

  /** Nobody may be active for long: that shows while it lasts, and afterwards. */
  @Test
  void longestWaitIsCounted() {
    FlashRig rig = new FlashRig(FlashRig.rules(2, ReadPriority.ARRIVAL));
    rig.device.limitActivePlanes(0);
    rig.device.advanceTo(10 * US);
    rig.device.read(0, 0, PAGE, false, 0);
    rig.device.advanceTo(30 * US);
    rig.device.program(1, 0, 1);
    rig.device.advanceTo(500 * US);
    assertThat(rig.device.counters().longestCapWaitPs()).isEqualTo(490 * US);
    rig.device.limitActivePlanes(2);
    rig.device.advanceTo(2000 * US);
    assertThat(rig.device.counters().longestCapWaitPs()).isEqualTo(490 * US);
    assertThat(rig.device.pending()).isZero();
  }

  @Test
  void whatHasBegunGoesOn() {
    FlashRig rig = new FlashRig(FlashRig.rules(2, ReadPriority.ARRIVAL));
    for (int plane = 0; plane < PLANES; plane++) {
      rig.device.read(plane, 0, PAGE, false, plane);
    }
    rig.device.program(0, 0, PLANES);
    rig.device.advanceTo(2 * US);
    rig.device.shutDown();
    assertThat(rig.device.isShutDown()).isTrue();
    // The program's data have not begun to be programmed; they are refused when they arrive.
    rig.finish();
    assertThat(rig.ends).hasSize(PLANES + 1);
    for (End end : rig.ends) {
      assertThat(end.status())
          .isEqualTo(end.word() == PLANES ? FlashStatus.SHUT_DOWN : FlashStatus.DONE);
    }
    rig.device.read(0, 0, PAGE, false, 9);
    rig.device.erase(0, 0, 10);
    assertThat(rig.ends.get(rig.ends.size() - 1))
        .isEqualTo(new End(10, rig.device.nowPs(), FlashStatus.SHUT_DOWN));
    assertThat(rig.device.counters().shutOut()).isEqualTo(3);
    assertThat(FlashStatus.SHUT_DOWN.isGood()).isFalse();
  }

  private static FlashRig rig(SplittableRandom random) {
    FlashRules rules =
        new FlashRules(
            1 + random.nextInt(2),
            random.nextBoolean(),
            random.nextInt(3),
            random.nextInt(4),
            1 + random.nextInt(8),
            1 + random.nextInt(8),
            random.nextBoolean(),
            List.of(ReadPriority.values()).get(random.nextInt(3)),
            random.nextInt(3),
            0,
            random.nextInt(2) * (long) random.nextInt(5_000_000));
    FlashPaths paths = new FlashPaths(4_096_000_000L, random.nextBoolean(), 0, 0, 0, 0, 0);
    FlashTimings timings =
        new FlashTimings(
            random.nextInt(2) * 100_000L, 4 * US, 0, 3 * US, 75 * US, 200 * US, 2 * US, US);
    return new FlashRig(
        new FlashSpec(FlashRig.GEOMETRY, timings, paths, rules), null, FlashErrors.NONE);
  }

  /** Random devices under random limits, some of which stop: 10,000 schedules lose nothing. */
  @Test
  void everyRequestEndsOnce() {
    long[] shutOut = {0};
    Randomized.check(10_000, random -> shutOut[0] += oneSchedule(random));
    assertThat(shutOut[0]).isGreaterThan(10_000);
  }

  private static long oneSchedule(SplittableRandom random) {
    FlashRig rig = rig(random);
    FlashDevice device = rig.device;
    long word = 0;
    boolean stops = random.nextInt(3) == 0;
    long stopPs = random.nextLong(600 * US);
    for (int i = 0; i < 25; i++) {
      for (int j = random.nextInt(4); j > 0; j--) {
        int plane = random.nextInt(PLANES);
        int page = random.nextInt(FlashRig.GEOMETRY.pagesPerPlane());
        switch (random.nextInt(6)) {
          case 0 -> device.program(plane, page, word++);
          case 1 -> device.erase(plane, page, word++);
          default -> device.read(plane, page, 1 + random.nextInt(PAGE), false, word++);
        }
      }
      if (random.nextInt(3) == 0) {
        int before = device.activePlanes();
        int most = random.nextInt(4);
        device.limitActivePlanes(most);
        assertThat(device.activePlanes()).isLessThanOrEqualTo(Math.max(before, most));
      }
      long untilPs = device.nowPs() + random.nextLong(40 * US);
      while (device.nextPs() <= untilPs) {
        device.advanceTo(device.nextPs());
      }
      device.advanceTo(untilPs);
      if (stops && device.nowPs() >= stopPs && !device.isShutDown()) {
        device.shutDown();
      }
    }
    device.limitActivePlanes(Integer.MAX_VALUE);
    rig.finish();
    assertThat(device.pending()).isZero();
    assertThat(device.activePlanes()).isZero();
    Set<Long> words = new HashSet<>();
    long shutOut = 0;
    for (End end : rig.ends) {
      assertThat(words.add(end.word())).isTrue();
      shutOut += end.status() == FlashStatus.SHUT_DOWN ? 1 : 0;
    }
    assertThat(words).hasSize((int) word);
    FlashCounters counters = device.counters();
    assertThat(counters.shutOut()).isEqualTo(shutOut);
    assertThat(stops || shutOut == 0).isTrue();
    return shutOut;
  }
}
