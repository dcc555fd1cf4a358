package memwall.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class QuantitiesTest {
  static Stream<Quantities> whole() {
    return Stream.of(
        Quantities.TIME,
        Quantities.SIZE,
        Quantities.BYTE_RATE,
        Quantities.FLOP_RATE,
        Quantities.FREQUENCY);
  }

  static Stream<Quantities> reportOnly() {
    return Stream.of(
        Quantities.REQUEST_RATE,
        Quantities.ENERGY_PER_BIT,
        Quantities.ENERGY_PER_FLOP,
        Quantities.POWER,
        Quantities.TEMPERATURE,
        Quantities.TEMPERATURE_DIFFERENCE,
        Quantities.LENGTH,
        Quantities.AREA,
        Quantities.ENERGY,
        Quantities.PERIOD,
        Quantities.MEAN_TIME);
  }

  @ParameterizedTest
  @CsvSource({
    "1 ps, 1",
    "1 ns, 1000",
    "1 us, 1000000",
    "1 ms, 1000000000",
    "1 s, 1000000000000",
    "1 min, 60000000000000",
    "1 h, 3600000000000000",
    "106 d, 9158400000000000000",
    "0 d, 0",
    "1.5ns, 1500",
    "2.5e-3 us, 2500",
    "1E3 ps, 1000",
    "+7 ps, 7",
    "0.001 ns, 1"
  })
  void readsTimesExactly(String text, long ps) {
    assertThat(Quantities.TIME.parse(text)).isEqualTo(ps);
  }

  @ParameterizedTest
  @CsvSource({
    "4 KiB, 4096",
    "4 kB, 4000",
    "1 MiB, 1048576",
    "24 GB, 24000000000",
    "80GiB, 85899345920",
    "1 TiB, 1099511627776",
    "1000 PB, 1000000000000000000",
    "1 PiB, 1125899906842624",
    "0.5 KiB, 512"
  })
  void readsSizesExactly(String text, long bytes) {
    assertThat(Quantities.SIZE.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "3.35 TB/s, 3350000000000",
    "400 Gbit/s, 50000000000",
    "8 kbit/s, 1000",
    "1.6 Tbit/s, 200000000000",
    "1 GiB/s, 1073741824"
  })
  void readsDataRatesExactly(String text, long bytesPerSec) {
    assertThat(Quantities.BYTE_RATE.parse(text)).isEqualTo(bytesPerSec);
  }

  @Test
  void readsTheOtherDimensions() {
    assertThat(Quantities.FLOP_RATE.parse("989.4 TFLOP/s")).isEqualTo(989_400_000_000_000L);
    assertThat(Quantities.FLOP_RATE.parse("9 EFLOP/s")).isEqualTo(9_000_000_000_000_000_000L);
    assertThat(Quantities.FREQUENCY.parse("1.83 GHz")).isEqualTo(1_830_000_000L);
    assertThat(Quantities.REQUEST_RATE.parseDouble("2.5 /s")).isEqualTo(2.5);
    assertThat(Quantities.REQUEST_RATE.parseDouble("4 requests/s")).isEqualTo(4.0);
    assertThat(Quantities.ENERGY_PER_BIT.parseDouble("3.9 pJ/bit")).isEqualTo(3.9);
    assertThat(Quantities.ENERGY_PER_BIT.parseDouble("80 fJ/bit")).isEqualTo(0.08);
    assertThat(Quantities.ENERGY_PER_FLOP.parseDouble("0.5 pJ/FLOP")).isEqualTo(0.5);
    assertThat(Quantities.POWER.parseDouble("0.7 kW")).isEqualTo(700.0);
    assertThat(Quantities.POWER.parseDouble("250 mW")).isEqualTo(0.25);
    assertThat(Quantities.LENGTH.parseDouble("0.5 mm")).isEqualTo(500.0);
    assertThat(Quantities.LENGTH.parseDouble("60 nm")).isEqualTo(0.06);
    assertThat(Quantities.AREA.parseDouble("1.21 cm2")).isEqualTo(121.0);
    assertThat(Quantities.ENERGY.parseDouble("0.2 uJ")).isEqualTo(200_000.0);
    assertThat(Quantities.PERIOD.parseDouble("24 h")).isEqualTo(86_400.0);
    assertThat(Quantities.PERIOD.parseDouble("5 y")).isEqualTo(5 * 31_557_600.0);
    assertThat(Quantities.PERIOD.human(86_400)).isEqualTo("1 d");
    assertThat(Quantities.MEAN_TIME.parseDouble("5 y")).isEqualTo(5 * 31_557_600.0);
    assertThat(Quantities.MEAN_TIME.parseDouble("30 us")).isEqualTo(30e-6);
    assertThat(Quantities.MEAN_TIME.parseDouble("2 ms")).isEqualTo(2e-3);
    assertThat(Quantities.MEAN_TIME.parseDouble("5 ns")).isEqualTo(5e-9);
    assertThat(Quantities.MEAN_TIME.print(30e-6)).isEqualTo("0.00003 s");
    assertThat(Quantities.MEAN_TIME.human(30e-6)).isEqualTo("30 us");
    assertThat(Quantities.MEAN_TIME.human(90)).isEqualTo("90 s");
  }

  @Test
  void readsTemperaturesInBothScales() {
    assertThat(Quantities.TEMPERATURE.parseDouble("40 C")).isEqualTo(40.0);
    assertThat(Quantities.TEMPERATURE.parseDouble("-40 C")).isEqualTo(-40.0);
    assertThat(Quantities.TEMPERATURE.parseDouble("313.15 K")).isEqualTo(40.0);
    assertThat(Quantities.TEMPERATURE.print(-40.5)).isEqualTo("-40.5 C");
    assertThat(Quantities.TEMPERATURE.human(-40.5)).isEqualTo("-40.5 C");
    assertThat(Quantities.TEMPERATURE_DIFFERENCE.parseDouble("2 K")).isEqualTo(2.0);
    assertThatThrownBy(() -> Quantities.TEMPERATURE.parseDouble("73 K"))
        .hasMessage("'73 K' is out of range: a temperature is from -200 C to 1000 C");
    assertThatThrownBy(() -> Quantities.TEMPERATURE_DIFFERENCE.parseDouble("2 C"))
        .hasMessage(
            "'2 C' is a temperature where a temperature difference is wanted: a number with one of"
                + " the units [K]");
  }

  @ParameterizedTest
  @MethodSource("whole")
  void printsWhatItReadsBackEqual(Quantities quantities) {
    SplittableRandom random = new SplittableRandom(11);
    List<String> symbols = quantities.symbols();
    for (int i = 0; i < 4_000; i++) {
      // Every magnitude, round in decimal or binary or not at all.
      long value = random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
      value = i % 3 == 0 ? value / 1000 * 1000 : i % 3 == 1 ? value & ~1023L : value;
      value = Math.max(quantities.min(), Math.min(quantities.max(), value));
      String printed = quantities.print(value);
      assertThat(quantities.parse(printed)).as(printed).isEqualTo(value);
      assertThat(symbols).contains(printed.substring(printed.indexOf(' ') + 1));
    }
    assertThat(quantities.parse(quantities.print(quantities.min()))).isEqualTo(quantities.min());
    assertThat(quantities.parse(quantities.print(quantities.max()))).isEqualTo(quantities.max());
  }

  @ParameterizedTest
  @MethodSource("reportOnly")
  void printsReportQuantitiesThatItReadsBackEqual(Quantities quantities) {
    SplittableRandom random = new SplittableRandom(12);
    for (int i = 0; i < 4_000; i++) {
      double value = quantities.max() * random.nextDouble() * StrictMath.pow(10, -i % 18);
      assertThat(quantities.parseDouble(quantities.print(value))).isEqualTo(value);
    }
    assertThat(quantities.print(0.0)).isEqualTo("0 " + quantities.baseUnit());
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 4 KiB",
    "4000, 4 kB",
    "4097, 4097 B",
    "24000000000, 24 GB",
    "1500, 1.5 kB",
    "1536, 1536 B",
    "0, 0 B",
    "1, 1 B"
  })
  void printsTheShortestExactText(long bytes, String text) {
    assertThat(Quantities.SIZE.print(bytes)).isEqualTo(text);
  }

  @Test
  void printsInTheLargerOfTwoEquallyShortUnits() {
    assertThat(Quantities.BYTE_RATE.print(3_350_000_000_000L)).isEqualTo("3.35 TB/s");
    assertThat(Quantities.BYTE_RATE.print(50_000_000_000L)).isEqualTo("50 GB/s");
    assertThat(Quantities.TIME.print(14_160)).isEqualTo("14.16 ns");
    assertThat(Quantities.TIME.print(90_000_000_000_000L)).isEqualTo("90 s");
    assertThat(Quantities.TIME.print(120_000_000_000_000L)).isEqualTo("2 min");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 ps",
    "0.5, 0.5 ps",
    "999, 999 ps",
    "999.99, 1 ns",
    "1234567, 1.235 us",
    "999994999, 1 ms",
    "-2500, -2.5 ns",
    "12345000000000, 12.34 s",
    "7200000000000000, 2 h"
  })
  void roundsForPeople(double ps, String text) {
    assertThat(Quantities.TIME.human(ps)).isEqualTo(text);
  }

  @Test
  void roundsForPeopleInDecimalUnitsAndSaysNotANumber() {
    assertThat(Quantities.SIZE.human(140.6e9)).isEqualTo("140.6 GB");
    assertThat(Quantities.POWER.human(0.25)).isEqualTo("250 mW");
    assertThat(Quantities.POWER.human(Double.NaN)).isEqualTo("NaN W");
  }

  @Test
  void refusesAnUnknownUnit() {
    refused(
        "4 kb",
        "'4 kb' is not a size: a number with one of the units"
            + " [B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB]; did you mean 'kB'?");
  }

  @Test
  void refusesAUnitOfAnotherDimension() {
    refused(
        "5 us",
        "'5 us' is a time where a size is wanted: a number with one of the units"
            + " [B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB]");
  }

  @Test
  void refusesAMissingUnit() {
    refused(
        "4096",
        "'4096' has no unit where a size is wanted: a number with one of the units"
            + " [B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB]");
  }

  @Test
  void refusesWhatIsNotANumber() {
    for (String text :
        List.of(
            "fast",
            "nan B",
            ".inf B",
            "",
            "0x10 B",
            "1_0 B",
            "010 B",
            ".5 B",
            "5. B",
            "4\nB",
            "1e99999 B",
            "4  KiB",
            "- 4 B",
            "1" + "0".repeat(70) + " B")) {
      assertThatThrownBy(() -> Quantities.SIZE.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(" is not a size: a number with one of the units [B, kB,")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void refusesPartsOfTheSmallestUnit() {
    refused("0.3 B", "'0.3 B' is not a whole number of B, the smallest unit");
    refused("1.0001 kB", "'1.0001 kB' is not a whole number of B, the smallest unit");
    assertThatThrownBy(() -> Quantities.TIME.parse("0.5 ps"))
        .hasMessage("'0.5 ps' is not a whole number of ps, the smallest unit");
    assertThatThrownBy(() -> Quantities.TIME.parse("1e-9999 s"))
        .hasMessage("'1e-9999 s' is not a whole number of ps, the smallest unit");
  }

  @Test
  void refusesWhatIsOutOfRange() {
    refused("-1 B", "'-1 B' is out of range: a size is from 0 B to 1000 PB");
    refused("1e9999 PB", "'1e9999 PB' is out of range: a size is from 0 B to 1000 PB");
    assertThatThrownBy(() -> Quantities.TIME.parse("107 d"))
        .hasMessage("'107 d' is out of range: a time is from 0 ps to 106 d");
    assertThatThrownBy(() -> Quantities.BYTE_RATE.parse("0 B/s"))
        .hasMessage("'0 B/s' is out of range: a data rate is from 1 B/s to 1000 PB/s");
  }

  @ParameterizedTest
  @CsvSource({
    "5 \u00b5s, TIME, \"'us'\"",
    "5 US, TIME, \"'us'\"",
    "5 Gb/s, BYTE_RATE, \"'GB/s' or 'Gbit/s'\"",
    "5 Gbps, BYTE_RATE, \"'GB/s' or 'Gbit/s'\"",
    "5 TB, BYTE_RATE, \"'TB/s'\"",
    "5 TFLOPS, FLOP_RATE, \"'TFLOP/s'\"",
    "5 TFLOP, FLOP_RATE, \"'TFLOP/s'\"",
    "5 w, POWER, \"'W'\"",
    "5 ghz, FREQUENCY, \"'GHz'\""
  })
  void suggestsWhatIsUsuallyMeant(String text, String dimension, String meant) {
    Quantities quantities =
        switch (dimension) {
          case "TIME" -> Quantities.TIME;
          case "BYTE_RATE" -> Quantities.BYTE_RATE;
          case "FLOP_RATE" -> Quantities.FLOP_RATE;
          case "POWER" -> Quantities.POWER;
          default -> Quantities.FREQUENCY;
        };
    assertThatThrownBy(() -> quantities.parseDouble(text))
        .hasMessageEndingWith("; did you mean " + meant.replace("\"", "") + "?");
  }

  @Test
  void showsNoControlCharactersAndNoLongText() {
    assertThat(Shown.quote("a\nb\t\u0007\u200b\ud800"))
        .isEqualTo("'a\\nb\\t\\u0007\\u200b\\ud800'");
    assertThat(Shown.quote("x".repeat(61))).isEqualTo("'" + "x".repeat(60) + "...'");
    assertThat(Shown.quote("\u00e9 \ud83d\ude00")).isEqualTo("'\u00e9 \ud83d\ude00'");
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> Quantities.SIZE.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
