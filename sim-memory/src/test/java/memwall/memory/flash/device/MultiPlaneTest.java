package memwall.memory.flash.device;

import static memwall.memory.flash.device.FlashRig.PAGE;
import static memwall.memory.flash.device.FlashRig.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import java.util.SplittableRandom;
import memwall.memory.flash.device.FlashRig.End;
import memwall.memory.flash.law.MultiPlaneSensing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Planes that share their circuits, in worked numbers: 4 planes in one group, 4 us to sense, 75 us
 * to program, 1 ms to erase, 1 us a page on the link.
 */
class MultiPlaneTest {
  private static final int PAGES = FlashRig.GEOMETRY.pagesPerBlock();

  private static FlashRig rig(MultiPlane multiPlane, ReadPriority priority, FlashErrors errors) {
    FlashSpec spec =
        new FlashSpec(
            FlashRig.GEOMETRY,
            FlashRig.TIMINGS,
            FlashRig.PATHS,
            FlashRig.rules(2, priority),
            multiPlane);
    return new FlashRig(spec, null, errors);
  }

  private static FlashRig rig(long windowPs, boolean samePage) {
    return rig(new MultiPlane(4, windowPs, samePage), ReadPriority.SUSPEND, FlashErrors.NONE);
  }

  private static List<Long> doneUs(FlashRig rig) {
    return rig.finish().stream().map(end -> end.donePs() / US).toList();
  }

  @Test
  void commandsInTheWindowSenseTogether() {
    FlashRig rig = rig(2 * US, false);
    rig.device.read(0, 3, PAGE, false, 0);
    rig.device.advanceTo(2 * US - 1);
    rig.device.read(2, 7, PAGE, false, 1);
    rig.device.advanceTo(2 * US);
    rig.device.read(3, 3, PAGE, false, 2); // too late: after the others, and a window of its own
    assertThat(rig.finish())
        .containsExactly(
            new End(0, 7 * US, FlashStatus.DONE),
            new End(1, 8 * US, FlashStatus.DONE),
            new End(2, 13 * US, FlashStatus.DONE));
    assertThat(rig.device.counters().senses()).isEqualTo(3);
    assertThat(rig.device.counters().senseCommands()).isEqualTo(2);
  }

  @Test
  void aFullGroupDoesNotWait() {
    FlashRig rig = rig(50 * US, true);
    for (int plane = 0; plane < 4; plane++) {
      rig.device.read(plane, 5, PAGE, false, plane);
    }
    assertThat(doneUs(rig)).containsExactly(5L, 6L, 7L, 8L);
  }

  @Test
  void onlyPagesOfOneNumberGoTogether() {
    FlashRig rig = rig(0, true);
    rig.device.read(0, 1, PAGE, false, 0);
    rig.device.read(1, 2, PAGE, false, 1);
    rig.device.read(2, 3 * PAGES + 1, PAGE, false, 2); // of another block
    assertThat(rig.finish()).extracting(End::word).containsExactly(0L, 2L, 1L);
    assertThat(rig.ends.get(2).donePs()).isEqualTo(9 * US);
    FlashRig free = rig(0, false);
    free.device.read(0, 1, PAGE, false, 0);
    free.device.read(1, 2, PAGE, false, 1);
    assertThat(doneUs(free)).containsExactly(5L, 6L);
  }

  /** A plane without retries has its page earlier, but its group is not free. */
  @Test
  void theSlowestPlaneFreesTheGroup() {
    FlashErrors oneRetry =
        new FlashErrors() {
          private int senses;

          @Override
          public int retries(int erases, int reads, long agePs, long nowPs) {
            return ++senses == 2 ? 1 : 0;
          }

          @Override
          public long cleanSenses() {
            return 0;
          }

          @Override
          public void skip(long its) {}

          @Override
          public boolean programFails(int erases) {
            return false;
          }
        };
    FlashRig rig = rig(new MultiPlane(4, 0, false), ReadPriority.ARRIVAL, oneRetry);
    rig.device.read(0, 0, PAGE, false, 0);
    rig.device.read(1, 0, PAGE, false, 1);
    rig.device.read(0, 1, PAGE, false, 2);
    // Sensed after 4, 7 and 7 + 4 us.
    assertThat(doneUs(rig)).containsExactly(5L, 8L, 12L);
  }

