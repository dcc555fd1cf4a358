package memwall.memory.flash.heat;

import java.util.Arrays;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.error.DataAge;
import memwall.memory.stack.HeatSource;
import memwall.memory.stack.OverheatedException;
import memwall.memory.stack.StackEnergy;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.ThermalGovernor;
import memwall.memory.stack.ThermalState;
import org.jspecify.annotations.Nullable;

/**
 * The heat of one flash stack: what its channels count becomes power of its layers and its base
 * die; what the temperatures ask for is done to the channels. Sensing, programming and erasing heat
 * the layers, lanes what they pass, decoders and links the base die.
 *
 * <p>The owner calls {@link #resume} when work begins and {@link #pause} when none is left. In
 * between the {@link ThermalGovernor} has one timer, at the end of the present window or at the
 * computed time of the next change.
 */
public final class FlashHeat implements HeatSource, ThermalGovernor.Listener {
  private static final double JOULES_PER_PJ = 1e-12;
  private static final double BITS_PER_BYTE = 8;

  /** The channels of a stack, as far as heat is concerned. */
  public interface Channels {
    /**
     * What a simulated channel has done up to a time.
     *
     * @param lane 0 up to the number of simulated channels
     * @param atPs now, or earlier if nothing has happened since
     */
    FlashCounters counters(int lane, long atPs);

    /**
     * Heat changes how many planes of each channel may be active. The owner should ask its channels
     * again when they want to be woken.
     *
     * @param planes 0 or more; {@link Integer#MAX_VALUE} for no limit
     */
    void limitActivePlanes(int planes, long nowPs);

    /** The stack stops for good: all requests end, whatever is asked from now on is refused. */
    void shutDown(long nowPs);
  }

  private final Simulation simulation;
  private final FlashSpec device;
  private final FlashEnergy energy;
  private final StackSpec spec;
  private final StackEnergy ways;
  private final Channels channels;
  private final @Nullable DataAge age;
  private final double idleCelsius;
  private final long multiplicity;

  /** Channels of the device in which planes are limited together. */
  private final int channelsInOne;

  /** Time in normal operation, light and severe throttling and after shutdown. */
  private final long[] statePs = new long[4];

  private int stateNow;
  private long stateSincePs;

  /**
   * Dies of a simulated channel, and of those that it stands for, in each layer. Work is added up
   * in dies' worth of it, so that folded channels come to the same to the last digit.
   */
  private final long[][] diesInLayers;

  /** Dies that share what a channel counts. */
  private final double diesOfCount;

  private final long[] sensedOfLayers;
  private final long[] retriedOfLayers;
  private final long[] programmedOfLayers;
  private final long[] erasedOfLayers;
  private final double[] movedOfLayers;
  private final double[] counted;
  private final ThermalGovernor governor;
  private long countedPs;

  /** Since when nothing is under way; far away while something is. */
  private long idlePs;

  /** Whether data are taken to be as cool as a stack that rests. */
  private boolean isDataAtRest = true;

  private boolean isShutDown;

  /**
   * The heat of a stack at rest.
   *
   * @param stats where its temperatures are declared
   * @param energy of the whole device
   * @param device the whole device
   * @param lanes channels that are simulated, each standing for as many as the others
   * @param age of the data, which ages at the temperature of the hottest layer; null: none
   * @throws IllegalArgumentException if the device cannot be built like this
   */
  public FlashHeat(
      Simulation simulation,
      Stats stats,
      FlashThermal thermal,
      FlashEnergy energy,
      FlashSpec device,
      int lanes,
      @Nullable DataAge age,
      Channels channels) {
    this(simulation, stats, thermal, energy, device, lanes, age, channels, false);
  }

  /**
   * The heat of a stack at rest whose channels are all simulated in one device: {@link Channels} is
   * asked for lane 0 only, what it counts is that of the whole stack, and so is the limit of active
   * planes.
   *
   * @see #FlashHeat(Simulation, Stats, FlashThermal, FlashEnergy, FlashSpec, int, DataAge,
   *     Channels)
   */
  public static FlashHeat ofWhole(
      Simulation simulation,
      Stats stats,
      FlashThermal thermal,
      FlashEnergy energy,
      FlashSpec device,
      @Nullable DataAge age,
      Channels channels) {
    return new FlashHeat(simulation, stats, thermal, energy, device, 1, age, channels, true);
  }

