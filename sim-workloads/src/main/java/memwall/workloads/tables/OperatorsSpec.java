package memwall.workloads.tables;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;

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
   * Reads the section {@code operators}.
   *
   * @throws ConfigException if tables have faults
   */
  public static OperatorsSpec read(Config config, int tensorParallel) {
    Path folder = config.file("tables", "Folder of measured times, with folders tp<n>");
    OperatorTables.Skew skew =
        config.choice("skew", OperatorTables.Skew.AUTO, "Correct attention for unequal contexts");
    List<Long> sizes =
        config.has("graph_sizes")
            ? config.integers(
                "graph_sizes", 1, 1 << 24, "Tokens of recorded launches: steps are filled up")
            : List.of();
    config.finish();
    OperatorTables tables = OperatorTables.read(folder, tensorParallel, skew);
    List<Integer> sorted = new ArrayList<>();
    for (long size : sizes) {
      sorted.add(Ints.checkedCast(size));
    }
    sorted.sort(Integer::compare);
    return new OperatorsSpec(folder, tables, ImmutableList.copyOf(sorted));
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
