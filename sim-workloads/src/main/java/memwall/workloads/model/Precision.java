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
   * Reads keys {@code weights}, {@code kv}, {@code activations}, {@code compute}; without {@code
   * compute} the rule of {@link #of}.
   */
  public static Precision bind(Config config) {
    NumberFormat weights =
        config.choice("weights", NumberFormat.class, "Format in which weights are stored.");
    NumberFormat kv =
        config.choice("kv", weights.wider(NumberFormat.FP8), "Format of the KV cache.");
    NumberFormat activations =
        config.choice(
            "activations", NumberFormat.BF16, "Format of activations between operators and chips.");
    NumberFormat compute =
        config.choice(
            "compute",
            activations.wider(weights),
            "Format in which the matrix unit multiplies weights with activations.");
    config.finish();
    Faults faults = new Faults();
    if (wholeBytes("kv", kv, faults)) {
      config.fault("kv", narrow("kv", kv));
    }
    if (wholeBytes("activations", activations, faults)) {
      config.fault("activations", narrow("activations", activations));
    }
    return faults.isEmpty() ? new Precision(weights, kv, activations, compute) : BF16;
  }

  /** Format of the attention products: the wider of activations and KV cache. */
  public NumberFormat attentionCompute() {
    return activations.wider(kv);
  }

  private static boolean wholeBytes(String what, NumberFormat format, Faults faults) {
    if (format.bits() % Byte.SIZE == 0) {
      return false;
    }
    faults.add(narrow(what, format));
    return true;
  }

  private static String narrow(String what, NumberFormat format) {
    return what + ": " + format + " is not allowed, 4-bit numbers are for weights only";
  }
}
