package memwall.memory.flash.heat;

import java.util.List;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.stack.StackEnergy;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.ThermalPolicy;
import memwall.memory.stack.ThrottleStep;

/**
 * The stack that a flash device is built as, and what it does about its temperature: the four
 * states of OCP HBF 0.7, 9.2. Section {@code thermal} of a preset.
 *
 * <ul>
 *   <li>Normal, until a die reaches {@link #lightCelsius} (LTT).
 *   <li>Light throttling: fewer planes are active; left again once all dies are below {@link
 *       #releaseCelsius} (RTT).
 *   <li>Severe throttling, from {@link #severeCelsius} (STT) on: no operation begins, unless {@link
 *       #severeShare} allows some. The specification does not say when it ends; here once all dies
 *       are below the threshold of light throttling.
 *   <li>Shutdown, for good.
 * </ul>
 *
 * @param stack its layers and how heat leaves; its own energies and limits are left aside
 * @param releaseCelsius RTT
 * @param lightCelsius LTT, above the former
 * @param severeCelsius STT, above the former
 * @param shutdownCelsius above the former
 * @param lightShare of the planes that full bandwidth needs, above 0 to 1: so many may be active
 * @param severeShare likewise, 0 to the former
 * @param windowPs how often counted energy becomes power, 1 ps to an hour
 */
public record FlashThermal(
    StackSpec stack,
    double releaseCelsius,
    double lightCelsius,
    double severeCelsius,
    double shutdownCelsius,
    double lightShare,
    double severeShare,
    long windowPs) {
  private static final double BITS_PER_BYTE = 8;

  /** Checks the ranges. */
  public FlashThermal {
    if (!(releaseCelsius < lightCelsius
        && lightCelsius < severeCelsius
        && severeCelsius < shutdownCelsius)) {
      throw new IllegalArgumentException(
          "temperatures of release, light, severe and shutdown must ascend");
    }
    if (!(lightShare > 0 && lightShare <= 1 && severeShare >= 0 && severeShare <= lightShare)) {
      throw new IllegalArgumentException(
          "shares of " + lightShare + " and " + severeShare + " of the planes");
    }
    if (windowPs < 1) {
      throw new IllegalArgumentException("a window of " + windowPs + " ps");
    }
  }

  /**
   * Reads the keys of section {@code thermal}; faults are recorded there, all in one pass.
   *
   * @param config the section
   */
  public static FlashThermal read(Config config) {
    return ThermalReader.read(config);
  }

  /** The same with other temperatures of release and light throttling. */
  FlashThermal withLight(double itsReleaseCelsius, double itsLightCelsius) {
    return new FlashThermal(
        stack,
        itsReleaseCelsius,
        itsLightCelsius,
        severeCelsius,
        shutdownCelsius,
        lightShare,
        severeShare,
        windowPs);
  }

  /**
   * Why a device cannot be built as this stack; empty if it can.
   *
   * @param energy of the device
   */
  public Optional<String> fault(FlashEnergy energy, FlashGeometry geometry) {
    if (geometry.dies() % stack.memoryLayers() != 0) {
      return Optional.of(
          geometry.dies()
              + " dies do not divide into "
              + stack.memoryLayers()
              + " layers of the stack");
    }
    StackSpec spec = spec(energy, geometry);
    double[] watts = spec.idleWatts(1, 1);
    for (int node = 0; node <= spec.logicNode(); node++) {
      double celsius =
          spec.cooling().coolantCelsius() + spec.network().steadyRiseKelvin(node, watts);
      if (celsius >= releaseCelsius) {
        return Optional.of(
            "idle already, "
                + spec.network().name(node)
                + " gets to "
                + celsius
                + " C; throttling would never end, which needs less than "
                + releaseCelsius
                + " C");
      }
    }
    return Optional.empty();
  }

  /**
   * The stack with the device's energies and these states. Lanes heat the layers and the base die
   * as the stack's own wires do, idling as it does in the stack; without any all of it is in the
   * base die.
   */
  StackSpec spec(FlashEnergy energy, FlashGeometry geometry) {
    StackEnergy given = stack.energy();
    int layers = stack.memoryLayers();
    double way = given.wayPjPerBit(layers);
    double idle = given.backgroundWatts() * layers + given.logicWatts();
    StackEnergy its =
        new StackEnergy(
            energy.sensePj() / (BITS_PER_BYTE * geometry.pageBytes()),
            way > 0 ? energy.lanePjPerBit() * (given.wirePjPerBit() / way) : energy.lanePjPerBit(),
            way > 0 ? energy.lanePjPerBit() * (given.perLayerPjPerBit() / way) : 0,
            energy.eccPjPerBit() + energy.linkPjPerBit(),
            idle > 0 ? energy.idleWatts() * (given.backgroundWatts() / idle) : 0,
            0,
            idle > 0 ? energy.idleWatts() * (given.logicWatts() / idle) : energy.idleWatts(),
            0);
    ThermalPolicy policy =
        new ThermalPolicy(
            lightCelsius,
            lightCelsius,
            shutdownCelsius,
            lightCelsius - releaseCelsius,
            List.of(),
            List.of(
                new ThrottleStep(lightShare, 1, 1, lightCelsius, releaseCelsius),
                new ThrottleStep(severeShare, 1, 1, severeCelsius, lightCelsius)),
            1,
            windowPs);
    return new StackSpec(
        layers,
        stack.logicPosition(),
        stack.memoryDie(),
        stack.logicDie(),
        stack.bond(),
        stack.logicBond(),
        stack.tsv(),
        its,
        stack.cooling(),
        policy);
  }
}
