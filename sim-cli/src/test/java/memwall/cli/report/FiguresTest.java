package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void durationsHaveThreeDigitsAndAUnitThatFits() {
    assertThat(Figures.duration(0L)).isEqualTo("0 ps");
    assertThat(Figures.duration(999L)).isEqualTo("999 ps");
    assertThat(Figures.duration(1000L)).isEqualTo("1 ns");
    assertThat(Figures.duration(999_400L)).isEqualTo("999 ns");
    assertThat(Figures.duration(999_500L)).as("rounds up into the next unit").isEqualTo("1.00 µs");
    assertThat(Figures.duration(312_400_000_000L)).isEqualTo("312 ms");
    assertThat(Figures.duration(59_900_000_000_000L)).isEqualTo("59.9 s");
    assertThat(Figures.duration(59_960_000_000_000L)).isEqualTo("1 min");
    assertThat(Figures.duration(3_720_000_000_000_000L)).isEqualTo("1 h 2 min");
    assertThat(Figures.duration(90_000_000_000_000_000L)).isEqualTo("1 d 1 h");
    assertThat(Figures.duration(Long.MAX_VALUE)).isEqualTo("106 d 18 h");
    assertThat(Figures.duration(Double.NaN)).isEqualTo("–");
    assertThat(Figures.milliseconds(1500)).isEqualTo("1.50 s");
  }

  @Test
  void amountsHaveADecimalPrefix() {
    assertThat(Figures.amount(0, "J")).isEqualTo("0 J");
    assertThat(Figures.amount(4.654, "J")).isEqualTo("4.65 J");
    assertThat(Figures.amount(999.6, "J")).isEqualTo("1.00 kJ");
    assertThat(Figures.amount(0.0123, "J")).isEqualTo("12.3 mJ");
    assertThat(Figures.amount(-2500, "W")).isEqualTo("-2.50 kW");
    assertThat(Figures.amount(9.2e18, "FLOP")).isEqualTo("9.20 EFLOP");
    assertThat(Figures.amount(Double.POSITIVE_INFINITY, "W")).isEqualTo("–");
    assertThat(Figures.bytes(17)).isEqualTo("17 B");
    assertThat(Figures.bytes(4096)).isEqualTo("4.10 kB");
    assertThat(Figures.bytes(Long.MAX_VALUE)).isEqualTo("9.22 EB");
    assertThat(Figures.ofUnit(2e12, "bytes")).isEqualTo("2 TB");
    assertThat(Figures.ofUnit(2e12, "FLOP")).isEqualTo("2 TFLOP");
  }

  @Test
  void percentNeverRoundsToNothingOrAll() {
    assertThat(Figures.percent(0)).isEqualTo("0 %");
    assertThat(Figures.percent(1)).isEqualTo("100 %");
    assertThat(Figures.percent(0.0004)).isEqualTo("< 0.1 %");
    assertThat(Figures.percent(0.0005)).isEqualTo("0.1 %");
    assertThat(Figures.percent(0.99951)).isEqualTo("> 99.9 %");
    assertThat(Figures.percent(0.421)).isEqualTo("42.1 %");
    assertThat(Figures.percent(Double.NaN)).isEqualTo("–");
  }

  @Test
  void numbersAndCounts() {
    assertThat(Figures.count(Long.MIN_VALUE)).isEqualTo("-9,223,372,036,854,775,808");
    assertThat(Figures.number(0.1034)).isEqualTo("0.103");
    assertThat(Figures.number(1241.8)).isEqualTo("1,242");
    assertThat(Figures.number(1e300)).isEqualTo("1.0E300");
    assertThat(Figures.number(1e-7)).isEqualTo("0.000000100");
    assertThat(Axis.trim("10.0 ms")).isEqualTo("10 ms");
    assertThat(Axis.trim("1.50 s")).isEqualTo("1.5 s");
    assertThat(Axis.trim("100 s")).isEqualTo("100 s");
  }
}
