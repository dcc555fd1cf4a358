package memwall.memory.dram.bank;

import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.LowPower;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramActivity;

/** What lanes did so far, as counts of commands and times in states. */
final class LaneActivity {
  private LaneActivity() {}

  /**
   * The activity of some lanes in one rank, where a rank is what a refresh of all banks covers.
   *
   * @param activateBanks banks that an all-bank activate opens
   * @param multiplicity lanes that each of them stands for
   */
  static DramActivity ofRank(
      ChannelLane[] lanes, TickClock clock, int activateBanks, long multiplicity, int rank) {
    return ofRanks(lanes, clock, activateBanks, multiplicity, rank, rank + 1);
  }

  /**
   * The activity of some lanes, all of which have as many ranks.
   *
   * @param activateBanks banks that an all-bank activate opens
   * @param multiplicity lanes that each of them stands for
   */
  static DramActivity of(
      ChannelLane[] lanes, TickClock clock, int activateBanks, long multiplicity) {
    int ranks = lanes[0].port.channel().scopes();
    return ofRanks(lanes, clock, activateBanks, multiplicity, 0, ranks);
  }

  private static DramActivity ofRanks(
      ChannelLane[] lanes,
      TickClock clock,
      int activateBanks,
      long multiplicity,
      int firstRank,
      int endRank) {
    long activates = 0;
    long reads = 0;
    long writes = 0;
    long refreshes = 0;
    long bankRefreshes = 0;
    long activePs = 0;
    long prechargedPs = 0;
    long powerDownPs = 0;
    long activePowerDownPs = 0;
    long selfRefreshPs = 0;
    for (ChannelLane lane : lanes) {
      DramChannel channel = lane.port.channel();
      for (int rank = firstRank; rank < endRank; rank++) {
        activates +=
            channel.commands(Command.ACT, rank)
                + channel.commands(Command.ACT2, rank)
                + activateBanks * channel.commands(Command.ACTAB, rank);
        reads += channel.commands(Command.RD, rank) + channel.commands(Command.RDA, rank);
        writes += channel.commands(Command.WR, rank) + channel.commands(Command.WRA, rank);
        refreshes += channel.commands(Command.REFAB, rank);
        bankRefreshes += channel.commands(Command.REFPB, rank);
        long openTicks = channel.openTicks(rank);
        long activeDown = channel.lowPowerTicks(rank, LowPower.ACTIVE_POWER_DOWN);
        long down = channel.lowPowerTicks(rank, LowPower.PRECHARGE_POWER_DOWN);
        long itself = channel.lowPowerTicks(rank, LowPower.SELF_REFRESH);
        activePs += clock.ps(openTicks - activeDown);
        prechargedPs += clock.ps(channel.nowTicks() - openTicks - down - itself);
        powerDownPs += clock.ps(down);
        activePowerDownPs += clock.ps(activeDown);
        selfRefreshPs += clock.ps(itself);
      }
    }
    return new DramActivity(
        activates * multiplicity,
        reads * multiplicity,
        writes * multiplicity,
        refreshes * multiplicity,
        bankRefreshes * multiplicity,
        activePs * multiplicity,
        prechargedPs * multiplicity,
        powerDownPs * multiplicity,
        activePowerDownPs * multiplicity,
        selfRefreshPs * multiplicity);
  }

  /** Rows opened. */
  static long activates(DramChannel channel, int activateBanks) {
    return channel.commands(Command.ACT)
        + channel.commands(Command.ACT2)
        + activateBanks * channel.commands(Command.ACTAB);
  }
}
