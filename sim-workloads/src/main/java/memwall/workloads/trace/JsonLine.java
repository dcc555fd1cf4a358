package memwall.workloads.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/**
 * One line that must be one JSON object, read key by key. Like {@code Config}, a value that is
 * wrong is recorded as a fault and a harmless placeholder returned, so that one pass finds every
 * fault of the line; broken syntax ends the line.
 */
final class JsonLine {
  // NaN is let through by the parser so that it gets the message of a wrong value.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          // A broken file may have millions of different keys; none is worth a place in the JVM.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private static final int MAX_TEXT = 1024;

  private final LineReader lines;
  private final InputFaults faults;
  private @Nullable JsonParser parser;
  private int faultsBefore;
  private boolean broken;

  JsonLine(LineReader lines) {
    this.lines = lines;
    this.faults = lines.faults();
  }

  /** Begins with the current line of the reader; false if it is no JSON object. */
  boolean begin(String expected) {
    faultsBefore = faults.count();
    broken = false;
    if (lines.length() == 0) {
      faults.add(lines.number(), "the line is empty, expected " + expected);
      return false;
    }
    try {
      parser = FACTORY.createParser(lines.chars(), 0, lines.length());
    } catch (IOException e) {
      throw new IllegalStateException("characters in memory cannot fail to open", e);
    }
    JsonToken token = advance();
    if (token != JsonToken.START_OBJECT && !broken) {
      faultHere("found " + given() + ", expected " + expected);
      broken = true;
    }
    return !broken;
  }

  /** Whether the line was without fault so far. */
  boolean ok() {
    return !broken && faults.count() == faultsBefore;
  }

  /** The next key of the current object, or null at its end. */
  @Nullable String nextKey() {
    JsonToken token = broken ? null : advance();
    return token == JsonToken.FIELD_NAME && !broken ? name() : null;
  }

  /** Ends the line: nothing may follow the object. */
  void end() {
    if (!broken && advance() != null) {
      faultHere("found more text after the JSON object, expected the end of the line");
    }
  }

  /** Gives the rest of the line up, after a fault inside nested lists. */
  void abandon() {
    broken = true;
  }

  /** A fault of the line as a whole. */
  void fault(String message) {
    faults.add(lines.number(), message);
  }

  /** A fault at the value just read. */
  void fault(String key, String message) {
    faultHere("'" + key + "': " + message);
  }

  /** A key that is not known here; its value is skipped. */
  void unknown(String key, List<String> allowed) {
    faultHere(
        "unknown key "
            + Words.quote(key)
            + Words.didYouMean(key, allowed)
            + " (allowed: "
            + String.join(", ", allowed)
            + ")");
    skip();
  }

  /** A key that is given a second time; its value is skipped. */
  void duplicate(String key) {
    faultHere("key '" + key + "' is given twice");
    skip();
  }

  /** A whole number in [min, max]; min after a fault. */
  long whole(String key, long min, long max) {
    return advance() == null ? min : wholeHere(key, min, max);
  }

  private long wholeHere(String key, long min, long max) {
    if (broken) {
      return min;
    }
    JsonParser p = parser();
    if (p.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      try {
        if (p.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
          long value = p.getLongValue();
          if (value >= min && value <= max) {
            return value;
          }
        }
      } catch (IOException e) {
        syntax(e);
        return min;
      }
    }
    fault(key, given() + " given, expected a whole number from " + min + " to " + max);
    skipHere();
    return min;
  }

