package memwall.memory.dram.standard;

import static memwall.memory.dram.standard.CommandSpacing.isActivate;
import static memwall.memory.dram.standard.CommandSpacing.isRead;
import static memwall.memory.dram.standard.CommandSpacing.isRefresh;
import static memwall.memory.dram.standard.CommandSpacing.isWhole;
import static memwall.memory.dram.standard.CommandSpacing.isWrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import memwall.memory.dram.standard.CommandSpacing.Family;
import memwall.memory.dram.standard.CommandSpacing.Issued;

/**
 * A second reading of the standards, for tests: is fed every command of a channel and refuses what
 * the device would not stand. It knows a standard's organisation and timing parameters but none of
 * its {@link TimingRule}s: what must lie between two commands is written once more, from the
 * commands' point of view ({@link CommandSpacing}), and asked over the history of commands.
 *
 * <p>Refused are commands too early after any other, into a wrong state (activate of an open bank,
 * burst of a closed bank or another row, refresh over open banks), on a busy command bus or a wrong
 * clock edge, bursts that meet on the data bus, a second half of an activate that comes late or not
 * at all, a burst without running WCK, and refreshes owed for more than nine intervals.
 */
public final class TimingChecker {
  private static final int CLOSED = -1;
  private static final int MOST_OWED = 9;

  private final DramStandard standard;
  private final CommandSpacing spacing;
  private final Family family;
  private final int perClock;
  private final int banks;
  private final int unitBanks;
  private final long horizon;
  private final long refreshHorizon;
  private final long refreshTicks;
  private final int buses;

  private final Deque<Issued> recent = new ArrayDeque<>();
  private final Deque<Issued> refreshes = new ArrayDeque<>();
  private final List<Deque<Long>> activates = new ArrayList<>();
  private final long[] commandBusFree = new long[2];
  private final Issued[] lastBurst;
  private final int[] openRow;
  private final int[] halfOpenRow;
  private final long[] deadline;
  private final long[] refreshed;
  private long lastTick = -1;
  private long wckRunsUntil;
  private Issued sync;
  private Issued rising;
  private long checked;

  /** A checker that also keeps account of refreshes. */
  public TimingChecker(DramStandard standard) {
    this(standard, standard.refreshTicks());
  }

  /**
   * A checker of a channel from tick 0, with all banks closed.
   *
   * @param refreshTicks interval at which each bank is to be refreshed; 0 if refresh is off
   */
  public TimingChecker(DramStandard standard, long refreshTicks) {
    this.standard = standard;
    this.refreshTicks = refreshTicks;
    spacing = new CommandSpacing(standard);
    family = spacing.family;
    perClock = spacing.perClock;
    banks = spacing.banks;
    unitBanks = spacing.unitBanks;
    buses = family == Family.HBM2 || perClock == 2 ? banks / unitBanks : 1;
    lastBurst = new Issued[buses];
    openRow = filled(CLOSED);
    halfOpenRow = filled(CLOSED);
    deadline = new long[banks];
    refreshed = new long[banks];
    for (int unit = 0; unit < banks / unitBanks; unit++) {
      activates.add(new ArrayDeque<>());
    }
    long longest =
        Math.max(n("nFAW"), spacing.most("nRC"))
            + n("nCL")
            + n("nCWL")
            + n("nBL")
            + n("nBL_max")
            + Math.max(spacing.most("nWR"), n("nWTRL"))
            + spacing.most("nRP")
            + n("nCCDL_WR")
            + 16;
    horizon = longest * perClock;
    refreshHorizon = (Math.max(n("nRFC"), n("nRFCpb")) + 4) * perClock;
  }

  private int[] filled(int value) {
    int[] filled = new int[banks];
    Arrays.fill(filled, value);
    return filled;
  }

  private long n(String name) {
    return spacing.n(name);
  }

  /** How many commands were accepted. */
  public long checked() {
    return checked;
  }

