package memwall.network.loggp;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Units;

/**
 * Parameters of the LogGOPS model (Hoefler, Schneider, Lumsdaine, "LogGOPSim - simulating
 * large-scale applications in the LogGOPS model", HPDC 2010), with rates instead of times per byte.
 *
 * @param latencyPs L: from the sender's network interface to the receiver's, for the first byte
 * @param overheadPs o: of the processor, for each message at each end
 * @param gapPs g: at least between the starts of two messages that one rank sends, or receives
 * @param linkBytesPerSec 1/G: rate of a link, at least 1; 0 if bytes take no time
 * @param processorBytesPerSec 1/O: rate at which the processor handles the bytes of a message, at
 *     least 1; 0 if bytes take no time
 * @param eagerBytes S: a larger message keeps its sender until the receiver is ready (rendezvous)
 * @param reduceBytesPerSec rate at which the processor adds what it received to what it has, at
 *     least 1; 0 if that takes no time
 */
public record LogGopsSpec(
    long latencyPs,
    long overheadPs,
    long gapPs,
    long linkBytesPerSec,
    long processorBytesPerSec,
    long eagerBytes,
    long reduceBytesPerSec) {
  /** Value of {@code eagerBytes} with which no message is too large. */
  public static final long ALL_EAGER = Long.MAX_VALUE;

  /** Kind of presets. */
  public static final String KIND = "loggp";

  /** Checks the ranges given above. */
  public LogGopsSpec {
    if (latencyPs < 0
        || overheadPs < 0
        || gapPs < 0
        || linkBytesPerSec < 0
        || processorBytesPerSec < 0
        || eagerBytes < 0
        || reduceBytesPerSec < 0) {
      throw new IllegalArgumentException(
          "LogGOPS parameters L "
              + latencyPs
              + ", o "
              + overheadPs
              + ", g "
              + gapPs
              + " ps, rates "
              + linkBytesPerSec
              + ", "
              + processorBytesPerSec
              + ", "
              + reduceBytesPerSec
              + " B/s, S "
              + eagerBytes
              + " B: none may be negative");
    }
  }

  /** With all messages eager, and no time of the processor for bytes. */
  public static LogGopsSpec of(long latencyPs, long overheadPs, long gapPs, long linkBytesPerSec) {
    return new LogGopsSpec(latencyPs, overheadPs, gapPs, linkBytesPerSec, 0, ALL_EAGER, 0);
  }

  /**
   * Reads a preset of kind {@link #KIND}. Faults are recorded in the configuration; the result is
   * only meaningful if there are none.
   */
  public static LogGopsSpec read(Config config) {
    LogGopsSpec spec =
        new LogGopsSpec(
            config.quantity("latency", Dimension.TIME, "L: interface to interface, first byte"),
            config.quantity("overhead", Dimension.TIME, "o: of the processor, at each end"),
            config.quantity("gap", Dimension.TIME, "g: between messages at one end"),
            config.quantity("link_rate", Dimension.BYTE_RATE, "1/G: rate of a link"),
            optional(
                config,
                "processor_rate",
                Dimension.BYTE_RATE,
                0,
                "1/O: the processor handles bytes"),
            optional(
                config,
                "eager_limit",
                Dimension.SIZE,
                ALL_EAGER,
                "S: larger messages wait for their receive"),
            optional(
                config, "reduce_rate", Dimension.BYTE_RATE, 0, "Rate at which the processor adds"));
    config.finish();
    return spec;
  }

  private static long optional(
      Config config, String key, Dimension dimension, long without, String sentence) {
    return config.optionalText(key, sentence).isPresent()
        ? config.quantity(key, dimension, sentence)
        : without;
  }

  /** (m - 1) G: what the bytes of a message after the first add. */
  long streamPs(long bytes) {
    return timePs(bytes - 1, linkBytesPerSec);
  }

  /** (m - 1) O. */
  long handlePs(long bytes) {
    return timePs(bytes - 1, processorBytesPerSec);
  }

  /** Time to add up so many bytes. */
  long reducePs(long bytes) {
    return timePs(bytes, reduceBytesPerSec);
  }

  /**
   * Time of one message between idle ranks, from the sender's start to the end of the receiver's
   * work: 2 o + L + (m - 1) max(G, O).
   *
   * @param bytes at least 1
   */
  public long messagePs(long bytes) {
    return 2 * overheadPs + latencyPs + Math.max(streamPs(bytes), handlePs(bytes));
  }

  private static long timePs(long bytes, long rate) {
    return rate == 0 ? 0 : Units.transferPs(bytes, rate);
  }
}
