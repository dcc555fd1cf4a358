package memwall.network.endpoint;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What a message costs at its ends, and where it is put.
 *
 * <p>A message of at most {@code sramBytes} is put into one of {@code sramSlots} places of on-chip
 * memory if one is free, else into memory; the place is free again when the message has been
 * consumed (network facts, section 5, "small packet placement").
 *
 * @param sendPs processor time of a send (LogGP's o), 0 or more
 * @param receivePs processor time of a receive, 0 or more
 * @param notifyPs from the message being in its place until the processor knows, 0 or more
 * @param sramBytes largest message for on-chip memory, 0 for none
 * @param sramSlots places in on-chip memory, 0 or more
 * @param sramPs from the last tail until a message is in on-chip memory
 * @param memoryPs the same for memory
 * @param addBytesPerSec rate at which the processor adds a message to what it has, at least 1
 */
public record EndpointSpec(
    long sendPs,
    long receivePs,
    long notifyPs,
    long sramBytes,
    int sramSlots,
    long sramPs,
    long memoryPs,
    long addBytesPerSec) {
  /** Most places. */
  public static final int MAX_SLOTS = 1 << 20;

  /** Ends that cost nothing. */
  public static final EndpointSpec FREE = new EndpointSpec(0, 0, 0, 0, 0, 0, 0, Long.MAX_VALUE);

  /** Checks the ranges given above. */
  public EndpointSpec {
    if (sendPs < 0 || receivePs < 0 || notifyPs < 0 || sramPs < 0 || memoryPs < 0) {
      throw new IllegalArgumentException(
          "send "
              + sendPs
              + ", receive "
              + receivePs
              + ", notify "
              + notifyPs
              + ", SRAM "
              + sramPs
              + ", memory "
              + memoryPs
              + " ps: none may be negative");
    }
    if (sramBytes < 0 || sramSlots < 0 || sramSlots > MAX_SLOTS || addBytesPerSec < 1) {
      throw new IllegalArgumentException(
          sramSlots
              + " places for messages of "
              + sramBytes
              + " B, adding "
              + addBytesPerSec
              + " B/s: needs 0 to "
              + MAX_SLOTS
              + " places, 0 B or more, 1 B/s or more");
    }
  }

  /** Reads a section {@code endpoint}; faults are recorded there. */
  public static EndpointSpec read(Config config) {
    long rate =
        config.quantity(
            "add_rate", Dimension.BYTE_RATE, "1000 TB/s", "Bytes that a rank adds a second");
    EndpointSpec spec =
        new EndpointSpec(
            time(config, "send", "Processor time of a send"),
            time(config, "receive", "Processor time of a receive"),
            time(config, "notify", "Until the processor knows of a message"),
            config.quantity(
                "sram_threshold", Dimension.SIZE, "0 B", "Largest message put into SRAM"),
            (int) config.integer("sram_slots", 0, MAX_SLOTS, 0, "Messages that SRAM holds"),
            time(config, "sram_latency", "From the last tail until it is in SRAM"),
            time(config, "memory_latency", "From the last tail until it is in memory"),
            rate);
    config.finish();
    return spec;
  }

  private static long time(Config config, String key, String sentence) {
    return config.quantity(key, Dimension.TIME, "0 ps", sentence);
  }
}
