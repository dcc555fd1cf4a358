package memwall.memory.dram.channel;

import com.google.errorprone.annotations.Immutable;

/**
 * How a channel carries out commands of in-memory compute: commands that many banks hear at once.
 * When they may follow each other and everything else, the rules of its standard say (see {@code
 * memwall.memory.pnm}); this is what the controller has to know besides.
 *
 * @param level index of the level whose nodes, the <i>units</i>, hear each command as a whole: 0 is
 *     the channel; at most the level that an all-bank refresh covers
 * @param activateBanks banks that one activate opens; divides the banks of a unit
 * @param secondRowBuffer whether the banks have a row buffer for compute besides the host's, so
 *     that both work at once; without one the host is held off a unit as long as a program runs
 *     there
 * @param enterTicks from the last precharge of the unit to the first command of a program: the
 *     switch into compute mode
 * @param exitTicks from the last command of a program until the host may use the unit again
 * @param priority who goes first where both work at once; of no account without a second row buffer
 * @param patienceTicks how long the other side is kept waiting by that: then it goes first once, a
 *     command of compute or a burst of the host; at least 1
 */
@Immutable
public record AllBankSpec(
    int level,
    int activateBanks,
    boolean secondRowBuffer,
    long enterTicks,
    long exitTicks,
    AllBankPriority priority,
    long patienceTicks) {

  /** Patience where nothing else is said. */
  public static final long USUAL_PATIENCE_TICKS = 1000;

  /** Checks the ranges. */
  public AllBankSpec {
    if (level < 0 || activateBanks < 1 || enterTicks < 0 || exitTicks < 0) {
      throw new IllegalArgumentException(
          "level, banks of an activate and switching times must not be negative");
    }
    if (patienceTicks < 1) {
      throw new IllegalArgumentException("patience must be at least a tick");
    }
  }

  /** Whoever can go first does, and nobody waits longer than usual. */
  public AllBankSpec(
      int level, int activateBanks, boolean secondRowBuffer, long enterTicks, long exitTicks) {
    this(
        level,
        activateBanks,
        secondRowBuffer,
        enterTicks,
        exitTicks,
        AllBankPriority.FIRST_READY,
        USUAL_PATIENCE_TICKS);
  }
}
