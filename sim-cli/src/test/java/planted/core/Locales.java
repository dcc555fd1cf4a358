package planted.core;

import java.io.PrintStream;

/** Writes text that depends on the user's locale. */
@SuppressWarnings({"StringCaseLocaleUsage", "AnnotateFormatMethod", "DefaultLocale"})
final class Locales {
  String format(double x) {
    return String.format("%.1f", x);
  }

  String formatted(double x) {
    return "%.1f".formatted(x);
  }

  String lower(String text) {
    return text.toLowerCase();
  }

  String upper(String text) {
    return text.toUpperCase();
  }

  void print(PrintStream out, double x) {
    out.printf("%.1f", x);
  }
}
