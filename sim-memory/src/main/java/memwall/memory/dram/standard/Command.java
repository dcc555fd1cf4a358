package memwall.memory.dram.standard;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Optional;

/**
 * DRAM commands by their JEDEC names, then those of in-memory compute. Which of them a standard
 * has, its rules say.
 */
public enum Command {
  /** Activate: opens a row of a bank. */
  ACT("ACT"),
  /** First half of the LPDDR5 activate; timings count from it. */
  ACT1("ACT1"),
  /** Second half of the LPDDR5 activate; follows within tAAD. */
  ACT2("ACT2"),
  /** Precharge of one bank. */
  PREPB("PREpb"),
  /** Precharge of all banks of a rank or pseudo-channel. */
  PREAB("PREab"),
  /** LPDDR5 CAS with WCK synchronisation for a read. */
  CASRD("CASrd"),
  /** LPDDR5 CAS with WCK synchronisation for a write. */
  CASWR("CASwr"),
  /** Read burst. */
  RD("RD"),
  /** Write burst. */
  WR("WR"),
  /** Read burst with auto-precharge. */
  RDA("RDA"),
  /** Write burst with auto-precharge. */
  WRA("WRA"),
  /** Refresh of all banks of a rank or pseudo-channel. */
  REFAB("REFab"),
  /** Refresh of one bank. */
  REFPB("REFpb"),
  /** In-memory compute: opens a row in many banks at once. */
  ACTAB("ACTab"),
  /** In-memory compute: every unit reads a column of its bank and multiplies. */
  MACAB("MACab"),
  /** In-memory compute: writes a burst of the input into the registers or buffer of the units. */
  WRGB("WRgb"),
  /** In-memory compute: reads a burst of results from the units. */
  RDRES("RDres"),
  /** In-memory compute: closes the second row buffers of all banks. */
  PREPIM("PREpim"),
  /** Refresh of the same bank of every bank group of a rank (DDR5). */
  REFSB("REFsb");

  /** How many commands there are. */
  public static final int COUNT = values().length;

  private final int index = indexOf(name());
  private final String jedecName;

  Command(String jedecName) {
    this.jedecName = jedecName;
  }

  // The position in this list is the index into the tables of the timing engine.
  private static int indexOf(String name) {
    return switch (name) {
      case "ACT" -> 0;
      case "ACT1" -> 1;
      case "ACT2" -> 2;
      case "PREPB" -> 3;
      case "PREAB" -> 4;
      case "CASRD" -> 5;
      case "CASWR" -> 6;
      case "RD" -> 7;
      case "WR" -> 8;
      case "RDA" -> 9;
      case "WRA" -> 10;
      case "REFAB" -> 11;
      case "REFPB" -> 12;
      case "ACTAB" -> 13;
      case "MACAB" -> 14;
      case "WRGB" -> 15;
      case "RDRES" -> 16;
      case "PREPIM" -> 17;
      case "REFSB" -> 18;
      default -> throw new AssertionError(name);
    };
  }

  /** As written in presets and reports, such as {@code PREpb}. */
  public String jedecName() {
    return jedecName;
  }

  /** The command written so in presets, if there is one. */
  public static Optional<Command> ofJedecName(String name) {
    return Arrays.stream(values())
        .filter(command -> !command.isAllBank() && command.jedecName.equals(name))
        .findFirst();
  }

  /** All names as written in presets. */
  public static ImmutableList<String> jedecNames() {
    return Arrays.stream(values())
        .filter(command -> !command.isAllBank())
        .map(Command::jedecName)
        .collect(toImmutableList());
  }

  /** Whether it moves data: a read or write, with or without auto-precharge. */
  public boolean isColumn() {
    return this == RD || this == WR || this == RDA || this == WRA;
  }

  /**
   * Whether it is a command of in-memory compute, which no JEDEC standard has: {@code pim} presets
   * add it to a standard.
   */
  public boolean isAllBank() {
    return index >= 13 && index <= 17;
  }

  /** Index into tables by command, 0 to {@link #COUNT} - 1. */
  public int index() {
    return index;
  }
}
