package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The checker refuses commands into wrong states, on wrong edges and too late ones. */
class TimingCheckerStatesTest {
  private static TimingChecker checker(String preset) {
    return new TimingChecker(DramDevice.builtIn(preset).standard());
  }

  private static TimingChecker ddr5() {
    return checker("ddr5-4800an-16gb-x8");
  }

  private static TimingChecker lpddr5() {
    return checker("lpddr5-6400-8gb-x16");
  }

  private static TimingChecker hbm3() {
    return checker("hbm3-6400-16gb-8hi");
  }

  private static void refused(
      TimingChecker checker, long tick, Command command, int bank, int row, String message) {
    assertThat(checker.whyNot(tick, command, bank, row)).isEqualTo(message);
    assertThatThrownBy(() -> checker.issue(tick, command, bank, row))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith(": " + message);
  }

  private static void accepted(
      TimingChecker checker, long tick, Command command, int bank, int row) {
    assertThat(checker.whyNot(tick, command, bank, row)).isEmpty();
  }

  @Test
  void rowsMustBeOpenAndTheirs() {
    TimingChecker checker = ddr5();
    refused(checker, 1, Command.RD, 0, 7, "the bank is closed");
    refused(checker, 1, Command.PREPB, 0, 7, "the bank is closed");
    checker.issue(1, Command.ACT, 0, 7);
    refused(checker, 35, Command.RD, 0, 8, "row 7 is open");
    refused(checker, 35, Command.WR, 1, 7, "the bank is closed");
    refused(checker, 200, Command.ACT, 0, 8, "activate of a bank whose row 7 is open");
    refused(checker, 200, Command.REFAB, 3, 0, "refresh over the open row of bank 0");
    accepted(checker, 35, Command.RD, 0, 7);
    checker.issue(35, Command.RDA, 0, 7);
    refused(checker, 300, Command.RD, 0, 7, "the bank is closed");
    accepted(checker, 300, Command.REFAB, 3, 0);
    assertThat(checker.checked()).isEqualTo(2);
  }

  @Test
  void timeDoesNotRunBackwards() {
    TimingChecker checker = ddr5();
    checker.issue(5, Command.ACT, 0, 7);
    refused(checker, 4, Command.PREAB, 0, 0, "before the last command at 5");
  }

  @Test
  void commandBus() {
    TimingChecker checker = ddr5();
    checker.issue(5, Command.ACT, 0, 7);
    refused(checker, 6, Command.PREAB, 0, 0, "the command bus is busy until 7");
    TimingChecker dual = hbm3();
    dual.issue(5, Command.ACT, 0, 7);
    refused(dual, 7, Command.ACT, 32, 7, "the command bus is busy until 8");
    accepted(dual, 9, Command.ACT, 32, 7);
  }

  @Test
  void halfAClockEarly() {
    TimingChecker checker = ddr5();
    checker.issue(1, Command.ACT, 0, 7);
    refused(checker, 34, Command.RD, 0, 7, "34 clocks after ACT of bank 0 at 1 not over");
    accepted(checker, 35, Command.RD, 0, 7);
    TimingChecker dual = hbm3();
    dual.issue(1, Command.ACT, 0, 7);
    refused(dual, 63, Command.RD, 0, 7, "31 clocks after ACT of bank 0 at 1 not over");
    accepted(dual, 65, Command.RD, 0, 7);
    refused(dual, 64, Command.RD, 0, 7, "begins on a falling edge");
  }

  @Test
  void fourActivates() {
    TimingChecker checker = ddr5();
    for (int i = 0; i < 4; i++) {
      checker.issue(1 + 8 * i, Command.ACT, 4 * i, 7);
    }
    refused(checker, 48, Command.ACT, 16, 7, "tFAW: the fourth last activate was heard at 2");
    accepted(checker, 49, Command.ACT, 16, 7);
  }

  @Test
  void burstsMeetOnTheDataBus() {
    TimingChecker checker = checker("ddr4-3200aa-8gb-x8");
    checker.issue(1, Command.ACT, 0, 7);
    checker.issue(5, Command.ACT, 4, 7);
    checker.issue(40, Command.RD, 0, 7);
    // data of the read: 62 to 66; of a write, 16 clocks after it
    refused(checker, 43, Command.RD, 4, 7, "its data would begin at 65, free is 66");
    refused(checker, 49, Command.WR, 4, 7, "its data would begin at 65, free is 66");
    refused(checker, 51, Command.WR, 4, 7, "12 clocks after RD of bank 0 at 40 not over");
    accepted(checker, 52, Command.WR, 4, 7);
  }

