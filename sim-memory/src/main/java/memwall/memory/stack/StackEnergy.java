package memwall.memory.stack;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What moves and idles cost, by the place where it becomes heat. A bit from memory layer {@code l}
 * costs {@code array} there, {@code perLayer} in each of the {@code l + 1} layers whose lower face
 * it crosses, its own included, and {@code wire + interfaces} in the logic die.
 *
 * @param arrayPjPerBit in the memory layer: cells, column and bank-group multiplexers
 * @param wirePjPerBit driving and receiving a vertical wire, independent of its length
 * @param perLayerPjPerBit for each layer boundary crossed
 * @param interfacePjPerBit in the logic die: PHY and I/O towards the processor
 * @param backgroundWatts of one memory layer, always
 * @param refreshWatts of one memory layer at the normal refresh rate
 * @param logicWatts of the logic die when nothing is moved, at full clock and voltage
 * @param computeWatts of engines on the logic die while they compute, at full clock and voltage;
 *     not part of the idle power, but work that a device states
 */
public record StackEnergy(
    double arrayPjPerBit,
    double wirePjPerBit,
    double perLayerPjPerBit,
    double interfacePjPerBit,
    double backgroundWatts,
    double refreshWatts,
    double logicWatts,
    double computeWatts) {
  private static final double JOULES_PER_BYTE = 8e-12; // at 1 pJ/bit

  /** Checks the ranges. */
  public StackEnergy {
    if (!(arrayPjPerBit >= 0
        && wirePjPerBit >= 0
        && perLayerPjPerBit >= 0
        && interfacePjPerBit >= 0
        && backgroundWatts >= 0
        && refreshWatts >= 0
        && logicWatts >= 0
        && computeWatts >= 0)) {
      throw new IllegalArgumentException("energies and powers are 0 or more");
    }
  }

  static StackEnergy read(Config config) {
    StackEnergy spec =
        new StackEnergy(
            config.reportQuantity(
                "array", Dimension.ENERGY_PER_BIT, "Energy per bit in its memory layer"),
            config.reportQuantity(
                "wire", Dimension.ENERGY_PER_BIT, "Energy per bit of a vertical wire's ends"),
            config.reportQuantity(
                "per_layer", Dimension.ENERGY_PER_BIT, "Energy per bit and layer crossed"),
            config.reportQuantity(
                "interface", Dimension.ENERGY_PER_BIT, "Energy per bit of the logic die's I/O"),
            config.reportQuantity(
                "background", Dimension.POWER, "0 W", "Standing power of one memory layer"),
            config.reportQuantity(
                "refresh", Dimension.POWER, "0 W", "Refresh power of one layer, normal rate"),
            config.reportQuantity(
                "logic", Dimension.POWER, "0 W", "Power of the logic die when nothing moves"),
            config.reportQuantity(
                "compute", Dimension.POWER, "0 W", "Power of the logic die's busy engines"));
    config.finish();
    return spec;
  }

  /** Energy of a bit from a memory layer to the processor. */
  public double pjPerBit(int layer) {
    return arrayPjPerBit + wirePjPerBit + (layer + 1) * perLayerPjPerBit + interfacePjPerBit;
  }

  /** The same with everything that is moved costing so many times as much. */
  public StackEnergy scaled(double factor) {
    return new StackEnergy(
        arrayPjPerBit * factor,
        wirePjPerBit * factor,
        perLayerPjPerBit * factor,
        interfacePjPerBit * factor,
        backgroundWatts,
        refreshWatts,
        logicWatts,
        computeWatts);
  }

  /** Energy of a bit from a memory layer to the processor, on average over so many layers. */
  public double meanPjPerBit(int layers) {
    return arrayPjPerBit + wayPjPerBit(layers) + interfacePjPerBit;
  }

  /** Energy of a bit between logic die and memory layers, on average over so many layers. */
  public double wayPjPerBit(int layers) {
    return wirePjPerBit + (layers + 1) / 2.0 * perLayerPjPerBit;
  }

  /**
   * Adds the heat of transfers to the nodes of a stack's thermal network (memory layers from 0 on,
   * then the logic die).
   *
   * @param layerBytes bytes moved from or to each memory layer
   * @param array whether the energy in the memory arrays is included; not so for a device that
   *     counts it by command
   * @param joules what is added to
   */
  public void addTransferJoules(double[] layerBytes, boolean array, double[] joules) {
    double passing = 0;
    for (int layer = layerBytes.length - 1; layer >= 0; layer--) {
      passing += layerBytes[layer];
      double inArray = array ? arrayPjPerBit * layerBytes[layer] : 0;
      joules[layer] += JOULES_PER_BYTE * (inArray + perLayerPjPerBit * passing);
    }
    joules[layerBytes.length] += JOULES_PER_BYTE * (wirePjPerBit + interfacePjPerBit) * passing;
  }
}
