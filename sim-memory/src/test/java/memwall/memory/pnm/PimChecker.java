package memwall.memory.pnm;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingChecker;

/**
 * A second reading of all-bank commands, for tests. The commands of the standard go to the {@link
 * TimingChecker}; here is written once more, from the device's clocks and none of the rules that
 * {@link PimRules} makes, what the banks, the buses and the mode of a unit stand: nothing is opened
 * over an open row, refreshed over one, multiplied from a closed one or too early after anything,
 * and the host keeps off the banks of a unit without a second row buffer.
 */
final class PimChecker {
  private static final int CLOSED = -1;
  private static final long LONG_AGO = -1_000_000;

  private final PimSpec spec;
  private final DramStandard standard;
  private final Map<String, Integer> ticks;
  private final TimingChecker host;
  private final int perClock;
  private final int unitBanks;
  private final int scopeBanks;
  private final int[] computeRow;
  private final int[] hostRow;
  private final boolean secondBuffer;
  private final Unit[] units;
  private final long[] dataFree;
  private final long[] rowBusFree;
  private long checked;

  /** Last tick at which each kind of command was heard by a unit. */
  private static final class Unit {
    long activate = LONG_AGO;
    long hostActivate = LONG_AGO;
    long multiply = LONG_AGO;
    long load = LONG_AGO;
    long read = LONG_AGO;
    long precharge = LONG_AGO;
    long computePrecharge = LONG_AGO;
    long bankPrecharge = LONG_AGO;
    long refresh = LONG_AGO;
    long bankRefresh = LONG_AGO;
    final Deque<Long> window = new ArrayDeque<>();
  }

  PimChecker(PimSpec spec, TimingChecker host) {
    this.spec = spec;
    this.host = host;
    standard = spec.dram().standard();
    ticks = standard.timings();
    perClock = standard.bus().ticksPerClock();
    unitBanks = spec.unitBanks();
    scopeBanks = PimSpec.unitBanks(standard, standard.refreshLevel());
    computeRow = new int[standard.banks()];
    hostRow = new int[standard.banks()];
    Arrays.fill(computeRow, CLOSED);
    Arrays.fill(hostRow, CLOSED);
    secondBuffer = spec.compute().secondRowBuffer();
    units = new Unit[spec.units()];
    Arrays.setAll(units, i -> new Unit());
    dataFree = new long[standard.banks() / scopeBanks];
    rowBusFree = new long[2];
  }

  long checked() {
    return checked;
  }

  private long t(String name) {
    return ticks.getOrDefault(name, 0);
  }

  private long first(String name, String other) {
    return ticks.containsKey(name) ? t(name) : t(other);
  }

  private void atLeast(String what, long tick, long since, long least) {
    if (tick - since < least) {
      throw new AssertionError(
          what + " at " + tick + ": " + least + " ticks after " + since + " not over");
    }
  }

  /** Ticks that a command takes to be heard. */
  private int length(Command command) {
    boolean half = standard.bus() == BusKind.DUAL_HALF_CLOCK;
    boolean column =
        command.isColumn()
            || command == Command.MACAB
            || command == Command.WRGB
            || command == Command.RDRES;
    boolean activate = command == Command.ACT || command == Command.ACTAB;
    if (half) {
      return activate ? 3 : column ? 2 : 1;
    }
    return activate && standard.bus() == BusKind.DUAL ? 2 : 1;
  }

  void issue(long tick, Command command, int bank, int row) {
    checked++;
    Unit unit = units[bank / unitBanks];
    long heard = tick + length(command) - 1;
    bus(tick, command);
    switch (command) {
      case ACTAB -> activate(unit, heard, bank, row);
      case MACAB -> multiply(unit, heard, bank);
      case WRGB -> load(unit, heard, bank);
      case RDRES -> read(unit, heard, bank);
      case PREPIM -> precharge(unit, heard, bank);
      case PREAB -> {
        precharge(unit, heard, bank);
        close(hostRow, bank, scopeBanks);
        if (repeated) {
          host.alsoTo(tick, command, bank, row);
        } else {
          host.issue(tick, command, bank, row);
        }
      }
      case REFAB, REFPB -> {
        refresh(unit, heard, bank, command);
        host.issue(tick, command, bank, row);
      }
      default -> {
        host(unit, heard, command, bank, row);
        host.issue(tick, command, bank, row);
      }
    }
  }

