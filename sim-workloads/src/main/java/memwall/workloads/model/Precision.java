package memwall.workloads.model;

import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;

/**
 * The number formats of a deployment.
 *
 * @param weights format in which every weight matrix is stored (norm vectors are stored in the
 *     format of the activations)
 * @param kv format of the KV cache; at least 8 bits
 * @param activations format in which activations travel between operators and between chips; at
 *     least 8 bits
 * @param compute format in which the matrix unit multiplies weights with activations; a chip picks
 *     its peak rate by it
 */
public record Precision(
    NumberFormat weights, NumberFormat kv, NumberFormat activations, NumberFormat compute) {

  /** Everything in BF16. */
  public static final Precision BF16 = uniform(NumberFormat.BF16);

  /** Everything in FP8. */
  public static final Precision FP8 = uniform(NumberFormat.FP8);

  /**
   * Checks the formats.
   *
   * @throws ConfigException if KV cache or activations have less than 8 bits
   */
  public Precision {
    Faults faults = new Faults();
    wholeBytes("kv", kv, faults);
    wholeBytes("activations", activations, faults);
    faults.throwIfAny();
  }

  /** One format for everything. */
  public static Precision uniform(NumberFormat format) {
    return new Precision(format, format, format, format);
  }

  /**
   * The formats with the compute format that follows from them: the wider of weights and
   * activations (narrow weights are widened on their way into the matrix unit); at equal width that
   * of the activations.
   */
  public static Precision of(NumberFormat weights, NumberFormat kv, NumberFormat activations) {
    return new Precision(weights, kv, activations, activations.wider(weights));
  }

  /**
   * Reads keys {@code weights}, {@code activations} (default BF16), {@code kv} (default: as
   * activations) and {@code compute} (default: the rule of {@link #of}).
   */
  public static Precision bind(Config config) {
    NumberFormat weights =
        config.choice("weights", NumberFormat.class, "Format in which weights are stored.");
    NumberFormat activations =
        config.choice(
            "activations", NumberFormat.BF16, "Format of activations between operators and chips.");
    NumberFormat kv = config.choice("kv", activations, "Format of the KV cache.");
    NumberFormat compute =
        config.choice(
            "compute",
            activations.wider(weights),
            "Format in which the matrix unit multiplies weights with activations.");
    config.finish();
    try {
      return new Precision(weights, kv, activations, compute);
    } catch (ConfigException e) {
      for (String fault : e.faults()) {
        int colon = fault.indexOf(": ");
        config.fault(fault.substring(0, colon), fault.substring(colon + 2));
      }
      return BF16;
    }
  }

  /** Format of the attention products: the wider of activations and KV cache. */
  public NumberFormat attentionCompute() {
    return activations.wider(kv);
  }

  private static void wholeBytes(String what, NumberFormat format, Faults faults) {
    if (format.bits() % Byte.SIZE != 0) {
      faults.add(what + ": " + format + " is not allowed, 4-bit numbers are for weights only");
    }
  }
}
