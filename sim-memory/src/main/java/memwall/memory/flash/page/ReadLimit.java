package memwall.memory.flash.page;

import java.util.Locale;

/** What may limit long reads of a flash device; of equals the first binds. */
enum ReadLimit {
  /** Planes, their page buffers and the time of a sense. */
  ARRAY,
  /** The channels' links to the host. */
  LINK,
  /** The channels' decoders. */
  ECC,
  /** The wires between dies and base die. */
  LANE,
  /** The wires that bring commands to the dies. */
  COMMAND,
  /** The places for pages that are on their way. */
  STAGING,
  /** The reads that a channel accepts at once. */
  OUTSTANDING,
  /** The planes that may be active at once. */
  POWER_CAP;

  /** As reports write it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