  // One command at a time on each bus.
  private void bus(long tick, Command command) {
    boolean column =
        command.isColumn()
            || command == Command.MACAB
            || command == Command.WRGB
            || command == Command.RDRES;
    int bus = standard.bus().isDual() && column ? 1 : 0;
    boolean again = command.isAllBank() || command == Command.PREAB;
    // A command for a unit of several pseudo-channels is reported for each of them.
    repeated = again && tick == lastTick && command == lastCommand;
    if (!repeated) {
      atLeast(command + " on the bus", tick, rowBusFree[bus], 0);
    }
    rowBusFree[bus] = tick + length(command);
    lastTick = tick;
    lastCommand = command;
  }

  private long lastTick = -1;
  private Command lastCommand = Command.ACT;
  private boolean repeated;

  private void activate(Unit unit, long heard, int bank, int row) {
    int banks = spec.compute().activateBanks();
    for (int i = bank; i < bank + banks; i++) {
      if (computeRow[i] != CLOSED || (!secondBuffer && hostRow[i] != CLOSED)) {
        throw new AssertionError("ACTab at " + heard + " over an open row of bank " + i);
      }
      computeRow[i] = row;
    }
    atLeast("ACTab after ACTab", heard, unit.activate, spec.timings().activateClocks() * perClock);
    atLeast("ACTab after precharge", heard, unit.precharge, first("nRPab", "nRP"));
    if (!secondBuffer) {
      atLeast("ACTab after a bank's precharge", heard, unit.bankPrecharge, t("nRP"));
      atLeast("ACTab after ACT", heard, unit.hostActivate, t("nRC"));
    }
    atLeast("ACTab after refresh", heard, unit.refresh, t("nRFC"));
    atLeast("ACTab after refresh of a bank", heard, unit.bankRefresh, t("nRFCpb"));
    unit.activate = heard;
    int most = spec.timings().banksPerWindow();
    if (most > 0) {
      for (int i = 0; i < banks; i++) {
        unit.window.addLast(heard);
      }
      while (unit.window.getFirst() <= heard - t("nFAW")) {
        unit.window.removeFirst();
      }
      if (unit.window.size() > Math.max(most, banks)) {
        throw new AssertionError(unit.window.size() + " activates within tFAW at " + heard);
      }
    }
  }

  private void open(String what, long heard, int bank) {
    int from = bank / unitBanks * unitBanks;
    for (int i = from; i < from + unitBanks; i++) {
      if (computeRow[i] == CLOSED) {
        throw new AssertionError(what + " at " + heard + " of the closed bank " + i);
      }
    }
  }

  private void multiply(Unit unit, long heard, int bank) {
    open("MACab", heard, bank);
    if (heard == unit.multiply) {
      return; // reported for another pseudo-channel of the unit
    }
    atLeast("MACab after ACTab", heard, unit.activate, first("nRCDRD", "nRCD"));
    atLeast("MACab after MACab", heard, unit.multiply, spec.timings().multiplyClocks() * perClock);
    atLeast("MACab after input", heard, unit.load, standard.writeLatencyTicks());
    unit.multiply = heard;
  }

  private void load(Unit unit, long heard, int bank) {
    if (spec.timings().registerRow()) {
      open("WRgb", heard, bank);
      atLeast("WRgb after ACTab", heard, unit.activate, first("nRCDWR", "nRCD"));
    }
    if (heard != unit.load) {
      atLeast("WRgb after WRgb", heard, unit.load, spec.timings().loadClocks() * perClock);
    }
    atLeast("WRgb after refresh", heard, unit.refresh, t("nRFC"));
    unit.load = heard;
    data("WRgb", heard + t("nCWL"), bank);
  }

