package memwall.memory.pnm;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/**
 * Adds the commands of in-memory compute to a DRAM standard.
 *
 * <p>To a bank an all-bank command is an ordinary one: ACTab is an activate, MACab a read whose
 * data stays inside. So what must lie between one of them and a command of the standard is read off
 * the standard's own rules and holds at the unit, the node that hears the command. WRgb and RDres
 * are a write and a read on command and data bus but touch no bank. Only the spacing among all-bank
 * commands is the device's own, see {@link PimTimings}.
 */
final class PimRules {
  private static final Command ACTAB = Command.ACTAB;
  private static final Command MACAB = Command.MACAB;
  private static final Command WRGB = Command.WRGB;
  private static final Command RDRES = Command.RDRES;

  private final DramStandard base;
  private final AllBankSpec compute;
  private final PimTimings timings;
  private final Command activate;
  private final Command close;
  private final int perClock;
  private final List<TimingRule> rules = new ArrayList<>();

  private PimRules(DramStandard base, AllBankSpec compute, PimTimings timings) {
    this.base = base;
    this.compute = compute;
    this.timings = timings;
    activate = base.bus() == BusKind.TWO_STEP_ACTIVATE ? Command.ACT1 : Command.ACT;
    close = compute.secondRowBuffer() ? Command.PREPIM : Command.PREAB;
    perClock = base.bus().ticksPerClock();
  }

  /** The standard with all-bank commands. */
  static DramStandard extended(DramStandard base, AllBankSpec compute, PimTimings timings) {
    return new PimRules(base, compute, timings).extended();
  }

  private DramStandard extended() {
    rules.addAll(base.rules());
    commandBuses();
    dataBuses();
    rows();
    columns();
    spacing();
    return base.toBuilder()
        .name(base.name() + " with all-bank commands")
        .rules(ImmutableList.copyOf(rules))
        .tiers(ImmutableList.of())
        .build();
  }

  /**
   * Longest time from one command to another of the standard at the same bank, in ticks; 0 if
   * nothing says so.
   */
  static long between(DramStandard standard, Command after, Command before) {
    long longest = 0;
    for (TimingRule rule : standard.rules()) {
      if (rule.window() == 1
          && !rule.sibling()
          && rule.after().contains(after)
          && rule.before().contains(before)) {
        longest = Math.max(longest, rule.ticks());
      }
    }
    return longest;
  }

  private long between(Command after, Command before) {
    return between(base, after, before);
  }

  private void add(String name, Command after, Command before, long ticks) {
    add(compute.level(), name, ImmutableList.of(after), ImmutableList.of(before), ticks, 1);
  }

  private void add(
      int level,
      String name,
      ImmutableList<Command> after,
      ImmutableList<Command> before,
      long ticks,
      int window) {
    if (ticks > 0) {
      rules.add(new TimingRule(level, after, before, ticks, window, false, name));
    }
  }

  // Buses --------------------------------------------------------------------------------------

  private static boolean isBus(TimingRule rule) {
    return rule.level() == 0 && rule.name().endsWith(" bus");
  }

  /** Ticks that a command of the standard keeps its bus. */
  static long length(DramStandard standard, Command command) {
    long length = 1;
    for (TimingRule rule : standard.rules()) {
      if (isBus(rule) && rule.after().contains(command)) {
        length = Math.max(length, rule.ticks());
      }
    }
    return length;
  }

  private void commandBuses() {
    ImmutableList<Command> rowCommands =
        ImmutableList.of(
            activate,
            Command.ACT2,
            Command.PREPB,
            Command.PREAB,
            Command.REFAB,
            Command.REFPB,
            ACTAB,
            Command.PREPIM);
    ImmutableList<Command> columnCommands =
        ImmutableList.of(
            Command.RD,
            Command.WR,
            Command.RDA,
            Command.WRA,
            Command.CASRD,
            Command.CASWR,
            MACAB,
            WRGB,
            RDRES);
    if (base.bus().isDual()) {
      occupy(rowCommands);
      occupy(columnCommands);
    } else {
      occupy(ImmutableList.<Command>builder().addAll(rowCommands).addAll(columnCommands).build());
    }
  }

  // The engine issues one command a tick on a bus; between compute and the host that needs a rule.
  private void occupy(ImmutableList<Command> bus) {
    for (Command command : bus) {
      Command like = like(command);
      long length = length(base, like);
      if (command == ACTAB && base.bus() == BusKind.TWO_STEP_ACTIVATE) {
        length += length(base, Command.ACT2);
      }
      // Commands for all banks take whole clocks: no precharge shares their last edge.
      length = like == command ? length : (length + perClock - 1) / perClock * perClock;
      ImmutableList<Command> before =
          command.isAllBank() || command == Command.PREAB || isSync(command) ? bus : allBank(bus);
      add(0, "command bus", ImmutableList.of(command), before, length, 1);
    }
  }

  private static boolean isSync(Command command) {
    return command == Command.CASRD || command == Command.CASWR;
  }

  private static ImmutableList<Command> allBank(ImmutableList<Command> bus) {
    return bus.stream().filter(Command::isAllBank).collect(ImmutableList.toImmutableList());
  }

  /** The command of the standard that one of ours looks like on the command bus. */
  private Command like(Command command) {
    return switch (command) {
      case ACTAB -> activate;
      case PREPIM -> Command.PREAB;
      case MACAB, RDRES -> Command.RD;
      case WRGB -> Command.WR;
      default -> command;
    };
  }

