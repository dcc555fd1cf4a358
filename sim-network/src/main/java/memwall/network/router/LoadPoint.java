package memwall.network.router;

import java.util.List;
import memwall.core.stat.TickHistogram;

/**
 * What one offered load came to. Latencies are in cycles.
 *
 * @param offeredFlits offered load, flits per node and cycle
 * @param createdFlits flits per node and cycle of the packets created while measuring
 * @param acceptedFlits flits per node and cycle that left for their node while measuring
 * @param saturated whether packets were left waiting: the network does not carry this load
 * @param deadlocked whether nothing moved any more although packets were under way
 * @param packetLatency from the creation of a measured packet to the arrival of its tail
 * @param networkLatency from its first flit's leave to the arrival of its tail
 * @param unfinished measured packets that had not arrived at the end
 * @param meanHops routers on the way of a measured packet
 * @param channels what passed each channel while measuring
 * @param cycles cycles simulated
 * @param packets packets delivered in all
 * @param brokenLaws laws of conservation that do not hold at the end
 */
public record LoadPoint(
    double offeredFlits,
    double createdFlits,
    double acceptedFlits,
    boolean saturated,
    boolean deadlocked,
    TickHistogram packetLatency,
    TickHistogram networkLatency,
    long unfinished,
    double meanHops,
    ChannelFlits channels,
    long cycles,
    long packets,
    List<String> brokenLaws) {
  /** Flits per cycle on a channel between routers while measuring, mean. */
  public double meanChannelLoad() {
    return channels.meanBusyShare(ChannelFlits.Kind.BETWEEN_ROUTERS);
  }

  /** The same of the busiest channel. */
  public double mostChannelLoad() {
    return channels.mostBusyShare(ChannelFlits.Kind.BETWEEN_ROUTERS);
  }
}
