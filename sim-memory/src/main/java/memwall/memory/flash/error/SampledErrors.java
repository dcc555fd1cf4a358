package memwall.memory.flash.error;

import java.util.Arrays;
import memwall.core.random.RandomStream;
import memwall.memory.flash.device.FlashErrors;

/**
 * Errors of one device, drawn by the gap to the next sense that may fail.
 *
 * <p>Failures grow with wear, age and reads. As long as no block exceeds known bounds of the three,
 * no sense fails more often than at those bounds: {@link #bound}. Senses that would fail at that
 * probability come after a geometric number of others; each of them is real with probability {@code
 * p / bound}, with p that of its own block (thinning). This is exact in distribution: a sense fails
 * with {@code bound x p / bound}, independently of all others. When a block exceeds the bounds they
 * are widened and the gap is drawn anew, which changes nothing, since the geometric distribution
 * has no memory. So a clean sense costs a comparison, not a draw, and it is known how many are
 * clean: what {@link memwall.memory.flash.port.PagePort} needs to leap. With and without leaps the
 * same numbers are drawn for the same senses.
 */
final class SampledErrors implements FlashErrors {
  /** Bounds are widened by at most all of themselves, at least by this share. */
  private static final double LEAST_HEADROOM = 1.0 / 4096;

  /** With a bound below this, questions that come to nothing are rare enough. */
  private static final double RARE = 1e-6;

  private static final double SECOND_IN_HOURS = 1.0 / 3600;

  private final SenseErrors law;
  private final ProgramErrors programs;
  private final int startCycles;
  private final double startHours;
  private final DataAge age;
  private final boolean ages;
  private final RandomStream random;
  private final RandomStream programRandom;

  // Up to which state of a block the bound holds.
  private long topCycles = -1;
  private long topReads = -1;
  private double topHours = -1;

  private double bound;
  private double logClean;

  /** Senses before the next one that may fail. */
  private long gap;

  // What was computed for a strain last.
  private double strain = Double.NaN;
  private final double[] failures;

  SampledErrors(ErrorSpec spec, DataAge age, RandomStream random, RandomStream programRandom) {
    law = spec.senses();
    programs = spec.programs();
    startCycles = spec.startCycles();
    startHours = spec.startHours();
    this.age = age;
    ages = law.ages() || age.expires();
    this.random = random;
    this.programRandom = programRandom;
    failures = new double[law.maxRetries() + 1];
  }

  private double hours(int erases, long agePs, long nowPs) {
    // What was erased in the run was written in it.
    return ages ? age.hours(agePs, nowPs) + (erases == 0 ? startHours : 0) : 0;
  }

  @Override
  public int retries(int erases, int reads, long agePs, long nowPs) {
    long cycles = (long) startCycles + erases;
    double hours = hours(erases, agePs, nowPs);
    if (cycles > topCycles || reads > topReads || hours > topHours) {
      widen(cycles, reads, hours);
    }
    if (gap > 0) {
      gap--;
      return 0;
    }
    gap = drawnGap();
    double its = law.strain((double) cycles, hours, reads);
    if (random.nextDouble() * bound >= failure(its, 0)) {
      return 0;
    }
    int retries = 1;
    while (retries < failures.length) {
      if (random.nextDouble() >= failure(its, retries)) {
        return retries;
      }
      retries++;
    }
    return -retries;
  }

  private long drawnGap() {
    // P(n or more) = clean^n, inverted; an infinite logarithm makes it 0.
    return logClean == 0
        ? Long.MAX_VALUE
        : (long) (StrictMath.log(1 - random.nextDouble()) / logClean);
  }

  private double failure(double its, int sense) {
    if (its != strain) {
      strain = its;
      Arrays.fill(failures, -1);
    }
    if (failures[sense] < 0) {
      failures[sense] = law.failure(its, sense);
    }
    return failures[sense];
  }

  /** Makes the bounds hold for a block, with some room, but not so much that all is in doubt. */
  private void widen(long cycles, long reads, double hours) {
    boolean isWorn = cycles > topCycles;
    boolean isRead = reads > topReads;
    boolean isOld = hours > topHours;
    topCycles = Math.max(topCycles, cycles);
    topReads = Math.max(topReads, reads);
    topHours = Math.max(topHours, hours);
    double enough = Math.max(RARE, 2 * topFailure(topCycles, topReads, topHours));
    double headroom = 1;
    while (true) {
      long wornTo = isWorn ? topCycles + (long) (headroom * topCycles) : topCycles;
      long readTo = isRead ? topReads + (long) (headroom * topReads) : topReads;
      double oldTo = isOld ? topHours + headroom * (topHours + SECOND_IN_HOURS) : topHours;
      bound = topFailure(wornTo, readTo, oldTo);
      if (bound <= enough || headroom <= LEAST_HEADROOM) {
        topCycles = wornTo;
        topReads = readTo;
        topHours = oldTo;
        break;
      }
      headroom /= 2;
    }
    logClean = StrictMath.log1p(-bound);
    gap = drawnGap();
  }

  private double topFailure(long cycles, long reads, double hours) {
    return law.failure(law.strain((double) cycles, hours, (double) reads), 0);
  }

  @Override
  public long cleanSenses() {
    return gap;
  }

  @Override
  public boolean covers(int erases, int reads, long agePs, long nowPs) {
    double hours = hours(erases, agePs, nowPs);
    return (long) startCycles + erases <= topCycles
        && reads <= topReads
        && hours <= topHours
        && !age.isExpired(hours);
  }

  @Override
  public void skip(long senses) {
    gap -= senses;
  }

  @Override
  public boolean isExpired(int erases, long agePs, long nowPs) {
    return age.expires() && age.isExpired(hours(erases, agePs, nowPs));
  }

  @Override
  public boolean programFails(int erases) {
    return programs.arePossible()
        && programRandom.nextDouble() < programs.probability((double) startCycles + erases);
  }
}
