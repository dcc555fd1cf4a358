package memwall.core.unit;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Text with a unit, for one kind of quantity: parsing (exact), printing (exact, read back equal)
 * and a rounded form for people. A number and its unit are separated by one space or nothing. Units
 * are case-sensitive; decimal ({@code kB}) and binary ({@code KiB}) prefixes differ.
 */
@Immutable
public final class Quantities {
  private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);
  private static final long EXA = 1_000_000_000_000_000_000L;
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("(" + Decimals.SYNTAX + ") ?([^\\s0-9.+_-].*)?");

  /** Time in picoseconds, 0 to 106 days. */
  public static final Quantities TIME =
      new Quantities(
          "a time",
          0,
          106L * 86_400 * Units.PS_PER_SECOND,
          true,
          unit("ps", "1", true),
          unit("ns", "1e3", true),
          unit("us", "1e6", true),
          unit("ms", "1e9", true),
          unit("s", "1e12", true),
          unit("min", "60e12", false),
          unit("h", "3600e12", true),
          unit("d", "86400e12", true));

  /** Size in bytes, 0 to 1000 PB. */
  public static final Quantities SIZE =
      new Quantities(
          "a size",
          0,
          EXA,
          true,
          unit("B", "1", true),
          unit("kB", "1e3", true),
          unit("MB", "1e6", true),
          unit("GB", "1e9", true),
          unit("TB", "1e12", true),
          unit("PB", "1e15", true),
          binary("KiB", 10),
          binary("MiB", 20),
          binary("GiB", 30),
          binary("TiB", 40),
          binary("PiB", 50));

  /** Data rate in bytes per second, 1 B/s to 1000 PB/s. */
  public static final Quantities BYTE_RATE =
      new Quantities(
          "a data rate",
          1,
          EXA,
          true,
          unit("B/s", "1", true),
          unit("kB/s", "1e3", true),
          unit("MB/s", "1e6", true),
          unit("GB/s", "1e9", true),
          unit("TB/s", "1e12", true),
          unit("PB/s", "1e15", true),
          binary("KiB/s", 10),
          binary("MiB/s", 20),
          binary("GiB/s", 30),
          binary("TiB/s", 40),
          binary("PiB/s", 50),
          readOnly("kbit/s", "125"),
          readOnly("Mbit/s", "125e3"),
          readOnly("Gbit/s", "125e6"),
          readOnly("Tbit/s", "125e9"));

  /** Compute rate in floating-point operations per second, 1 FLOP/s to 9 EFLOP/s. */
  public static final Quantities FLOP_RATE =
      new Quantities(
          "a compute rate",
          1,
          9 * EXA,
          true,
          unit("FLOP/s", "1", true),
          unit("kFLOP/s", "1e3", true),
          unit("MFLOP/s", "1e6", true),
          unit("GFLOP/s", "1e9", true),
          unit("TFLOP/s", "1e12", true),
          unit("PFLOP/s", "1e15", true),
          unit("EFLOP/s", "1e18", true));

  /** Frequency in hertz, 1 Hz to 1000 GHz. */
  public static final Quantities FREQUENCY =
      new Quantities(
          "a frequency",
          1,
          1_000_000_000_000L,
          true,
          unit("Hz", "1", true),
          unit("kHz", "1e3", true),
          unit("MHz", "1e6", true),
          unit("GHz", "1e9", true));

  /** Requests per second, 0 to 10^12; report only. */
  public static final Quantities REQUEST_RATE =
      new Quantities(
          "a request rate",
          0,
          1_000_000_000_000L,
          false,
          unit("/s", "1", true),
          readOnly("requests/s", "1"));

  /** Picojoules per bit, 0 to 10^6; report only. */
  public static final Quantities ENERGY_PER_BIT =
      new Quantities(
          "an energy per bit",
          0,
          1_000_000,
          false,
          unit("pJ/bit", "1", true),
          readOnly("fJ/bit", "1e-3"),
          readOnly("nJ/bit", "1e3"));

  /** Picojoules per floating-point operation, 0 to 10^6; report only. */
  public static final Quantities ENERGY_PER_FLOP =
      new Quantities(
          "an energy per FLOP",
          0,
          1_000_000,
          false,
          unit("pJ/FLOP", "1", true),
          readOnly("fJ/FLOP", "1e-3"),
          readOnly("nJ/FLOP", "1e3"));

  /** Power in watts, 0 to 10^12 (1000 GW); report only. */
  public static final Quantities POWER =
      new Quantities(
          "a power",
          0,
          1_000_000_000_000L,
          false,
          unit("W", "1", true),
          unit("mW", "1e-3", true),
          unit("kW", "1e3", true),
          unit("MW", "1e6", true));

  /** Temperature in degrees Celsius, -200 to 1000. */
  public static final Quantities TEMPERATURE =
      new Quantities(
          "a temperature",
          -200,
          1_000,
          false,
          unit("C", "1", true),
          new Unit("K", BigDecimal.ONE, new BigDecimal("-273.15"), false, false));

  /** Difference of two temperatures in kelvin, 0 to 1000. */
  public static final Quantities TEMPERATURE_DIFFERENCE =
      new Quantities("a temperature difference", 0, 1_000, false, unit("K", "1", true));

  /** Length of what is built, in micrometres, 0 to 10^6 (1 m). */
  public static final Quantities LENGTH =
      new Quantities(
          "a length",
          0,
          1_000_000,
          false,
          unit("um", "1", true),
          unit("nm", "1e-3", true),
          unit("mm", "1e3", true));

  /** Area of what is built, in square millimetres, 0 to 10^6 (1 m2). */
  public static final Quantities AREA =
      new Quantities(
          "an area",
          0,
          1_000_000,
          false,
          unit("mm2", "1", true),
          unit("um2", "1e-6", true),
          unit("cm2", "1e2", true));

  /** Energy in picojoules, 0 to 10^14 (100 J); report only. */
  public static final Quantities ENERGY =
      new Quantities(
          "an energy",
          0,
          100_000_000_000_000L,
          false,
          unit("pJ", "1", true),
          unit("nJ", "1e3", true),
          unit("uJ", "1e6", true),
          unit("mJ", "1e9", true),
          unit("J", "1e12", true));

  /**
   * Time beyond the simulated clock in seconds, 0 to 10^12: how long data last, when a device wears
   * out. A year has 365.25 days. Report only.
   */
  public static final Quantities PERIOD =
      new Quantities(
          "a period",
          0,
          1_000_000_000_000L,
          false,
          unit("s", "1", true),
          unit("min", "60", false),
          unit("h", "3600", true),
          unit("d", "86400", true),
          unit("y", "31557600", true));

  /**
   * Mean time until something fails, or works again, in seconds, 0 to 10^12: years of a device, and
   * microseconds where what a short run does with failures is looked at. Report only.
   */
  public static final Quantities MEAN_TIME =
      new Quantities(
          "a mean time",
          0,
          1_000_000_000_000L,
          false,
          unit("s", "1", true),
          unit("ns", "1e-9", true),
          unit("us", "1e-6", true),
          unit("ms", "1e-3", true),
          unit("min", "60", false),
          unit("h", "3600", true),
          unit("d", "86400", true),
          unit("y", "31557600", true));

  private static final List<Quantities> ALL =
      List.of(
          TIME,
          SIZE,
          BYTE_RATE,
          FLOP_RATE,
          FREQUENCY,
          REQUEST_RATE,
          ENERGY_PER_BIT,
          ENERGY_PER_FLOP,
          POWER,
          TEMPERATURE,
          TEMPERATURE_DIFFERENCE,
          LENGTH,
          AREA,
          ENERGY,
          PERIOD,
          MEAN_TIME);

  private final String noun;
  private final long min;
  private final long max;
  private final boolean whole;
  private final ImmutableList<Unit> units;

  /**
   * A unit: how many base units it is, and where its zero lies in them. In output it is used by
   * {@link #print} if {@code exact}, by reports if {@code human}; then its zero is the base unit's.
   */
  @Immutable
  private record Unit(
      String symbol, BigDecimal factor, BigDecimal zero, boolean exact, boolean human) {}

  private Quantities(String noun, long min, long max, boolean whole, Unit... units) {
    this.noun = noun;
    this.min = min;
    this.max = max;
    this.whole = whole;
    this.units = ImmutableList.copyOf(units);
  }

  private static Unit unit(String symbol, String factor, boolean human) {
    return new Unit(symbol, new BigDecimal(factor), BigDecimal.ZERO, true, human);
  }

  private static Unit binary(String symbol, int powerOfTwo) {
    return new Unit(symbol, BigDecimal.valueOf(1L << powerOfTwo), BigDecimal.ZERO, true, false);
  }

  private static Unit readOnly(String symbol, String factor) {
    return new Unit(symbol, new BigDecimal(factor), BigDecimal.ZERO, false, false);
  }

  /** What the quantity is, with its article: {@code a size}. */
  public String noun() {
    return noun;
  }

  /** The base unit's symbol: {@code ps}, {@code B}, {@code B/s}. */
  public String baseUnit() {
    return units.get(0).symbol();
  }

  /** Whether values are whole numbers of base units, held as {@code long}. */
  public boolean isWhole() {
    return whole;
  }

  /** Smallest value allowed, in base units. */
  public long min() {
    return min;
  }

  /** Largest value allowed, in base units. */
  public long max() {
    return max;
  }

  /** The units' symbols, base unit first. */
  public List<String> symbols() {
    return units.stream().map(Unit::symbol).toList();
  }

  /** What is allowed, for messages: {@code a number with one of the units [B, kB, ...]}. */
  public String allowed() {
    return "a number with one of the units " + symbols();
  }

  /**
   * Reads a whole quantity exactly.
   *
   * @return the value in base units
   * @throws IllegalArgumentException if the text is not such a quantity, not a whole number of base
   *     units or out of range; the message says what was given and what is allowed
   */
  public long parse(String text) {
    if (!whole) {
      throw new IllegalStateException(noun + " is not a whole number; use parseDouble");
    }
    BigDecimal value = exactValue(text);
    if (value.stripTrailingZeros().scale() > 0) {
      throw new IllegalArgumentException(
          Shown.quote(text) + " is not a whole number of " + baseUnit() + ", the smallest unit");
    }
    return value.longValueExact();
  }

  /**
   * Reads any quantity as a double: the double nearest to the exact value in base units.
   *
   * @throws IllegalArgumentException as {@link #parse}
   */
  public double parseDouble(String text) {
    return exactValue(text).doubleValue();
  }

  private BigDecimal exactValue(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (text.length() > 80 || !matcher.matches()) {
      throw new IllegalArgumentException(Shown.quote(text) + " is not " + noun + ": " + allowed());
    }
    String symbol = matcher.group(2);
    if (symbol == null) {
      throw new IllegalArgumentException(
          Shown.quote(text) + " has no unit where " + noun + " is wanted: " + allowed());
    }
    BigDecimal number =
        Decimals.parse(matcher.group(1))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        Shown.quote(text) + " is not " + noun + ": " + allowed()));
    for (Unit unit : units) {
      if (unit.symbol().equals(symbol)) {
        BigDecimal value = number.multiply(unit.factor()).add(unit.zero());
        if (value.compareTo(BigDecimal.valueOf(min)) < 0
            || value.compareTo(BigDecimal.valueOf(max)) > 0) {
          throw new IllegalArgumentException(
              Shown.quote(text)
                  + " is out of range: "
                  + noun
                  + " is from "
                  + bound(min)
                  + " to "
                  + bound(max));
        }
        return value;
      }
    }
    throw new IllegalArgumentException(wrongUnit(text, symbol));
  }

  private String wrongUnit(String text, String symbol) {
    for (Quantities other : ALL) {
      if (other.symbols().contains(symbol)) {
        return Shown.quote(text)
            + " is "
            + other.noun
            + " where "
            + noun
            + " is wanted: "
            + allowed()
            + suggestion(symbol);
      }
    }
    return Shown.quote(text) + " is not " + noun + ": " + allowed() + suggestion(symbol);
  }

  private String suggestion(String symbol) {
    if (symbols().contains(symbol + "/s")) {
      return "; did you mean '" + symbol + "/s'?";
    }
    String plain = normalised(symbol);
    String meant =
        units.stream()
            .map(Unit::symbol)
            .filter(known -> normalised(known).equals(plain))
            .map(known -> "'" + known + "'")
            .collect(Collectors.joining(" or "));
    return meant.isEmpty() ? "" : "; did you mean " + meant + "?";
  }

  /**
   * What people mix up: case, the micro sign, {@code FLOPS} for {@code FLOP/s}, bits and bytes
   * ({@code Gb/s} finds both {@code GB/s} and {@code Gbit/s}).
   */
  private static String normalised(String symbol) {
    String plain =
        symbol.toLowerCase(Locale.ROOT).replace('\u00b5', 'u').replace('\u03bc', 'u').strip();
    if (plain.endsWith("/s") && plain.length() > 2) {
      plain = plain.substring(0, plain.length() - 2);
    } else if (plain.endsWith("bps")) {
      plain = plain.substring(0, plain.length() - 2);
    } else if (plain.endsWith("s") && plain.contains("flop")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    return plain.length() <= 4 && plain.endsWith("bit") ? plain.replace("bit", "b") : plain;
  }

  private String bound(long value) {
    return whole ? print(value) : print((double) value);
  }

  /**
   * Prints exactly, in the unit with the shortest text that has at most three decimals; the larger
   * unit where two are equally short. {@link #parse} reads it back equal.
   */
  public String print(long value) {
    String best = value + " " + baseUnit();
    BigDecimal bestFactor = BigDecimal.ONE;
    BigDecimal exact = BigDecimal.valueOf(value);
    for (Unit unit : units) {
      if (!unit.exact() || exact.abs().compareTo(unit.factor()) < 0) {
        continue;
      }
      BigDecimal[] parts = exact.movePointRight(3).divideAndRemainder(unit.factor());
      if (parts[1].signum() != 0) {
        continue;
      }
      String text =
          parts[0].movePointLeft(3).stripTrailingZeros().toPlainString() + " " + unit.symbol();
      if (text.length() < best.length()
          || (text.length() == best.length() && unit.factor().compareTo(bestFactor) > 0)) {
        best = text;
        bestFactor = unit.factor();
      }
    }
    return best;
  }

  /** Prints a report-only quantity in its base unit, so that {@link #parseDouble} reads it back. */
  public String print(double value) {
    return Decimals.print(value) + " " + baseUnit();
  }

  /** For people: four significant digits in the decimal unit that keeps the number at 1 or more. */
  public String human(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return value + " " + baseUnit();
    }
    BigDecimal exact = new BigDecimal(value);
    Unit best = units.get(0);
    for (Unit unit : units) {
      // Rounded first: 999.99 ns is shown as 1 us, not as 1000 ns.
      boolean fits =
          exact.abs().round(FOUR_DIGITS).compareTo(unit.factor()) >= 0
              && unit.factor().compareTo(best.factor()) > 0;
      boolean smaller =
          exact.signum() != 0
              && exact.abs().compareTo(best.factor()) < 0
              && unit.factor().compareTo(best.factor()) < 0;
      if (unit.human() && (fits || smaller)) {
        best = unit;
      }
    }
    BigDecimal shown = exact.divide(best.factor(), FOUR_DIGITS).stripTrailingZeros();
    return (shown.signum() == 0 ? "0" : shown.toPlainString()) + " " + best.symbol();
  }
}
