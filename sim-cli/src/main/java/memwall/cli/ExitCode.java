package memwall.cli;

/** Exit codes of the application. */
final class ExitCode {
  /** Fine. */
  static final int OK = 0;

  /** The run failed, or a law is broken. */
  static final int FAILED = 1;

  /** Wrong usage or configuration; nothing was written. */
  static final int USAGE = 2;

  /** A result lies outside its tolerance. */
  static final int OUTSIDE_TOLERANCE = 3;

  private ExitCode() {}
}
