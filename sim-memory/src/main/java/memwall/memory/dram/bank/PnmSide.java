package memwall.memory.dram.bank;

import java.util.ArrayDeque;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.TransferSlots;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PnmSpec;

/**
 * Kernels on an engine beside the channels. Its reads are transfers of the channels like the
 * host's, in turn with them, but end at the engine: no way to the chip, no I/O. It reads in pieces,
 * a few ahead of its work, no more than its memory holds.
 */
final class PnmSide implements KernelSide {
  /** Pieces read or being worked on at a time. */
  static final int AHEAD = 4;

  /** What a channel reads for a piece at most: about a microsecond's worth. */
  static final long PIECE_BYTES = 64 << 10;

  private final Simulation simulation;
  private final BankSpec bank;
  private final PnmSpec spec;
  private final ChannelLane[] lanes;
  private final int devices;
  private final int allLanes;
  private final long pieceUnits;
  private final long linkBytesPerSec;
  private final NearBounds bounds;
  private final KernelBooks books;
  private final Server engine;
  private final CompletionQueue launching;
  private final CompletionQueue link;
  private final Completion launched = this::launched;
  private final Completion inputThere = this::inputThere;
  private final Completion pieceRead = this::pieceRead;
  private final Completion pieceDone = this::pieceDone;
  private final Completion resultsSent = this::resultsSent;

  /** Kernels launched and not complete; the first one is being carried out. */
  private final ArrayDeque<Work> queue = new ArrayDeque<>();

  private final ArrayDeque<Work> beforeLaunch = new ArrayDeque<>();
  private final TransferSlots pieces = new TransferSlots();

  // The kernel that is being carried out, in access units of a channel.
  private long offeredUnits;
  private long readUnits;
  private long doneUnits;
  private int ahead;
  private long givenFlops;

  // FLOPs of pieces that are done, at the present voltage; and what those at others cost.
  private long workedFlops;
  private double earlierPj;
  private double voltageShare = 1;

  /** A kernel and where its matrices lie. */
  private record Work(
      int slot, AddressWindow window, long units, long flops, long inputBytes, long resultBytes) {}

  PnmSide(
      Simulation simulation,
      Stats stats,
      BankSpec bank,
      PnmSpec spec,
      int devices,
      ChannelLane[] lanes,
      Runnable rested) {
    this.simulation = simulation;
    this.bank = bank;
    this.spec = spec;
    this.lanes = lanes;
    this.devices = devices;
    allLanes = Math.multiplyExact(devices, bank.lanes());
    // A preset's engine serves so many devices; here there are as many engines as that makes.
    long flopsPerSec = scaled(spec.flopsPerSec(), devices);
    linkBytesPerSec = scaled(spec.linkBytesPerSec(), devices);
    bounds = new NearBounds(bank, devices);
    long held = scaled(spec.sramBytes(), devices) / AHEAD / allLanes;
    pieceUnits = Math.max(1, Math.min(PIECE_BYTES, held) / bank.interleaveBytes());
    books = new KernelBooks(simulation, stats, rested);
    engine = new Server(simulation, stats.child("engine"), flopsPerSec);
    launching = new CompletionQueue(simulation, stats.path() + ".launch");
    link = new CompletionQueue(simulation, stats.path() + ".link");
    stats.derived(
        "compute_pj",
        "pJ",
        "Energy of the engine's FLOPs",
        bank.stack() == null
            ? () -> 2.0 * books.multiplications() * spec.flopPj()
            : this::workedPj);
    stats.derived(
        "link_pj", "pJ", "Energy of input and results between chip and engine", this::linkPj);
  }

  private long scaled(long amount, int devices) {
    return Math.max(1, (long) ((double) amount * devices / spec.devices()));
  }

  /** An engine is a processor: it computes with any number. */
  @Override
  public boolean computes(NumberFormat format) {
    return true;
  }

  private long linkPs(long bytes) {
    return Units.transferPs(bytes, linkBytesPerSec);
  }

  private static long flops(PimKernel kernel) {
    return Math.multiplyExact(2, kernel.multiplications());
  }

  @Override
  public long boundPs(PimKernel kernel) {
    return bounds.boundPs(kernel);
  }

  @Override
  public void compute(AddressWindow window, PimKernel kernel, Completion done, long word) {
    bounds.checkFits(kernel);
    int slot = books.add(kernel, 1, done, word);
    long unitBytes = bank.interleaveBytes() * allLanes;
    long units = (kernel.matrixBytes() + unitBytes - 1) / unitBytes;
    books.count(
        kernel.multiplications(), units * unitBytes, kernel.inputBytes(), kernel.resultBytes());
    beforeLaunch.add(
        new Work(slot, window, units, flops(kernel), kernel.inputBytes(), kernel.resultBytes()));
    launching.add(Math.addExact(simulation.nowPs(), spec.launchPs()), launched, 0);
  }

