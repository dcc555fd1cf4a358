package memwall.memory.dram.standard;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import memwall.core.config.Suggestion;
import memwall.core.unit.Shown;
import memwall.memory.dram.standard.AddressMapping.Field;
import memwall.memory.dram.standard.AddressMapping.Part;

/** Reads the order of an {@link AddressMapping}. */
final class MappingOrder {
  private static final ImmutableList<String> ROW_BY_ROW =
      ImmutableList.of("column", "pseudochannel", "rank", "sid", "bankgroup", "bank", "row");
  private static final ImmutableList<String> BANK_BY_BANK =
      ImmutableList.of("pseudochannel", "bankgroup", "bank", "sid", "rank", "column", "row");
  private static final int WIDEST = 32;
  private static final int FOUR_BURSTS_BITS = 2;

  private final Map<String, Field> fields;
  private final List<String> faults;

  /** A word of the order; width -1 if none is given. */
  private record Word(String field, int width) {}

  private MappingOrder(Map<String, Field> fields, List<String> faults) {
    this.fields = fields;
    this.faults = faults;
  }

  /** The parts of the address, least significant first; meaningless if there are faults. */
  static List<Part> parts(DramStandard standard, String order, List<String> faults) {
    Map<String, Field> fields = fields(standard);
    return new MappingOrder(fields, faults).parts(words(fields, order, faults));
  }

  /** Banks under one node of the level above bank groups (or banks, if there are no groups). */
  static int banksOfAllGroups(DramStandard standard) {
    int banks = 1;
    for (Level level : standard.levels()) {
      if (level.name().equals("bankgroup") || level.name().equals("bank")) {
        banks *= level.count();
      }
    }
    return banks;
  }

  private static Map<String, Field> fields(DramStandard standard) {
    Map<String, Field> fields = new LinkedHashMap<>();
    long below = 1;
    for (Level level : standard.levels().reverse()) {
      if (!level.name().equals("channel")) {
        fields.put(
            level.name(), new Field(level.name(), level.count(), AddressMapping.BANK_SHIFT, below));
        below *= level.count();
      }
    }
    fields.put("column", new Field("column", standard.bursts(), 0, 1));
    fields.put("row", new Field("row", standard.rows(), AddressMapping.ROW_SHIFT, 1));
    return fields;
  }

  private static List<Word> words(Map<String, Field> fields, String order, List<String> faults) {
    List<Word> words = new ArrayList<>();
    if (order.equals(AddressMapping.MOP4_CLXOR)) {
      return fourBursts(fields, faults);
    }
    if (order.equals(AddressMapping.ROW_CONTIGUOUS)
        || order.equals(AddressMapping.BANK_INTERLEAVED)) {
      boolean rowByRow = order.equals(AddressMapping.ROW_CONTIGUOUS);
      for (String field : rowByRow ? ROW_BY_ROW : BANK_BY_BANK) {
        if (fields.containsKey(field)) {
          words.add(new Word(field, -1));
        }
      }
      return words;
    }
    for (String word : Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().split(order)) {
      int colon = word.indexOf(':');
      String field = colon < 0 ? word : word.substring(0, colon);
      if (!fields.containsKey(field)) {
        List<String> known = new ArrayList<>(fields.keySet());
        known.add(AddressMapping.ROW_CONTIGUOUS);
        known.add(AddressMapping.BANK_INTERLEAVED);
        known.add(AddressMapping.MOP4_CLXOR);
        faults.add(
            Shown.quote(field)
                + " is not a field of it"
                + Suggestion.of(field, known)
                + " (known: "
                + known
                + ")");
      } else {
        int width = colon < 0 ? -1 : width(word.substring(colon + 1));
        if (width == 0) {
          faults.add(
              Shown.quote(word)
                  + ": after ':' a number of bits from 1 to "
                  + WIDEST
                  + " is wanted");
        } else {
          words.add(new Word(field, width));
        }
      }
    }
    return words;
  }

  /** Two bits of the column, the levels from the topmost, the rest of the column, the row. */
  private static List<Word> fourBursts(Map<String, Field> fields, List<String> faults) {
    List<Word> words = new ArrayList<>();
    words.add(new Word("column", FOUR_BURSTS_BITS));
    for (Field field : fields.values()) {
      boolean isLevel = field.shift() == AddressMapping.BANK_SHIFT;
      if (isLevel) {
        words.add(1, new Word(field.name(), -1)); // they are given from the bank up
      }
      if (!isPowerOfTwo(field.count())) {
        faults.add(
            Shown.quote(AddressMapping.MOP4_CLXOR)
                + " wants powers of two; "
                + Shown.quote(field.name())
                + " has "
                + field.count()
                + " values");
      }
    }
    words.add(new Word("column", -1));
    words.add(new Word("row", -1));
    return words;
  }

  /** The width, or 0 if it is none. */
  private static int width(String digits) {
    if (digits.isEmpty()
        || digits.length() > 2
        || !CharMatcher.inRange('0', '9').matchesAllOf(digits)) {
      return 0;
    }
    int width = Integer.parseInt(digits);
    return width > WIDEST ? 0 : width;
  }

  private List<Part> parts(List<Word> words) {
    Map<String, Integer> left = new LinkedHashMap<>();
    for (Field field : fields.values()) {
      left.put(field.name(), leftToPlace(field, words));
    }
    List<Part> parts = new ArrayList<>();
    Map<String, Integer> placed = new LinkedHashMap<>();
    for (Word word : words) {
      Field field = known(word.field());
      int shift = placed.getOrDefault(word.field(), 0);
      int width = word.width() < 0 ? left.getOrDefault(word.field(), 0) : word.width();
      boolean whole = !isPowerOfTwo(field.count());
      parts.add(new Part(field, shift, whole ? field.count() : 1L << width));
      placed.put(word.field(), shift + width);
    }
    return parts;
  }

  private Field known(String name) {
    Field field = fields.get(name);
    if (field == null) {
      throw new AssertionError(name);
    }
    return field;
  }

  /** Bits of a field for its part without a width; records what is wrong with its parts. */
  private int leftToPlace(Field field, List<Word> words) {
    int given = 0;
    int open = 0;
    int split = 0;
    for (Word word : words) {
      if (word.field().equals(field.name())) {
        given += Math.max(0, word.width());
        open += word.width() < 0 ? 1 : 0;
        split += word.width() < 0 ? 0 : 1;
      }
    }
    String name = Shown.quote(field.name());
    if (open + split == 0) {
      if (field.count() > 1) {
        faults.add(name + " is missing: it has " + field.count() + " values");
      }
      return 0;
    }
    if (!isPowerOfTwo(field.count())) {
      if (split > 0) {
        faults.add(
            name + " has " + field.count() + " values, no power of two, and cannot be split");
      } else if (open > 1) {
        faults.add(name + " stands twice");
      }
      return 0;
    }
    int bits = Long.numberOfTrailingZeros(field.count());
    if (open > 1) {
      faults.add(name + " stands twice without a width");
    } else if (given > bits) {
      faults.add(name + " has " + bits + " bits, not " + given);
    } else if (open == 0 && given < bits) {
      faults.add(name + " has " + bits + " bits of which only " + given + " are placed");
    } else if (open == 1 && split > 0 && given == bits) {
      faults.add(name + " stands without a width but its other parts leave it no bit");
    }
    return Math.max(0, bits - given);
  }

  private static boolean isPowerOfTwo(long count) {
    return Long.bitCount(count) == 1;
  }
}
