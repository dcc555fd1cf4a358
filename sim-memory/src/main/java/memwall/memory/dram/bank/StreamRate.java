package memwall.memory.dram.bank;

import java.util.Arrays;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/**
 * Closed form of the share of its peak rate that a channel reaches with a long contiguous stream.
 *
 * <p>Between refreshes: the stream is cut into pieces as long as the controller's queue, inside of
 * which it may change the order. Each takes as long as its busiest resource: at every node of the
 * hierarchy, bursts times the least distance of two of them (data bus, tCCD_S, tCCD_L), rows opened
 * times the least distance of two activates (tRRD, tRC), and a quarter of tFAW for each. Where the
 * stream goes on to a sister node, it waits for the distance of bursts there instead (tCCD_R
 * between the SIDs of a pseudo-channel), unless it stays there for less than a piece: such changes
 * the controller puts off. Pieces follow each other over one row of every bank.
 *
 * <p>Such a rotation lasts no less than the row cycle of any bank, to which the stream then comes
 * back: the greater of tRC and the page time, tRCD + n tCCD + t + tRP, where n is the bursts of the
 * row and t is tRTP or, from a write command on, CWL + BL + tWR. It is n tCCD, not n - 1: the first
 * burst of a row that was just opened for it goes before the other bursts of this one.
 *
 * <p>The rotation is as short as that only if the precharge comes on time. It does with page policy
 * {@code closed} and auto-precharge with the last burst of a row, which takes no slot of the row
 * command bus. With {@code open} pages a precharge comes on demand and has the age of the request
 * to the next row: on the bus it is behind all activates that may go, also those that are in no
 * hurry. Where tRC = tRAS + tRP binds that is lost, up to 11 % of the rate with an HBM command bus
 * (two ticks an activate, shared by two pseudo-channels), although all commands of a rotation have
 * room on the bus. Where the rotation is longer than the row cycle nothing is lost.
 *
 * <p>Of each refresh interval is lost: last burst to precharge (tRTP or tWR), precharge to refresh
 * (tRP), refresh to activate (tRFC), activate to burst (tRCD); JEDEC's names, the rules of the
 * standard. The refresh of one rank is lost for all: a stream is served in order.
 */
final class StreamRate {
  private final DramStandard standard;
  private final ControllerSpec controller;
  private final AddressMapping mapping;
  private final Command activate;

  StreamRate(DramStandard standard, ControllerSpec controller) {
    this.standard = standard;
    this.controller = controller;
    mapping = AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    boolean twoSteps = wait(Command.ACT1, Command.RD) > 0;
    activate = twoSteps ? Command.ACT1 : Command.ACT;
  }

  /** Ticks from the activate of a bank at rest to the last beat of a read. */
  long idleReadTicks() {
    return wait(activate, Command.RD) + standard.readLatencyTicks();
  }

  /** Share of the channel's peak rate, in (0, 1]. */
  double share(boolean write) {
    Command column = write ? Command.WR : Command.RD;
    int queue = write ? controller.writeQueue() : controller.readQueue();
    long bursts = (long) standard.banks() * standard.bursts();
    double idealTicks = (double) bursts * standard.burstTicks() / standard.dataBuses();
    double busyShare = Math.min(1, idealTicks / streamTicks(column, queue, bursts));
    return busyShare * (1 - refreshShare(column));
  }

  private double refreshShare(Command column) {
    if (controller.refresh() == RefreshPolicy.NONE) {
      return 0;
    }
    long lostTicks =
        wait(column, Command.PREAB)
            + wait(Command.PREAB, Command.REFAB)
            + wait(Command.REFAB, activate)
            + wait(activate, column);
    return Math.min(1, (double) lostTicks / standard.refreshTicks());
  }

  /**
   * Share of the time that refreshes take from programs of all-bank commands, which close their
   * rows in any case: tRFC of each tREFI.
   */
  double programRefreshShare() {
    return controller.refresh() == RefreshPolicy.NONE
        ? 0
        : Math.min(0.99, (double) wait(Command.REFAB, activate) / standard.refreshTicks());
  }

  /** The longest time that any rule demands between two commands of one node. */
  private long wait(Command after, Command before) {
    long ticks = 0;
    for (TimingRule rule : standard.rules()) {
      if (between(rule, after, before) && rule.window() == 1 && !rule.sibling()) {
        ticks = Math.max(ticks, rule.ticks());
      }
    }
    return ticks;
  }

  private static boolean between(TimingRule rule, Command after, Command before) {
    return rule.after().contains(after) && rule.before().contains(before);
  }

