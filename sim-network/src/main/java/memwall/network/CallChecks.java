package memwall.network;

/** What is wrong with calls of a network, in the same words for all networks. */
final class CallChecks {
  private CallChecks() {}

  /**
   * Checks a rank.
   *
   * @param path of the network
   * @param limit ranks that may be named
   * @param ranks of the network; more than the limit if it is folded
   * @throws IllegalArgumentException if it is none of them
   */
  static void rank(String path, int rank, int limit, int ranks) {
    if (rank < 0 || rank >= limit) {
      throw new IllegalArgumentException(
          path
              + ": unknown rank "
              + rank
              + ", allowed are 0 to "
              + (limit - 1)
              + (limit == ranks ? "" : " because the network is folded"));
    }
  }

  /**
   * Checks a size.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static void bytes(String path, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(path + ": negative size " + bytes + " bytes");
    }
  }

  /** A rank calls an operation otherwise than another one did. */
  static IllegalArgumentException disagree(
      String path, int rank, long number, String called, String known) {
    return new IllegalArgumentException(
        path
            + ": rank "
            + rank
            + " calls operation "
            + number
            + " as "
            + called
            + " bytes, another rank called it as "
            + known
            + " bytes");
  }
}
