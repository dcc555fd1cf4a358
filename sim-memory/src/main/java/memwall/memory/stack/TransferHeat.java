package memwall.memory.stack;

/** The heat of what passed the wires of a stack. */
public final class TransferHeat implements HeatSource {
  private final StackSpec spec;
  private final TsvChannels wires;
  private final boolean array;
  private final double[] layerTotals;

  /**
   * The heat of all transfers of these wires.
   *
   * @param array whether the energy in the memory arrays is included; false for a device that
   *     counts it by command
   */
  public TransferHeat(StackSpec spec, TsvChannels wires, boolean array) {
    this.spec = spec;
    this.wires = wires;
    this.array = array;
    this.layerTotals = new double[spec.memoryLayers()];
  }

  @Override
  public void addJoules(double[] joules) {
    for (int layer = 0; layer < layerTotals.length; layer++) {
      layerTotals[layer] = wires.movedBytes(layer);
    }
    spec.energy().addTransferJoules(layerTotals, array, joules);
  }
}
