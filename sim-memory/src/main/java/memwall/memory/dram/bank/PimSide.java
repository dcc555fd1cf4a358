package memwall.memory.dram.bank;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.stat.Stats;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimPlan;
import memwall.memory.pnm.PimSpec;

/**
 * Kernels in the banks: after the launch every channel carries out its share of the program. Input
 * and results are commands of the program; when the last channel is through, the results are on
 * their way to the chip.
 */
final class PimSide implements KernelSide {
  /** Kernels whose layout is kept; decoding knows some per layer and length of context. */
  private static final int MOST_PLANS = 4096;

  private final Simulation simulation;
  private final PimSpec spec;
  private final int devices;
  private final long pathPs;
  private final ChannelLane[] lanes;
  private final long multiplicity;
  private final KernelBooks books;
  private final CompletionQueue launching;
  private final Completion launched = this::launched;
  private final TickClock clock;

  /** Layouts by kernel; only ever asked for, never gone through. */
  private final Map<PimKernel, Laid> plans = new HashMap<>();

  // What is launched, by slot.
  private Laid[] laid = new Laid[0];
  private long[] firstRows = new long[0];

  /** Kernels that are not through with the last channel: in order of submission, as they run. */
  private final ArrayDeque<Laid> underWay = new ArrayDeque<>();

  private long doneBytes;
  private double doneSlots;

  /** A kernel as it lies in the banks. */
  private record Laid(
      PimPlan plan,
      long rowTicks,
      long boundPs,
      long slots,
      long bankBytes,
      long inputBytes,
      long resultBytes) {}

  PimSide(
      Simulation simulation,
      Stats stats,
      PimSpec spec,
      int devices,
      long pathPs,
      ChannelLane[] lanes,
      Runnable rested) {
    this.simulation = simulation;
    this.spec = spec;
    this.devices = devices;
    this.pathPs = pathPs;
    this.lanes = lanes;
    multiplicity = (long) spec.dram().channels() * devices / lanes.length;
    clock = new TickClock(spec.dram().standard().tickFemtos());
    books = new KernelBooks(simulation, stats, rested);
    launching = new CompletionQueue(simulation, stats.path() + ".launch");
    stats.exact(
        "held_ps",
        "ps",
        "Time during which the host was held off banks, of the unit that was held longest",
        this::heldPs);
    stats.derived(
        "compute_pj",
        "pJ",
        "Energy of products and their additions",
        () -> slots() * spec.multiplyPj());
  }

  private long heldPs() {
    long longest = 0;
    DramChannel channel = lanes[0].port.channel();
    for (int unit = 0; unit < channel.units(); unit++) {
      longest = Math.max(longest, channel.heldTicks(unit));
    }
    return clock.ps(longest);
  }

  private double slots() {
    return (double) books.slots();
  }

  @Override
  public boolean computes(NumberFormat format) {
    return spec.formats().contains(format);
  }

  private Laid plan(PimKernel kernel) {
    Laid known = plans.get(kernel);
    if (known == null) {
      PimPlan plan = PimPlan.of(spec, devices, kernel);
      long femtos = Math.multiplyExact(plan.boundTicks(), spec.dram().standard().tickFemtos());
      known =
          new Laid(
              plan,
              plan.rowTicks(),
              spec.launchPs() + femtos / 1000 + pathPs,
              plan.slots(),
              plan.bankBytes(),
              plan.inputBytes(),
              plan.resultBytes());
      if (plans.size() >= MOST_PLANS) {
        plans.clear();
      }
      plans.put(kernel, known);
    }
    return known;
  }

  @Override
  public long boundPs(PimKernel kernel) {
    return plan(kernel).boundPs;
  }

  @Override
  public void compute(AddressWindow window, PimKernel kernel, Completion done, long word) {
    Laid its = plan(kernel);
    int slot = books.add(kernel, lanes.length, done, word);
    books.count(its.slots, its.bankBytes, its.inputBytes, its.resultBytes);
    if (slot >= laid.length) {
      laid = java.util.Arrays.copyOf(laid, Math.max(8, 2 * slot));
      firstRows = java.util.Arrays.copyOf(firstRows, laid.length);
    }
    laid[slot] = its;
    underWay.add(its);
    firstRows[slot] = window.firstRow();
    launching.add(Math.addExact(simulation.nowPs(), spec.launchPs()), launched, slot);
  }

