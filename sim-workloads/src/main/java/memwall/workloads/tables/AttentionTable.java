package memwall.workloads.tables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Times of the attention of a batch: a piece of a prompt of {@code chunk} tokens behind {@code
 * history}, and sequences that decode, each behind {@code context} tokens. Chunk and sequences span
 * a grid; in each of its cells history and contexts have values of their own, because pieces of the
 * whole were measured on finer ones. Prompts alone, sequences alone and both together are apart:
 * they are different kernels, or one kernel with another tail, and both together take longer than
 * the sum (median 1.4 and 1.8 times on the two boards whose tables this was made for).
 */
final class AttentionTable {
  /** Times over history and context at one chunk and number of sequences. */
  private static final class Cell {
    final Axis histories;
    final Curve[] curves;

    Cell(Map<Integer, ? extends SortedMap<Integer, Double>> rows) {
      double[] values = new double[rows.size()];
      this.curves = new Curve[rows.size()];
      int i = 0;
      for (Map.Entry<Integer, ? extends SortedMap<Integer, Double>> row : rows.entrySet()) {
        values[i] = row.getKey();
        curves[i++] = new Curve(row.getValue());
      }
      this.histories = new Axis(values);
    }

    double ps(double history, double context, Lookups lookups) {
      if (histories.isBeyond(history)) {
        lookups.beyond();
      }
      int lower = histories.lower(history);
      double share = histories.share(history, lower);
      double low = curves[lower].ps(context, lookups);
      return share == 0
          ? low
          : low + share * (curves[histories.upper(lower)].ps(context, lookups) - low);
    }
  }

  private final Axis chunks;
  private final Axis sequences;

  /** By chunk and sequences. */
  private final Cell[][] cells;

  private AttentionTable(Axis chunks, Axis sequences, Cell[][] cells) {
    this.chunks = chunks;
    this.sequences = sequences;
    this.cells = cells;
  }

  /** Reads {@code attention.csv}. */
  static AttentionTable read(TableFile file) {
    TreeSet<Integer> chunks = new TreeSet<>();
    TreeSet<Integer> sequences = new TreeSet<>();
    Map<List<Integer>, TreeMap<Integer, TreeMap<Integer, Double>>> cells = new HashMap<>();
    for (int row = 0; row < file.size(); row++) {
      int chunk = file.count(row, 0);
      int history = file.count(row, 1);
      int decodes = file.count(row, 2);
      int context = file.count(row, 3);
      double ps = file.timePs(row, 4);
      if (chunk == 0 && decodes == 0) {
        file.bad(row, "a batch without a prompt and without sequences");
      }
      chunks.add(chunk);
      sequences.add(decodes);
      Double before =
          cells
              .computeIfAbsent(List.of(chunk, decodes), key -> new TreeMap<>())
              .computeIfAbsent(history, key -> new TreeMap<>())
              .put(context, ps);
      if (before != null) {
        file.bad(row, "the same batch as in a line before");
      }
    }
    file.throwIfFaulty();
    Axis chunkAxis = new Axis(chunks.stream().mapToDouble(Integer::doubleValue).toArray());
    Axis sequenceAxis = new Axis(sequences.stream().mapToDouble(Integer::doubleValue).toArray());
    Cell[][] grid = new Cell[chunks.size()][sequences.size()];
    List<Integer> chunkList = new ArrayList<>(chunks);
    List<Integer> sequenceList = new ArrayList<>(sequences);
    for (int c = 0; c < grid.length; c++) {
      for (int s = 0; s < grid[c].length; s++) {
        TreeMap<Integer, TreeMap<Integer, Double>> rows =
            cells.get(List.of(chunkList.get(c), sequenceList.get(s)));
        if (rows != null) {
          grid[c][s] = new Cell(rows);
        }
      }
    }
    return new AttentionTable(chunkAxis, sequenceAxis, grid);
  }

  /**
   * The time of a batch, picoseconds.
   *
   * @param chunk tokens of prompts, 0 for none
   * @param history tokens of these prompts that were processed before
   * @param decodes sequences that decode, 0 for none
   * @param context tokens that each of them has behind it
   */
  double ps(double chunk, double history, double decodes, double context, Lookups lookups) {
    if (chunk == 0 && decodes == 0) {
      return 0;
    }
    int[] chunkEnds = ends(chunks, chunk, lookups);
    int[] sequenceEnds = ends(sequences, decodes, lookups);
    double chunkShare = share(chunks, chunkEnds, chunk);
    double sequenceShare = share(sequences, sequenceEnds, decodes);
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        double weight =
            (i == 0 ? 1 - chunkShare : chunkShare) * (j == 0 ? 1 - sequenceShare : sequenceShare);
        Cell cell = cells[chunkEnds[i]][sequenceEnds[j]];
        if (weight != 0 && cell != null) {
          sum += weight * cell.ps(history, context, lookups);
          weights += weight;
        } else if (weight != 0) {
          // A hole: what is around stands for it.
          lookups.beyond();
        }
      }
    }
    if (weights <= 0) {
      throw new IllegalStateException(
          "the attention table has no batch near "
              + chunk
              + " tokens and "
              + decodes
              + " sequences");
    }
    return Math.max(0, sum / weights);
  }

  /** The two values around another; 0 stands apart, since nothing is not a small something. */
  private static int[] ends(Axis axis, double value, Lookups lookups) {
    if (axis.isBeyond(value)) {
      lookups.beyond();
    }
    int lower = axis.lower(value);
    int upper = axis.upper(lower);
    if (value > 0 && axis.value(lower) == 0) {
      lower = upper;
    }
    return new int[] {lower, value == 0 ? lower : upper};
  }

  private static double share(Axis axis, int[] ends, double value) {
    return ends[0] == ends[1]
        ? 0
        : (value - axis.value(ends[0])) / (axis.value(ends[1]) - axis.value(ends[0]));
  }
}
