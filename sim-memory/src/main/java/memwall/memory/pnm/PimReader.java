package memwall.memory.pnm;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Dimension;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.dram.channel.AllBankPriority;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;
import memwall.memory.dram.standard.Reach;

/** Reads a {@code pim} preset and the device that it names. */
public final class PimReader {
  private static final int MOST_BANKS = 4096;
  private static final ImmutableList<String> PLACES = ImmutableList.of("bank", "bank-group");
  private static final ImmutableList<String> FORMATS =
      ImmutableList.of("fp16", "bf16", "fp8", "int8", "int32");

  private final Config config;
  private final DramDevice dram;
  private final DramStandard standard;

  private PimReader(Config config) {
    this.config = config;
    dram = DramDevice.read(config.preset("dram", "dram", "The memory"));
    standard = dram.standard();
    if (standard.rowKinds() > 1) {
      config.fault(
          "dram", standard.name() + " has tiers of rows; banks that compute are not modelled with");
    }
  }

  /**
   * Reads a preset; faults are recorded there, all in one pass. If there are any, what is returned
   * is a placeholder.
   */
  public static PimSpec read(Config config) {
    return new PimReader(config).spec();
  }

  /**
   * A preset that comes with Memwall.
   *
   * @param name such as {@code hbm-pim-aquabolt-xl}
   * @throws memwall.core.config.ConfigException if there is none of that name
   */
  public static PimSpec builtIn(String name) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            "pim", "pim: \"" + name + "\"\n", List.of(), Presets.builtIn(), faults);
    PimSpec spec = read(root.preset("pim", "pim", "The device"));
    root.finish();
    faults.throwIfAny();
    return spec;
  }

  private PimSpec spec() {
    String name = config.text("name", "Name in reports");
    String place = config.oneOf("placement", PLACES, "Where the processors sit");
    int level = level();
    int banks = PimSpec.unitBanks(standard, level);
    final int perProcessor =
        divisor(config, "banks_per_processor", banks, "Banks that a processor reads in turn");
    ImmutableList<NumberFormat> formats = formats();
    Config commands = config.section("commands", "How all-bank commands follow each other");
    int activate = divisor(commands, "activate_banks", banks, "Banks that one activate opens");
    PimTimings timings = timings(commands);
    commands.finish();
    AllBankSpec compute = mode(level, activate);
    Config registers = config.section("registers", "What a processor holds");
    long input = registers.quantity("input", Dimension.SIZE, "Input held at once");
    if (input < standard.burstBytes() && !registers.isPlaceholder("input")) {
      registers.fault(
          "input", input + " B; allowed is a burst of " + standard.burstBytes() + " B or more");
    }
    int accumulators = (int) registers.integer("accumulators", 1, 1 << 16, "Results held at once");
    int result =
        (int) registers.quantity("result", Dimension.SIZE, "Bytes read out for each result");
    if (result < 1 || result > 4096) {
      registers.fault("result", result + " B; allowed are 1 B to 4096 B");
      result = 1;
    }
    int vectors =
        (int) registers.integer("vectors_per_pass", 1, 4096, 1, "Vectors that a multiply serves");
    registers.finish();
    PimSpec spec =
        new PimSpec(
            name,
            dram,
            place.equals("bank") ? Reach.BANK : Reach.BANK_GROUP,
            compute,
            timings,
            perProcessor,
            Math.max(input, standard.burstBytes()),
            accumulators,
            result,
            vectors,
            formats,
            config.quantity(
                "launch", Dimension.TIME, "0 ns", "What the host needs around a kernel"),
            config.number("multiply_energy", 0, 1e6, "Energy of a product and its addition, pJ"),
            config.has("vector_rate")
                ? config.quantity(
                    "vector_rate",
                    Dimension.FLOP_RATE,
                    "Rate of the logic for softmax and partial results; without it the host does it")
                : 0,
            config.bool(
                "head_pipelining",
                false,
                "Softmax of a head goes on beside the scores of the next one"));
    PimSpec limited = PimPower.limited(spec, config);
    config.finish();
    return limited;
  }

  private int level() {
    ImmutableList<String> names =
        standard.levels().stream()
            .limit(standard.refreshLevel() + 1L)
            .map(Level::name)
            .collect(ImmutableList.toImmutableList());
    String unit = config.oneOf("unit", names, "Level whose nodes hear each command as a whole");
    return Math.max(0, names.indexOf(unit));
  }

  private int divisor(Config section, String key, int banks, String sentence) {
    int value = (int) section.integer(key, 1, MOST_BANKS, sentence);
    if (banks % value != 0) {
      section.fault(key, value + " does not divide the " + banks + " banks of a unit");
      return 1;
    }
    return value;
  }

  private ImmutableList<NumberFormat> formats() {
    ImmutableList.Builder<NumberFormat> formats = ImmutableList.builder();
    for (String text : config.texts("formats", "Formats that it multiplies")) {
      if (!FORMATS.contains(text)) {
        config.fault("formats", "'" + text + "' is not a format (known: " + FORMATS + ")");
        continue;
      }
      NumberFormat format = NumberFormat.valueOf(text.toUpperCase(Locale.ROOT));
      if (format.bytes() > standard.burstBytes()) {
        config.fault("formats", "a number of '" + text + "' is longer than a burst");
      } else {
        formats.add(format);
      }
    }
    ImmutableList<NumberFormat> read = formats.build();
    return read.isEmpty() ? ImmutableList.of(NumberFormat.INT8) : read;
  }

  private PimTimings timings(Config commands) {
    long multiply = atLeastOne(commands, "multiply", "Clocks from multiply to multiply (tCCD_AB)");
    long result = dram.clocks(commands, "result", "Clocks from the last multiply to its result");
    long load = atLeastOne(commands, "load", "Clocks from write to write of input");
    long read = atLeastOne(commands, "read", "Clocks from read to read of results");
    String spacing = "1";
    long activate =
        Math.max(1, dram.clocks(commands, "activate", spacing, "Clocks from activate to activate"));
    int window =
        (int)
            commands.integer(
                "banks_per_window",
                0,
                MOST_BANKS,
                0,
                "Banks that may be activated within tFAW; 0: all");
    boolean row = commands.bool("register_row", false, "Registers lie in a row that must be open");
    return new PimTimings(multiply, result, load, read, activate, window, row);
  }

  private long atLeastOne(Config section, String key, String sentence) {
    long clocks = dram.clocks(section, key, sentence);
    if (clocks < 1) {
      section.fault(key, "0 clocks; at least 1 is needed");
      return 1;
    }
    return clocks;
  }

  private AllBankSpec mode(int level, int activate) {
    Config mode = config.section("mode", "How host and compute share the banks");
    boolean second =
        mode.bool("second_row_buffer", false, "Rows for compute beside those of the host");
    int perClock = standard.bus().ticksPerClock();
    long enter = dram.clocks(mode, "enter", "0", "Clocks to switch into compute mode");
    long exit = dram.clocks(mode, "exit", "0", "Clocks to switch back");
    AllBankPriority priority =
        mode.choice(
            "priority",
            AllBankPriority.FIRST_READY,
            "Who goes first where host and compute want the same buses");
    String usual = Long.toString(AllBankSpec.USUAL_PATIENCE_TICKS);
    long patience =
        dram.clocks(mode, "patience", usual, "Clocks after which the other side goes first once");
    if (patience < 1) {
      mode.fault("patience", "0 clocks; at least 1 is needed");
      patience = 1;
    }
    mode.finish();
    return new AllBankSpec(
        level, activate, second, enter * perClock, exit * perClock, priority, patience * perClock);
  }
}