  private void read(Unit unit, long heard, int bank) {
    if (spec.timings().registerRow()) {
      open("RDres", heard, bank);
      atLeast("RDres after ACTab", heard, unit.activate, first("nRCDRD", "nRCD"));
    }
    if (heard != unit.read) {
      atLeast("RDres after RDres", heard, unit.read, spec.timings().readClocks() * perClock);
    }
    atLeast("RDres after MACab", heard, unit.multiply, spec.timings().resultClocks() * perClock);
    atLeast("RDres after refresh", heard, unit.refresh, t("nRFC"));
    unit.read = heard;
    data("RDres", heard + t("nCL"), bank);
  }

  private void data(String what, long begins, int bank) {
    int bus = dataFree.length == 1 || standard.bus().isDual() ? bank / scopeBanks : 0;
    atLeast("data of " + what, begins, dataFree[bus], 0);
    dataFree[bus] = begins + standard.burstTicks();
  }

  private void precharge(Unit unit, long heard, int bank) {
    int from = bank / unitBanks * unitBanks;
    boolean wasOpen = false;
    for (int i = from; i < from + unitBanks; i++) {
      wasOpen |= computeRow[i] != CLOSED;
    }
    if (wasOpen) {
      unit.computePrecharge = heard;
      atLeast("precharge after ACTab", heard, unit.activate, t("nRAS"));
      atLeast("precharge after MACab", heard, unit.multiply, t("nRTP"));
      if (spec.timings().registerRow()) {
        long written = t("nCWL") + standard.burstTicks() + t("nWR");
        atLeast("precharge after WRgb", heard, unit.load, written);
        atLeast("precharge after RDres", heard, unit.read, t("nRTP"));
      }
    }
    close(computeRow, from, unitBanks);
    unit.precharge = heard;
  }

  private static void close(int[] rows, int bank, int banks) {
    int from = bank / banks * banks;
    Arrays.fill(rows, from, from + banks, CLOSED);
  }

  private void refresh(Unit unit, long heard, int bank, Command command) {
    int from = command == Command.REFAB ? bank / scopeBanks * scopeBanks : bank;
    int banks = command == Command.REFAB ? scopeBanks : 1;
    for (int i = from; i < from + banks; i++) {
      if (computeRow[i] != CLOSED || hostRow[i] != CLOSED) {
        throw new AssertionError(command + " at " + heard + " over an open row of bank " + i);
      }
    }
    atLeast(command + " after precharge", heard, unit.computePrecharge, t("nRP"));
    if (command == Command.REFAB) {
      unit.refresh = heard;
    } else {
      unit.bankRefresh = heard;
    }
  }

  private void host(Unit unit, long heard, Command command, int bank, int row) {
    int from = bank / unitBanks * unitBanks;
    for (int i = from; !secondBuffer && i < from + unitBanks; i++) {
      if (computeRow[i] != CLOSED) {
        throw new AssertionError(command + " of the host at " + heard + " while compute has rows");
      }
    }
    switch (command) {
      case ACT -> {
        hostRow[bank] = row;
        unit.hostActivate = heard;
        atLeast("ACT after precharge", heard, secondBuffer ? LONG_AGO : unit.precharge, t("nRP"));
        if (!secondBuffer) {
          atLeast("ACT after ACTab", heard, unit.activate, t("nRC"));
        }
      }
      case PREPB -> {
        hostRow[bank] = CLOSED;
        unit.bankPrecharge = heard;
      }
      case RDA, WRA -> hostRow[bank] = CLOSED;
      default -> {}
    }
    if (command == Command.RD || command == Command.RDA) {
      data("RD", heard + t("nCL"), bank);
    } else if (command == Command.WR || command == Command.WRA) {
      data("WR", heard + t("nCWL"), bank);
    }
  }
}
