package memwall.memory.flash.port;

/**
 * Rows asked of each plane last. A page is named by how many others were asked of its plane since:
 * so two moments look alike wherever in the channel their pages lie.
 */
final class AskedRows {
  private final int mask;
  private final int[] rows;
  private final int[] count;
  private int deepest;
  private boolean isLost;

  /** None, of so many planes; those asked last are known, so many at least. */
  AskedRows(int planes, int least) {
    int length = Integer.highestOneBit(Math.max(1, least - 1)) << 1;
    mask = length - 1;
    rows = new int[planes * length];
    count = new int[planes];
  }

  void add(int plane, int row) {
    rows[plane * (mask + 1) + (count[plane]++ & mask)] = row;
  }

  /** The row that was asked of a plane so many rows ago. */
  int row(int plane, int age) {
    return rows[plane * (mask + 1) + (count[plane] - 1 - age & mask)];
  }

  /** Ages are asked for from now on. */
  void begin() {
    deepest = -1;
    isLost = false;
  }

  /** How many rows were asked of a plane since one was. */
  int age(int plane, int row) {
    for (int age = 0; age <= mask && age < count[plane]; age++) {
      if (row(plane, age) == row) {
        deepest = Math.max(deepest, age);
        return age;
      }
    }
    isLost = true;
    return 0;
  }

  /** Whether some row was not among those that are known. */
  boolean isLost() {
    return isLost;
  }

  /** The greatest age told, and one. */
  int depth() {
    return deepest + 1;
  }

  /** Whether some row is twice among the last so many of a plane. */
  boolean isTwice(int plane, int depth) {
    int some = Math.min(depth, count[plane]);
    for (int age = 1; age < some; age++) {
      int row = row(plane, age);
      for (int other = 0; other < age; other++) {
        if (row(plane, other) == row) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether some rows of a plane, from one on, are among the last so many. */
  boolean isAmong(int plane, int first, int some, int depth) {
    for (int age = 0; age < depth && age < count[plane]; age++) {
      int row = row(plane, age);
      if (row >= first && row < first + some) {
        return true;
      }
    }
    return false;
  }

  /** All that was asked was so many rows further on. */
  void shift(int by) {
    for (int i = 0; i < rows.length; i++) {
      rows[i] += by;
    }
  }
}
