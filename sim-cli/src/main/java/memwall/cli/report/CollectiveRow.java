package memwall.cli.report;

import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;

/**
 * A collective that was carried out.
 *
 * @param ranks how many took part
 * @param bytes of each rank's vector
 * @param algorithm how
 * @param outcome what came of it
 * @param formulaSeconds its closed form, or not a number if there is none
 * @param sentBytes of the rank that sent most
 * @param chosen whether the closed form is the least of all algorithms
 */
public record CollectiveRow(
    int ranks,
    long bytes,
    Algorithm algorithm,
    NetworkOutcome outcome,
    double formulaSeconds,
    long sentBytes,
    boolean chosen) {
  private static final double SECONDS_PER_PS = 1e-12;

  /** What it took. */
  public double seconds() {
    return outcome.totalPs() * SECONDS_PER_PS;
  }

  /** By how much it took longer than the closed form, as a share of that. */
  public double deviationShare() {
    return seconds() / formulaSeconds - 1;
  }

  /**
   * What each rank would have to send, at least, per second: bytes times 2 (P-1)/P of an
   * all-reduce, (P-1)/P of what cuts the vector, 1 of broadcast and reduce, by the time ("bus
   * bandwidth").
   */
  public double busBytesPerSec() {
    double others = (ranks - 1.0) / ranks;
    double factor =
        switch (algorithm.kind()) {
          case ALL_REDUCE -> 2 * others;
          case REDUCE_SCATTER, ALL_GATHER, ALL_TO_ALL -> others;
          case BROADCAST, REDUCE -> 1;
        };
    return bytes * factor / seconds();
  }

  /** What it does. */
  public CollectiveKind kind() {
    return algorithm.kind();
  }
}
