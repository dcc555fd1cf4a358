package memwall.memory.dram.bank;

import java.util.Arrays;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramActivity;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.dram.standard.Level;
import memwall.memory.stack.StackEnergy;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;

/**
 * Where the energy of a DRAM device becomes heat in its stack: rows, cells, data path, refresh and
 * standby in the memory layers, all alike or those of its rank; the way through the stack by layers
 * crossed, in the proportion that the stack states; PHY and I/O in the logic die.
 */
final class BankHeat {
  private static final double JOULES_PER_PJ = 1e-12;
  private static final double SECONDS_PER_FEMTO = 1e-15;

  private final StackSpec spec;
  private final DramDevice device;

  /** Power of standby and of refresh at the normal rate, of all layers together. */
  private final double standbyWatts;

  private final double refreshWatts;

  /** Ranks that are layers of their own, from the logic die on; 1 where they are not. */
  private final int ranks;

  /** Heat by node of a joule on the way through the stack, from and to all layers, or a rank's. */
  private final double[] wayShares;

  private final double[][] rankWayShares;

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
    int itsRanks = ranks(device.standard());
    ranks = layers % itsRanks == 0 ? itsRanks : 1;
    wayShares = wayShares(0, layers);
    rankWayShares = new double[ranks][];
    for (int rank = 0; rank < ranks; rank++) {
      rankWayShares[rank] = wayShares(rank * layers / ranks, (rank + 1) * layers / ranks);
    }
  }

  /** Of traffic that is spread evenly over some layers. */
  private double[] wayShares(int fromLayer, int toLayer) {
    StackEnergy energy = spec.energy();
    double[] shares = new double[spec.lidNode() + 1];
    double crossings = (fromLayer + 1 + toLayer) / 2.0;
    double way = energy.wirePjPerBit() + crossings * energy.perLayerPjPerBit();
    for (int layer = 0; layer < toLayer; layer++) {
      // This much of it comes from this layer or farther away.
      double crossing = (double) (toLayer - Math.max(layer, fromLayer)) / (toLayer - fromLayer);
      shares[layer] = way > 0 ? energy.perLayerPjPerBit() * crossing / way : 0;
    }
    shares[spec.logicNode()] = way > 0 ? energy.wirePjPerBit() / way : 1;
    return shares;
  }

  /**
   * Ranks of a channel, if they are what refreshes of all banks cover. Those of an HBM stack (SID)
   * are not: a pseudo-channel is refreshed with the banks of all its SIDs.
   */
  private static int ranks(DramStandard standard) {
    Level level = standard.levels().get(standard.refreshLevel());
    boolean isOwn = level.name().equals("rank") && scopes(standard) == level.count();
    return isOwn ? level.count() : 1;
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

  /** How many ranks have layers of their own; 1 if commands heat all layers alike. */
  int ranks() {
    return ranks;
  }

  /**
   * Adds the heat of what a rank did, beside what is stated as idle power, in its layers.
   *
   * @param idleJoules stated for it so far
   */
  void addJoules(int rank, DramActivity activity, double idleJoules, double[] joules) {
    int layers = spec.memoryLayers();
    add(
        device.energy().of(activity),
        idleJoules,
        rank * layers / ranks,
        (rank + 1) * layers / ranks,
        rankWayShares[rank],
        joules);
  }

  /**
   * Adds the heat of what all did, beside what is stated as idle power.
   *
   * @param idleJoules stated so far, of all layers together
   */
  void addJoules(DramActivity activity, double idleJoules, double[] joules) {
    addJoules(device.energy().of(activity), idleJoules, joules);
  }

  /** Adds heat by what it was spent on; see above. */
  void addJoules(EnergyBreakdown parts, double idleJoules, double[] joules) {
    add(parts, idleJoules, 0, spec.memoryLayers(), wayShares, joules);
  }

  private void add(
      EnergyBreakdown parts,
      double idleJoules,
      int fromLayer,
      int toLayer,
      double[] itsWayShares,
      double[] joules) {
    double memory =
        (parts.activatePj()
                    + parts.cellPj()
                    + parts.datapathPj()
                    + parts.refreshPj()
                    + parts.backgroundPj())
                * JOULES_PER_PJ
            - idleJoules;
    double way = parts.tsvPj() * JOULES_PER_PJ;
    for (int layer = fromLayer; layer < toLayer; layer++) {
      joules[layer] += memory / (toLayer - fromLayer);
    }
    for (int layer = 0; layer < toLayer; layer++) {
      joules[layer] += way * itsWayShares[layer];
    }
    joules[spec.logicNode()] += way * itsWayShares[spec.logicNode()] + parts.ioPj() * JOULES_PER_PJ;
  }
}