  /**
   * Takes the next command.
   *
   * @param bank the bank; any bank of the rank or pseudo-channel for a command of all banks
   * @param row the row of an activate or a burst
   * @throws AssertionError if the device would not stand it
   */
  public void issue(long tick, Command command, int bank, int row) {
    String fault = whyNot(tick, command, bank, row);
    if (!fault.isEmpty()) {
      throw new AssertionError(
          standard.name()
              + ", tick "
              + tick
              + ", "
              + command.jedecName()
              + " bank "
              + bank
              + " row "
              + row
              + ": "
              + fault);
    }
    List<Integer> kinds = kinds(command, bank, row);
    Issued now = issued(tick, command, bank, kinds.get(0));
    accept(now, row);
    for (int kind : kinds.subList(1, kinds.size())) {
      recent.addLast(issued(tick, command, bank, kind));
    }
  }

  /**
   * Takes the command that came last once more, for another rank or pseudo-channel: a command for
   * compute in all banks may address several with one slot of the bus.
   *
   * @throws AssertionError if the device would not stand it
   */
  public void alsoTo(long tick, Command command, int bank, int row) {
    commandBusFree[bus(command)] = tick;
    issue(tick, command, bank, row);
  }

  /**
   * Ends the run.
   *
   * @throws AssertionError if something was due before this tick
   */
  public void end(long tick) {
    String fault = overdue(tick);
    for (int bank = 0; bank < banks && fault.isEmpty(); bank++) {
      fault = owed(tick, bank);
    }
    if (!fault.isEmpty()) {
      throw new AssertionError(standard.name() + ", end at tick " + tick + ": " + fault);
    }
  }

  /** Why a command is not legal now; empty if it is. Changes nothing. */
  public String whyNot(long tick, Command command, int bank, int row) {
    if (tick < lastTick) {
      return "before the last command at " + lastTick;
    }
    Issued now = issued(tick, command, bank, 0);
    String fault = state(now, row);
    fault = fault.isEmpty() ? commandBus(now) : fault;
    fault = fault.isEmpty() ? edges(now) : fault;
    fault = fault.isEmpty() ? overdue(tick) : fault;
    fault = fault.isEmpty() ? wck(now) : fault;
    fault = fault.isEmpty() ? dataBus(now) : fault;
    fault = fault.isEmpty() ? activateWindow(now) : fault;
    fault = fault.isEmpty() ? spacing(now, recent) : fault;
    fault = fault.isEmpty() ? spacing(now, refreshes) : fault;
    if (fault.isEmpty() && isRefresh(command)) {
      for (int each : covered(now)) {
        fault = fault.isEmpty() ? owed(tick, each) : fault;
      }
    }
    return fault;
  }

  /** Kinds of the rows that a command goes to; at least one. */
  private List<Integer> kinds(Command command, int bank, int row) {
    TreeSet<Integer> kinds = new TreeSet<>();
    switch (command) {
      case REFAB, REFPB, REFSB -> kinds.add(0);
      case ACT, ACT1 -> kinds.add(standard.rowKind(row));
      case ACT2 -> kinds.add(standard.rowKind(halfOpenRow[bank]));
      case PREAB -> {
        int first = bank / unitBanks * unitBanks;
        for (int each = first; each < first + unitBanks; each++) {
          if (openRow[each] != CLOSED) {
            kinds.add(standard.rowKind(openRow[each]));
          }
        }
      }
      default -> kinds.add(standard.rowKind(openRow[bank]));
    }
    if (kinds.isEmpty()) {
      kinds.add(0);
    }
    return List.copyOf(kinds);
  }

  private Issued issued(long tick, Command command, int bank, int kind) {
    long heard = tick + spacing.length(command) - 1;
    long data =
        isRead(command)
            ? heard + n("nCL") * perClock
            : isWrite(command) ? heard + n("nCWL") * perClock : 0;
    return new Issued(tick, heard, command, bank, bank / unitBanks, data, kind);
  }

