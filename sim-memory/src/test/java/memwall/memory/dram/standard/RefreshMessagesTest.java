package memwall.memory.dram.standard;

import static memwall.memory.dram.standard.DeviceMessagesTest.DDR5;
import static memwall.memory.dram.standard.DeviceMessagesTest.refused;
import static memwall.memory.dram.standard.DeviceMessagesTest.refusedRule;

import org.junit.jupiter.api.Test;

/** Refreshes and states of low power that cannot be are refused with a message. */
class RefreshMessagesTest {
  @Test
  void lowPower() {
    refused(
        DDR5,
        "dram.low_power.nXP=x",
        ": dram.low_power.nXP: 'x', character 1: 'x': here are only whole numbers and times"
            + " allowed, and max()");
  }

  @Test
  void sameBankRefreshWithoutEnd() {
    refused(
        DDR5,
        "dram.timings.nREFIsb=313",
        ": dram.timings.nREFIsb: the interval of same-bank refreshes of 313 clocks is shorter than"
            + " nRFCsb + 1 = 314");
  }

  @Test
  void sameBankRefreshInARuleOfGroups() {
    refusedRule(
        "{level: bankgroup, after: [REFsb], before: [ACT], wait: nRFCsb, name: odd}",
        "dram.protocol.rules[0].after: REFsb is for one bank of every group, the rule for each"
            + " bankgroup");
  }
}