  @Test
  void otherRanksLeaveAGuardOnTheDataBus() {
    TimingChecker checker = checker("ddr5-4800an-16gb-x8-2r");
    checker.issue(1, Command.ACT, 0, 7);
    checker.issue(3, Command.ACT, 32, 7);
    checker.issue(40, Command.RD, 0, 7);
    refused(checker, 49, Command.RD, 32, 7, "its data would begin at 84, free is 85");
    accepted(checker, 50, Command.RD, 32, 7);
    refused(checker, 51, Command.WR, 32, 7, "its data would begin at 84, free is 85");
    accepted(checker, 52, Command.WR, 32, 7);
  }

  @Test
  void secondHalvesInTime() {
    TimingChecker checker = lpddr5();
    refused(checker, 1, Command.ACT2, 0, 7, "no first half of this activate");
    refused(checker, 1, Command.ACT, 0, 7, "not a command of the standard");
    checker.issue(1, Command.ACT1, 0, 7);
    refused(checker, 2, Command.ACT2, 0, 8, "no first half of this activate");
    refused(checker, 2, Command.ACT1, 0, 7, "activate of a bank whose row -1 is open");
    refused(checker, 2, Command.PREPB, 0, 7, "precharge between the halves of an activate");
    refused(checker, 2, Command.REFAB, 0, 7, "bank 0 is between the halves of an activate");
    accepted(checker, 9, Command.ACT2, 0, 7);
    refused(
        checker, 10, Command.ACT2, 0, 7, "the second half of the activate of bank 0 was due at 9");
    checker.end(9);
    assertThatThrownBy(() -> checker.end(10))
        .hasMessageEndingWith("the second half of the activate of bank 0 was due at 9");
  }

  @Test
  void wckMustRun() {
    TimingChecker checker = lpddr5();
    checker.issue(1, Command.ACT1, 0, 7);
    checker.issue(2, Command.ACT2, 0, 7);
    refused(checker, 20, Command.RD, 0, 7, "WCK is off since 0");
    checker.issue(20, Command.CASRD, 0, 7);
    refused(checker, 21, Command.WR, 0, 7, "not the burst that the CAS at 20 announced");
    refused(checker, 21, Command.PREAB, 0, 0, "not the burst that the CAS at 20 announced");
    refused(checker, 22, Command.RD, 0, 7, "not the burst that the CAS at 20 announced");
    checker.issue(21, Command.RD, 0, 7);
    // CL 17, burst of 2, one clock more: until 41
    accepted(checker, 40, Command.RD, 0, 7);
    refused(checker, 41, Command.RD, 0, 7, "WCK is off since 41");
  }

  @Test
  void edges() {
    TimingChecker checker = hbm3();
    refused(checker, 2, Command.ACT, 0, 7, "begins on a falling edge");
    refused(checker, 2, Command.REFAB, 0, 7, "begins on a falling edge");
    checker.issue(1, Command.ACT, 0, 7);
    checker.issue(11, Command.ACT, 4, 7);
    checker.issue(21, Command.ACT, 32, 7);
    checker.issue(201, Command.PREPB, 0, 0);
    refused(checker, 202, Command.PREAB, 0, 0, "paired with PREpb of the rising edge");
    refused(checker, 202, Command.PREPB, 4, 0, "2 clocks after PREpb of bank 0 at 201 not over");
    accepted(checker, 202, Command.PREPB, 32, 0);
    accepted(checker, 202, Command.PREAB, 32, 0);
    accepted(checker, 206, Command.PREPB, 4, 0);
    checker.issue(205, Command.PREAB, 0, 0);
    refused(checker, 206, Command.PREAB, 0, 0, "paired with PREab of the rising edge");
  }

  @Test
  void refreshesOwed() {
    TimingChecker checker = ddr5();
    checker.end(10 * 9375 - 1);
    assertThatThrownBy(() -> checker.end(10 * 9375))
        .hasMessageEndingWith("bank 0 is owed 10 refreshes");
    accepted(checker, 10 * 9375 - 1, Command.REFAB, 0, 0);
    refused(checker, 10 * 9375, Command.REFAB, 0, 0, "bank 0 is owed 10 refreshes");
    checker.issue(9 * 9375, Command.REFAB, 0, 0);
    checker.end(11 * 9375 - 1);
    TimingChecker off = new TimingChecker(DramDevice.builtIn("ddr5-4800an-16gb-x8").standard(), 0);
    off.end(1L << 40);
  }

  @Test
  void oneBankMayNotStarve() {
    TimingChecker checker = hbm3();
    for (int bank = 1; bank < 64; bank++) {
      checker.issue(800L * bank + 1, Command.REFPB, bank, 0);
    }
    checker.end(10 * 12480 - 1);
    assertThatThrownBy(() -> checker.end(10 * 12480))
        .hasMessageEndingWith("bank 0 is owed 10 refreshes");
    TimingChecker pairs = lpddr5();
    for (int bank = 1; bank < 8; bank++) {
      pairs.issue(200L * bank, Command.REFPB, bank, 0);
    }
    pairs.issue(2000, Command.REFPB, 8, 0); // and bank 0
    pairs.end(10 * 3125);
  }
}
