package memwall.workloads.trace;

import org.jspecify.annotations.Nullable;

/** Ids of blocks against the length of the prompt. */
final class Blocks {
  private Blocks() {}

  /** Whether a prompt has room for its ids, if it has any; a fault of the line if not. */
  static boolean fit(JsonLine line, int input, int blockTokens, @Nullable RequestExtras extras) {
    return fit(line, input, blockTokens, extras == null ? 0 : extras.hashIds().size());
  }

  /**
   * Whether a prompt has room for so many ids; a fault of the line if not.
   *
   * @param blockTokens tokens of a block; 0 if that is not known
   */
  static boolean fit(JsonLine line, int input, int blockTokens, int ids) {
    long blocks = blockTokens == 0 ? ids : ((long) input + blockTokens - 1) / blockTokens;
    if (ids > blocks) {
      line.fault(
          "'hash_ids' has "
              + ids
              + " blocks, expected at most "
              + blocks
              + " (input "
              + input
              + " in blocks of "
              + blockTokens
              + ")");
    }
    return ids <= blocks;
  }
}
