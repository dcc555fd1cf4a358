package memwall.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What was read, in the order of reading: every value with where it came from and what it is, and
 * the same as a run file in which everything is written out. Complete once everything was read and
 * no fault was found.
 */
public final class Resolved {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*");
  private static final Set<String> RESERVED =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private final List<Value> values = new ArrayList<>();
  private final Branch root = new Branch("");
  private final List<Path> files = new ArrayList<>();

  Resolved() {}

  /**
   * One value that was read.
   *
   * @param path the full path of its key, {@code system.chip.clock}, {@code stacks[0].page}
   * @param value the value as the resolved file has it, units included
   * @param unit the unit that the program computes in ({@code ps}, {@code B/s}), or empty
   * @param origin {@code run.yaml:6:13}, {@code preset chip/h100-sxm:7}, {@code --set #1} or {@code
   *     default}
   * @param sentence what it is
   */
  public record Value(String path, String value, String unit, String origin, String sentence) {
    /** Whether nobody gave it. */
    public boolean isDefault() {
      return origin.equals(DEFAULT);
    }
  }

  /** The origin of a value that nobody gave. */
  static final String DEFAULT = "default";

  /** A part of the resolved file. */
  sealed interface Tree {}

  /** One value, as YAML. */
  record Leaf(String yaml) implements Tree {}

  /** A list. */
  record Items(List<Tree> items) implements Tree {}

  /** A mapping; its comment names the preset that it was written out from. */
  record Branch(String comment, Map<String, Tree> entries) implements Tree {
    Branch(String comment) {
      this(comment, new LinkedHashMap<>());
    }
  }

  Branch root() {
    return root;
  }

  void add(Value value) {
    values.add(value);
  }

  void addFiles(List<Path> more) {
    files.addAll(more);
  }

  /** The run file and those that it {@code extends}, in the order of reading; no presets. */
  public List<Path> files() {
    return List.copyOf(files);
  }

  /** Every value read, in the order of reading. */
  public List<Value> values() {
    return List.copyOf(values);
  }

  /**
   * The run file with everything written out: no presets, no {@code extends}, defaults included.
   * Reading it gives the same values; comments name the presets that were written out.
   */
  public String yaml() {
    return String.join("\n", lines(root, "")) + "\n";
  }

  private static List<String> lines(Branch branch, String indent) {
    List<String> lines = new ArrayList<>();
    branch
        .entries()
        .forEach(
            (key, tree) -> {
              if (tree instanceof Leaf leaf) {
                lines.add(indent + key + ": " + leaf.yaml());
              } else if (tree instanceof Branch child) {
                lines.add(
                    indent + key + ":" + (child.entries().isEmpty() ? " {}" : "") + child.comment);
                lines.addAll(lines(child, indent + "  "));
              } else if (tree instanceof Items list) {
                addItems(lines, indent, key, list);
              }
            });
    return lines;
  }

  private static void addItems(List<String> lines, String indent, String key, Items list) {
    if (list.items().stream().allMatch(Leaf.class::isInstance)) {
      List<String> items = list.items().stream().map(item -> ((Leaf) item).yaml()).toList();
      lines.add(indent + key + ": [" + String.join(", ", items) + "]");
      return;
    }
    lines.add(indent + key + ":");
    for (Tree item : list.items()) {
      Branch branch = (Branch) item;
      if (!branch.comment().isEmpty()) {
        lines.add(indent + " " + branch.comment().substring(1));
      }
      List<String> itemLines = lines(branch, indent + "    ");
      if (itemLines.isEmpty()) {
        lines.add(indent + "  - {}");
      } else {
        lines.add(indent + "  - " + itemLines.get(0).substring(indent.length() + 4));
        lines.addAll(itemLines.subList(1, itemLines.size()));
      }
    }
  }

  /** Text as YAML: plain where that is safe, else in double quotes. */
  static String text(String text) {
    if (PLAIN.matcher(text).matches()
        && !RESERVED.contains(text.toLowerCase(java.util.Locale.ROOT))) {
      return text;
    }
    StringBuilder yaml = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                yaml.append('\\').append((char) c);
              } else if ((c >= ' ' && c <= '~') || Character.isLetterOrDigit(c)) {
                yaml.appendCodePoint(c);
              } else {
                yaml.append(
                    String.format(java.util.Locale.ROOT, c > 0xffff ? "\\U%08X" : "\\u%04X", c));
              }
            });
    return yaml.append('"').toString();
  }
}
