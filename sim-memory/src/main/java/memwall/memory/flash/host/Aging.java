package memwall.memory.flash.host;

import memwall.memory.flash.FlashWear;
import memwall.memory.flash.law.Retention;
import org.jspecify.annotations.Nullable;

/**
 * How data age with temperature: seconds at the reference temperature that age them as much.
 *
 * @param retentionS how long data last at the reference temperature
 * @param law of Arrhenius; null if temperature makes no difference
 */
record Aging(double retentionS, @Nullable Retention law) {
  static Aging of(FlashWear wear) {
    return new Aging(
        wear.retentionS(),
        wear.activationEv() == 0
            ? null
            : new Retention(wear.activationEv(), wear.retentionCelsius()));
  }

  /** Reference seconds that a second at a temperature counts as. */
  double accelerationFactor(double celsius) {
    return law == null ? 1 : law.accelerationFactor(celsius);
  }

  /** How long data last at a temperature, seconds. */
  double keptS(double celsius) {
    return retentionS / accelerationFactor(celsius);
  }

  /** The temperature at which they last so long; NaN if there is none. */
  double celsiusFor(double keptS) {
    if (law == null || retentionS == Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    return law.celsiusFor(retentionS / 3600, keptS / 3600);
  }
}
