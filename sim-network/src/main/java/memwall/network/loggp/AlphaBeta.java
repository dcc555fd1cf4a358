package memwall.network.loggp;

/**
 * What a message costs in the closed forms of collectives, in seconds.
 *
 * @param alphaSec of a message, whatever its size: 2 o + L
 * @param betaSecPerByte of each of its bytes: G
 * @param gammaSecPerByte of adding a byte to another one
 * @param gapSec between messages that one rank sends without waiting: g
 */
public record AlphaBeta(
    double alphaSec, double betaSecPerByte, double gammaSecPerByte, double gapSec) {
  private static final double PS_PER_SECOND = 1e12;

  /** Checks that nothing is negative. */
  public AlphaBeta {
    if (!(alphaSec >= 0 && betaSecPerByte >= 0 && gammaSecPerByte >= 0 && gapSec >= 0)) {
      throw new IllegalArgumentException(
          "alpha "
              + alphaSec
              + ", beta "
              + betaSecPerByte
              + ", gamma "
              + gammaSecPerByte
              + ", gap "
              + gapSec
              + ": none may be negative");
    }
  }

  /** Of LogGOPS parameters; between messages of a rank at least o passes. */
  public static AlphaBeta of(LogGopsSpec spec) {
    return new AlphaBeta(
        (2 * spec.overheadPs() + spec.latencyPs()) / PS_PER_SECOND,
        perByte(spec.linkBytesPerSec()),
        perByte(spec.reduceBytesPerSec()),
        Math.max(spec.gapPs(), spec.overheadPs()) / PS_PER_SECOND);
  }

  private static double perByte(long bytesPerSec) {
    return bytesPerSec == 0 ? 0 : 1.0 / bytesPerSec;
  }
}
