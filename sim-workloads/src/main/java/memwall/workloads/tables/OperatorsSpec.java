package memwall.workloads.tables;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;

/**
 * Where the times of operators come from, and how steps are launched.
 *
 * @param folder of the tables
 * @param tables read from there
 * @param graphSizes numbers of tokens for which launches were recorded, in rising order: a step of
 *     fewer tokens is filled up to the next; empty if none were
 */
public record OperatorsSpec(Path folder, OperatorTables tables, ImmutableList<Integer> graphSizes) {

  /**
   * What the section {@code operators} says, before the tables are read.
   *
   * @param folder of the tables
   * @param skew when attention is corrected for unequal contexts
   * @param graphSizes as in {@link OperatorsSpec}
   */
  public record Source(Path folder, OperatorTables.Skew skew, ImmutableList<Integer> graphSizes) {
    /**
     * Reads the tables.
     *
     * @throws memwall.core.config.ConfigException if they have faults
     */
    public OperatorsSpec load(int tensorParallel) {
      return new OperatorsSpec(
          folder, OperatorTables.read(folder, tensorParallel, skew), graphSizes);
    }
  }

  /** Reads the section {@code operators}; faults are recorded there. */
  public static Source read(Config config) {
    Path folder = config.file("tables", "Folder of measured times, with folders tp<n>");
    OperatorTables.Skew skew =
        config.choice("skew", OperatorTables.Skew.AUTO, "Correct attention for unequal contexts");
    List<Long> sizes =
        config.has("graph_sizes")
            ? config.integers(
                "graph_sizes", 1, 1 << 24, "Tokens of recorded launches: steps are filled up")
            : List.of();
    config.finish();
    List<Integer> sorted = new ArrayList<>();
    for (long size : sizes) {
      sorted.add(Ints.checkedCast(size));
    }
    sorted.sort(Integer::compare);
    return new Source(folder, skew, ImmutableList.copyOf(sorted));
  }

  /** Tokens that a step of so many is filled up to. */
  int filledUp(long tokens) {
    for (int size : graphSizes) {
      if (size >= tokens) {
        return size;
      }
    }
    return Ints.checkedCast(tokens);
  }
}
