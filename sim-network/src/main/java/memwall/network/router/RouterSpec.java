package memwall.network.router;

/**
 * What all routers of a network have in common.
 *
 * @param channels virtual channels of a port, 1 to 64
 * @param bufferFlits places of a virtual channel's buffer, at least 1
 * @param holdSwitch whether a packet keeps its way through the switch until its tail has passed or
 *     no flit of it is there, so that flits of other packets do not come between
 */
public record RouterSpec(int channels, int bufferFlits, boolean holdSwitch) {
  /** Most virtual channels of a port. */
  public static final int MAX_CHANNELS = 64;

  /** Most places of a buffer. */
  public static final int MAX_BUFFER_FLITS = 1 << 16;

  /** Checks the ranges given above. */
  public RouterSpec {
    if (channels < 1
        || channels > MAX_CHANNELS
        || bufferFlits < 1
        || bufferFlits > MAX_BUFFER_FLITS) {
      throw new IllegalArgumentException(
          channels
              + " virtual channels of "
              + bufferFlits
              + " flits: allowed are 1 to "
              + MAX_CHANNELS
              + " of 1 to "
              + MAX_BUFFER_FLITS);
    }
  }
}
