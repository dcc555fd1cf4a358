package memwall.memory.stack;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Quantities;

/** Quantities of a stack whose range is narrower than that of their dimension. */
final class Ranges {
  private Ranges() {}

  /**
   * Reads a quantity; what is out of range is a fault, and the nearest value allowed stands for it.
   *
   * @param least in the base unit of the dimension, as is {@code most}
   */
  static double quantity(
      Config config, String key, Dimension dimension, double least, double most, String sentence) {
    double value = config.reportQuantity(key, dimension, sentence);
    if (value >= least && value <= most) {
      return value;
    }
    Quantities quantities = dimension.quantities();
    config.fault(
        key,
        quantities.print(value)
            + " is out of range: allowed is from "
            + quantities.print(least)
            + " to "
            + quantities.print(most));
    return Math.max(least, Math.min(most, value));
  }
}
