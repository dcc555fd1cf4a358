package memwall.memory.dram.standard;

import java.util.Locale;

/**
 * What a standard asks to lie between two commands, written from its timing parameters alone for
 * the {@link TimingChecker}: no {@link TimingRule} is looked at.
 */
final class CommandSpacing {
  /** Standards that differ in more than numbers. */
  enum Family {
    DDR4,
    DDR5,
    LPDDR5,
    HBM2,
    HBM3,
    HBM4,
    GDDR6
  }

  /**
   * A command that was issued; of a whole rank or pseudo-channel if it is no command of a bank.
   *
   * @param kind of the row that it goes to
   */
  record Issued(long tick, long heard, Command command, int bank, int unit, long data, int kind) {}

  final Family family;
  final int perClock;
  final int banks;

  /** Banks of a rank or pseudo-channel. */
  final int unitBanks;

  private final DramStandard standard;
  private final int groupBanks;
  private final int stackBanks;

  /** Kind of rows whose timings are asked for. */
  private int kind;

  CommandSpacing(DramStandard standard) {
    this.standard = standard;
    family = family(standard.name());
    perClock = family == Family.HBM3 || family == Family.HBM4 ? 2 : 1;
    banks = standard.banks();
    unitBanks =
        switch (family) {
          case DDR4, DDR5, LPDDR5 -> banksBelow("rank");
          case HBM2, HBM3, HBM4 -> banksBelow("pseudochannel");
          case GDDR6 -> banks;
        };
    groupBanks = banksBelow("bankgroup");
    stackBanks = family == Family.HBM3 || family == Family.HBM4 ? banksBelow("sid") : unitBanks;
  }

  private static Family family(String name) {
    for (Family family : Family.values()) {
      if (name.toUpperCase(Locale.ROOT).startsWith(family.name())) {
        return family;
      }
    }
    if (name.startsWith("mono3d")) {
      return Family.HBM2; // by its preset's choice
    }
    throw new IllegalArgumentException("no family for " + name);
  }

  private int banksBelow(String level) {
    int below = banks;
    for (Level each : standard.levels()) {
      below /= each.count();
      if (each.name().equals(level)) {
        return below;
      }
    }
    throw new IllegalArgumentException("no level " + level);
  }

  /** A timing in clocks; 0 if the standard has none of the name. */
  long n(String name) {
    return standard.timings(kind).getOrDefault(name, 0) / perClock;
  }

  private long firstOf(String name, String other) {
    return standard.timings().containsKey(name) ? n(name) : n(other);
  }

  /** Ticks that a command occupies its bus. */
  int length(Command command) {
    return switch (family) {
      case DDR4, LPDDR5, GDDR6 -> 1;
      case DDR5 -> command == Command.ACT || command.isColumn() ? 2 : 1;
      case HBM2 -> command == Command.ACT ? 2 : 1;
      case HBM3, HBM4 -> command == Command.ACT ? 3 : command.isColumn() ? 2 : 1;
    };
  }

  /** Clocks of a burst on the data bus. */
  long burst() {
    return firstOf("nBL_min", "nBL");
  }

  /** The longest that a timing is in any row, in clocks. */
  long most(String name) {
    long most = 0;
    for (int each = 0; each < standard.rowKinds(); each++) {
      most = Math.max(most, standard.timings(each).getOrDefault(name, 0) / perClock);
    }
    return most;
  }

  /**
   * Clocks that must lie between two commands, from the end of one to the end of the other: how
   * long the row of the first is busy with it.
   */
  long least(Issued a, Issued b) {
    kind = a.kind();
    long least = leastOfKind(a, b);
    kind = 0;
    return least;
  }

  private long leastOfKind(Issued a, Issued b) {
    boolean sameBank = a.bank() == b.bank();
    if (a.unit() != b.unit()) {
      return 0; // ranks and pseudo-channels share only their buses
    }
    if (b.command() == Command.REFSB && !isRefresh(a.command())) {
      return beforeSameBankRefresh(a, isAmongSame(b, a));
    }
    if (isActivate(a.command())) {
      return afterActivate(a, b, sameBank);
    }
    if (a.command().isColumn()) {
      return b.command().isColumn()
          ? columnToColumn(a, b)
          : afterColumn(a.command(), b.command(), sameBank);
    }
    return switch (a.command()) {
      case PREPB, PREAB -> afterPrecharge(a.command(), b.command(), sameBank);
      case REFAB ->
          isActivate(b.command()) || isRefresh(b.command()) || b.command() == Command.PREAB
              ? n("nRFC")
              : 0;
      case REFPB -> afterBankRefresh(a, b, sameBank);
      case REFSB -> afterSameBankRefresh(a, b);
      default -> 0;
    };
  }

  private boolean sameGroup(Issued a, Issued b) {
    return a.bank() / groupBanks == b.bank() / groupBanks;
  }

  private long beforeSameBankRefresh(Issued a, boolean covered) {
    return switch (a.command()) {
      case ACT -> covered ? Math.max(n("nRC"), n("nRRDL")) : n("nRRDL");
      case PREAB -> n("nRP");
      case PREPB -> covered ? n("nRP") : 0;
      case RDA -> covered ? n("nRTP") + n("nRP") : 0;
      case WRA -> covered ? n("nCWL") + burst() + n("nWR") + n("nRP") : 0;
      default -> 0;
    };
  }

