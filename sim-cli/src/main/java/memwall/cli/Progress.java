package memwall.cli;

import java.io.PrintWriter;
import java.util.Locale;
import memwall.core.Simulation;

/**
 * Tells how far a run is: one line that is rewritten on a terminal, a plain line every ten seconds
 * elsewhere, or nothing.
 */
final class Progress {
  /** How progress is shown. */
  enum Style {
    /** A rewritten line on a terminal, plain lines elsewhere. */
    AUTO,
    /** A plain line every ten seconds. */
    PLAIN,
    /** Nothing. */
    NONE
  }

  /** Set by the launcher if standard error is a terminal, which Java 17 cannot tell. */
  private static final String TERMINAL = "memwall.terminal";

  private static final long REWRITE_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final Simulation simulation;
  private final long expectedRequests;
  private final boolean rewrite;
  private final boolean silent;
  private final long startNanos = System.nanoTime();
  private long shownNanos = startNanos;
  private long arrived;
  private boolean lineOpen;

  Progress(PrintWriter err, Style style, Simulation simulation, long expectedRequests) {
    this.err = err;
    this.simulation = simulation;
    this.expectedRequests = expectedRequests;
    this.silent = style == Style.NONE;
    this.rewrite = style == Style.AUTO && Boolean.getBoolean(TERMINAL);
  }

  /** A request has arrived. */
  void arrived() {
    arrived++;
  }

  /** Called now and then by the simulation. */
  void update() {
    long now = System.nanoTime();
    if (silent || now - shownNanos < (rewrite ? REWRITE_NANOS : PLAIN_NANOS)) {
      return;
    }
    shownNanos = now;
    double seconds = (now - startNanos) * 1e-9;
    double share = (double) arrived / expectedRequests;
    String line =
        String.format(
            Locale.ROOT,
            "%5.1f %% of the trace, %.1f s simulated, %.1f M events/s, %s left",
            100 * share,
            simulation.nowPs() * 1e-12,
            simulation.eventsFired() * 1e-6 / seconds,
            share > 0 ? String.format(Locale.ROOT, "%.0f s", seconds * (1 - share) / share) : "?");
    if (rewrite) {
      err.print("\r" + line + "    ");
      err.flush();
      lineOpen = true;
    } else {
      err.println(line);
    }
  }

  /** Leaves the terminal's line. */
  void end() {
    if (lineOpen) {
      err.println();
      lineOpen = false;
    }
  }
}
