package memwall.memory.flash.error;

import java.util.Arrays;
import memwall.memory.flash.law.Retention;

/**
 * How old data are: the hours at the reference temperature that would have aged them as much (law
 * of Arrhenius, {@link Retention}), under temperatures that change while time goes on. One for all
 * data of a stack: what is stored is the age of data that was there at the start, at some of the
 * times at which the temperature changed.
 */
public final class DataAge {
  /** Most changes that are remembered; of more, every other one is forgotten. */
  private static final int MOST_CHANGES = 1024;

  private static final double HOURS_PER_PICOSECOND = 1 / 3.6e15;
  private static final double SECONDS_PER_HOUR = 3600;

  private final double activationEv;
  private final double referenceCelsius;
  private final double retentionHours;

  private long[] timesPs = new long[16];
  private double[] hours = new double[16];
  private int changes = 1;
  private double celsius;
  private double hoursPerPicosecond;

  /**
   * The age of data at a temperature.
   *
   * @param activationEv activation energy of the loss, electronvolts; 0: temperature does not
   *     matter
   * @param referenceCelsius temperature for which retention is stated, above -273.15
   * @param retentionS how long data last there, seconds, above 0; endless: {@link
   *     Double#POSITIVE_INFINITY}
   * @param celsius temperature from time 0 on
   */
  public DataAge(double activationEv, double referenceCelsius, double retentionS, double celsius) {
    if (!(retentionS > 0) || !(activationEv >= 0)) {
      throw new IllegalArgumentException(
          "retention of " + retentionS + " s, activation energy of " + activationEv + " eV");
    }
    this.activationEv = activationEv;
    this.referenceCelsius = referenceCelsius;
    this.retentionHours = retentionS / SECONDS_PER_HOUR;
    this.celsius = celsius;
    hoursPerPicosecond = hoursPerPicosecond(celsius);
  }

  private double hoursPerPicosecond(double at) {
    return activationEv == 0
        ? HOURS_PER_PICOSECOND
        : HOURS_PER_PICOSECOND
            * new Retention(activationEv, referenceCelsius).accelerationFactor(at);
  }

  /** The temperature at present. */
  public double celsius() {
    return celsius;
  }

  /** Whether data can get too old. */
  public boolean expires() {
    return retentionHours < Double.POSITIVE_INFINITY;
  }

  /** Whether data of an age have outlived their retention. */
  boolean isExpired(double itsHours) {
    return itsHours > retentionHours;
  }

  /**
   * The temperature is another from now on.
   *
   * @param nowPs not before the change before
   */
  public void setCelsius(long nowPs, double now) {
    if (nowPs < timesPs[changes - 1]) {
      throw new IllegalArgumentException("back to " + nowPs + " ps");
    }
    double reached = ageAt(nowPs);
    celsius = now;
    hoursPerPicosecond = hoursPerPicosecond(now);
    if (nowPs == timesPs[changes - 1]) {
      return;
    }
    if (changes == MOST_CHANGES) {
      forgetHalf();
    }
    if (changes == timesPs.length) {
      timesPs = Arrays.copyOf(timesPs, 2 * changes);
      hours = Arrays.copyOf(hours, 2 * changes);
    }
    timesPs[changes] = nowPs;
    hours[changes++] = reached;
  }

  /** Between those that remain the data age evenly; their ages there are exact. */
  private void forgetHalf() {
    int kept = 0;
    for (int i = 0; i < changes; i += 2) {
      timesPs[kept] = timesPs[i];
      hours[kept++] = hours[i];
    }
    timesPs[kept] = timesPs[changes - 1];
    hours[kept++] = hours[changes - 1];
    changes = kept;
  }

  /**
   * The age of data in hours at the reference temperature.
   *
   * @param agePs since they were written, 0 to now
   * @param nowPs the present, or later if the temperature stays
   */
  public double hours(long agePs, long nowPs) {
    long writtenPs = nowPs - agePs;
    return writtenPs >= timesPs[changes - 1]
        ? agePs * hoursPerPicosecond
        : ageAt(nowPs) - ageAt(writtenPs);
  }

  private double ageAt(long ps) {
    int last = changes - 1;
    if (ps >= timesPs[last]) {
      return hours[last] + (ps - timesPs[last]) * hoursPerPicosecond;
    }
    int found = Arrays.binarySearch(timesPs, 0, changes, ps);
    int at = found >= 0 ? found : -2 - found;
    double share = (double) (ps - timesPs[at]) / (timesPs[at + 1] - timesPs[at]);
    return hours[at] + share * (hours[at + 1] - hours[at]);
  }
}