  /** Text of 1 to 1024 characters without control characters; empty after a fault. */
  String text(String key) {
    JsonToken token = advance();
    if (token == null) {
      return "";
    }
    if (token != JsonToken.VALUE_STRING) {
      fault(key, given() + " given, expected text in quotes");
      skipHere();
      return "";
    }
    String text = string();
    if (text.isEmpty() || text.length() > MAX_TEXT) {
      fault(key, "text of " + text.length() + " characters, expected 1 to " + MAX_TEXT);
      return "";
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f || isLoneSurrogate(text, i)) {
        fault(key, Words.quote(text) + " has a control character or half a surrogate pair");
        return "";
      }
    }
    return text;
  }

  /** A time in seconds, with decimals or without, in picoseconds; 0 after a fault. */
  long secondsPs(String key) {
    JsonToken token = advance();
    if (token == null) {
      return 0;
    }
    if (token == JsonToken.VALUE_NUMBER_INT
        || (token == JsonToken.VALUE_NUMBER_FLOAT && !isNan())) {
      long ps = Decimals.secondsPs(string());
      if (ps != Decimals.NONE) {
        return ps;
      }
    }
    fault(
        key,
        given()
            + " given, expected seconds from 0 to "
            + Request.MAX_ARRIVAL_PS / 1_000_000_000_000L);
    skipHere();
    return 0;
  }

  /** The value of a key that nobody knows: text as it is, all else as written. */
  String anything() {
    JsonToken token = advance();
    if (token == null) {
      return "";
    }
    if (token != JsonToken.START_OBJECT && token != JsonToken.START_ARRAY) {
      return string();
    }
    int from = (int) parser().currentTokenLocation().getCharOffset();
    skipHere();
    int to = (int) parser().currentLocation().getCharOffset();
    return broken ? "" : new String(Arrays.copyOfRange(lines.chars(), from, to));
  }

  /** True or false; false after a fault. */
  boolean bool(String key) {
    JsonToken token = advance();
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    if (token != null) {
      fault(key, given() + " given, expected true or false");
      skipHere();
    }
    return false;
  }

  /** Whether the value is a list; if so {@link #inList} tells when it ends. */
  boolean list(String key, String of) {
    JsonToken token = advance();
    if (token == JsonToken.START_ARRAY) {
      return true;
    }
    if (token != null) {
      fault(key, given() + " given, expected a list of " + of);
      skipHere();
    }
    return false;
  }

  /** A list of whole numbers, none below {@code min}; empty after a fault of the list. */
  LongImmutableList wholes(String key, long min) {
    if (!list(key, "whole numbers")) {
      return LongImmutableList.of();
    }
    LongArrayList numbers = new LongArrayList();
    while (inList()) {
      numbers.add(element(key, min, Long.MAX_VALUE));
    }
    return new LongImmutableList(numbers);
  }

  /** Goes to the next element of a list; false at its end. */
  boolean inList() {
    JsonToken token = advance();
    return token != null && token != JsonToken.END_ARRAY;
  }

  /** Like {@link #whole}, for the list element reached by {@link #inList}. */
  long element(String key, long min, long max) {
    return wholeHere(key, min, max);
  }

  /** Whether the list element reached by {@link #inList} is a list. */
  boolean elementIsList(String key, String of) {
    if (parser().currentToken() == JsonToken.START_ARRAY) {
      return true;
    }
    fault(key, given() + " given, expected " + of);
    skipHere();
    return false;
  }

  /** Whether the list element reached by {@link #inList} is an object. */
  boolean elementIsObject(String key, String of) {
    if (parser().currentToken() == JsonToken.START_OBJECT) {
      return true;
    }
    fault(key, given() + " given, expected " + of);
    skipHere();
    return false;
  }

  /** Whether the value is an object, whose keys {@link #nextKey} gives. */
  boolean object(String key, String of) {
    JsonToken token = advance();
    if (token == JsonToken.START_OBJECT) {
      return true;
    }
    if (token != null) {
      fault(key, given() + " given, expected " + of);
      skipHere();
    }
    return false;
  }

  /** The text of a list element that must be one of a few words. */
  String elementText() {
    return parser().currentToken() == JsonToken.VALUE_STRING ? string() : "";
  }

  /** How the current value was given, in quotes, shortened. */
  String given() {
    JsonParser p = parser();
    JsonToken token = p.currentToken();
    if (token == JsonToken.START_ARRAY) {
      return "a list";
    }
    if (token == JsonToken.START_OBJECT) {
      return "an object";
    }
    try {
      String text = p.getText();
      return text == null ? "nothing" : Words.quote(text);
    } catch (IOException e) {
      return "a value that is not valid JSON";
    }
  }

  /** The JSON text of the value, exactly as written; it must be an object. */
  @Nullable String rawObject(String key) {
    if (!object(key, "an object")) {
      return null;
    }
    int from = (int) parser().currentTokenLocation().getCharOffset();
    Deque<Set<String>> keys = new ArrayDeque<>();
    keys.push(new HashSet<>());
    while (!keys.isEmpty()) {
      JsonToken token = advance();
      if (token == null) {
        return null;
      }
      switch (token) {
        case START_OBJECT, START_ARRAY -> keys.push(new HashSet<>());
        case END_OBJECT, END_ARRAY -> keys.pop();
        case FIELD_NAME -> {
          String name = name();
          if (name != null && !keys.element().add(name)) {
            fault(key, "key " + Words.quote(name) + " is given twice");
          }
        }
        case VALUE_NUMBER_FLOAT -> {
          if (isNan()) {
            fault(key, given() + " is not a number");
          }
        }
        default -> {
          // Any other value is fine.
        }
      }
    }
    int to = (int) parser().currentLocation().getCharOffset();
    return new String(Arrays.copyOfRange(lines.chars(), from, to));
  }

  /** Skips the value of the current key. */
  void skip() {
    if (advance() != null) {
      skipHere();
    }
  }

  private void skipHere() {
    try {
      parser().skipChildren();
    } catch (IOException e) {
      syntax(e);
    }
  }

  private JsonParser parser() {
    JsonParser p = parser;
    if (p == null) {
      throw new IllegalStateException("no line begun");
    }
    return p;
  }

  private @Nullable JsonToken advance() {
    if (broken) {
      return null;
    }
    try {
      return parser().nextToken();
    } catch (IOException e) {
      syntax(e);
      return null;
    }
  }

  private @Nullable String name() {
    try {
      return parser().currentName();
    } catch (IOException e) {
      syntax(e);
      return null;
    }
  }

  private String string() {
    try {
      return parser().getText();
    } catch (IOException e) {
      syntax(e);
      return "";
    }
  }

  private boolean isNan() {
    try {
      return parser().isNaN();
    } catch (IOException e) {
      syntax(e);
      return false;
    }
  }

  private static boolean isLoneSurrogate(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private void syntax(IOException e) {
    if (broken) {
      return;
    }
    broken = true;
    if (e instanceof JsonEOFException) {
      faults.add(
          lines.number(),
          lines.length() + 1L,
          "the line ends inside the JSON object (truncated?), expected the rest of it");
      return;
    }
    int at = (int) Math.min(lines.length(), Math.max(0, offset() - 1));
    int to = Math.min(lines.length(), at + 20);
    String near = new String(lines.chars(), at, to - at);
    faults.add(lines.number(), at + 1L, "not valid JSON at " + Words.quote(near));
  }

  private long offset() {
    return parser().currentLocation().getCharOffset();
  }

  private void faultHere(String message) {
    if (broken) {
      return;
    }
    faults.add(lines.number(), parser().currentTokenLocation().getCharOffset() + 1, message);
  }
}