  private long afterActivate(Issued a, Issued b, boolean sameBank) {
    switch (b.command()) {
      case ACT, ACT1 -> {
        long group = sameGroup(a, b) ? n("nRRDL") : 0;
        return Math.max(Math.max(n("nRRDS"), group), sameBank ? n("nRC") : 0);
      }
      case RD, RDA -> {
        return sameBank ? firstOf("nRCDRD", "nRCD") : 0;
      }
      case WR, WRA -> {
        return sameBank ? firstOf("nRCDWR", "nRCD") : 0;
      }
      case PREPB -> {
        return sameBank ? n("nRAS") : 0;
      }
      case PREAB -> {
        return n("nRAS");
      }
      case REFAB -> {
        return n("nRC");
      }
      case REFPB -> {
        if (sameBank) {
          return n("nRC");
        }
        return switch (family) {
          case HBM2, HBM3 -> n("nRRDS");
          case HBM4 -> sameGroup(a, b) ? n("nRRDL") : n("nRRDS");
          case GDDR6 -> n("nRRDL");
          default -> 0;
        };
      }
      default -> {
        return 0;
      }
    }
  }

  private long columnToColumn(Issued a, Issued b) {
    boolean write = isWrite(a.command());
    if (write == isWrite(b.command())) {
      if (a.bank() / stackBanks != b.bank() / stackBanks) {
        return write ? 0 : n("nCCDR"); // two dies drive the bus when reading, the host writes
      }
      String name = sameGroup(a, b) ? "nCCDL" : "nCCDS";
      return write ? firstOf(name + "_WR", name) : n(name);
    }
    if (write) {
      return sameGroup(a, b)
          ? n("nCWL") + firstOf("nBL_max", "nBL") + n("nWTRL")
          : n("nCWL") + burst() + n("nWTRS");
    }
    return switch (family) {
      case HBM3, HBM4 -> n("nRTW");
      case GDDR6 -> n("nCL") + 1;
      // The end of the read burst, its postamble and the write preamble: two clocks, DDR5 four.
      case DDR5 -> n("nCL") + burst() + 4 - n("nCWL");
      default -> n("nCL") + burst() + 2 - n("nCWL");
    };
  }

  private long afterColumn(Command a, Command b, boolean sameBank) {
    long rest = isWrite(a) ? n("nCWL") + burst() + n("nWR") : n("nRTP");
    boolean closes = a == Command.RDA || a == Command.WRA;
    return switch (b) {
      case PREPB -> sameBank ? rest : 0;
      case PREAB -> closes ? 0 : rest;
      case ACT, ACT1, REFPB -> closes && sameBank ? rest + n("nRP") : 0;
      case REFAB -> closes ? rest + n("nRP") : 0;
      default -> 0;
    };
  }

  private long afterPrecharge(Command a, Command b, boolean sameBank) {
    boolean hits = sameBank || a == Command.PREAB;
    long row = a == Command.PREAB ? firstOf("nRPab", "nRP") : n("nRP");
    return switch (b) {
      case ACT, ACT1, REFPB -> hits ? row : 0;
      case REFAB -> n("nRP");
      case PREPB, PREAB -> n("nPPD");
      default -> 0;
    };
  }

  /** Whether a refresh of the same bank of all groups covers the other's bank. */
  private boolean isAmongSame(Issued refresh, Issued other) {
    int group = standard.groupBanks();
    return refresh.bank() % group == other.bank() % group;
  }

  private long afterSameBankRefresh(Issued a, Issued b) {
    if (isRefresh(b.command())) {
      return n("nRFCsb");
    }
    if (isActivate(b.command())) {
      return isAmongSame(a, b) ? n("nRFCsb") : n("nREFSBRD");
    }
    return 0;
  }

  private long afterBankRefresh(Issued a, Issued b, boolean sameBank) {
    if (b.command() == Command.REFAB || (sameBank && isRefresh(b.command()))) {
      return Math.max(n("nRFCpb"), n("nPBR2PBR"));
    }
    if (isActivate(b.command())) {
      long others = firstOf("nPBR2ACT", "nRREFD");
      long group = family == Family.HBM4 && sameGroup(a, b) ? n("nRRDL") : 0;
      return sameBank ? n("nRFCpb") : Math.max(others, group);
    }
    return b.command() == Command.REFPB ? firstOf("nPBR2PBR", "nRREFD") : 0;
  }

  // ---- kinds of commands ----

  static boolean isActivate(Command command) {
    return command == Command.ACT || command == Command.ACT1;
  }

  static boolean isRead(Command command) {
    return command == Command.RD || command == Command.RDA;
  }

  static boolean isWrite(Command command) {
    return command == Command.WR || command == Command.WRA;
  }

  static boolean isRefresh(Command command) {
    return command == Command.REFAB || command == Command.REFPB || command == Command.REFSB;
  }

  static boolean isWhole(Command command) {
    return command == Command.REFAB || command == Command.PREAB;
  }
}
