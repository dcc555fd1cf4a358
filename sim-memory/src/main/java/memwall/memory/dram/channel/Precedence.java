package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/**
 * Who goes first where banks have a row buffer for compute and one for the host: both then work at
 * once and share command and data buses.
 *
 * <p>Left to the order in which commands are ready, compute loses to a host that streams: a burst
 * of input needs a turnaround of the data bus after reads, and each read that can go meanwhile
 * begins it anew. So a command of compute may be given precedence: it keeps its tick, and no
 * command for a request goes at a tick from which a rule would put it off. Between the commands of
 * compute, and beside those that need no data bus, the host goes on.
 *
 * <p>Nobody starves. A command of compute that has waited for as long as the patience gets
 * precedence whatever the priority is. A host that has waited so long, without a burst, has
 * precedence until it got one: compute waits while the host can issue anything. Refreshes take part
 * in neither.
 */
final class Precedence {
  private final Scheduler bus;
  private final boolean computeFirst;
  private final long patienceTicks;
  private final int[] hostCommands;

  /** By place in {@link #hostCommands} and command of compute: longest rule between them. */
  private final long[][] waits;

  private boolean holds;
  private boolean held;
  private boolean yields;

  Precedence(Scheduler bus, AllBankSpec spec, DramStandard standard) {
    this.bus = bus;
    computeFirst = spec.priority() == AllBankPriority.COMPUTE;
    patienceTicks = spec.patienceTicks();
    hostCommands = new int[] {Scheduler.RD, Scheduler.WR, bus.activate, Scheduler.PREPB};
    waits = new long[hostCommands.length][Command.COUNT];
    for (TimingRule rule : standard.rules()) {
      if (rule.window() > 1) {
        continue; // windows count activates of one kind
      }
      for (Command before : rule.before()) {
        note(rule, Command.RD, 0, before);
        note(rule, Command.RDA, 0, before);
        note(rule, Command.WR, 1, before);
        note(rule, Command.WRA, 1, before);
        note(rule, Command.ACT, 2, before);
        note(rule, Command.ACT1, 2, before);
        note(rule, Command.PREPB, 3, before);
      }
    }
  }

  private void note(TimingRule rule, Command after, int place, Command before) {
    if (rule.after().contains(after)) {
      waits[place][before.index()] = Math.max(waits[place][before.index()], rule.ticks());
    }
  }

  /** Compute has no command that could be put off. */
  void reset() {
    held = holds;
    if (holds) {
      Arrays.fill(bus.lastTick, Scheduler.NEVER);
      holds = false;
    }
    yields = false;
  }

  /**
   * Compute wants to issue a command.
   *
   * @param tick the first tick at which it can go, as things stand
   * @param since the program's command before, or when the program could begin
   * @param began when the first of the programs that run was handed in
   */
  void plan(int command, long tick, long since, long began, long next) {
    if (bus.queues.size() == 0) {
      return;
    }
    if (computeFirst && next - hostWaitsSince(began) > patienceTicks) {
      yields = true;
    } else if (computeFirst || next - since > patienceTicks) {
      hold(command, tick);
    }
  }

  private void hold(int command, long tick) {
    holds = true;
    for (int i = 0; i < hostCommands.length; i++) {
      // Bursts of the host may need a command before them that starts the data clock.
      long lead =
          hostCommands[i] == Scheduler.RD || hostCommands[i] == Scheduler.WR
              ? bus.synchronisationTicks()
              : 0;
      bus.lastTick[hostCommands[i]] = tick - Math.max(1, waits[i][command]) - lead;
    }
  }

  /** When the host's last burst was issued, or its oldest request came if that is later. */
  private long hostWaitsSince(long began) {
    RequestQueues queues = bus.queues;
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < queues.activeCount; i++) {
      oldest = Math.min(oldest, queues.accepted[queues.active[i]]);
    }
    for (int way = 0; way < 2; way++) {
      int slot = queues.ages[way].oldest();
      oldest = slot == RequestQueues.NONE ? oldest : Math.min(oldest, queues.accepted[slot]);
    }
    return Math.max(Math.max(began, bus.state.burstTick), oldest);
  }

  /** Whether commands of the host are put off although they could go. */
  boolean holds() {
    return holds;
  }

  /** Whether that may not be so for the same commands as at the plan before. */
  boolean holdsAnew() {
    return holds || held;
  }

  /** Whether compute waits for what the host can issue. */
  boolean yields() {
    return yields && bus.planTick < Scheduler.NEVER;
  }
}
