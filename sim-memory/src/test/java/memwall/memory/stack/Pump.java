package memwall.memory.stack;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;

/** A device that keeps the wires of one stack busy, throttled by its governor. */
final class Pump implements HeatSource {
  final Simulation simulation;
  final Stats stats = new Stats();
  final StackSpec spec;
  final ThermalGovernor governor;
  private final Server[] groups;
  private final double[] layerBytes;
  private final long bytes;
  private long left;
  int changes;

  Pump(Simulation simulation, StackSpec spec, long bytes) {
    this.simulation = simulation;
    this.spec = spec;
    this.bytes = bytes;
    layerBytes = new double[spec.memoryLayers()];
    groups = new Server[spec.tsv().laneGroups()];
    for (int group = 0; group < groups.length; group++) {
      groups[group] =
          new Server(simulation, stats.child("wires" + group), spec.tsv().groupBytesPerSec());
    }
    governor =
        new ThermalGovernor(
            simulation,
            stats.child("heat"),
            spec,
            List.of(this),
            new ThermalGovernor.Listener() {
              @Override
              public void changed(ThermalState state, long atPs) {
                changes++;
                for (Server group : groups) {
                  group.setSpeed(state.bandwidthShare());
                }
              }
            });
  }

  /** Moves so many transfers, two per layer at a time. */
  void start(long transfers) {
    left = transfers;
    governor.resume();
    for (int i = 0; i < 2 * spec.memoryLayers() && left > 0; i++) {
      next(i % spec.memoryLayers());
    }
  }

  private void next(long layer) {
    left--;
    groups[spec.tsv().group((int) layer)].serve(bytes, this::moved, layer);
  }

  private void moved(long layer) {
    layerBytes[(int) layer] += bytes;
    if (left > 0) {
      next(layer);
    } else if (isIdle()) {
      governor.pause();
    }
  }

  private boolean isIdle() {
    for (Server group : groups) {
      if (group.queued() > 0) {
        return false;
      }
    }
    return true;
  }

  /** Bytes moved from a layer so far. */
  double movedBytes(int layer) {
    return layerBytes[layer];
  }

  /** Bytes moved so far. */
  double movedBytes() {
    return Stacks.sum(layerBytes);
  }

  @Override
  public void addJoules(double[] joules) {
    spec.energy().addTransferJoules(layerBytes, true, joules);
  }

  double hottestCelsius() {
    double hottest = -300;
    for (int node = 0; node <= spec.logicNode(); node++) {
      hottest = Math.max(hottest, governor.temperatureCelsius(node));
    }
    return hottest;
  }
}
