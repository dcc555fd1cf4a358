package memwall.network.router;

/**
 * How messages become packets.
 *
 * @param payloadBytes most bytes of a message in one packet, at least 1
 * @param headerBytes bytes that a packet carries beside them, 0 or more
 */
public record MessageSpec(long payloadBytes, long headerBytes) {
  /** Largest packet. */
  public static final long MAX_PAYLOAD_BYTES = 1L << 30;

  /** Checks the ranges given above. */
  public MessageSpec {
    if (payloadBytes < 1
        || payloadBytes > MAX_PAYLOAD_BYTES
        || headerBytes < 0
        || headerBytes > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "packets of "
              + payloadBytes
              + " B and "
              + headerBytes
              + " B of header: allowed are 1 to "
              + MAX_PAYLOAD_BYTES
              + " B and 0 to "
              + MAX_PAYLOAD_BYTES
              + " B");
    }
  }

  /** Packets of a message; an empty one is a packet with a header only. */
  public long packets(long bytes) {
    return Math.max(1, (bytes + payloadBytes - 1) / payloadBytes);
  }

  /** Flits of a packet that carries so much of a message, at least 1. */
  public int packetFlits(long carriedBytes, long flitBytes) {
    return (int) Math.max(1, (carriedBytes + headerBytes + flitBytes - 1) / flitBytes);
  }

  /** Flits of a packet that carries as much as one can. */
  int fullPacketFlits(long flitBytes) {
    return packetFlits(payloadBytes, flitBytes);
  }

  /** Flits of the last packet of a message. */
  int lastPacketFlits(long bytes, long flitBytes) {
    return packetFlits(bytes - (packets(bytes) - 1) * payloadBytes, flitBytes);
  }

  /** Flits of all packets of a message. */
  public long flits(long bytes, long flitBytes) {
    return (packets(bytes) - 1) * fullPacketFlits(flitBytes) + lastPacketFlits(bytes, flitBytes);
  }
}
