package planted.workloads.model;

import planted.workloads.system.Chip;

/** A model knows no system, though it is of the same module. */
final class KnowsSystem {
  boolean fits(Object chip) {
    return chip instanceof Chip;
  }
}
