package memwall.memory.dram.bank;

import java.util.Arrays;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.stack.DieEngines;
import memwall.memory.stack.HeatSource;
import memwall.memory.stack.OverheatedException;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.ThermalGovernor;
import memwall.memory.stack.ThermalState;
import org.jspecify.annotations.Nullable;

/**
 * The stack of one device: counts what its channels do as heat, and does to the channels what the
 * heat asks for. Refresh intervals are divided, transfers enter no faster than the share of the
 * rate that is left, and the wires of the stack are a limit of their own.
 *
 * <p>Idle power is stated, commands are counted; the energy of refreshes and of standby above what
 * is stated is counted too, so that both together are what the channels' books say.
 */
final class BankStack implements HeatSource, ThermalGovernor.Listener {
  private static final double PICOSECOND = 1e-12;

  private final Simulation simulation;
  private final String path;
  private final BankHeat heat;
  private final StackSpec spec;
  private final ChannelLane[] lanes;
  private final long multiplicity;
  private final TickClock clock;
  private final long channelBytesPerSec;
  private final long wireBytesPerSec;
  private final ThermalGovernor governor;
  private final Stats stats;
  private final int activateBanks;
  private @Nullable KernelSide kernels;
  private @Nullable DieEngines engines;

  /** What was counted when something was due last. */
  private final double[] counted;

  private long countedPs;

  /** Since when nothing is under way; far away while something is. */
  private long idlePs;

  // Idle power as the governor states it: up to a change of the refresh rate, and the rate since.
  private double idleJoules;
  private long idleSincePs;
  private int refreshFactor = 1;

  /**
   * The stack of a device at rest.
   *
   * @param lanes its channels that are simulated, each standing for as many as the others
   */
  BankStack(
      Simulation simulation, Stats stats, BankSpec bank, StackSpec stated, ChannelLane[] lanes) {
    this.simulation = simulation;
    this.stats = stats;
    this.lanes = lanes;
    activateBanks = bank.pim() == null ? 1 : bank.pim().compute().activateBanks();
    path = stats.path();
    heat = new BankHeat(stated, bank.device(), bank.controller());
    spec = heat.spec();
    multiplicity = bank.lanes() / lanes.length;
    clock = new TickClock(bank.device().standard().tickFemtos());
    channelBytesPerSec = bank.device().peakBytesPerSec() / bank.lanes();
    wireBytesPerSec = bank.wireBytesPerSec();
    counted = new double[spec.lidNode() + 1];
    governor = new ThermalGovernor(simulation, stats, spec, List.of(this), this);
    apply(governor.state());
  }

  /** Kernels are carried out here too. */
  void compute(KernelSide side) {
    kernels = side;
    apply(governor.state());
  }

  /** Engines of the chip are on the logic die from now on. */
  void carry(Server server) {
    engines = new DieEngines(stats, spec, server);
    apply(governor.state());
  }

  /** Work begins. */
  void resume() {
    idlePs = Long.MAX_VALUE;
    governor.resume();
  }

  /** Nothing is under way. */
  void pause() {
    idlePs = simulation.nowPs();
    governor.pause();
  }

  /** Does what heat asked for while nothing was under way. */
  void catchUp() {
    governor.catchUp();
  }

  /** What heat asks for at present. */
  ThermalState state() {
    return governor.state();
  }

  /** Temperature of a node now, for tests. */
  double celsius(int node) {
    return governor.temperatureCelsius(node);
  }

  List<String> brokenLaws() {
    return governor.brokenLaws();
  }

  @Override
  public void due(long atPs) {
    if (idlePs <= countedPs) {
      // Since the last time there was only idling, which is stated.
      return;
    }
    for (ChannelLane lane : lanes) {
      lane.catchUp(atPs);
    }
    if (engines != null) {
      // While the stack pauses they rest, so that what they did by now they did by then.
      engines.count();
    }
    Arrays.fill(counted, 0);
    count(atPs, counted);
    countedPs = atPs;
  }

  private void count(long atPs, double[] joules) {
    double seconds = (atPs - idleSincePs) * PICOSECOND;
    double stated = idleJoules + seconds * heat.idleWatts(refreshFactor);
    int ranks = heat.ranks();
    if (ranks == 1) {
      heat.addJoules(LaneActivity.of(lanes, clock, activateBanks, multiplicity), stated, joules);
    } else {
      for (int rank = 0; rank < ranks; rank++) {
        heat.addJoules(
            rank,
            LaneActivity.ofRank(lanes, clock, activateBanks, multiplicity, rank),
            stated / ranks,
            joules);
      }
    }
    if (kernels != null) {
      kernels.addHeat(lanes, multiplicity, heat, joules);
    }
    if (engines != null) {
      engines.addJoulesNow(joules);
    }
  }

  @Override
  public void addJoules(double[] joules) {
    for (int node = 0; node < joules.length; node++) {
      joules[node] += counted[node];
    }
  }

  @Override
  public void addJoulesNow(double[] joules) {
    count(simulation.nowPs(), joules);
  }

  @Override
  public void changed(ThermalState state, long atPs) {
    if (state.shutDown()) {
      throw OverheatedException.of(path, spec, governor, atPs);
    }
    if (state.refreshFactor() != refreshFactor) {
      idleJoules += (atPs - idleSincePs) * PICOSECOND * heat.idleWatts(refreshFactor);
      idleSincePs = atPs;
      for (ChannelLane lane : lanes) {
        lane.catchUp(atPs);
      }
    }
    apply(state);
  }

  /** The channels do what the heat asks for from now on. */
  private void apply(ThermalState state) {
    if (state.refreshFactor() != refreshFactor) {
      refreshFactor = state.refreshFactor();
      for (ChannelLane lane : lanes) {
        lane.divideRefreshInterval(refreshFactor);
      }
    }
    setShare(state.bandwidthShare());
    for (ChannelLane lane : lanes) {
      lane.setDuty(state.level(), state.bandwidthShare());
    }
    if (kernels != null && !state.shutDown()) {
      kernels.setClock(state.clockShare(), spec.policy().step(state.level()).powerShare());
    }
    if (engines != null) {
      engines.apply(state);
    }
  }

  /** Of what wires and channel can do at best. */
  private void setShare(double share) {
    boolean isFree = share == 1 && wireBytesPerSec >= channelBytesPerSec;
    long most = Math.min(wireBytesPerSec, channelBytesPerSec);
    for (ChannelLane lane : lanes) {
      lane.setRate(isFree ? LaneGate.OPEN : Math.max(1, (long) (most * share)));
    }
  }
}
