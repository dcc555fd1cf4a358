package memwall.cli.report;

import org.jspecify.annotations.Nullable;

/**
 * What passed between the memories of one chip because of its placement.
 *
 * @param kv KV entries in two memories; null if they are in one
 * @param staging weights that were copied ahead of their use; null if none were
 */
public record Tiering(@Nullable Kv kv, @Nullable Staging staging) {

  /**
   * KV entries in two memories.
   *
   * @param policy which are stored in the second one, in a word
   * @param first where entries are made
   * @param second where some are stored
   * @param storedBytes copied from the first to the second
   * @param refusedBudgetBytes not copied because the daily writes were used up
   * @param refusedRoomBytes not copied because there was no room
   * @param evictedBytes of shared blocks that made room for others
   * @param reusedTokens prompt tokens that were not processed, because their entries were stored
   * @param peakBytes most bytes reserved in the second
   * @param meanBytes time-weighted mean of the same
   */
  public record Kv(
      String policy,
      KvTier first,
      KvTier second,
      long storedBytes,
      long refusedBudgetBytes,
      long refusedRoomBytes,
      long evictedBytes,
      long reusedTokens,
      long peakBytes,
      long meanBytes) {
    /** Share of the bytes read that were in the second memory; NaN if none were read. */
    public double hitShare() {
      return second.readBytes() / (double) (first.readBytes() + second.readBytes());
    }
  }

  /**
   * A memory with KV entries.
   *
   * @param memory its name
   * @param readBytes of entries that steps read there
   * @param waitedPs time of steps that is due to these reads
   */
  public record KvTier(String memory, long readBytes, long waitedPs) {}

  /**
   * A buffer for weights.
   *
   * @param memory that has it
   * @param from memory that the weights come from
   * @param policy how far ahead they are copied, in a word
   * @param depth operators ahead
   * @param sizeBytes of the buffer
   * @param stagedBytes copied into it
   * @param directBytes of weights read without it, from where they lie
   * @param waits what operators found there; null where steps are closed forms
   */
  public record Staging(
      String memory,
      String from,
      String policy,
      int depth,
      long sizeBytes,
      long stagedBytes,
      long directBytes,
      @Nullable Waits waits) {}

  /**
   * What operators found in the buffer.
   *
   * @param hitBytes there when they were wanted
   * @param missedBytes not there yet
   * @param stalls operators whose end waited for those
   * @param stallPs time that they waited
   */
  public record Waits(long hitBytes, long missedBytes, long stalls, long stallPs) {}
}
