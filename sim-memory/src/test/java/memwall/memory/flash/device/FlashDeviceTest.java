package memwall.memory.flash.device;

import static memwall.memory.flash.device.FlashRig.PAGE;
import static memwall.memory.flash.device.FlashRig.US;
import static memwall.memory.flash.device.FlashRig.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import memwall.memory.flash.device.FlashRig.End;
import org.junit.jupiter.api.Test;

/** Worked numbers of single requests and of a few that meet. */
class FlashDeviceTest {
  @Test
  void anIdleReadTakesEveryStageOnce() {
    FlashSpec spec =
        new FlashSpec(
            FlashRig.GEOMETRY,
            new FlashTimings(300_000, 4 * US, 20_000, 0, 75 * US, 0, 0, 0),
            new FlashPaths(4_096_000_000L, false, 8_192_000_000L, 100, 700_000, 40_000, 0),
            rules(2, ReadPriority.READS));
    FlashRig rig = new FlashRig(spec, null, FlashErrors.NONE);
    rig.device.read(0, 5, PAGE, false, 9);
    // Command, sense, ready; lane; decoder; link; host.
    long endPs = 300_000 + 4 * US + 20_000 + 500_000 + 700_000 + US + 40_000;
    assertThat(rig.finish()).containsExactly(new End(9, endPs, FlashStatus.DONE));
    assertThat(rig.device.pending()).isZero();
  }

