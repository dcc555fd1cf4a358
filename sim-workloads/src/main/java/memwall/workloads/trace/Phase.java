package memwall.workloads.trace;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an output token is for. */
public enum Phase {
  /** Reasoning that the user does not see. */
  THINK,
  /** The answer. */
  ANSWER,
  /** The call of a tool. */
  TOOL,
  /** A draft that is thrown away or rewritten. */
  DRAFT;

  private static final Phase[] ALL = values();

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word in a trace, for example {@code think}. */
  public String text() {
    return text;
  }

  static @Nullable Phase of(String text) {
    for (Phase phase : ALL) {
      if (phase.text.equals(text)) {
        return phase;
      }
    }
    return null;
  }
}
