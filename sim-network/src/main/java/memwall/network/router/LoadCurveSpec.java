package memwall.network.router;

import java.util.List;
import memwall.core.config.Config;

/**
 * A network under synthetic traffic at several loads.
 *
 * @param fabric the network
 * @param load the traffic
 * @param offeredFlits loads, flits per node and cycle, each above 0
 * @param toleranceFlits how closely the load is searched for at which the network saturates, flits
 *     per node and cycle; 0 for not at all
 */
public record LoadCurveSpec(
    FabricSpec fabric, LoadSpec load, List<Double> offeredFlits, double toleranceFlits) {
  /** Finest search. */
  public static final double LEAST_TOLERANCE = 1e-4;

  private static final long MOST_CYCLES = 1L << 40;

  /** Checks the loads. */
  public LoadCurveSpec {
    offeredFlits = List.copyOf(offeredFlits);
    if (toleranceFlits != 0 && !(toleranceFlits >= LEAST_TOLERANCE && toleranceFlits <= 1)) {
      throw new IllegalArgumentException(
          "a search to " + toleranceFlits + " flits per node and cycle");
    }
    for (double offered : offeredFlits) {
      if (!(offered > 0 && offered <= load.packetFlits())) {
        throw new IllegalArgumentException("a load of " + offered + " flits per node and cycle");
      }
    }
  }

  /** Reads {@code fabric} and {@code load}; faults are recorded there. */
  public static LoadCurveSpec read(Config config) {
    FabricSpec fabric =
        FabricSpec.read(config.preset("fabric", FabricSpec.KIND, "The network that is loaded"));
    Config load = config.section("load", "The traffic");
    TrafficPattern pattern = load.choice("pattern", TrafficPattern.UNIFORM, "Who sends to whom");
    String misfit = fabric.misfit(pattern);
    if (misfit != null && !config.isPlaceholder("fabric")) {
      load.fault("pattern", misfit);
    }
    double hotShare = 0;
    if (pattern == TrafficPattern.HOTSPOT) {
      hotShare = load.number("hot_share", 0, 1, "Share of the packets that go to node 0");
    }
    int packetFlits =
        (int)
            load.integer(
                "packet_flits", 1, LoadSpec.MAX_PACKET_FLITS, 4, "Length of a packet in flits");
    LoadSpec spec =
        new LoadSpec(
            pattern,
            hotShare,
            packetFlits,
            cycles(load, "warmup_cycles", 0, 5_000, "Cycles before measuring"),
            cycles(load, "sample_cycles", 1, 20_000, "Cycles whose packets are measured"),
            cycles(load, "drain_cycles", 0, 50_000, "Most cycles until they have arrived"),
            load.integer("seed", 0, Long.MAX_VALUE, 1, "Seed of all that is drawn"));
    List<Double> offered =
        load.numbers("offered", 1e-9, packetFlits, "Loads, flits per node and cycle");
    if (offered.isEmpty() && !load.isPlaceholder("offered")) {
      load.fault("offered", "needs at least one load");
    }
    double tolerance =
        load.optionalSection("saturation", "The search for the load that saturates the network")
            .map(LoadCurveSpec::readTolerance)
            .orElse(0.0);
    LoadCurveSpec curve =
        new LoadCurveSpec(fabric, misfit == null ? spec : withUniform(spec), offered, tolerance);
    config.finishAll();
    return curve;
  }

  private static double readTolerance(Config part) {
    double tolerance =
        part.number("tolerance", LEAST_TOLERANCE, 1, 0.01, "How closely, flits per node and cycle");
    part.finish();
    return tolerance;
  }

  private static long cycles(Config load, String key, long least, long standard, String sentence) {
    return load.integer(key, least, MOST_CYCLES, standard, sentence);
  }

  private static LoadSpec withUniform(LoadSpec spec) {
    return new LoadSpec(
        TrafficPattern.UNIFORM,
        0,
        spec.packetFlits(),
        spec.warmupCycles(),
        spec.sampleCycles(),
        spec.drainCycles(),
        spec.seed());
  }
}