  // Bursts of input and results use the data bus as reads and writes do.
  private void dataBuses() {
    ImmutableSet<Command> bursts =
        ImmutableSet.of(
            Command.RD, Command.WR, Command.RDA, Command.WRA, Command.CASRD, Command.CASWR);
    for (TimingRule rule : base.rules()) {
      boolean sync = rule.after().stream().anyMatch(PimRules::isSync);
      if (isBus(rule)
          || !bursts.containsAll(rule.after())
          || !bursts.containsAll(rule.before())
          || (rule.level() > base.refreshLevel() && !sync)) {
        continue;
      }
      ImmutableList<Command> after = withBursts(rule.after());
      ImmutableList<Command> before = withBursts(rule.before());
      rules.add(
          new TimingRule(
              rule.level(),
              after,
              before,
              rule.ticks(),
              rule.window(),
              rule.sibling(),
              rule.name()));
    }
  }

  private static ImmutableList<Command> withBursts(ImmutableList<Command> commands) {
    ImmutableList.Builder<Command> with = ImmutableList.<Command>builder().addAll(commands);
    if (commands.contains(Command.RD)) {
      with.add(RDRES);
    }
    if (commands.contains(Command.WR)) {
      with.add(WRGB);
    }
    return with.build();
  }

  // Banks --------------------------------------------------------------------------------------

  private void rows() {
    add("tRP", close, ACTAB, between(Command.PREAB, activate));
    add("tRAS", ACTAB, close, between(activate, Command.PREAB));
    int bank = base.levels().size() - 1;
    add(bank, "tRC", ImmutableList.of(ACTAB), ImmutableList.of(ACTAB), rowCycle(), 1);
    for (Command refresh : ImmutableList.of(Command.REFAB, Command.REFPB)) {
      add("tRFC", refresh, ACTAB, recovery(refresh));
      long toColumn = length(base, activate) - length(base, Command.RD);
      if (recovery(refresh) > 0) {
        add("tRFC", refresh, WRGB, recovery(refresh) + toColumn);
        add("tRFC", refresh, RDRES, recovery(refresh) + toColumn);
      }
      add("tRC", ACTAB, refresh, between(activate, refresh));
      add("tRP", close, refresh, between(Command.PREPB, refresh));
    }
    if (compute.secondRowBuffer()) {
      add("tRRD", ACTAB, activate, activateSpacing());
      add("tRRD", activate, ACTAB, activateSpacing());
      return;
    }
    add("tRC", ACTAB, activate, rowCycle());
    add("tRC", activate, ACTAB, rowCycle());
    add("tRP", Command.PREPB, ACTAB, between(Command.PREPB, activate));
    add("tRP", Command.RDA, ACTAB, between(Command.RDA, activate));
    add("tRP", Command.WRA, ACTAB, between(Command.WRA, activate));
  }

  private long rowCycle() {
    return between(activate, activate);
  }

  /** After a refresh of one bank, all-bank commands wait until that bank is ready. */
  private long recovery(Command refresh) {
    return between(refresh, activate);
  }

  /** Between activates of different banks: the shortest rule there is above the banks. */
  private long activateSpacing() {
    long shortest = Long.MAX_VALUE;
    for (TimingRule rule : base.rules()) {
      if (rule.window() == 1
          && rule.level() > 0
          && rule.level() < base.levels().size() - 1
          && rule.after().contains(activate)
          && rule.before().contains(activate)) {
        shortest = Math.min(shortest, rule.ticks());
      }
    }
    return shortest == Long.MAX_VALUE ? 1 : shortest;
  }

  private void columns() {
    add("tRCD", ACTAB, MACAB, between(activate, Command.RD));
    add("tRTP", MACAB, close, between(Command.RD, Command.PREAB));
    add("input", WRGB, MACAB, base.writeLatencyTicks());
    if (timings.registerRow()) {
      add("tRCD", ACTAB, WRGB, between(activate, Command.WR));
      add("tRCD", ACTAB, RDRES, between(activate, Command.RD));
      add("tWR", WRGB, close, between(Command.WR, Command.PREAB));
      add("tRTP", RDRES, close, between(Command.RD, Command.PREAB));
    }
  }

  private void spacing() {
    add("tCCD_AB", MACAB, MACAB, timings.multiplyClocks() * perClock);
    add("result", MACAB, RDRES, timings.resultClocks() * perClock);
    add("load", WRGB, WRGB, timings.loadClocks() * perClock);
    add("read", RDRES, RDRES, timings.readClocks() * perClock);
    add("tRRD_AB", ACTAB, ACTAB, timings.activateClocks() * perClock);
    add("power", ACTAB, MACAB, timings.activatePauseClocks() * perClock);
    add("power", MACAB, close, timings.multiplyPauseClocks() * perClock);
    int window = window(compute, timings);
    if (window > 0) {
      add(
          compute.level(),
          "tFAW",
          ImmutableList.of(ACTAB),
          ImmutableList.of(ACTAB),
          base.timings().getOrDefault("nFAW", 0),
          window);
    }
  }

  /** Activates that may fall into one tFAW; 0: as many as one likes. */
  static int window(AllBankSpec compute, PimTimings timings) {
    return timings.banksPerWindow() == 0
        ? 0
        : Math.max(1, timings.banksPerWindow() / compute.activateBanks());
  }
}
