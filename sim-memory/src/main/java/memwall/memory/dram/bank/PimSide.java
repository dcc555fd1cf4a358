package memwall.memory.dram.bank;

import java.util.ArrayDeque;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
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
 * Kernels in the banks: after the launch, and behind the writes to its region that were submitted
 * before it, a kernel is handed to every channel, which carries out its share of the program. Input
 * and results are commands of the program; when the last channel is through, the results are on
 * their way to the chip.
 */
final class PimSide implements KernelSide {
  private final Simulation simulation;
  private final PimSpec spec;
  private final long pathPs;
  private final ChannelLane[] lanes;
  private final long multiplicity;
  private final KernelBooks books;
  private final CompletionQueue launching;
  private final Completion launched = this::launched;
  private final TickClock clock;

  private final int devices;
  private final NearBounds bounds;

  /** Kernels that the channels do not have yet, in order of submission. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** How many of them are launched: the first ones. */
  private int launchedCount;

  /** Lets kernels begin behind the completions of the writes that they waited for. */
  private final Event fence;

  private boolean fenceScheduled;

  /** A kernel, and where it stands among the writes of its window. */
  private record Waiting(int slot, PimPlan plan, AddressWindow window, long fence) {}

  /** Kernels that are not through with the last channel: in order of submission, as they run. */
  private final ArrayDeque<NearBounds.Layout> underWay = new ArrayDeque<>();

  private long doneBytes;
  private double doneSlots;

  PimSide(
      Simulation simulation,
      Stats stats,
      BankSpec bank,
      PimSpec spec,
      int devices,
      ChannelLane[] lanes,
      Runnable rested) {
    this.simulation = simulation;
    this.spec = spec;
    this.pathPs = bank.pathPs();
    this.devices = devices;
    this.bounds = new NearBounds(bank, devices);
    this.lanes = lanes;
    multiplicity = (long) spec.dram().channels() * devices / lanes.length;
    clock = new TickClock(spec.dram().standard().tickFemtos());
    books = new KernelBooks(simulation, stats, rested);
    launching = new CompletionQueue(simulation, stats.path() + ".launch");
    fence = simulation.event(stats.path() + ".fence", this::fencePassed);
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

  @Override
  public long boundPs(PimKernel kernel) {
    return bounds.boundPs(kernel);
  }

  @Override
  public void compute(AddressWindow window, PimKernel kernel, Completion done, long word) {
    NearBounds.Layout its = bounds.layout(spec, kernel);
    int slot = books.add(kernel, lanes.length, done, word);
    books.count(its.slots(), its.bankBytes(), its.inputBytes(), its.resultBytes());
    underWay.add(its);
    launching.add(Math.addExact(simulation.nowPs(), spec.launchPs()), launched, 0);
    waiting.add(new Waiting(slot, its.plan(), window, window.writes.now()));
  }

  private void launched(long ignored) {
    launchedCount++;
    begin();
  }

  @Override
  public void written() {
    if (launchedCount > 0 && !fenceScheduled && isHeadFree()) {
      fenceScheduled = true;
      fence.in(0, 0);
    }
  }

  private void fencePassed(long ignored) {
    fenceScheduled = false;
    begin();
  }

  private boolean isHeadFree() {
    Waiting head = waiting.element();
    return head.window.writes.isPassed(head.fence);
  }

  /** Hands kernels that are launched to the channels, in order, as far as no write is ahead. */
  private void begin() {
    while (launchedCount > 0 && isHeadFree()) {
      Waiting kernel = waiting.remove();
      launchedCount--;
      long firstRow = kernel.window.firstRow();
      for (ChannelLane lane : lanes) {
        lane.compute(
            unit -> kernel.plan.program(firstRow), kernel.plan.rowTicks(), -1L - kernel.slot);
      }
    }
  }

  @Override
  public void laneDone(int slot) {
    if (books.partDone(slot)) {
      NearBounds.Layout its = underWay.remove();
      doneBytes += its.bankBytes();
      doneSlots += its.slots();
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
    for (NearBounds.Layout its : underWay) {
      double share = its.bankBytes() == 0 ? 0 : Math.min(1, bytes * devices / its.bankBytes());
      if (share <= 0) {
        break;
      }
      slots += share * its.slots() / devices;
      bytes -= (double) its.bankBytes() / devices;
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
    sink.put(launchedCount);
    for (Waiting kernel : waiting) {
      sink.put(kernel.slot);
      sink.put(kernel.window.writes.now() - kernel.fence);
    }
  }

  @Override
  public void shift(long deltaPs) {
    books.shift(deltaPs);
    launching.shift(deltaPs);
  }
}