  private double streamTicks(Command column, int queue, long bursts) {
    int levels = standard.levels().size();
    double[] columnTicks = new double[levels];
    double[] activateTicks = new double[levels];
    int[] nodeBanks = new int[levels];
    int below = 1;
    for (int level = levels - 1; level >= 0; level--) {
      nodeBanks[level] = below;
      below *= standard.levels().get(level).count();
      columnTicks[level] = spacing(level, column);
      activateTicks[level] = spacing(level, activate);
    }
    int busLevel = standard.dataBuses() > 1 ? 1 : 0;
    columnTicks[busLevel] = Math.max(columnTicks[busLevel], standard.burstTicks());
    Sisters sisters = sisters(column, queue, nodeBanks, columnTicks);
    for (long burst = 0; burst < bursts; burst++) {
      sisters.visit(AddressMapping.bank(mapping.decode(burst * standard.burstBytes())));
    }
    sisters.rotate();
    int[] openRow = new int[standard.banks()];
    Arrays.fill(openRow, -1);
    int[] columns = new int[standard.banks()];
    int[] activates = new int[standard.banks()];
    int[] rotationColumns = new int[standard.banks()];
    int[] rotationRows = new int[standard.banks()];
    double sumTicks = 0;
    for (long from = 0; from < bursts; from += queue) {
      Arrays.fill(columns, 0);
      Arrays.fill(activates, 0);
      for (long burst = from; burst < Math.min(bursts, from + queue); burst++) {
        long location = mapping.decode(burst * standard.burstBytes());
        int bank = AddressMapping.bank(location);
        columns[bank]++;
        rotationColumns[bank]++;
        sisters.visit(bank);
        if (openRow[bank] != AddressMapping.row(location)) {
          openRow[bank] = AddressMapping.row(location);
          activates[bank]++;
          rotationRows[bank]++;
        }
      }
      double longest = 0;
      for (int level = 0; level < levels; level++) {
        for (int bank = 0; bank < standard.banks(); bank += nodeBanks[level]) {
          longest =
              Math.max(
                  longest,
                  Math.max(
                      sum(columns, bank, nodeBanks[level]) * columnTicks[level],
                      sum(activates, bank, nodeBanks[level]) * activateTicks[level]));
        }
      }
      sumTicks += Math.max(longest, sisters.longest(columns));
    }
    double columnGap = Arrays.stream(columnTicks).max().orElseThrow();
    for (int bank = 0; bank < standard.banks(); bank++) {
      double pages =
          (double) rotationRows[bank] * closingTicks(column) + rotationColumns[bank] * columnGap;
      sumTicks = Math.max(sumTicks, pages);
    }
    return sumTicks;
  }

  /** The rule of sister nodes that keeps bursts apart longest; one that never does if none does. */
  private Sisters sisters(Command column, int queue, int[] nodeBanks, double[] columnTicks) {
    int level = 0;
    double extraTicks = 0;
    for (TimingRule rule : standard.rules()) {
      if (rule.sibling() && between(rule, column, column)) {
        double extra = rule.ticks() - columnTicks[rule.level() - 1];
        if (extra > extraTicks) {
          level = rule.level();
          extraTicks = extra;
        }
      }
    }
    int above = Math.max(0, level - 1);
    return new Sisters(
        standard.banks(),
        queue,
        nodeBanks[level],
        nodeBanks[above],
        columnTicks[above],
        extraTicks);
  }

  /** How often a stream goes on to a sister node, under every node that has some. */
  private static final class Sisters {
    private final int sisterBanks;
    private final int parentBanks;
    private final double burstTicks;
    private final double extraTicks;
    private final int leastStay;
    private final int[] last;
    private final int[] stay;
    private final int[] changes;

    /**
     * No burst has come.
     *
     * @param queue bursts of a piece
     * @param sisterBanks banks of each sister
     * @param parentBanks banks of the node that they are in
     * @param burstTicks from burst to burst of that node
     * @param extraTicks what is added to that where the next burst goes to another sister
     */
    Sisters(
        int banks,
        int queue,
        int sisterBanks,
        int parentBanks,
        double burstTicks,
        double extraTicks) {
      this.sisterBanks = sisterBanks;
      this.parentBanks = parentBanks;
      this.burstTicks = burstTicks;
      this.extraTicks = extraTicks;
      leastStay = queue * parentBanks / banks;
      last = new int[banks / parentBanks];
      stay = new int[last.length];
      Arrays.fill(last, -1);
      changes = new int[last.length];
    }

    void visit(int bank) {
      int parent = bank / parentBanks;
      int sister = bank / sisterBanks;
      if (last[parent] != sister) {
        changes[parent] += stay[parent] >= leastStay ? 1 : 0;
        stay[parent] = 0;
        last[parent] = sister;
      }
      stay[parent]++;
    }

    /** A rotation begins, as it ended. */
    void rotate() {
      Arrays.fill(changes, 0);
    }

    /** Of a piece of the stream with these bursts, by bank; the next one begins. */
    double longest(int[] columns) {
      double longest = 0;
      for (int parent = 0; parent < last.length; parent++) {
        double bursts = sum(columns, parent * parentBanks, parentBanks);
        longest = Math.max(longest, bursts * burstTicks + changes[parent] * extraTicks);
        changes[parent] = 0;
      }
      return longest;
    }
  }

  /** Page time without the bursts. */
  private long closingTicks(Command column) {
    return wait(activate, column) + wait(column, Command.PREPB) + wait(Command.PREPB, activate);
  }

  private static double sum(int[] counts, int from, int length) {
    int sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /** On the average no two of these commands come closer at one node of a level. */
  private double spacing(int level, Command command) {
    double spacing = 0;
    for (TimingRule rule : standard.rules()) {
      if (rule.level() == level && !rule.sibling() && between(rule, command, command)) {
        spacing = Math.max(spacing, (double) rule.ticks() / rule.window());
      }
    }
    return spacing;
  }
}
