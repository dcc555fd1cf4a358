package memwall.memory.stack;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Stats;

/** A device that keeps the wires of one stack busy, throttled by its governor. */
final class Pump {
  final Simulation simulation;
  final Stats stats = new Stats();
  final StackSpec spec;
  final TsvChannels wires;
  final ThermalGovernor governor;
  private final long bytes;
  private long left;
  int changes;

  Pump(Simulation simulation, StackSpec spec, long bytes) {
    this.simulation = simulation;
    this.spec = spec;
    this.bytes = bytes;
    this.wires = new TsvChannels(simulation, stats.child("tsv"), spec.tsv());
    this.governor =
        new ThermalGovernor(
            simulation,
            stats.child("heat"),
            spec,
            List.of(new TransferHeat(spec, wires, true)),
            this::changed);
  }

  private void changed(ThermalState state, long atPs) {
    changes++;
    wires.setShare(state.bandwidthShare());
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
    if (left > 0) {
      left--;
      wires.transfer((int) layer, bytes, this::next, layer);
    } else if (wires.outstanding() == 0) {
      governor.pause();
    }
  }

  /** No further transfers; those under way end. */
  void stop() {
    left = 0;
  }

  double hottestCelsius() {
    double hottest = -300;
    for (int node = 0; node <= spec.logicNode(); node++) {
      hottest = Math.max(hottest, governor.temperatureCelsius(node));
    }
    return hottest;
  }
}
