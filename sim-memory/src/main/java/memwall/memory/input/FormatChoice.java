package memwall.memory.input;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.function.BiPredicate;
import memwall.core.config.Suggestion;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import org.jspecify.annotations.Nullable;

/** Finds the format of a trace. */
public final class FormatChoice {
  private FormatChoice() {}

  /**
   * The format of a trace: the one of a label, or the first that recognises the first line.
   *
   * @param what how messages call the trace, for example {@code flash trace}
   * @param formats by label, in the order in which they are tried
   * @param label of the format; null to recognise it
   * @param recognises whether a first line is one of a format
   * @param examples what messages expect as first line
   * @throws memwall.core.config.ConfigException if there is none
   */
  public static <F> F of(
      LineReader lines,
      String what,
      ImmutableMap<String, F> formats,
      @Nullable String label,
      BiPredicate<String, F> recognises,
      String examples) {
    String first = lines.startOfLine();
    for (Map.Entry<String, F> format : formats.entrySet()) {
      boolean isIt =
          label == null ? recognises.test(first, format.getValue()) : format.getKey().equals(label);
      if (isIt) {
        return format.getValue();
      }
    }
    InputFaults faults = lines.faults();
    if (label == null) {
      faults.add(1, "found " + Shown.quote(first) + ", expected " + examples);
    } else {
      faults.add(
          "unknown format of a "
              + what
              + " "
              + Shown.quote(label)
              + Suggestion.of(label, formats.keySet().asList())
              + " (allowed: "
              + String.join(", ", formats.keySet())
              + ")");
    }
    throw faults.exception();
  }
}
