package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.api.Test;

final class RetentionTest {
  private static final long HOUR_PS = 3_600_000_000_000_000L;

  @Test
  void table() {
    for (Row row : FlashTable.rows("retention_arrhenius", 32)) {
      Retention retention = new Retention(row.number("Ea_eV"), 85);
      double celsius = row.number("T_C");
      row.agrees("AF_vs_85C", retention.stretchFactor(celsius), 0);
      double hours = retention.keptHours(24, celsius);
      row.agrees("equiv_of_24h_at_85C_hours", hours, 0);
      row.agrees("equiv_days", hours / 24, 0);
      row.agrees("equiv_years", hours / 8766, 0);
      assertThat(retention.celsiusFor(24, hours)).isCloseTo(celsius, within(1e-9));
      assertThat(retention.accelerationFactor(celsius) * retention.stretchFactor(celsius))
          .isCloseTo(1, within(1e-12));
    }
  }

  /** Data that is held at a temperature for as long as it is kept there is exactly used up. */
  @Test
  void ageOfHolding() {
    Retention retention = new Retention(1.1, 85);
    RetentionAge age = new RetentionAge(retention);
    age.hold(12 * HOUR_PS, 85);
    assertThat(age.referenceHours()).isCloseTo(12, within(1e-12));
    double left = retention.keptHours(12, 40);
    age.hold((long) (left / 2 * HOUR_PS), 40);
    assertThat(age.referenceHours()).isCloseTo(18, within(1e-9));
    age.reset();
    assertThat(age.referenceHours()).isZero();
  }

  /** A ramp against a fine staircase, and against itself in pieces. */
  @Test
  void ageOfRamps() {
    Randomized.check(
        50,
        random -> {
          Retention retention = new Retention(random.nextDouble(0.5, 2), 85);
          double from = random.nextDouble(-20, 120);
          double to = random.nextDouble(-20, 120);
          RetentionAge ramp = new RetentionAge(retention);
          ramp.ramp(HOUR_PS, from, to);
          RetentionAge pieces = new RetentionAge(retention);
          RetentionAge stairs = new RetentionAge(retention);
          int steps = 2000;
          for (int i = 0; i < steps; i++) {
            double a = from + (to - from) * i / steps;
            double b = from + (to - from) * (i + 1) / steps;
            pieces.ramp(HOUR_PS / steps, a, b);
            stairs.hold(HOUR_PS / steps, (a + b) / 2);
          }
          double hours = ramp.referenceHours();
          assertThat(pieces.referenceHours()).isCloseTo(hours, within(1e-9 * hours));
          assertThat(stairs.referenceHours()).isCloseTo(hours, within(1e-5 * hours));
        });
  }

  @Test
  void refuses() {
    LawMessages.refused(
        () -> new Retention(0, 85), "activationElectronvolts 0.0 must be a number above 0");
    LawMessages.refused(
        () -> new Retention(1.1, -274),
        "absolute temperature " + (-274 + 273.15) + " must be a number above 0");
    LawMessages.refused(
        () -> new RetentionAge(new Retention(1, 85)).hold(-1, 20),
        "durationPs -1 must be at least 0");
    LawMessages.refused(
        () -> new Retention(1.1, 85).celsiusFor(24, 1e-300),
        "no temperature ages data so fast that it is kept for 1.0E-300 hours only");
  }
}
