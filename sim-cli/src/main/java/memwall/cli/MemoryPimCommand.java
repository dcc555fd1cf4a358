package memwall.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Suggestion;
import memwall.core.unit.Shown;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.HostLoad;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimDevice;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimReader;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmDevice;
import memwall.memory.pnm.PnmSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code memwall memory pim}: a kernel on memory that computes, or beside memory. */
@Command(
    name = "pim",
    description = {
      "Runs a matrix product or decode attention on memory that computes (presets of kind pim) or"
          + " on an engine beside memory (kind pnm), command by command.",
      "Prints time, bandwidth, energy and what the host had to wait, beside the closed form."
    },
    mixinStandardHelpOptions = true)
final class MemoryPimCommand implements Callable<Integer> {
  private static final String PIM = "pim";
  private static final String PNM = "pnm";
  private static final long MOST = 1L << 32;
  private static final long MOST_VECTORS = 1 << 16;
  private static final Pattern AMOUNTS = Pattern.compile("[1-9][0-9]{0,11}(x[1-9][0-9]{0,11})*");

  @Spec private CommandSpec command;

  @Option(
      names = "--device",
      paramLabel = "PRESET",
      required = true,
      description = "The device, a preset of kind pim or pnm.")
  private String device;

  @ArgGroup(multiplicity = "1")
  private Kernel kernel;

  /** Either of two kernels. */
  private static final class Kernel {
    @Option(
        names = "--gemv",
        paramLabel = "ROWSxCOLUMNS[xVECTORS]",
        description = "A matrix times vectors (one unless given).")
    private @Nullable String gemv;

    @Option(
        names = "--attention",
        paramLabel = "SEQUENCESxKV_HEADSxGROUPxHEAD_SIZExCONTEXT",
        description =
            "Attention of one decode token of each sequence; GROUP query heads share a KV head.")
    private @Nullable String attention;
  }

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Format of the numbers: fp16, bf16, fp8, int8, int32 (default: the device's).")
  private @Nullable String format;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "1",
      description = "Equal devices of kind pim that share the work (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--host-load",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Random reads of the host meanwhile, as a share of the data rate (default:"
              + " ${DEFAULT-VALUE}).")
  private double hostLoad;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the host's reads (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and options before anything runs
  MemoryPimCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    String kind = kind(presets);
    List<String> wrong = new ArrayList<>();
    if (devices < 1) {
      wrong.add("--devices: " + devices + "; at least 1 is needed");
    } else if (devices > 1 && kind.equals(PNM)) {
      wrong.add("--devices: only for devices of kind pim; use --set pnm.devices=" + devices);
    }
    if (!(hostLoad >= 0 && hostLoad <= 1)) {
      wrong.add("--host-load: " + hostLoad + "; allowed is 0 to 1");
    }
    if (!wrong.isEmpty()) {
      throw new ConfigException(wrong);
    }
    Faults faults = new Faults();
    String text = kind + ": " + device + "\ncontroller: {}\n";
    Config config = ConfigLoader.fromText("pim", text, options.sets(), presets, faults);
    PimText result = kind.equals(PIM) ? inMemory(config, faults) : nearMemory(config, faults);
    out.print(json ? Json.text(result.json()) + "\n" : result.text());
    out.flush();
    return ExitCode.OK;
  }

  private String kind(Presets presets) {
    List<String> pim = presets.names(PIM);
    List<String> pnm = presets.names(PNM);
    if (pim.contains(device)) {
      return PIM;
    }
    if (pnm.contains(device)) {
      return PNM;
    }
    List<String> known = new ArrayList<>(pim);
    known.addAll(pnm);
    throw new ConfigException(
        List.of(
            "--device: "
                + Shown.quote(device)
                + " is not a preset of kind pim or pnm"
                + Suggestion.of(device, known)
                + " (known: "
                + known
                + ")"));
  }

  private PimText inMemory(Config config, Faults faults) {
    PimSpec spec = PimReader.read(config.preset(PIM, PIM, "The device"));
    ControllerSpec controller = controller(config, faults, spec.dram().standard());
    PimKernel asked = kernel(spec.formats().get(0));
    try {
      PimDevice pim = new PimDevice(spec, controller, devices);
      return PimText.of(spec, devices, asked, pim.run(asked, new HostLoad(hostLoad, seed)));
    } catch (IllegalArgumentException refused) {
      throw refused(refused);
    }
  }

  private PimText nearMemory(Config config, Faults faults) {
    PnmSpec spec = PnmSpec.read(config.preset(PNM, PNM, "The device"));
    ControllerSpec controller = controller(config, faults, spec.dram().standard());
    PimKernel asked = kernel(NumberFormat.FP16);
    try {
      PnmDevice pnm = new PnmDevice(spec, controller);
      return PimText.of(spec, asked, pnm.run(asked, new HostLoad(hostLoad, seed)));
    } catch (IllegalArgumentException refused) {
      throw refused(refused);
    }
  }

  private static ControllerSpec controller(Config config, Faults faults, DramStandard standard) {
    ControllerSpec controller =
        ControllerSpec.read(
            config.section("controller", "How the controller of each channel works"), standard);
    config.finish();
    faults.throwIfAny();
    return controller;
  }

  // What a device refuses is the user's choice of kernel.
  private static ConfigException refused(IllegalArgumentException refused) {
    return new ConfigException(List.of(String.valueOf(refused.getMessage())));
  }

  private PimKernel kernel(NumberFormat usual) {
    NumberFormat chosen = format == null ? usual : format(format);
    if (kernel.gemv != null) {
      List<Long> amounts =
          amounts("--gemv", kernel.gemv, "ROWSxCOLUMNS[xVECTORS]", 2, MOST, MOST, MOST_VECTORS);
      int vectors = amounts.size() == 3 ? amounts.get(2).intValue() : 1;
      return new PimKernel.Gemv(amounts.get(0), amounts.get(1), vectors, chosen);
    }
    List<Long> amounts =
        amounts(
            "--attention",
            String.valueOf(kernel.attention),
            "SEQUENCESxKV_HEADSxGROUPxHEAD_SIZExCONTEXT",
            5,
            MOST_VECTORS,
            MOST_VECTORS,
            MOST_VECTORS,
            MOST_VECTORS,
            MOST);
    return new PimKernel.Attention(
        amounts.get(0).intValue(),
        amounts.get(1).intValue(),
        amounts.get(2).intValue(),
        amounts.get(3).intValue(),
        amounts.get(4),
        chosen);
  }

  /** Whole numbers with 'x' between them, at least so many, each at most what is given for it. */
  private static List<Long> amounts(
      String option, String text, String form, int least, long... most) {
    String expected = " is not " + form + ", whole numbers above 0";
    if (!AMOUNTS.matcher(text).matches()) {
      throw new ConfigException(List.of(option + ": " + Shown.quote(text) + expected));
    }
    List<Long> amounts = Arrays.stream(text.split("x", -1)).map(Long::parseLong).toList();
    if (amounts.size() < least || amounts.size() > most.length) {
      throw new ConfigException(List.of(option + ": " + Shown.quote(text) + expected));
    }
    for (int i = 0; i < amounts.size(); i++) {
      if (amounts.get(i) > most[i]) {
        throw new ConfigException(
            List.of(option + ": " + amounts.get(i) + "; allowed are 1 to " + most[i]));
      }
    }
    return amounts;
  }

  private static NumberFormat format(String name) {
    for (NumberFormat format : NumberFormat.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    throw new ConfigException(
        List.of(
            "--format: "
                + Shown.quote(name)
                + " is not a format (known: [fp16, bf16, fp8, int8, int32])"));
  }
}