  private void accept(Issued now, int row) {
    checked++;
    lastTick = now.tick();
    commandBusFree[bus(now.command())] = now.tick() + spacing.length(now.command());
    if (sync != null && now.command().isColumn()) {
      sync = null;
    }
    switch (now.command()) {
      case ACT -> openRow[now.bank()] = row;
      case ACT1 -> {
        halfOpenRow[now.bank()] = row;
        deadline[now.bank()] = now.tick() + n("nAAD") * perClock;
      }
      case ACT2 -> {
        openRow[now.bank()] = halfOpenRow[now.bank()];
        halfOpenRow[now.bank()] = CLOSED;
      }
      case PREPB, RDA, WRA -> openRow[now.bank()] = CLOSED;
      case PREAB -> covered(now).forEach(bank -> openRow[bank] = CLOSED);
      case CASRD, CASWR -> sync = now;
      case REFAB, REFSB -> covered(now).forEach(bank -> refreshed[bank]++);
      case REFPB -> {
        refreshed[now.bank()]++;
        if (family == Family.LPDDR5) {
          // It renews two banks, half a rank apart (tREFIpb is tREFI / 8 for 16 banks). The second
          // one is not kept busy: the reference model, which ours equals, leaves it out.
          int first = now.unit() * unitBanks;
          refreshed[first + (now.bank() - first + unitBanks / 2) % unitBanks]++;
        }
      }
      case RD, WR -> {}
      default -> throw new AssertionError("state() let " + now.command().jedecName() + " pass");
    }
    if (now.command().isColumn()) {
      lastBurst[dataBusOf(now)] = now;
      wckRunsUntil =
          Math.max(wckRunsUntil, now.data() + (spacing.burst() + n("nWCKPST")) * perClock);
    }
    if (isActivate(now.command())) {
      Deque<Long> four = activates.get(now.unit());
      four.addLast(now.heard());
      if (four.size() > 4) {
        four.removeFirst();
      }
    }
    if (perClock == 2 && !now.command().isColumn() && isRising(now.tick())) {
      rising = now;
    }
    (isRefresh(now.command()) ? refreshes : recent).addLast(now);
    forget(recent, now.tick() - horizon);
    forget(refreshes, now.tick() - refreshHorizon);
  }

  private static void forget(Deque<Issued> history, long before) {
    while (!history.isEmpty() && history.getFirst().tick() < before) {
      history.removeFirst();
    }
  }

  private List<Integer> covered(Issued now) {
    List<Integer> covered = new ArrayList<>();
    if (isWhole(now.command())) {
      for (int i = 0; i < unitBanks; i++) {
        covered.add(now.unit() * unitBanks + i);
      }
    } else if (now.command() == Command.REFSB) {
      int group = standard.groupBanks();
      for (int i = now.bank() % group; i < unitBanks; i += group) {
        covered.add(now.unit() * unitBanks + i);
      }
    } else {
      covered.add(now.bank());
    }
    return covered;
  }

  // ---- states ----

  private String state(Issued now, int row) {
    Command command = now.command();
    int open = openRow[now.bank()];
    boolean half = halfOpenRow[now.bank()] != CLOSED;
    switch (command) {
      case ACT, ACT1 -> {
        if (open != CLOSED || half) {
          return "activate of a bank whose row " + open + " is open";
        }
        if ((command == Command.ACT) != (family != Family.LPDDR5)) {
          return "not a command of the standard";
        }
      }
      case ACT2 -> {
        if (!half || halfOpenRow[now.bank()] != row) {
          return "no first half of this activate";
        }
      }
      case RD, WR, RDA, WRA, CASRD, CASWR -> {
        if (open != row) {
          return open == CLOSED ? "the bank is closed" : "row " + open + " is open";
        }
      }
      case PREPB -> {
        if (open == CLOSED) {
          return half ? "precharge between the halves of an activate" : "the bank is closed";
        }
      }
      case PREAB, REFAB, REFPB, REFSB -> {
        for (int bank : covered(now)) {
          if (halfOpenRow[bank] != CLOSED) {
            return "bank " + bank + " is between the halves of an activate";
          }
          if (openRow[bank] != CLOSED && command != Command.PREAB) {
            return "refresh over the open row of bank " + bank;
          }
        }
      }
      default -> {
        return "not a command of the standard";
      }
    }
    return "";
  }