  @Test
  void otherWorkWaitsForTheGroup() {
    FlashRig rig = rig(new MultiPlane(4, 0, false), ReadPriority.ARRIVAL, FlashErrors.NONE);
    rig.device.erase(0, 0, 0);
    rig.device.erase(1, PAGES, 1);
    rig.device.read(2, 0, PAGE, false, 2);
    rig.device.read(3, 0, PAGE, false, 3);
    assertThat(doneUs(rig)).containsExactly(1000L, 1000L, 1005L, 1006L);
    long now = rig.device.nowPs();
    rig.ends.clear();
    // Data arrive after 1, 2 and 3 us: too late to join. Page 0 erases, the others do not.
    rig.device.program(0, 0, 4);
    rig.device.program(1, 1, 5);
    rig.device.program(2, 1, 6);
    rig.finish();
    assertThat(rig.ends)
        .containsExactly(
            new End(4, now + 1076 * US, FlashStatus.DONE),
            new End(5, now + 1151 * US, FlashStatus.DONE),
            new End(6, now + 1151 * US, FlashStatus.DONE));
  }

  /** A read of any plane suspends all that the group programs; it goes on together. */
  @Test
  void aGroupIsSuspendedAsAWhole() {
    FlashRig rig = rig(2 * US, true);
    rig.device.program(0, 1, 0);
    rig.device.program(1, 1, 1);
    rig.device.advanceTo(40 * US);
    rig.device.read(3, 0, PAGE, false, 2);
    assertThat(rig.finish())
        .containsExactly(
            // Programs from 3 us on, let go from 40 to 42; a window of 2 us, 4 to sense.
            new End(2, 49 * US, FlashStatus.DONE),
            // On from 48 us, with 1 more and the 38 that were left.
            new End(0, 87 * US, FlashStatus.DONE),
            new End(1, 87 * US, FlashStatus.DONE));
    assertThat(rig.device.counters().suspensions()).isEqualTo(2);
    assertThat(rig.device.counters().workBusyPs()).isEqualTo(2 * 76 * US);
  }

  /** Requests that fall on planes at random wait together: as many commands as the law says. */
  @ParameterizedTest
  @CsvSource({"4, 3", "4, 12", "2, 8", "8, 20", "8, 60"})
  void randomRequestsNeedAsManyCommandsAsTheLawSays(int planes, int requests) {
    FlashGeometry geometry = new FlashGeometry(1, 1, planes, 16, 256, PAGE);
    FlashSpec spec =
        new FlashSpec(
            geometry,
            FlashRig.TIMINGS,
            new FlashPaths(4_096_000_000_000L, false, 0, 0, 0, 0, 0),
            FlashRig.rules(2, ReadPriority.ARRIVAL),
            new MultiPlane(planes, 0, false));
    FlashRig rig = new FlashRig(spec, null, FlashErrors.NONE);
    SplittableRandom random = new SplittableRandom(20261123);
    int batches = 4000;
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < requests; i++) {
        // Pages that follow each other: none is in a buffer.
        int page = (batch * requests + i) % geometry.pagesPerPlane();
        rig.device.read(random.nextInt(planes), page, PAGE, false, i);
      }
      rig.finish();
    }
    FlashCounters counters = rig.device.counters();
    assertThat(counters.senses()).isEqualTo((long) batches * requests);
    MultiPlaneSensing law = new MultiPlaneSensing(planes, 0, 4 * US, 0);
    assertThat((double) counters.senseCommands() / batches)
        .isCloseTo(law.meanCommands(requests), withPercentage(1));
  }

  @Test
  void messages() {
    assertThatThrownBy(() -> new MultiPlane(0, 0, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a group of 0 planes");
    assertThatThrownBy(() -> new MultiPlane(2, -1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a window of -1 ps; must be from 0 to " + FlashTimings.MOST_PS);
    assertThatThrownBy(() -> rig(new MultiPlane(3, 0, false), ReadPriority.READS, FlashErrors.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 planes of a die do not divide into groups of 3");
  }
}
