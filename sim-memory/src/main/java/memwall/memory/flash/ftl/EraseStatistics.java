package memwall.memory.flash.ftl;

/**
 * Erase counts of the blocks that are not retired.
 *
 * @param mean of the counts
 * @param deviation standard deviation over the blocks
 * @param least lowest count
 * @param most highest count
 */
public record EraseStatistics(double mean, double deviation, int least, int most) {
  /** Those of counts; blocks with a negative count are left out. */
  static EraseStatistics of(int[] counts) {
    long sum = 0;
    int blocks = 0;
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int count : counts) {
      if (count >= 0) {
        sum += count;
        blocks++;
        least = Math.min(least, count);
        most = Math.max(most, count);
      }
    }
    if (blocks == 0) {
      return new EraseStatistics(0, 0, 0, 0);
    }
    double mean = (double) sum / blocks;
    double squares = 0;
    for (int count : counts) {
      squares += count >= 0 ? (count - mean) * (count - mean) : 0;
    }
    return new EraseStatistics(mean, StrictMath.sqrt(squares / blocks), least, most);
  }
}