  private FlashHeat(
      Simulation simulation,
      Stats stats,
      FlashThermal thermal,
      FlashEnergy energy,
      FlashSpec device,
      int lanes,
      @Nullable DataAge age,
      Channels channels,
      boolean isWhole) {
    FlashGeometry geometry = device.geometry();
    thermal
        .fault(energy, geometry)
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException(fault);
            });
    if (lanes < 1 || geometry.channels() % lanes != 0) {
      throw new IllegalArgumentException(
          lanes + " simulated channels do not stand for " + geometry.channels());
    }
    this.simulation = simulation;
    this.energy = energy;
    this.device = device;
    this.channels = channels;
    this.age = age;
    multiplicity = isWhole ? 1 : geometry.channels() / lanes;
    channelsInOne = isWhole ? geometry.channels() : 1;
    spec = thermal.spec(energy, geometry);
    ways =
        new StackEnergy(
            0, spec.energy().wirePjPerBit(), spec.energy().perLayerPjPerBit(), 0, 0, 0, 0, 0);
    int layers = spec.memoryLayers();
    diesInLayers = diesInLayers(geometry, lanes, layers);
    diesOfCount = isWhole ? geometry.dies() : geometry.diesPerChannel();
    sensedOfLayers = new long[layers];
    retriedOfLayers = new long[layers];
    programmedOfLayers = new long[layers];
    erasedOfLayers = new long[layers];
    movedOfLayers = new double[layers];
    counted = new double[spec.lidNode() + 1];
    idleCelsius = idleCelsius(spec);
    governor = new ThermalGovernor(simulation, stats, spec, List.of(this), this);
    stateNow = number(governor.state());
    warmData(idleCelsius);
    stats.exact("light_ps", "ps", "Time in light throttling", () -> statePs(1));
    stats.exact("severe_ps", "ps", "Time in severe throttling", () -> statePs(2));
    apply(governor.state());
  }

  private static double idleCelsius(StackSpec spec) {
    double[] watts = spec.idleWatts(1, 1);
    double rise = 0;
    for (int layer = 0; layer < spec.memoryLayers(); layer++) {
      rise = Math.max(rise, spec.network().steadyRiseKelvin(layer, watts));
    }
    return spec.cooling().coolantCelsius() + rise;
  }

  /** Dies of a channel are in layers that follow each other, the next channel's above them. */
  private static long[][] diesInLayers(FlashGeometry geometry, int lanes, int layers) {
    long[][] dies = new long[lanes][layers];
    int each = geometry.dies() / lanes;
    for (int die = 0; die < geometry.dies(); die++) {
      dies[die / each][die % layers]++;
    }
    return dies;
  }

  /** Work begins. */
  public void resume() {
    if (idlePs < Long.MAX_VALUE) {
      restData();
      idlePs = Long.MAX_VALUE;
      governor.resume();
      warmData(hottestLayerCelsius());
      isDataAtRest = false;
    }
  }

  /**
   * Nothing is under way. If that lasts for longer than a window, data count as kept at the
   * temperature that the stack then tends to, from now on.
   */
  public void pause() {
    idlePs = simulation.nowPs();
    governor.pause();
  }

  private void restData() {
    boolean isLong = simulation.nowPs() - idlePs > spec.policy().windowPs();
    if (age != null && isLong && !isDataAtRest) {
      age.setCelsius(idlePs, idleCelsius);
      isDataAtRest = true;
    }
  }

  private void warmData(double celsius) {
    if (age != null) {
      age.setCelsius(simulation.nowPs(), celsius);
    }
  }

  /** Does what heat asked for while nothing was under way; before somebody looks. */
  public void catchUp() {
    governor.catchUp();
    restData();
  }

  /** What heat asks for at present: level 0 is normal, 1 light, 2 severe throttling. */
  public ThermalState state() {
    return governor.state();
  }

  /**
   * How long the stack has been in a state since time 0.
   *
   * @param state 0 normal, 1 light, 2 severe throttling, 3 shutdown
   */
  public long statePs(int state) {
    return statePs[state] + (state == stateNow ? simulation.nowPs() - stateSincePs : 0);
  }

  /** The stack with the device's energies. */
  public StackSpec stack() {
    return spec;
  }

  /** Temperature of a node of the stack's network now. */
  public double celsius(int node) {
    return governor.temperatureCelsius(node);
  }

  /** Temperature of the hottest layer of flash now. */
  public double hottestLayerCelsius() {
    return governor.hottestMemoryCelsius();
  }

  /**
   * The failure of a run whose stack has shut down.
   *
   * @param path of the stack in the statistics
   * @param lost what became of the work under way, in words
   */
  public OverheatedException overheated(String path, String lost) {
    return OverheatedException.of(path, spec, governor, simulation.nowPs(), lost);
  }

  /** One sentence per law of heat that is broken; empty if all hold. */
  public List<String> brokenLaws() {
    return governor.brokenLaws();
  }

  // Heat ---------------------------------------------------------------------------------------

  @Override
  public void due(long atPs) {
    if (idlePs <= countedPs) {
      // Since the last time there was only idling, which is stated.
      return;
    }
    Arrays.fill(counted, 0);
    count(atPs, counted);
    countedPs = atPs;
    if (age != null && idlePs == Long.MAX_VALUE) {
      warmData(hottestLayerCelsius());
    }
  }

  private void count(long atPs, double[] joules) {
    Arrays.fill(sensedOfLayers, 0);
    Arrays.fill(retriedOfLayers, 0);
    Arrays.fill(programmedOfLayers, 0);
    Arrays.fill(erasedOfLayers, 0);
    int page = device.geometry().pageBytes();
    long moved = 0;
    long linked = 0;
    for (int lane = 0; lane < diesInLayers.length; lane++) {
      FlashCounters its = channels.counters(lane, atPs);
      moved += (its.senses() + its.programs()) * page;
      linked += its.readBytes() + its.programs() * page;
      for (int layer = 0; layer < movedOfLayers.length; layer++) {
        long dies = diesInLayers[lane][layer];
        sensedOfLayers[layer] += dies * its.senses();
        retriedOfLayers[layer] += dies * its.retries();
        programmedOfLayers[layer] += dies * its.programs();
        erasedOfLayers[layer] += dies * its.erases();
      }
    }
    for (int layer = 0; layer < movedOfLayers.length; layer++) {
      long sensed = sensedOfLayers[layer];
      long programmed = programmedOfLayers[layer];
      double array =
          (sensed + retriedOfLayers[layer]) * energy.sensePj()
              + programmed * energy.programPj()
              + erasedOfLayers[layer] * energy.erasePj();
      joules[layer] += array / diesOfCount * JOULES_PER_PJ;
      movedOfLayers[layer] = (sensed + programmed) / diesOfCount * page;
    }
    ways.addTransferJoules(movedOfLayers, false, joules);
    double base =
        BITS_PER_BYTE
            * (moved * multiplicity * energy.eccPjPerBit()
                + linked * multiplicity * energy.linkPjPerBit());
    joules[spec.logicNode()] += base * JOULES_PER_PJ;
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

  // What it asks for ---------------------------------------------------------------------------

  @Override
  public void changed(ThermalState state, long atPs) {
    int next = number(state);
    if (next != stateNow) {
      statePs[stateNow] += atPs - stateSincePs;
      stateNow = next;
      stateSincePs = atPs;
    }
    apply(state);
  }

  private int number(ThermalState state) {
    return state.shutDown() ? statePs.length - 1 : state.level();
  }

  private void apply(ThermalState state) {
    if (isShutDown) {
      return;
    }
    long nowPs = simulation.nowPs();
    isShutDown = state.shutDown();
    if (isShutDown) {
      channels.shutDown(nowPs);
    } else {
      channels.limitActivePlanes(activePlanes(state.bandwidthShare()), nowPs);
    }
  }

  private int activePlanes(double share) {
    return share == 1 ? Integer.MAX_VALUE : channelsInOne * activePlanes(device, share);
  }

  /** Planes of a channel that a share of those that full bandwidth needs comes to. */
  static int activePlanes(FlashSpec device, double share) {
    return share == 0 ? 0 : (int) Math.max(1, Math.round(share * FlashRates.neededPlanes(device)));
  }
}