  private void launched(long ignored) {
    queue.add(beforeLaunch.remove());
    if (queue.size() == 1) {
      begin();
    }
  }

  private void begin() {
    offeredUnits = 0;
    readUnits = 0;
    doneUnits = 0;
    givenFlops = 0;
    link.add(simulation.nowPs() + linkPs(queue.element().inputBytes), inputThere, 0);
  }

  private void inputThere(long ignored) {
    offer();
  }

  private void offer() {
    Work work = queue.element();
    while (ahead < AHEAD && offeredUnits < work.units) {
      long units = Math.min(pieceUnits, work.units - offeredUnits);
      offeredUnits += units;
      ahead++;
      read(work.window, units);
    }
  }

  private void read(AddressWindow window, long units) {
    BurstPattern order = window.pattern(AccessPattern.SEQUENTIAL.blockBytes());
    long bursts = units * bank.unitBursts();
    long position = window.advance(order, false, bursts);
    int slot = pieces.add(lanes.length, simulation.nowPs(), false, pieceRead, units);
    for (ChannelLane lane : lanes) {
      lane.submit(order, position, bursts, false, -1 - slot);
    }
  }

  /** Its reads stand behind earlier writes in the channels, and see them there. */
  @Override
  public void written() {}

  @Override
  public void laneDone(int slot) {
    if (pieces.partDone(slot)) {
      pieces.complete(slot);
    }
  }

  private void pieceRead(long units) {
    Work work = queue.element();
    readUnits += units;
    long given = flopsUpTo(work, readUnits);
    engine.serve(given - givenFlops, pieceDone, units);
    givenFlops = given;
  }

  /** Each piece has its share; what rounding leaves has the last one. */
  private static long flopsUpTo(Work work, long units) {
    double share = (double) units / work.units;
    return units == work.units ? work.flops : (long) (work.flops * share);
  }

  private void pieceDone(long units) {
    Work work = queue.element();
    ahead--;
    workedFlops += flopsUpTo(work, doneUnits + units) - flopsUpTo(work, doneUnits);
    doneUnits += units;
    if (doneUnits == work.units) {
      link.add(simulation.nowPs() + linkPs(work.resultBytes), resultsSent, 0);
    } else {
      offer();
    }
  }

  private void resultsSent(long ignored) {
    books.complete(queue.remove().slot, bank.pathPs());
    if (!queue.isEmpty()) {
      begin();
    }
  }

  @Override
  public int size() {
    return books.size();
  }

  @Override
  public long burstBytes() {
    return books.nearBytes() - unofferedBytes();
  }

  private long unofferedBytes() {
    long units = 0;
    for (Work work : beforeLaunch) {
      units += work.units;
    }
    for (Work work : queue) {
      units += work.units;
    }
    return (units - (queue.isEmpty() ? 0 : offeredUnits)) * bank.interleaveBytes() * allLanes;
  }

  /** The engine's bits do not leave the memory; input and results do, at what the link costs. */
  @Override
  public EnergyBreakdown memoryEnergy() {
    double bits = 8.0 * burstBytes();
    return new EnergyBreakdown(
        0, 0, 0, 0, -bits * bank.device().energy().read().ioPjPerBit(), 0, 0);
  }

  private double linkPj() {
    return (books.inputBytes() + books.resultBytes()) * 8.0 * spec.linkPjPerBit();
  }

  /** Each piece at the voltage at which it was completed. */
  private double workedPj() {
    return earlierPj + workedFlops * spec.flopPj() * voltageShare;
  }

  @Override
  public void setClock(double clockShare, double powerShare) {
    earlierPj = workedPj();
    workedFlops = 0;
    voltageShare = powerShare / clockShare;
    engine.setSpeed(clockShare);
  }

  /** The engine and its link are on the logic die; all devices have the same share of it. */
  @Override
  public void addHeat(ChannelLane[] device, long each, BankHeat heat, double[] joules) {
    heat.addJoules(memoryEnergy().times(1.0 / devices), 0, joules);
    heat.addInLogic((workedPj() + linkPj()) * 1e-12 / devices, joules);
  }

  @Override
  public void addPart(int slot) {
    pieces.addPart(slot);
  }

  @Override
  public void check(List<String> broken) {
    books.check(broken);
  }

  @Override
  public void describe(StateSink sink) {
    books.describe(sink);
    launching.describe(sink);
    link.describe(sink);
    engine.describe(sink);
    pieces.describe(sink, simulation.nowPs());
    for (Work work : queue) {
      sink.put(work.units);
      sink.put(work.flops);
      sink.put(work.inputBytes);
      sink.put(work.resultBytes);
    }
    sink.put(offeredUnits);
    sink.put(readUnits);
    sink.put(doneUnits);
  }

  @Override
  public void shift(long deltaPs) {
    books.shift(deltaPs);
    launching.shift(deltaPs);
    link.shift(deltaPs);
    engine.shift(deltaPs);
    pieces.shift(deltaPs);
  }
}
