package memwall.memory.flash.law;

/**
 * Pages a second that a channel delivers from dies that sense side by side and share its wires, all
 * of them always busy. Three ways to run the dies; the first is what MQSim does (its sequential
 * reads are within 0.5 %).
 *
 * @param dies on the channel, at least 1
 * @param sensePs from the command until the page is in the register (tR), at least 1
 * @param transferPs of a page on the channel, at least 1
 * @param commandPs that a command occupies the channel, 0 or more
 */
public record ChannelPipelining(int dies, long sensePs, long transferPs, long commandPs) {
  /** Checks the ranges. */
  public ChannelPipelining {
    Args.positive("dies", (long) dies);
    Args.positive("sensePs", sensePs);
    Args.positive("transferPs", transferPs);
    Args.notNegative("commandPs", commandPs);
  }

  /**
   * A command needs an idle channel and dies have one register: the dies come to sense together and
   * to transfer one after the other, min(1 / (tCmd + tX), n / (tR + tCmd + n tX)).
   */
  public double lockStepPagesPerSec() {
    double slot = Args.seconds(commandPs) + Args.seconds(transferPs);
    double round =
        Args.seconds(sensePs) + Args.seconds(commandPs) + dies * Args.seconds(transferPs);
    return Math.min(1 / slot, dies / round);
  }

  /**
   * One register per die, so that it senses only after its page has left, and no die waits for
   * another's command: min(1 / (tCmd + tX), n / (tR + tCmd + tX)).
   */
  public double singleRegisterPagesPerSec() {
    double slot = Args.seconds(commandPs) + Args.seconds(transferPs);
    return Math.min(1 / slot, dies / (Args.seconds(sensePs) + slot));
  }

  /** Two registers per die (cache read): a die senses while its last page leaves. */
  public double cacheReadPagesPerSec() {
    double slot = Args.seconds(commandPs) + Args.seconds(transferPs);
    return Math.min(1 / slot, dies / Math.max(Args.seconds(sensePs), slot));
  }
}
