package memwall.memory.dram;

import java.util.Arrays;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.memory.stack.DieEngines;
import memwall.memory.stack.HeatSource;
import memwall.memory.stack.OverheatedException;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.ThermalGovernor;
import memwall.memory.stack.ThermalState;
import org.jspecify.annotations.Nullable;

/**
 * The stack of a memory that moves bytes at a rate: each of its devices does the same, so that one
 * stands for all. The energy of a transfer becomes heat evenly over the time in which it passes.
 */
final class DramStack implements HeatSource, ThermalGovernor.Listener, Server.Activity {
  private final Simulation simulation;
  private final Stats stats;
  private final String path;
  private final DramSpec memory;
  private final StackSpec spec;
  private final ThermalGovernor governor;

  /** Heat by node of a joule that is moved. */
  private final double[] shares;

  // Transfers whose heat is not counted in full: a ring, in order of time.
  private long[] startPs = new long[8];
  private long[] endPs = new long[8];
  private double[] joules = new double[8];
  private int head;
  private int count;

  /** Heat of all transfers that have left the ring. */
  private double passedJoules;

  private double countedJoules;

  private @Nullable DieEngines engines;
  private boolean transferring;
  private long channelBytesPerSec;

  DramStack(Simulation simulation, Stats stats, DramSpec memory) {
    this.simulation = simulation;
    this.stats = stats;
    this.memory = memory;
    path = stats.path();
    spec = memory.heatedStack();
    shares = new double[spec.lidNode() + 1];
    double[] even = new double[spec.memoryLayers()];
    Arrays.fill(even, 1);
    spec.energy().addTransferJoules(even, true, shares);
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    for (int node = 0; node < shares.length; node++) {
      shares[node] = sum > 0 ? shares[node] / sum : 0;
    }
    governor = new ThermalGovernor(simulation, stats, spec, List.of(this), this);
    apply(governor.state());
  }

  /** Engines are on the logic die from now on. */
  void carry(Server server) {
    DieEngines carried = new DieEngines(stats, spec, server);
    engines = carried;
    carried.apply(governor.state());
    server.onActivity(this);
  }

  @Override
  public void begins() {
    governor.resume();
  }

  @Override
  public void ends() {
    if (!transferring) {
      governor.pause();
    }
  }

  /** Rate of each channel for what is submitted now, bytes per second. */
  long channelBytesPerSec() {
    return channelBytesPerSec;
  }

  /** What heat asks for at present. */
  ThermalState state() {
    return governor.state();
  }

  /** Temperature of the logic die now, for tests. */
  double logicCelsius() {
    return governor.temperatureCelsius(spec.logicNode());
  }

  /** Work begins. */
  void resume() {
    transferring = true;
    governor.resume();
  }

  /** No transfer is under way. */
  void pause() {
    transferring = false;
    if (engines == null || !engines.isComputing()) {
      governor.pause();
    }
  }

  /** Does what heat asked for while nothing was under way. */
  void catchUp() {
    governor.catchUp();
  }

  List<String> brokenLaws() {
    return governor.brokenLaws();
  }

  /**
   * A transfer will pass.
   *
   * @param fromPs not before the end of the one before
   * @param itsJoules its energy in one device
   */
  void passes(long fromPs, long toPs, double itsJoules) {
    if (count == joules.length) {
      grow();
    }
    int tail = (head + count++) & (joules.length - 1);
    startPs[tail] = fromPs;
    endPs[tail] = toPs;
    joules[tail] = itsJoules;
  }

  private void grow() {
    int length = joules.length;
    long[] starts = new long[2 * length];
    long[] ends = new long[2 * length];
    double[] heats = new double[2 * length];
    for (int i = 0; i < count; i++) {
      int from = (head + i) & (length - 1);
      starts[i] = startPs[from];
      ends[i] = endPs[from];
      heats[i] = joules[from];
    }
    startPs = starts;
    endPs = ends;
    joules = heats;
    head = 0;
  }

  @Override
  public void due(long atPs) {
    while (count > 0 && endPs[head] <= atPs) {
      passedJoules += joules[head];
      head = (head + 1) & (joules.length - 1);
      count--;
    }
    countedJoules = joulesAt(atPs);
    if (engines != null) {
      // While the stack pauses they rest, so that what they did by now they did by then.
      engines.count();
    }
  }

  /** Heat of what has passed by a time. */
  private double joulesAt(long atPs) {
    double sum = passedJoules;
    for (int i = 0; i < count; i++) {
      int at = (head + i) & (joules.length - 1);
      if (startPs[at] >= atPs) {
        break;
      }
      double share = (double) (atPs - startPs[at]) / (endPs[at] - startPs[at]);
      sum += joules[at] * Math.min(1, share);
    }
    return sum;
  }

  @Override
  public void addJoules(double[] sums) {
    add(countedJoules, sums);
    if (engines != null) {
      engines.addJoules(sums);
    }
  }

  @Override
  public void addJoulesNow(double[] sums) {
    add(joulesAt(simulation.nowPs()), sums);
    if (engines != null) {
      engines.addJoulesNow(sums);
    }
  }

  private void add(double moved, double[] sums) {
    for (int node = 0; node < sums.length; node++) {
      sums[node] += moved * shares[node];
    }
  }

  @Override
  public void changed(ThermalState state, long atPs) {
    if (state.shutDown()) {
      throw OverheatedException.of(path, spec, governor, atPs);
    }
    apply(state);
  }

  private void apply(ThermalState state) {
    channelBytesPerSec = memory.channelBytesPerSec(state.refreshFactor(), state.bandwidthShare());
    if (engines != null) {
      engines.apply(state);
    }
  }
}
