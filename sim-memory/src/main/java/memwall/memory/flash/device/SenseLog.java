package memwall.memory.flash.device;

import java.util.Arrays;

/** Pages that planes began to sense since the log was cleared, as runs of rows of a plane. */
public final class SenseLog {
  private static final int WIDTH = 3;

  private final int[] lastRun;
  private int[] runs = new int[64 * WIDTH];
  private int length;
  private boolean isClean = true;

  SenseLog(int planes) {
    lastRun = new int[planes];
    clear();
  }

  /** Nothing was sensed. */
  public void clear() {
    Arrays.fill(lastRun, -1);
    length = 0;
    isClean = true;
  }

  /** So many rows of a plane, from one on, are sensed; whether with nothing to report. */
  void add(int plane, int row, int rows, boolean itsClean) {
    isClean &= itsClean;
    int at = lastRun[plane];
    if (at >= 0 && runs[at + 1] + runs[at + 2] == row) {
      runs[at + 2] += rows;
      return;
    }
    if (length == runs.length) {
      runs = Arrays.copyOf(runs, 2 * length);
    }
    runs[length] = plane;
    runs[length + 1] = row;
    runs[length + 2] = rows;
    lastRun[plane] = length;
    length += WIDTH;
  }

  /** Whether no sense needed a retry or found anything worth reporting. */
  public boolean isClean() {
    return isClean;
  }

  /**
   * The runs: plane, first row, rows, and so on.
   *
   * @param baseRow from which rows are counted
   */
  public int[] runs(int baseRow) {
    int[] relative = Arrays.copyOf(runs, length);
    for (int at = 1; at < length; at += WIDTH) {
      relative[at] -= baseRow;
    }
    return relative;
  }
}
