package memwall.memory.flash.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.memory.flash.law.Retention;
import memwall.memory.flash.law.RetentionAge;
import org.junit.jupiter.api.Test;

class DataAgeTest {
  private static final long HOUR_PS = 3_600_000_000_000_000L;

  @Test
  void atOneTemperature() {
    DataAge age = new DataAge(1.1, 85, 86_400, 55);
    // 24 h at 85 C are 26.0 days at 55 C.
    assertThat(age.hours(26 * 24 * HOUR_PS, 100 * 24 * HOUR_PS)).isCloseTo(24, within(0.05));
    assertThat(new DataAge(0, 85, 86_400, 55).hours(7 * HOUR_PS, 9 * HOUR_PS))
        .isCloseTo(7, within(1e-9));
  }

  /** Against the sum over each stretch, for data written at any time. */
  @Test
  void temperaturesThatChange() {
    Randomized.check(
        200,
        random -> {
          Retention retention = new Retention(1.1, 85);
          double celsius = 20 + random.nextInt(80);
          DataAge age = new DataAge(1.1, 85, Double.POSITIVE_INFINITY, celsius);
          int changes = random.nextInt(40);
          long nowPs = 0;
          List<RetentionAge> ages = new ArrayList<>();
          List<Long> writtenPs = new ArrayList<>();
          for (int i = 0; i < changes; i++) {
            ages.add(new RetentionAge(retention));
            writtenPs.add(nowPs);
            long stretchPs = random.nextInt(4) == 0 ? 0 : random.nextLong(5 * HOUR_PS);
            for (RetentionAge its : ages) {
              its.hold(stretchPs, celsius);
            }
            nowPs += stretchPs;
            celsius = 20 + random.nextInt(80);
            age.setCelsius(nowPs, celsius);
          }
          assertThat(age.celsius()).isEqualTo(celsius);
          for (int i = 0; i < ages.size(); i++) {
            double hours = ages.get(i).referenceHours();
            assertThat(age.hours(nowPs - writtenPs.get(i), nowPs))
                .isCloseTo(hours, within(1e-9 * (1 + hours)));
          }
        });
  }

  /** Of many changes some are forgotten; the age at those that remain is exact. */
  @Test
  void manyChanges() {
    Retention retention = new Retention(1.1, 85);
    DataAge age = new DataAge(1.1, 85, Double.POSITIVE_INFINITY, 60);
    RetentionAge all = new RetentionAge(retention);
    long stepPs = HOUR_PS / 100;
    double celsius = 60;
    for (int i = 1; i <= 50_000; i++) {
      all.hold(stepPs, celsius);
      celsius = i % 2 == 0 ? 60 : 61;
      age.setCelsius(i * stepPs, celsius);
    }
    long nowPs = 50_000 * stepPs;
    assertThat(age.hours(nowPs, nowPs))
        .isCloseTo(all.referenceHours(), within(1e-9 * all.referenceHours()));
    // Data from the middle: at most one remembered stretch is taken as even.
    assertThat(age.hours(nowPs / 2, nowPs))
        .isCloseTo(all.referenceHours() / 2, within(1e-3 * all.referenceHours()));
  }

  @Test
  void timeDoesNotGoBack() {
    DataAge age = new DataAge(1.1, 85, 86_400, 55);
    age.setCelsius(10, 60);
    assertThatThrownBy(() -> age.setCelsius(9, 60))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("back to 9 ps");
    assertThatThrownBy(() -> new DataAge(1.1, 85, 0, 55))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("retention of 0.0 s, activation energy of 1.1 eV");
  }
}
