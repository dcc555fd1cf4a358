package memwall.workloads.serving;

/**
 * What became of the second memory for KV entries; bytes of one rank.
 *
 * @param policy who decided, in a word
 * @param storedBytes written to it
 * @param refusedBudgetBytes wanted there, but the daily writes were used up
 * @param refusedRoomBytes wanted there, but there was no room
 * @param evictedBytes of shared blocks that made room for others
 * @param reusedTokens prompt tokens that were not processed, because their entries were there
 * @param capacityBytes its room
 * @param peakBytes most bytes reserved
 * @param meanBytes time-weighted mean of bytes reserved
 * @param reservedTotalBytes ever reserved
 * @param releasedTotalBytes ever released
 * @param heldBytes held by running requests, by copies under way and by shared blocks
 * @param copies copies under way
 */
public record TierOutcome(
    String policy,
    long storedBytes,
    long refusedBudgetBytes,
    long refusedRoomBytes,
    long evictedBytes,
    long reusedTokens,
    long capacityBytes,
    long peakBytes,
    long meanBytes,
    long reservedTotalBytes,
    long releasedTotalBytes,
    long heldBytes,
    int copies) {}
