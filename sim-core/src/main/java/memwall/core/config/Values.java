package memwall.core.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import memwall.core.unit.Decimals;
import memwall.core.unit.Quantities;

/**
 * From one scalar to one value. Each reader throws {@link IllegalArgumentException} with what was
 * given and what is allowed.
 */
final class Values {
  private Values() {}

  /** A kind of value: what is allowed, in words, and how it is read and printed. */
  record Type<T>(String wanted, String unit, T placeholder, Reader<T> reader, Printer<T> printer) {}

  /** Reads a scalar that is not null. */
  interface Reader<T> {
    T read(Node.Scalar scalar);
  }

  /** Prints a value as YAML that the reader reads back equal. */
  interface Printer<T> {
    String print(T value);
  }

  static final Type<Boolean> BOOL =
      new Type<>("true or false", "", false, Values::bool, String::valueOf);

  static final Type<String> TEXT = new Type<>("text", "", "?", Values::text, Resolved::text);

  private static boolean bool(Node.Scalar scalar) {
    if (!scalar.quoted() && scalar.value().equals("true")) {
      return true;
    }
    if (!scalar.quoted() && scalar.value().equals("false")) {
      return false;
    }
    throw new IllegalArgumentException(scalar.shown() + " is not true or false");
  }

  private static String text(Node.Scalar scalar) {
    if (scalar.value().isBlank()) {
      throw new IllegalArgumentException(scalar.shown() + " is empty where text is wanted");
    }
    return scalar.value();
  }

  static Type<Long> integer(long min, long max) {
    if (min > max) {
      throw new IllegalArgumentException("range [" + min + ", " + max + "] is empty");
    }
    String range = "a whole number" + range(min, max);
    return new Type<>(
        range,
        "",
        Math.max(min, Math.min(max, 1)),
        scalar -> {
          BigDecimal value = decimal(scalar, range);
          boolean plain =
              value.scale() == 0 && !scalar.value().toLowerCase(Locale.ROOT).contains("e");
          if (!plain) {
            throw new IllegalArgumentException(scalar.shown() + " is not " + range);
          }
          if (value.compareTo(BigDecimal.valueOf(min)) < 0
              || value.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw new IllegalArgumentException(scalar.shown() + " is out of range: " + range);
          }
          return value.longValueExact();
        },
        String::valueOf);
  }

  private static String range(long min, long max) {
    if (max == Long.MAX_VALUE || max == Integer.MAX_VALUE) {
      return min == Long.MIN_VALUE ? "" : ", " + min + " or more";
    }
    return " from " + min + " to " + max;
  }

  static Type<Double> number(double min, double max) {
    if (!(min <= max)) {
      throw new IllegalArgumentException("range [" + min + ", " + max + "] is empty");
    }
    String range = "a number" + range(min, max);
    return new Type<>(
        range,
        "",
        Math.max(min, Math.min(max, 1)),
        scalar -> {
          double value = decimal(scalar, range).doubleValue();
          if (Double.isInfinite(value) || value < min || value > max) {
            throw new IllegalArgumentException(scalar.shown() + " is out of range: " + range);
          }
          return value == 0 ? 0.0 : value; // no negative zero: it would print as another number
        },
        Decimals::print);
  }

  private static String range(double min, double max) {
    if (max >= Double.MAX_VALUE) {
      return min <= -Double.MAX_VALUE ? "" : ", " + Decimals.print(min) + " or more";
    }
    return " from " + Decimals.print(min) + " to " + Decimals.print(max);
  }

  private static BigDecimal decimal(Node.Scalar scalar, String wanted) {
    if (scalar.quoted()) {
      throw new IllegalArgumentException(scalar.shown() + " is not " + wanted);
    }
    if (Decimals.isOtherNotation(scalar.value())) {
      throw new IllegalArgumentException(
          scalar.shown()
              + " is not "
              + wanted
              + ", written in plain decimal digits (no 0x, 0o, leading 0 or '_')");
    }
    return Decimals.parse(scalar.value())
        .orElseThrow(() -> new IllegalArgumentException(scalar.shown() + " is not " + wanted));
  }

  static Type<Long> quantity(Dimension dimension) {
    Quantities quantities = dimension.quantities();
    if (!quantities.isWhole()) {
      throw new IllegalArgumentException(dimension + " is report-only: use reportQuantity");
    }
    return new Type<>(
        quantities.noun() + ": " + quantities.allowed(),
        quantities.baseUnit(),
        // A rate of 1 B/s could overflow a time computed from it before the faults are thrown.
        dimension == Dimension.BYTE_RATE || dimension == Dimension.FLOP_RATE
            ? 1_000_000_000_000L
            : 1L,
        scalar -> quantities.parse(scalar.value()),
        value -> quantities.print((long) value));
  }

  static Type<Double> reportQuantity(Dimension dimension) {
    Quantities quantities = dimension.quantities();
    if (quantities.isWhole()) {
      throw new IllegalArgumentException(dimension + " is not report-only: use quantity");
    }
    return new Type<>(
        quantities.noun() + ": " + quantities.allowed(),
        quantities.baseUnit(),
        1.0,
        scalar -> quantities.parseDouble(scalar.value()),
        value -> quantities.print((double) value));
  }

  static Type<String> oneOf(List<String> allowed) {
    if (allowed.isEmpty()) {
      throw new IllegalArgumentException("no value is allowed");
    }
    return new Type<>(
        "one of " + allowed,
        "",
        allowed.get(0),
        scalar -> {
          if (!allowed.contains(scalar.value())) {
            throw new IllegalArgumentException(
                scalar.shown()
                    + " is not one of "
                    + allowed
                    + Suggestion.of(scalar.value(), allowed));
          }
          return scalar.value();
        },
        Resolved::text);
  }

  /** A file name, relative to a folder. */
  static Type<Path> file(Path folder) {
    return new Type<>(
        "a file name",
        "",
        Path.of("missing"),
        scalar -> {
          try {
            return folder.resolve(text(scalar)).normalize();
          } catch (InvalidPathException wrong) {
            throw new IllegalArgumentException(scalar.shown() + " is not a file name", wrong);
          }
        },
        file -> Resolved.text(file.toString()));
  }

  static <E extends Enum<E>> List<String> names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(Values::nameOf).toList();
  }

  static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return type.getEnumConstants()[names(type).indexOf(name)];
  }

  static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
