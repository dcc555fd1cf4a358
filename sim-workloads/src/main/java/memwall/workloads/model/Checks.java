package memwall.workloads.model;

import memwall.core.config.Faults;

/** Range checks of the records in this package. */
final class Checks {
  private Checks() {}

  static void atLeastOne(String what, long value, Faults faults) {
    if (value < 1) {
      faults.add(what + ": " + value + " is not allowed, at least 1");
    }
  }

  static void notNegative(String what, long value, Faults faults) {
    if (value < 0) {
      faults.add(what + ": " + value + " is not allowed, at least 0");
    }
  }
}
