package memwall.workloads.trace;

import org.jspecify.annotations.Nullable;

/** Ids of blocks against the length of the prompt. */
final class Blocks {
  private Blocks() {}

  /** Whether a prompt has as many blocks as ids, if it has any; a fault of the line if not. */
  static boolean fit(JsonLine line, int input, int blockTokens, @Nullable RequestExtras extras) {
    int ids = extras == null ? 0 : extras.hashIds().size();
    int blocks = (input + blockTokens - 1) / blockTokens;
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
