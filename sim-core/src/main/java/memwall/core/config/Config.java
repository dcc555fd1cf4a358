package memwall.core.config;

import java.util.List;
import java.util.Optional;

/**
 * One YAML mapping, strict, knows its place. Each value is read once, by name, with its unit, its
 * range and a sentence that says what it is; a fault is recorded and a harmless placeholder
 * returned, so that one pass finds every fault. {@link #finish} reports keys that nobody read.
 */
public interface Config {
  /** The path of this mapping from the root, dot-separated; empty for the root. */
  String path();

  /** Whether the key is given (in the file, a preset or an override). */
  boolean has(String key);

  /** The keys given here, in order. For mappings whose keys are names chosen by the user. */
  List<String> keys();

  /** Records a fault at the place of a key of this mapping (or of the mapping if it is absent). */
  void fault(String key, String message);

  /** Required text. */
  String text(String key, String sentence);

  /** Optional text. */
  Optional<String> optionalText(String key, String sentence);

  /** Required whole number without unit in [min, max]. */
  long integer(String key, long min, long max, String sentence);

  /** Whole number with a default. */
  long integer(String key, long min, long max, long defaultValue, String sentence);

  /** Required number without unit in [min, max]. */
  double number(String key, double min, double max, String sentence);

  /** Number with a default. */
  double number(String key, double min, double max, double defaultValue, String sentence);

  /** Required truth value. */
  boolean bool(String key, String sentence);

  /** Truth value with a default. */
  boolean bool(String key, boolean defaultValue, String sentence);

  /** Required one of an enum's constants, written in lower case with '-' for '_'. */
  <E extends Enum<E>> E choice(String key, Class<E> type, String sentence);

  /** One of an enum's constants, with a default. */
  <E extends Enum<E>> E choice(String key, E defaultValue, String sentence);

  /** Required quantity in the base unit of its dimension, within the dimension's range. */
  long quantity(String key, Dimension dimension, String sentence);

  /** Quantity with a default written as in YAML, for example {@code "0 ps"}. */
  long quantity(String key, Dimension dimension, String defaultText, String sentence);

  /** Required quantity of a report-only dimension (energy, power, price), as a double. */
  double reportQuantity(String key, Dimension dimension, String sentence);

  /** Report-only quantity with a default written as in YAML. */
  double reportQuantity(String key, Dimension dimension, String defaultText, String sentence);

  /** Required list of text. */
  List<String> texts(String key, String sentence);

  /** Required mapping. If it is absent the fault is recorded and an empty mapping returned. */
  Config section(String key, String sentence);

  /** Optional mapping. */
  Optional<Config> optionalSection(String key, String sentence);

  /** List of mappings; empty if absent. */
  List<Config> sections(String key, String sentence);

  /**
   * Required mapping that may be given as the name of a preset, or as a mapping with {@code
   * extends: name} whose keys override the preset's.
   *
   * @param kind the kind of preset, for example {@code chip}: the folder under {@code presets/}
   */
  Config preset(String key, String kind, String sentence);

  /** Ends the reading of this mapping: keys that nobody read are faults, with did-you-mean. */
  void finish();
}