  // ---- buses ----

  private int bus(Command command) {
    return perClock == 2 || family == Family.HBM2 ? (command.isColumn() ? 1 : 0) : 0;
  }

  private String commandBus(Issued now) {
    long free = commandBusFree[bus(now.command())];
    return now.tick() < free ? "the command bus is busy until " + free : "";
  }

  private static boolean isRising(long tick) {
    return (tick & 1) == 1;
  }

  /** HBM3 and HBM4: which command may begin on which edge, and beside which other. */
  private String edges(Issued now) {
    if (perClock == 1 || isRising(now.tick())) {
      return "";
    }
    Command command = now.command();
    if (command != Command.PREPB && command != Command.PREAB) {
      return "begins on a falling edge";
    }
    if (rising == null || rising.unit() != now.unit()) {
      return "";
    }
    long paired = rising.tick() + (rising.command() == Command.ACT ? 3 : 1);
    if (now.tick() != paired) {
      return "";
    }
    boolean beside =
        command == Command.PREPB && !isWhole(rising.command()) && rising.bank() != now.bank();
    return beside ? "" : "paired with " + rising.command().jedecName() + " of the rising edge";
  }

  private int dataBusOf(Issued now) {
    return buses == 1 ? 0 : now.unit();
  }

  private String dataBus(Issued now) {
    if (!now.command().isColumn()) {
      return "";
    }
    Issued last = lastBurst[dataBusOf(now)];
    if (last == null) {
      return "";
    }
    // Another rank drives the bus next: a guard between them, unless both times the host does.
    boolean guarded =
        last.unit() != now.unit() && !(isWrite(last.command()) && isWrite(now.command()));
    long free = last.data() + (spacing.burst() + (guarded ? n("nCS") : 0)) * perClock;
    return now.data() < free ? "its data would begin at " + now.data() + ", free is " + free : "";
  }

  // ---- LPDDR5 ----

  private String overdue(long tick) {
    for (int bank = 0; bank < banks && family == Family.LPDDR5; bank++) {
      if (halfOpenRow[bank] != CLOSED && tick > deadline[bank]) {
        return "the second half of the activate of bank " + bank + " was due at " + deadline[bank];
      }
    }
    return "";
  }

  private String wck(Issued now) {
    if (family != Family.LPDDR5) {
      return "";
    }
    if (sync != null) {
      boolean fits =
          now.command().isColumn()
              && isRead(now.command()) == (sync.command() == Command.CASRD)
              && now.unit() == sync.unit()
              && now.tick() == sync.tick() + 1;
      return fits ? "" : "not the burst that the CAS at " + sync.tick() + " announced";
    }
    boolean running = now.tick() < wckRunsUntil;
    return now.command().isColumn() && !running ? "WCK is off since " + wckRunsUntil : "";
  }

  // ---- refresh ----

  private String owed(long tick, int bank) {
    long due = refreshTicks == 0 ? 0 : tick / refreshTicks - refreshed[bank];
    return due > MOST_OWED ? "bank " + bank + " is owed " + due + " refreshes" : "";
  }

  // ---- spacing ----

  private String activateWindow(Issued now) {
    Deque<Long> four = activates.get(now.unit());
    return isActivate(now.command())
            && four.size() == 4
            && now.heard() - four.getFirst() < n("nFAW") * perClock
        ? "tFAW: the fourth last activate was heard at " + four.getFirst()
        : "";
  }

  private String spacing(Issued now, Deque<Issued> history) {
    for (Iterator<Issued> it = history.descendingIterator(); it.hasNext(); ) {
      Issued before = it.next();
      long least = spacing.least(before, now);
      if (least > 0 && now.heard() - before.heard() < least * perClock) {
        return least
            + " clocks after "
            + before.command().jedecName()
            + " of bank "
            + before.bank()
            + " at "
            + before.tick()
            + " not over";
      }
    }
    return "";
  }
}
