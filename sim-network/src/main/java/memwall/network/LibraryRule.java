package memwall.network;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Units;

/**
 * What a library does for some numbers of ranks and some sizes.
 *
 * @param minRanks fewest ranks it holds for, at least 2
 * @param maxRanks most ranks it holds for, at least {@code minRanks}
 * @param maxBytes largest vector it holds for, at least 1
 * @param use names of implementations, of which the one with the least closed form is taken, or the
 *     name of one library that is left to decide
 * @param hostPs time in which the host issues the operation: it is not complete earlier, because
 *     the host of an operation that is launched by itself is busy for so long; 0 if it is part of a
 *     recorded graph
 * @param copyPs time to begin a copy of the vector into memory that the peers can reach, 0 if there
 *     is none
 * @param copyBytesPerSec rate of that copy, at least 1; {@link Long#MAX_VALUE} if there is none
 */
public record LibraryRule(
    int minRanks,
    int maxRanks,
    long maxBytes,
    List<String> use,
    long hostPs,
    long copyPs,
    long copyBytesPerSec) {
  /** Checks the ranges given above. */
  public LibraryRule {
    use = List.copyOf(use);
    if (minRanks < 2 || maxRanks < minRanks || maxBytes < 1 || use.isEmpty()) {
      throw new IllegalArgumentException(
          "rule for "
              + minRanks
              + " to "
              + maxRanks
              + " ranks, up to "
              + maxBytes
              + " B, by "
              + use
              + ": needs 2 <= min_ranks <= max_ranks, max_size >= 1 B, a name in use");
    }
    if (hostPs < 0 || copyPs < 0 || copyBytesPerSec < 1) {
      throw new IllegalArgumentException(
          "rule with host "
              + hostPs
              + " ps, copy "
              + copyPs
              + " ps at "
              + copyBytesPerSec
              + " B/s: needs times >= 0, a rate >= 1");
    }
  }

  /** Whether the rule is for so many ranks and bytes. */
  boolean holds(int ranks, long bytes) {
    int group = Math.max(2, ranks);
    return group >= minRanks && group <= maxRanks && bytes <= maxBytes;
  }

  /** Whether it is for every number of ranks and every size. */
  boolean isUnlimited() {
    return minRanks == 2 && maxRanks == Integer.MAX_VALUE && maxBytes == Long.MAX_VALUE;
  }

  /** Time of the copy of a vector. */
  long copyPs(long bytes) {
    return bytes == 0 || copyBytesPerSec == Long.MAX_VALUE
        ? 0
        : Math.addExact(copyPs, Units.transferPs(bytes, copyBytesPerSec));
  }

  static LibraryRule read(Config config) {
    int minRanks = (int) config.integer("min_ranks", 2, 1 << 20, 2, "Fewest ranks");
    int maxRanks = Integer.MAX_VALUE;
    if (config.has("max_ranks")) {
      maxRanks = (int) config.integer("max_ranks", 2, 1 << 20, "Most ranks");
      if (maxRanks < minRanks) {
        config.fault("max_ranks", "must be at least min_ranks, " + minRanks);
        maxRanks = minRanks;
      }
    }
    long maxBytes = Long.MAX_VALUE;
    if (config.has("max_size")) {
      maxBytes = config.quantity("max_size", Dimension.SIZE, "Largest vector");
      if (maxBytes < 1) {
        config.fault("max_size", "must be at least 1 B");
        maxBytes = 1;
      }
    }
    List<String> use = config.texts("use", "Implementations, or one library, that do it");
    if (use.isEmpty()) {
      config.fault("use", "needs the name of an implementation or of a library");
      use = List.of("");
    }
    long hostPs =
        config.quantity("host", Dimension.TIME, "0 ps", "Time of the host for each operation");
    long copyBytesPerSec = Long.MAX_VALUE;
    long copyPs = 0;
    if (config.has("copy_rate")) {
      copyBytesPerSec =
          config.quantity("copy_rate", Dimension.BYTE_RATE, "Rate of a copy before it");
      copyBytesPerSec = Math.max(1, copyBytesPerSec); // A fault if it was 0.
      copyPs = config.quantity("copy_launch", Dimension.TIME, "0 ps", "Time to begin the copy");
    }
    config.finish();
    return new LibraryRule(minRanks, maxRanks, maxBytes, use, hostPs, copyPs, copyBytesPerSec);
  }
}