  private void launched(long word) {
    int slot = (int) word;
    PimPlan plan = laid[slot].plan;
    long firstRow = firstRows[slot];
    for (ChannelLane lane : lanes) {
      lane.compute(unit -> plan.program(firstRow), laid[slot].rowTicks, -1 - word);
    }
  }

  @Override
  public void laneDone(int slot) {
    if (books.partDone(slot)) {
      Laid its = underWay.remove();
      doneBytes += its.bankBytes;
      doneSlots += its.slots;
      books.complete(slot, pathPs);
    }
  }

  @Override
  public int size() {
    return books.size();
  }

  @Override
  public long burstBytes() {
    return 0;
  }

  /** Bytes that a command heard by all units moved so far; a unit's scopes each report it. */
  private static long bytes(ChannelLane[] some, Command command, long bytesOfUnit) {
    long reports = 0;
    for (ChannelLane lane : some) {
      reports += lane.port.channel().commands(command);
    }
    DramChannel channel = some[0].port.channel();
    int scopesOfUnit = channel.scopes() / channel.units();
    return reports / scopesOfUnit * bytesOfUnit;
  }

  private long bankBytes(ChannelLane[] some) {
    long unit = (long) spec.processors() * spec.dram().standard().burstBytes();
    return bytes(some, Command.MACAB, unit);
  }

  private long dataBytes(ChannelLane[] some, Command command) {
    return bytes(some, command, (long) spec.buses() * spec.dram().standard().burstBytes());
  }

  private EnergyBreakdown energy(ChannelLane[] some, long each) {
    return spec.energy(
        bankBytes(some) * each,
        dataBytes(some, Command.WRGB) * each,
        dataBytes(some, Command.RDRES) * each);
  }

  @Override
  public EnergyBreakdown memoryEnergy() {
    return energy(lanes, multiplicity);
  }

  @Override
  public void addHeat(ChannelLane[] device, long each, BankHeat heat, double[] joules) {
    heat.addJoules(energy(device, each), 0, joules);
    heat.addInLayers(slotsSoFar(bankBytes(device) * each) * spec.multiplyPj() * 1e-12, joules);
  }

  /** Products of one device when its processors have read so many bytes: kernels in turn. */
  private double slotsSoFar(long deviceBytes) {
    double slots = doneSlots / devices;
    double bytes = (double) deviceBytes - (double) doneBytes / devices;
    for (Laid its : underWay) {
      double share = its.bankBytes == 0 ? 0 : Math.min(1, bytes * devices / its.bankBytes);
      if (share <= 0) {
        break;
      }
      slots += share * its.slots / devices;
      bytes -= (double) its.bankBytes / devices;
    }
    return slots;
  }

  @Override
  public void setClock(double clockShare, double powerShare) {
    // Processors in the banks have the banks' clock.
  }

  @Override
  public void addPart(int slot) {
    throw new IllegalStateException("kernels in banks submit no transfers");
  }

  @Override
  public void check(List<String> broken) {
    books.check(broken);
    if (books.size() > 0) {
      return;
    }
    books.equal(
        "near bytes",
        books.nearBytes(),
        "bytes of multiplies",
        bankBytes(lanes) * multiplicity,
        broken);
    books.equal(
        "input bytes",
        books.inputBytes(),
        "bytes of loads",
        dataBytes(lanes, Command.WRGB) * multiplicity,
        broken);
    books.equal(
        "result bytes",
        books.resultBytes(),
        "bytes of result reads",
        dataBytes(lanes, Command.RDRES) * multiplicity,
        broken);
  }

  @Override
  public void describe(StateSink sink) {
    books.describe(sink);
    launching.describe(sink);
  }

  @Override
  public void shift(long deltaPs) {
    books.shift(deltaPs);
    launching.shift(deltaPs);
  }
}
