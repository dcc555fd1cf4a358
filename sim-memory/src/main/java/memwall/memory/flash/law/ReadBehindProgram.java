package memwall.memory.flash.law;

/**
 * Mean time of a read on one plane that also programs, both arriving at random (Poisson) and taking
 * fixed times: M/G/1 with two classes. Without suspension the residual of what is in service is R =
 * (lr tR^2 + lw tP^2) / 2. Pollaczek and Khinchine; priorities by Cobham, "Priority assignment in
 * waiting line problems" (Operations Research 1954). Times in seconds; infinite where the load that
 * counts reaches 1.
 *
 * @param readPs of a read on the plane, at least 1
 * @param programPs of a program, at least 1
 * @param readsPerSec 0 or more
 * @param programsPerSec 0 or more
 */
public record ReadBehindProgram(
    long readPs, long programPs, double readsPerSec, double programsPerSec) {
  /** Checks the ranges. */
  public ReadBehindProgram {
    Args.positive("readPs", readPs);
    Args.positive("programPs", programPs);
    Args.notNegative("readsPerSec", readsPerSec);
    Args.notNegative("programsPerSec", programsPerSec);
  }

  /**
   * The same by loads, the shares of time that reads and programs keep the plane busy.
   *
   * @param readShare 0 or more
   * @param programShare 0 or more
   */
  public static ReadBehindProgram ofLoads(
      long readPs, long programPs, double readShare, double programShare) {
    return new ReadBehindProgram(
        readPs,
        programPs,
        readShare / Args.seconds(Args.positive("readPs", readPs)),
        programShare / Args.seconds(Args.positive("programPs", programPs)));
  }

  /** The share of time that reads keep the plane busy. */
  public double readShare() {
    return readsPerSec * Args.seconds(readPs);
  }

  /** The share of time that programs keep the plane busy. */
  public double programShare() {
    return programsPerSec * Args.seconds(programPs);
  }

  private double residualSeconds(double programs) {
    return (readShare() * Args.seconds(readPs) + programs * Args.seconds(programPs)) / 2;
  }

  /** Programs behind reads get no more than what reads leave. */
  private double carriedPrograms() {
    return Math.max(0, Math.min(programShare(), 1 - readShare()));
  }

  /** Reads and programs in order of arrival. */
  public double fifoReadSeconds() {
    return Args.seconds(readPs)
        + over(residualSeconds(programShare()), 1 - readShare() - programShare());
  }

  /**
   * Reads go before programs that have not begun (non-preemptive priority). Programs without end
   * keep the plane busy but do not hold up reads for ever.
   */
  public double priorityReadSeconds() {
    return Args.seconds(readPs) + over(residualSeconds(carriedPrograms()), 1 - readShare());
  }

  /** Programs behind reads (non-preemptive priority): from arrival to the end of the program. */
  public double priorityProgramSeconds() {
    double first = over(residualSeconds(programShare()), 1 - readShare());
    return Args.seconds(programPs) + over(first, 1 - readShare() - programShare());
  }

  /** Reads interrupt programs at once and at no cost (preemptive priority): M/D/1 of the reads. */
  public double preemptiveReadSeconds() {
    double residual = readShare() * Args.seconds(readPs) / 2;
    return Args.seconds(readPs) + over(residual, 1 - readShare());
  }

  /**
   * Reads interrupt programs, which takes a while: an approximation that adds it for the share of
   * reads that find a program.
   *
   * @param suspendPs until a program stands still, 0 or more
   */
  public double suspendedReadSeconds(long suspendPs) {
    Args.notNegative("suspendPs", suspendPs);
    return preemptiveReadSeconds() + carriedPrograms() * Args.seconds(suspendPs);
  }

  private static double over(double value, double idle) {
    return idle > 0 ? value / idle : Double.POSITIVE_INFINITY;
  }
}
