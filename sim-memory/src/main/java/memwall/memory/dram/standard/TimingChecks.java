package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableMap;
import memwall.core.config.Config;

/** What no DRAM can be: timings that contradict each other. Names that a protocol lacks pass. */
final class TimingChecks {
  private final Config section;
  private final ImmutableMap<String, Long> clocks;
  private boolean sound = true;

  private TimingChecks(Config section, ImmutableMap<String, Long> clocks) {
    this.section = section;
    this.clocks = clocks;
  }

  /** Records a fault for every contradiction, at the timing that is too small; false if any. */
  static boolean check(Config section, ImmutableMap<String, Long> clocks) {
    TimingChecks checks = new TimingChecks(section, clocks);
    for (String name : new String[] {"nCL", "nCWL", "nBL", "nBL_min", "nRAS", "nRP", "nREFI"}) {
      if (clocks.containsKey(name) && checks.of(name) < 1) {
        checks.fault(name, "0 clocks; at least 1 is needed");
      }
    }
    checks.atLeast("nRC", "the row cycle", checks.of("nRAS") + checks.of("nRP"), "nRAS + nRP");
    checks.atLeast("nFAW", "the window of four activates", checks.of("nRRDS"), "nRRDS");
    checks.atLeast("nRRDL", "between activates of a bank group", checks.of("nRRDS"), "nRRDS");
    checks.atLeast("nCCDL", "between columns of a bank group", checks.of("nCCDS"), "nCCDS");
    checks.atLeast("nBL_max", "the longest burst", checks.of("nBL_min"), "nBL_min");
    checks.atLeast("nWTRL", "write to read in a bank group", checks.of("nWTRS"), "nWTRS");
    checks.atLeast("nREFI", "the refresh interval", checks.of("nRFC") + 1, "nRFC + 1");
    checks.atLeast(
        "nREFIsb", "the interval of same-bank refreshes", checks.of("nRFCsb") + 1, "nRFCsb + 1");
    if (clocks.containsKey("nREFIpb") && checks.of("nREFIpb") < 1) {
      checks.fault("nREFIpb", "0 clocks; at least 1 is needed");
    }
    return checks.sound;
  }

  private void fault(String name, String message) {
    section.fault(name, message);
    sound = false;
  }

  private long of(String name) {
    return clocks.getOrDefault(name, 0L);
  }

  private void atLeast(String name, String meaning, long least, String why) {
    if (clocks.containsKey(name) && of(name) < least) {
      fault(name, meaning + " of " + of(name) + " clocks is shorter than " + why + " = " + least);
    }
  }
}
