package memwall.network.aggregation;

/**
 * The form of the numbers of a vector.
 *
 * @param wireBytes of a number on the links, at least 1
 * @param sumBytes of a number while it is added, at least 1
 * @param headerBytes of each message beside the numbers, at least 0
 */
public record NumberForm(long wireBytes, long sumBytes, long headerBytes) {
  /** Checks the ranges given above. */
  public NumberForm {
    if (wireBytes < 1 || sumBytes < 1 || headerBytes < 0) {
      throw new IllegalArgumentException(
          "numbers of "
              + wireBytes
              + " B on links, "
              + sumBytes
              + " B in sums, headers of "
              + headerBytes
              + " B: needs at least 1, 1 and 0 B");
    }
  }

  /** The largest chunk, in bytes on the links, that a slot can hold; 0 if none. */
  public long mostChunkBytes(long slotBytes) {
    return slotBytes / sumBytes * wireBytes;
  }
}