  @Test
  void partOfAPageTakesItsPartOfTheLink() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.read(0, 0, 64, false, 1);
    assertThat(rig.finish()).containsExactly(new End(1, 4 * US + 15_625, FlashStatus.DONE));
  }

  @Test
  void oneBufferWaitsForTheLinkTwoDoNot() {
    for (int buffers = 1; buffers <= 2; buffers++) {
      FlashRig rig = new FlashRig(rules(buffers, ReadPriority.READS));
      rig.device.read(0, 0, PAGE, false, 0);
      rig.device.read(0, 1, PAGE, false, 1);
      long second = buffers == 1 ? 10 * US : 9 * US;
      assertThat(rig.finish())
          .containsExactly(
              new End(0, 5 * US, FlashStatus.DONE), new End(1, second, FlashStatus.DONE));
    }
  }

  @Test
  void pagesInBuffersAreNotSensedAgain() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.read(0, 0, 64, false, 0);
    rig.device.read(0, 0, 64, false, 1); // on its way
    rig.finish();
    rig.device.read(0, 0, 64, false, 2); // there
    rig.device.read(0, 1, 64, false, 3);
    rig.device.read(0, 0, 64, false, 4); // touched later than page 1
    rig.device.read(0, 2, 64, false, 5);
    rig.finish();
    assertThat(rig.device.counters().senses()).isEqualTo(3);
    assertThat(rig.device.counters().bufferHits()).isEqualTo(3);
    long now = rig.device.nowPs();
    rig.device.read(0, 0, 64, false, 6); // evicted by page 2
    rig.finish();
    assertThat(rig.device.counters().senses()).isEqualTo(4);
    assertThat(rig.ends.get(6).donePs()).isEqualTo(now + 4 * US + 15_625);
  }

  @Test
  void aPlaneSensesInOrderEvenIfAnotherPageIsThere() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.read(0, 0, PAGE, false, 0);
    rig.finish();
    rig.device.read(0, 1, PAGE, false, 1);
    rig.device.read(0, 2, PAGE, false, 2);
    rig.device.read(0, 0, PAGE, false, 3); // a hit goes ahead of the misses before it
    assertThat(rig.finish()).extracting(End::word).containsExactly(0L, 3L, 1L, 2L);
  }

  @Test
  void regularReadsWaitForTheTimerBatchReadsDoNot() {
    FlashRules gathers =
        new FlashRules(2, true, 0, 0, 256, 64, false, ReadPriority.READS, 1, 0, 3 * US);
    FlashRig rig = new FlashRig(gathers);
    rig.device.read(0, 0, PAGE, false, 0);
    rig.device.advanceTo(2 * US);
    rig.device.read(1, 0, PAGE, false, 1);
    assertThat(rig.finish())
        .containsExactly(
            new End(0, 8 * US, FlashStatus.DONE), new End(1, 9 * US, FlashStatus.DONE));
    rig.device.advanceTo(100 * US);
    rig.device.read(0, 1, PAGE, false, 2);
    rig.device.advanceTo(101 * US);
    rig.device.read(1, 1, PAGE, true, 3);
    rig.device.read(2, 1, PAGE, false, 4);
    assertThat(rig.finish().subList(2, 5))
        .containsExactly(
            new End(2, 106 * US, FlashStatus.DONE),
            new End(3, 107 * US, FlashStatus.DONE),
            new End(4, 109 * US, FlashStatus.DONE));
  }

  @Test
  void aProgramOfPageZeroErases() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.program(0, 0, 0);
    rig.device.program(0, 1, 1);
    assertThat(rig.finish())
        .containsExactly(
            new End(0, 1076 * US, FlashStatus.DONE), new End(1, 1151 * US, FlashStatus.DONE));
    assertThat(rig.device.counters().erases()).isEqualTo(1);
    assertThat(rig.device.counters().linkInBusyPs()).isEqualTo(2 * US);
  }

  @Test
  void postedWritesEndWithTheirData() {
    FlashRig rig =
        new FlashRig(new FlashRules(2, true, 0, 0, 256, 1, true, ReadPriority.READS, 1, 0, 0));
    rig.device.program(0, 1, 0);
    rig.device.program(1, 1, 1); // waits for the one pending write
    assertThat(rig.finish())
        .containsExactly(new End(0, US, FlashStatus.DONE), new End(1, 77 * US, FlashStatus.DONE));
    assertThat(rig.device.counters().hostWaits()).isEqualTo(1);
  }

  @Test
  void readsSuspendAProgram() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.SUSPEND));
    rig.device.program(0, 1, 0);
    rig.device.advanceTo(11 * US); // 66 us are left
    rig.device.read(0, 9, PAGE, false, 1);
    // Suspended at 13, sensed at 17, at the host at 18; resumed at 17 for 1 + 65 us; a second read
    // may not suspend it again.
    rig.device.advanceTo(20 * US);
    rig.device.read(0, 10, PAGE, false, 2);
    assertThat(rig.finish())
        .containsExactly(
            new End(1, 18 * US, FlashStatus.DONE),
            new End(0, (17 + 1 + 65) * US, FlashStatus.DONE),
            new End(2, (83 + 5) * US, FlashStatus.DONE));
    assertThat(rig.device.counters().suspensions()).isEqualTo(1);
    assertThat(rig.device.counters().workBusyPs()).isEqualTo((75 + 1) * US);
  }

  @Test
  void dataOnTheirWayToTheArrayAreRead() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.program(0, 1, 0);
    rig.device.program(0, 2, 1);
    rig.device.advanceTo(10 * US);
    rig.device.read(0, 1, PAGE, false, 2);
    rig.device.read(0, 2, PAGE, false, 3);
    rig.device.read(0, 3, PAGE, false, 4);
    assertThat(rig.finish().subList(0, 2))
        .containsExactly(
            new End(2, 11 * US, FlashStatus.DONE), new End(3, 12 * US, FlashStatus.DONE));
    assertThat(rig.device.counters().forwarded()).isEqualTo(2);
    assertThat(rig.device.counters().senses()).isEqualTo(1);
  }

  @Test
  void aBufferForgetsWhatIsOverwritten() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.read(0, 1, PAGE, false, 0);
    rig.finish();
    rig.device.program(0, 0, 1);
    rig.finish();
    rig.device.read(0, 1, PAGE, false, 2);
    rig.finish();
    assertThat(rig.device.counters().senses()).isEqualTo(2);
  }

  @Test
  void retriesTakeFurtherSensesAndSomePagesAreLost() {
    int[] answers = {2, -1 - 3};
    int[] asked = {0};
    FlashErrors errors =
        new FlashErrors() {
          @Override
          public int retries(int erases, int reads, long agePs, long nowPs) {
            return answers[asked[0]++];
          }

          @Override
          public long cleanSenses() {
            return 0;
          }

          @Override
          public void skip(long senses) {}

          @Override
          public boolean programFails(int erases) {
            return false;
          }
        };
    FlashSpec spec =
        new FlashSpec(
            FlashRig.GEOMETRY, FlashRig.TIMINGS, FlashRig.PATHS, rules(2, ReadPriority.READS));
    FlashRig rig = new FlashRig(spec, null, errors);
    rig.device.read(0, 0, PAGE, false, 0);
    rig.device.read(1, 0, PAGE, false, 1);
    assertThat(rig.finish())
        .containsExactly(
            new End(0, (4 + 6 + 1) * US, FlashStatus.DONE),
            new End(1, (4 + 9 + 1) * US, FlashStatus.UNCORRECTABLE));
    assertThat(rig.device.counters().retries()).isEqualTo(5);
  }

  /** The page between is asked for before the second one, so it must get the only buffer first. */
  @Test
  void aPageAnnouncedTwiceLeavesRoomForTheOneBetween() {
    FlashRig rig = new FlashRig(rules(1, ReadPriority.READS));
    rig.device.announce(0, 5, 1, 0);
    rig.device.announce(0, 6, 2, 1);
    rig.device.announce(0, 5, 3, 2);
    for (int ticket = 1; ticket <= 3; ticket++) {
      rig.device.advanceTo(ticket * 10L * US);
      rig.device.claim(ticket);
    }
    assertThat(rig.finish())
        .containsExactly(
            new End(0, 11 * US, FlashStatus.DONE),
            new End(1, 21 * US, FlashStatus.DONE),
            new End(2, 31 * US, FlashStatus.DONE));
    assertThat(rig.device.counters().senses()).isEqualTo(3);
  }

  /** With room for both, the page is still there when its second turn comes. */
  @Test
  void aPageAnnouncedTwiceIsSensedOnce() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    rig.device.announce(0, 5, 1, 0);
    rig.device.announce(0, 6, 2, 1);
    rig.device.announce(0, 5, 3, 2);
    rig.device.advanceTo(10 * US);
    rig.device.claim(3);
    assertThat(rig.finish()).extracting(End::donePs).containsExactly(11 * US, 12 * US, 13 * US);
    assertThat(rig.device.counters().senses()).isEqualTo(2);
    assertThat(rig.device.counters().bufferHits()).isEqualTo(1);
  }

  @Test
  void refusesWhatDoesNotExist() {
    FlashRig rig = new FlashRig(rules(2, ReadPriority.READS));
    assertThatThrownBy(() -> rig.device.read(4, 0, PAGE, false, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> rig.device.program(0, 32, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> rig.device.read(0, 0, PAGE + 1, false, 0))
        .hasMessage("4097 bytes of a page of 4096; must be 1 or more, at most all");
    assertThatThrownBy(() -> rig.device.read(0, 0, 0, false, 0))
        .hasMessage("0 bytes of a page of 4096; must be 1 or more, at most all");
    rig.device.advanceTo(5);
    assertThatThrownBy(() -> rig.device.advanceTo(4)).hasMessage("back from 5 ps to 4 ps");
    assertThat(rig.device.pending()).isZero();
  }
}
