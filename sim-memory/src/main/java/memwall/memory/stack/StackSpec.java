package memwall.memory.stack;

import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * A 3D stack: memory layers and a logic die, the wires between them, what moves cost, how heat
 * leaves, and what is done when it does not. Preset kind {@code stack}.
 *
 * <p>Memory layers are counted from the logic die: layer 0 is its neighbour, wherever the logic die
 * is. In the stack's {@link #network} the memory layers are nodes 0, 1, ..., then follow the logic
 * die ({@link #logicNode}) and the lid ({@link #lidNode}).
 *
 * @param memoryLayers 1 to 64; a layer is a die, or a tier of a monolithic die
 * @param logicPosition below or above the memory layers
 * @param memoryDie one memory layer
 * @param logicDie the logic die
 * @param bond what lies between two memory layers
 * @param logicBond what lies between layer 0 and the logic die
 * @param tsv the vertical wires
 * @param energy what moves and idles cost
 * @param cooling how heat leaves
 * @param policy what is done about temperature
 */
public record StackSpec(
    int memoryLayers,
    LogicPosition logicPosition,
    DieSpec memoryDie,
    DieSpec logicDie,
    DieSpec bond,
    DieSpec logicBond,
    TsvSpec tsv,
    StackEnergy energy,
    CoolingSpec cooling,
    ThermalPolicy policy) {
  /** Kind of preset. */
  public static final String KIND = "stack";

  /** 0 degrees Celsius in kelvin. */
  public static final double ZERO_CELSIUS_KELVIN = 273.15;

  /** DRAM at and above this temperature is refreshed twice as often (JEDEC). */
  static final double REFRESH_DOUBLES_CELSIUS = 85;

  private static final int MAX_LAYERS = 64;

  /** Silicon: 50 um of 121 mm2 are 0.0028 K/W, hence 148 W/(m K). */
  private static final double SILICON_WATTS_PER_METRE_KELVIN = 148;

  /** Silicon: 2.33 g/cm3 times 0.70 J/(g K). */
  private static final double SILICON_JOULES_PER_CM3_KELVIN = 1.63;

  /** Bonding film: 1.5 to 2 W/(m K). */
  private static final double BOND_WATTS_PER_METRE_KELVIN = 1.65;

  /** Checks that the parts fit each other. */
  public StackSpec {
    if (memoryLayers < 1 || memoryLayers > MAX_LAYERS) {
      throw new IllegalArgumentException(memoryLayers + " memory layers");
    }
    if (tsv.rowAccessPs().size() != memoryLayers) {
      throw new IllegalArgumentException(
          "latencies of " + tsv.rowAccessPs().size() + " layers for " + memoryLayers);
    }
    if (!(memoryDie.joulesPerKelvin() > 0 && logicDie.joulesPerKelvin() > 0)) {
      throw new IllegalArgumentException("dies store heat");
    }
  }

  /**
   * Reads the keys of a preset.
   *
   * @param config a preset of kind {@link #KIND}; every fault is recorded there
   */
  public static StackSpec read(Config config) {
    int layers =
        (int) config.integer("memory_layers", 1, MAX_LAYERS, "Memory layers, without the logic");
    LogicPosition position =
        config.choice("logic_position", LogicPosition.class, "Logic die below or above the memory");
    double area =
        Ranges.quantity(config, "area", Dimension.AREA, 0.01, 100_000, "Area of each die");
    DieSpec memory = die(config, "memory_die", "One memory layer", area);
    DieSpec logic = die(config, "logic_die", "The logic die", area);
    DieSpec bond = bond(config.section("bond", "What lies between two memory layers"), area);
    DieSpec logicBond =
        config
            .optionalSection("logic_bond", "What lies between memory and logic; else as 'bond'")
            .map(section -> bond(section, area))
            .orElse(bond);
    TsvSpec tsv = TsvSpec.read(config.section("tsv", "The vertical wires"), layers, area);
    StackEnergy energy = StackEnergy.read(config.section("energy", "What moves and idles cost"));
    Config coolingSection = config.section("cooling", "How heat leaves the stack");
    CoolingSpec cooling = CoolingSpec.read(coolingSection);
    ThermalPolicy policy =
        ThermalPolicy.read(
            config.section("limits", "What is done about temperature"), cooling.coolantCelsius());
    StackSpec spec =
        new StackSpec(
            layers, position, memory, logic, bond, logicBond, tsv, energy, cooling, policy);
    spec.checkIdle(coolingSection);
    config.finish();
    return spec;
  }

  private static DieSpec die(Config config, String key, String sentence, double area) {
    Config section = config.section(key, sentence);
    DieSpec die =
        DieSpec.read(section, area, SILICON_WATTS_PER_METRE_KELVIN, SILICON_JOULES_PER_CM3_KELVIN);
    section.finish();
    return die;
  }

  private static DieSpec bond(Config section, double area) {
    DieSpec bond = DieSpec.read(section, area, BOND_WATTS_PER_METRE_KELVIN, 0);
    section.finish();
    return bond;
  }

  private void checkIdle(Config coolingSection) {
    idleFault().ifPresent(fault -> coolingSection.fault("coolant", fault));
  }

  /**
   * A stack that is too hot when nothing moves, at the lowest level, cannot work at all.
   *
   * @return what is wrong with it; empty if it can
   */
  public Optional<String> idleFault() {
    double[] watts =
        idleWatts(
            policy.refreshFactorAt(policy.memoryCelsius()),
            policy.step(policy.steps().size()).powerShare());
    ThermalNetwork network = network();
    for (int node = 0; node <= logicNode(); node++) {
      double celsius = cooling.coolantCelsius() + network.steadyRiseKelvin(node, watts);
      if (celsius >= limitCelsius(node)) {
        return Optional.of(
            "idle already, "
                + network.name(node)
                + " gets to "
                + celsius
                + " C; its limit is "
                + limitCelsius(node)
                + " C");
      }
    }
    return Optional.empty();
  }

  /** The same stack where moving and idling cost something else. */
  public StackSpec with(StackEnergy itsEnergy) {
    return new StackSpec(
        memoryLayers,
        logicPosition,
        memoryDie,
        logicDie,
        bond,
        logicBond,
        tsv,
        itsEnergy,
        cooling,
        policy);
  }

  /** Node of the logic die in {@link #network}. */
  public int logicNode() {
    return memoryLayers;
  }

  /** Node of the lid in {@link #network}. */
  public int lidNode() {
    return memoryLayers + 1;
  }

  /** Limit of a memory layer or the logic die. */
  public double limitCelsius(int node) {
    return node == logicNode() ? policy.logicCelsius() : policy.memoryCelsius();
  }

  /**
   * Power of every node of the network when nothing moves.
   *
   * @param refreshFactor refresh rate in multiples of the normal one
   * @param logicPowerShare share of the logic die's power
   */
  public double[] idleWatts(int refreshFactor, double logicPowerShare) {
    double[] watts = new double[lidNode() + 1];
    addIdleWatts(refreshFactor, logicPowerShare, watts);
    return watts;
  }

  /** Adds the power of every node when nothing moves; see {@link #idleWatts}. */
  void addIdleWatts(int refreshFactor, double logicPowerShare, double[] watts) {
    for (int layer = 0; layer < memoryLayers; layer++) {
      watts[layer] += energy.backgroundWatts() + refreshFactor * energy.refreshWatts();
    }
    watts[logicNode()] += energy.logicWatts() * logicPowerShare;
  }

  /**
   * The thermal network: a node in the middle of each die, half a die's resistance to each side of
   * it, the bonds between, then the lid; a path to the board from the bottom die if there is one.
   */
  public ThermalNetwork network() {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    for (int layer = 0; layer < memoryLayers; layer++) {
      builder.node("layer" + layer, memoryDie.joulesPerKelvin());
    }
    int logic = builder.node("logic", logicDie.joulesPerKelvin());
    int lid = builder.node("lid", cooling.lidJoulesPerKelvin());
    double halfMemory = memoryDie.kelvinPerWatt() / 2;
    double halfLogic = logicDie.kelvinPerWatt() / 2;
    builder.resistance(0, logic, halfMemory + logicBond.kelvinPerWatt() + halfLogic);
    for (int layer = 1; layer < memoryLayers; layer++) {
      builder.resistance(layer - 1, layer, memoryDie.kelvinPerWatt() + bond.kelvinPerWatt());
    }
    boolean logicOnTop = logicPosition == LogicPosition.ABOVE;
    int far = memoryLayers - 1;
    builder.resistance(
        logicOnTop ? logic : far,
        lid,
        (logicOnTop ? halfLogic : halfMemory) + cooling.lidKelvinPerWatt());
    builder.resistanceOut(lid, cooling.sinkKelvinPerWatt());
    if (!Double.isInfinite(cooling.boardKelvinPerWatt())) {
      builder.resistanceOut(
          logicOnTop ? far : logic,
          (logicOnTop ? halfMemory : halfLogic) + cooling.boardKelvinPerWatt());
    }
    return builder.build();
  }

  /** Coolant and board, absolute. */
  public double coolantKelvin() {
    return cooling.coolantCelsius() + ZERO_CELSIUS_KELVIN;
  }
}
