package memwall.network;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What software makes of a link: how much of its rate a library reaches and the time it adds.
 *
 * @param efficiency share of the link's rate that is reached, in (0, 1]
 * @param launchPs once per operation and rank, before the first byte (kernel launch)
 * @param syncPs once per message, after it has arrived (flag, fence, polling); once per operation,
 *     before the first byte, if the reduction is in the network
 * @param messagePs per message at the sender, which sends nothing else meanwhile
 */
public record Overheads(double efficiency, long launchPs, long syncPs, long messagePs) {
  /** Checks the ranges given above. */
  public Overheads {
    if (!(efficiency > 0 && efficiency <= 1)) {
      throw new IllegalArgumentException("efficiency " + efficiency + " is not in (0, 1]");
    }
    if (launchPs < 0 || syncPs < 0 || messagePs < 0) {
      throw new IllegalArgumentException(
          "overheads launch "
              + launchPs
              + ", sync "
              + syncPs
              + ", message "
              + messagePs
              + " ps: none may be negative");
    }
  }

  /** The share of a link's rate that is reached, in bytes per second, rounded down, at least 1. */
  public long bytesPerSec(long linkBytesPerSec) {
    return Math.max(1, (long) (linkBytesPerSec * efficiency));
  }

  static Overheads read(Config config) {
    return new Overheads(
        config.number("efficiency", 1e-6, 1.0, "Share of the link's rate that is reached"),
        config.quantity("launch", Dimension.TIME, "0 ps", "Software time per operation and rank"),
        config.quantity("sync", Dimension.TIME, "0 ps", "Software time per step, at the receiver"),
        config.quantity(
            "per_message", Dimension.TIME, "0 ps", "Software time per message, at the sender"));
  }
}
