package memwall.memory.dram.bank;

import java.util.Arrays;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramActivity;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.stack.StackEnergy;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;

/**
 * Where the energy of a DRAM device becomes heat in its stack: rows, cells, data path, refresh and
 * standby in the memory layers, all alike; the way through the stack by layers crossed, in the
 * proportion that the stack states; PHY and I/O in the logic die.
 */
final class BankHeat {
  private static final double JOULES_PER_PJ = 1e-12;
  private static final double SECONDS_PER_FEMTO = 1e-15;

  private final StackSpec spec;
  private final DramDevice device;

  /** Power of standby and of refresh at the normal rate, of all layers together. */
  private final double standbyWatts;

  private final double refreshWatts;

  /** Heat by node of a joule on the way through the stack. */
  private final double[] wayShares;

  /**
   * The heat of a device.
   *
   * @param stated the stack as its maker states it
   */
  BankHeat(StackSpec stated, DramDevice device, ControllerSpec controller) {
    this.device = device;
    spec = stated.with(energy(stated, device, controller));
    int layers = spec.memoryLayers();
    standbyWatts = spec.energy().backgroundWatts() * layers;
    refreshWatts = spec.energy().refreshWatts() * layers;
    wayShares = new double[spec.lidNode() + 1];
    StackEnergy energy = spec.energy();
    double way = energy.wayPjPerBit(layers);
    for (int layer = 0; layer < layers; layer++) {
      // Of the traffic, spread evenly, this much comes from this layer or farther away.
      double crossing = (double) (layers - layer) / layers;
      wayShares[layer] = way > 0 ? energy.perLayerPjPerBit() * crossing / way : 0;
    }
    wayShares[spec.logicNode()] = way > 0 ? energy.wirePjPerBit() / way : 1;
  }

  /** What a device costs, in the terms of a stack. */
  private static StackEnergy energy(
      StackSpec stated, DramDevice device, ControllerSpec controller) {
    DramEnergy energy = device.energy();
    DramStandard standard = device.standard();
    DramEnergy.Way read = energy.read();
    StackEnergy given = stated.energy();
    int layers = stated.memoryLayers();
    double way = given.wayPjPerBit(layers);
    double scale = way > 0 ? read.tsvPjPerBit() / way : 0;
    double perScope = (double) scopes(standard) * device.channels() / layers;
    double intervalSeconds =
        (double) standard.refreshTicks() * standard.tickFemtos() * SECONDS_PER_FEMTO;
    boolean refreshes = controller.refresh() != RefreshPolicy.NONE;
    return new StackEnergy(
        energy.activatePj() / ((double) standard.bursts() * energy.burstBits())
            + read.cellPjPerBit()
            + read.groupPjPerBit()
            + read.globalPjPerBit(),
        way > 0 ? given.wirePjPerBit() * scale : read.tsvPjPerBit(),
        given.perLayerPjPerBit() * scale,
        read.ioPjPerBit(),
        energy.prechargedWatts() * perScope,
        refreshes ? energy.refreshPj() * JOULES_PER_PJ / intervalSeconds * perScope : 0,
        given.logicWatts(),
        given.computeWatts());
  }

  /** Ranks or pseudo-channels of a channel. */
  private static int scopes(DramStandard standard) {
    int scopes = 1;
    for (int level = 0; level <= standard.refreshLevel(); level++) {
      scopes *= standard.levels().get(level).count();
    }
    return scopes;
  }

  /** The stack with what the device's commands cost; idle power is that of closed rows. */
  StackSpec spec() {
    return spec;
  }

  /** Power of each node, above the idle one, while rows are open. */
  double[] openRowWatts() {
    double[] watts = new double[spec.lidNode() + 1];
    DramEnergy energy = device.energy();
    double more =
        (energy.activeWatts() - energy.prechargedWatts())
            * scopes(device.standard())
            * device.channels();
    Arrays.fill(watts, 0, spec.memoryLayers(), more / spec.memoryLayers());
    return watts;
  }

  /**
   * What heat allows for ever.
   *
   * @param bytesPerSec rate at which rows are always open; in proportion below it
   */
  SustainedBandwidth sustained(long bytesPerSec) {
    double openPjPerBit = 0;
    for (double watts : openRowWatts()) {
      openPjPerBit += watts / bytesPerSec / 8 / JOULES_PER_PJ;
    }
    StackEnergy energy = spec.energy();
    StackSpec moving =
        spec.with(
            new StackEnergy(
                energy.arrayPjPerBit() + openPjPerBit,
                energy.wirePjPerBit(),
                energy.perLayerPjPerBit(),
                energy.interfacePjPerBit(),
                energy.backgroundWatts(),
                energy.refreshWatts(),
                energy.logicWatts(),
                energy.computeWatts()));
    return SustainedBandwidth.of(moving, 0);
  }

  /** Power of standby and refresh of all layers together, as it is stated as idle power. */
  double idleWatts(int refreshFactor) {
    return standbyWatts + refreshFactor * refreshWatts;
  }

  /** Adds heat that is spread evenly over the memory layers. */
  void addInLayers(double itsJoules, double[] joules) {
    int layers = spec.memoryLayers();
    for (int layer = 0; layer < layers; layer++) {
      joules[layer] += itsJoules / layers;
    }
  }

  /** Adds heat of the logic die. */
  void addInLogic(double itsJoules, double[] joules) {
    joules[spec.logicNode()] += itsJoules;
  }

  /**
   * Adds the heat of an activity, beside what is stated as idle power.
   *
   * @param idleJoules stated so far, of all layers together
   */
  void addJoules(DramActivity activity, double idleJoules, double[] joules) {
    addJoules(device.energy().of(activity), idleJoules, joules);
  }

  /** Adds heat by what it was spent on; see above. */
  void addJoules(EnergyBreakdown parts, double idleJoules, double[] joules) {
    double memory =
        (parts.activatePj()
                    + parts.cellPj()
                    + parts.datapathPj()
                    + parts.refreshPj()
                    + parts.backgroundPj())
                * JOULES_PER_PJ
            - idleJoules;
    double way = parts.tsvPj() * JOULES_PER_PJ;
    addInLayers(memory, joules);
    for (int layer = 0; layer < spec.memoryLayers(); layer++) {
      joules[layer] += way * wayShares[layer];
    }
    joules[spec.logicNode()] += way * wayShares[spec.logicNode()] + parts.ioPj() * JOULES_PER_PJ;
  }
}
