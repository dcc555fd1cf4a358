package memwall.memory.flash.law;

/**
 * Senses of planes that share circuits and do one array command at a time, together or one after
 * the other (multi-plane commands). Commands come one after the other; the first to arrive opens a
 * window, and the array starts when that is over or all planes have their command.
 *
 * @param planes that share circuits, at least 1
 * @param commandPs of one plane's command on the wires, 0 or more
 * @param readPs from the start of the array until the pages can leave (tR), at least 1
 * @param windowPs how long others may join after the first command is there, 0 or more
 */
public record MultiPlaneSensing(int planes, long commandPs, long readPs, long windowPs) {
  /** Checks the ranges. */
  public MultiPlaneSensing {
    Args.positive("planes", (long) planes);
    Args.notNegative("commandPs", commandPs);
    Args.positive("readPs", readPs);
    Args.notNegative("windowPs", windowPs);
  }

  /**
   * From the beginning of the first command until the pages of so many planes are sensed: {@code n
   * tCmd + tR} if these are all planes, else {@code tCmd + max(window, (n - 1) tCmd) + tR}.
   *
   * @param pages that are sensed together, 1 to {@link #planes}
   */
  public long sensePs(int pages) {
    Args.positive("pages", (long) pages);
    if (pages > planes) {
      throw new IllegalArgumentException(pages + " pages of " + planes + " planes");
    }
    long othersPs = (pages - 1) * commandPs;
    return commandPs + (pages == planes ? othersPs : Math.max(windowPs, othersPs)) + readPs;
  }

  /** Pages a second if so many are always sensed together, and the next follow at once. */
  public double pagesPerSec(int pages) {
    return pages / Args.seconds(sensePs(pages));
  }

  /**
   * Array commands in the mean for requests that fall on random planes and wait together. Each
   * command senses one page of every plane that has one, so that there are as many as requests of
   * the fullest plane (maximum occupancy).
   *
   * @param requests 0 or more
   */
  public double meanCommands(int requests) {
    Args.notNegative("requests", (long) requests);
    double mean = 0;
    for (int most = 0; most < requests; most++) {
      mean += 1 - atMost(most, requests);
    }
    return mean;
  }

  /**
   * The chance that no plane has more than so many requests. Plane by plane: of the requests that
   * are left for n planes each falls on the first with chance 1 / n.
   */
  private double atMost(int most, int requests) {
    double[] fits = new double[requests + 1];
    for (int left = 0; left <= requests; left++) {
      fits[left] = left <= most ? 1 : 0;
    }
    for (int others = 1; others < planes; others++) {
      double share = 1.0 / (others + 1);
      for (int left = requests; left >= 0; left--) {
        // In place: what is read lies at or below the request that is written.
        double chance = StrictMath.pow(1 - share, left);
        double sum = 0;
        for (int here = 0; here <= Math.min(most, left); here++) {
          sum += chance * fits[left - here];
          chance *= share / (1 - share) * (left - here) / (here + 1);
        }
        fits[left] = sum;
      }
    }
    return fits[requests];
  }
}
