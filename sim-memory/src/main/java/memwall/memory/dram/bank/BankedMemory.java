package memwall.memory.dram.bank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Waiting;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.resource.Server;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.RegionTable;
import memwall.memory.TierLayout;
import memwall.memory.TransferSlots;
import memwall.memory.Usage;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.bulk.ExactPort;
import memwall.memory.dram.bulk.LeapingPort;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.NearCompute;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmSpec;
import org.jspecify.annotations.Nullable;

/**
 * DRAM whose channels are simulated command by command: banks, rows, buses, refresh, queues.
 *
 * <p>A transfer is cut into whole access units and striped over all channels of all devices. Every
 * channel carries the same share, rounded up to whole units, so that all channels always do the
 * same and one stands for all where the memory is folded (law F4); what is moved beyond the
 * transfer is counted as padding, less than a unit a channel.
 *
 * <p>Regions follow each other in the address space of each channel. A region's contiguous reads go
 * on where the last one ended and from its end to its beginning, as a step reads weights; so do
 * writes. Blocks are scattered over the region in an order that looks random, each split over the
 * channels by access units. Which bytes a transfer means is not modelled: a region is as much
 * address space as it has bytes, but no less than a mebibyte a channel.
 *
 * <p>The channels' state includes when the next refresh is due and where in its row each stream is,
 * so practically it never comes again at the beginning of a layer. It is described by the time
 * since the channels' first tick, which never comes again at all: machines with this memory do not
 * leap.
 */
public final class BankedMemory implements Memory, NearCompute, Waiting {
  private static final long LEAST_WINDOW_BYTES = 1 << 20;

  /** Two decode steps of a 70B model on stacks of HBM3 need more than the port's usual bound. */
  private static final long MOST_KNOWN_BYTES = 256L << 20;

  private final Simulation simulation;
  private final BankSpec spec;
  private final int devices;
  private final int lanes;
  private final long rowSetBursts;
  private final long channelBursts;
  private final String path;
  private final MovableClock clock;
  private final ChannelLane[] simulated;

  private final BankStacks stacks;

  private final RegionTable regions;
  private final Map<Usage, AddressWindow> windows = new EnumMap<>(Usage.class);
  private final TransferSlots transfers = new TransferSlots();
  private final CompletionQueue returning;
  private final Completion returned = this::returned;
  private final CompletionQueue empty;
  private final TierLayout layout;

  private final Counter movedReadBytes;
  private final Counter movedWriteBytes;
  private final Counter paddingBytes;
  private final LatencyHistogram readLatency;
  private final LatencyHistogram writeLatency;
  private final BankBooks books;
  private final @Nullable KernelSide kernels;

  /** Of writes under way by slot, if the memory computes: the fence of their window and place. */
  private WriteFence[] fences = {};

  private long[] fenceNumbers = {};

  /** How a channel's port is made. */
  @FunctionalInterface
  interface PortMaker {
    /** A port to a channel at rest. */
    BulkPort make(BankSpec spec);
  }

  /**
   * Builds channels at rest and declares their statistics.
   *
   * @param devices identical stacks or modules, at least 1
   * @param folded simulate channel 0 of device 0 for all, and let it leap over what is known
   */
  public BankedMemory(
      Simulation simulation, Stats stats, BankSpec spec, int devices, boolean folded) {
    this(
        simulation,
        stats,
        spec,
        devices,
        folded,
        folded ? BankedMemory::leapingPort : BankedMemory::exactPort);
  }

  BankedMemory(
      Simulation simulation,
      Stats stats,
      BankSpec spec,
      int devices,
      boolean folded,
      PortMaker maker) {
    this.simulation = simulation;
    this.spec = spec;
    this.devices = devices;
    path = stats.path();
    lanes = Math.multiplyExact(devices, spec.lanes());
    DramStandard standard = spec.device().standard();
    channelBursts = standard.capacityBytes() / standard.burstBytes();
    rowSetBursts = channelBursts / standard.rows();
    clock = new MovableClock(standard.tickFemtos());
    regions = new RegionTable(spec, devices, stats);
    layout = new TierLayout(spec, devices);
    simulated = new ChannelLane[folded ? 1 : lanes];
    for (int lane = 0; lane < simulated.length; lane++) {
      simulated[lane] =
          new ChannelLane(
              simulation,
              path + ".channel" + lane,
              clock,
              maker.make(spec),
              spec.stack() != null,
              this::partAdded,
              this::partDone);
    }
    stacks = new BankStacks(simulation, stats, spec, simulated, () -> rests());
    returning = new CompletionQueue(simulation, path + ".return");
    empty = new CompletionQueue(simulation, path + ".empty");
    simulation.watch(this);
    movedReadBytes =
        stats.counter("moved_read_bytes", "bytes", "Bytes that the channels moved for reads");
    movedWriteBytes =
        stats.counter("moved_write_bytes", "bytes", "Bytes that the channels moved for writes");
    paddingBytes =
        stats.counter(
            "padding_bytes",
            "bytes",
            "Bytes moved only to fill whole access units of all channels");
    readLatency =
        stats.histogram(
            "read_latency", "From a read's submission to its last byte, queueing included");
    writeLatency =
        stats.histogram("write_latency", "From a write's submission to its last byte stored");
    kernels = kernelSide(stats);
    if (kernels != null) {
      stacks.compute(kernels);
    }
    books = new BankBooks(spec, simulated, lanes, kernels, stats);
    stats.beforeReading(this::settle);
  }

  private @Nullable KernelSide kernelSide(Stats stats) {
    PimSpec pim = spec.pim();
    if (pim != null) {
      return new PimSide(
          simulation, stats.child("near"), spec, pim, devices, simulated, stacks::rest);
    }
    PnmSpec pnm = spec.pnm();
    if (pnm != null) {
      return new PnmSide(
          simulation, stats.child("near"), spec, pnm, devices, simulated, stacks::rest);
    }
    return null;
  }

  static BulkPort leapingPort(BankSpec spec) {
    if (spec.controller().hasLowPower()) {
      return exactPort(spec); // what is known of a stream does not know how long a channel slept
    }
    PimSpec pim = spec.pim();
    return new LeapingPort(
        spec.standard(), spec.controller(), pim == null ? null : pim.compute(), MOST_KNOWN_BYTES);
  }

  static BulkPort exactPort(BankSpec spec) {
    PimSpec pim = spec.pim();
    return new ExactPort(spec.standard(), spec.controller(), pim == null ? null : pim.compute());
  }

  private void settle() {
    stacks.catchUp();
    for (ChannelLane lane : simulated) {
      lane.settle(simulation.nowPs());
    }
  }

  @Override
  public Region reserve(Usage usage, long bytes) {
    Region region = regions.reserve(usage, bytes);
    long from = layout.next(usage);
    windows.put(usage, window(usage, from, from + bytes));
    layout.take(usage, bytes);
    return region;
  }

  /** The rows of every channel in which bytes of the memory lie; at least a mebibyte of them. */
  private AddressWindow window(Usage usage, long fromBytes, long toBytes) {
    long rowSetBytes = rowSetBursts * spec.device().standard().burstBytes();
    long acrossBytes = Math.multiplyExact(rowSetBytes, (long) lanes);
    long sets = channelBursts / rowSetBursts;
    long first = fromBytes / acrossBytes;
    long count = (toBytes + acrossBytes - 1) / acrossBytes - first;
    count = Math.min(sets, Math.max(count, (LEAST_WINDOW_BYTES + rowSetBytes - 1) / rowSetBytes));
    first = Math.min(first, sets - count);
    long seed =
        switch (usage) {
          case WEIGHTS -> 1;
          case KV -> 2;
          case ACTIVATIONS -> 3;
        };
    return new AddressWindow(first, first * rowSetBursts, count * rowSetBursts, seed);
  }

  /** DRAM opens rows within its latency; there is nothing to begin early. */
  @Override
  public boolean announce(Region region, long bytes, AccessPattern pattern) {
    return true;
  }

  @Override
  public void read(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countRead(bytes);
    submit(region.usage(), bytes, pattern, false, done, word);
  }

  @Override
  public void write(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countWrite(bytes);
    submit(region.usage(), bytes, pattern, true, done, word);
  }

  private void submit(
      Usage usage, long bytes, AccessPattern pattern, boolean write, Completion done, long word) {
    long nowPs = simulation.nowPs();
    if (bytes == 0) {
      empty.add(nowPs, done, word);
      return;
    }
    AddressWindow window = window(usage);
    long laneUnits = ceilDiv(pattern.units(bytes, spec.interleaveBytes()), lanes);
    long movedBytes =
        Math.multiplyExact(Math.multiplyExact(laneUnits, (long) lanes), spec.interleaveBytes());
    (write ? movedWriteBytes : movedReadBytes).add(movedBytes);
    paddingBytes.add(movedBytes - bytes);
    BurstPattern order = window.pattern(blockBursts(pattern));
    long rest = laneUnits * spec.unitBursts();
    long position = window.advance(order, write, rest);
    stacks.resume();
    long parts = ceilDiv(rest, order.bursts());
    int slot =
        transfers.add(Math.multiplyExact(parts, (long) simulated.length), nowPs, write, done, word);
    if (write && kernels != null) {
      fence(slot, window);
    }
    while (rest > 0) {
      long length = Math.min(rest, order.bursts());
      for (ChannelLane lane : simulated) {
        lane.submit(order, position, length, write, slot);
      }
      rest -= length;
    }
  }

  /** The stack of the first device, for tests. */
  BankStack stack() {
    return stacks.first();
  }

  /** Bursts of a block that lie together in one channel. */
  private long blockBursts(AccessPattern pattern) {
    long units = ceilDiv(pattern.blockBytes(), spec.interleaveBytes());
    long laneUnits = ceilDiv(units, lanes);
    return laneUnits > Long.MAX_VALUE / spec.unitBursts()
        ? Long.MAX_VALUE
        : laneUnits * spec.unitBursts();
  }

  private static long ceilDiv(long amount, long unit) {
    return amount / unit + (amount % unit == 0 ? 0 : 1);
  }

  private void partAdded(long slot) {
    if (slot < 0) {
      kernels().addPart((int) (-1 - slot));
    } else {
      transfers.addPart((int) slot);
    }
  }

  private void partDone(long slot, long doneTicks) {
    if (slot < 0) {
      kernels().laneDone((int) (-1 - slot));
      return;
    }
    if (transfers.partDone((int) slot)) {
      if (kernels != null && transfers.isWrite((int) slot)) {
        fences[(int) slot].finished(fenceNumbers[(int) slot]);
        kernels.written();
      }
      returning.add(Math.addExact(simulation.nowPs(), spec.pathPs()), returned, slot);
    }
  }

  /** Kernels on the window that are submitted from now on wait for the write of a slot. */
  private void fence(int slot, AddressWindow window) {
    if (slot >= fences.length) {
      fences = Arrays.copyOf(fences, Math.max(8, 2 * slot));
      fenceNumbers = Arrays.copyOf(fenceNumbers, fences.length);
    }
    fences[slot] = window.writes;
    fenceNumbers[slot] = window.writes.submitted();
  }

  private KernelSide kernels() {
    KernelSide side = kernels;
    if (side == null) {
      throw new IllegalArgumentException(path + ": this memory does not compute");
    }
    return side;
  }

  @Override
  public boolean computes(NumberFormat format) {
    return kernels != null && kernels.computes(format);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A memory whose preset names neither {@code pim} nor {@code pnm} refuses every kernel.
   */
  @Override
  public void compute(Region region, PimKernel kernel, Completion done, long word) {
    KernelSide side = kernels();
    AddressWindow window = window(region.usage());
    side.compute(window, kernel, done, word);
    stacks.resume();
  }

  @Override
  public long boundPs(PimKernel kernel) {
    return kernels().boundPs(kernel);
  }

  private AddressWindow window(Usage usage) {
    AddressWindow window = windows.get(usage);
    if (window == null) {
      throw new IllegalArgumentException(path + ": nothing is reserved for " + usage.label());
    }
    return window;
  }

  private void returned(long word) {
    int slot = (int) word;
    (transfers.isWrite(slot) ? writeLatency : readLatency)
        .record(simulation.nowPs() - transfers.submittedPs(slot));
    transfers.complete(slot);
    stacks.rest();
  }

  @Override
  public void warmedBy(Server engines) {
    if (spec.carriesEngines()) {
      stacks.carry(engines);
    }
  }

  @Override
  public MemorySpec spec() {
    return spec;
  }

  @Override
  public int devices() {
    return devices;
  }

  @Override
  public int outstanding() {
    return transfers.size() + empty.size() + kernelCount();
  }

  @Override
  public long waitingCount() {
    return (long) transfers.size() + kernelCount();
  }

  private boolean rests() {
    return transfers.size() == 0 && kernelCount() == 0;
  }

  private int kernelCount() {
    return kernels == null ? 0 : kernels.size();
  }

  @Override
  public String describeWaiting() {
    String text = path + ": " + transfers.size() + " transfers";
    return kernels == null ? text : text + ", " + kernels.size() + " kernels";
  }

  @Override
  public List<String> brokenLaws() {
    settle();
    List<String> broken = new ArrayList<>();
    stacks.check(broken);
    regions.checkMoved(
        movedReadBytes.value() + movedWriteBytes.value() - paddingBytes.value(),
        "channels",
        broken);
    books.check(
        path,
        movedReadBytes.value(),
        movedWriteBytes.value(),
        transfers.size() + kernelCount() == 0,
        broken);
    return broken;
  }

  /**
   * Writes the time since the channels' first tick, which alone tells two moments of a run apart,
   * and what its users see: transfers under way and how far they have come in their regions.
   */
  @Override
  public void describe(StateSink sink) {
    sink.put(clock.passedPs(simulation.nowPs()));
    transfers.describe(sink, simulation.nowPs());
    returning.describe(sink);
    empty.describe(sink);
    if (kernels != null) {
      kernels.describe(sink);
    }
    for (AddressWindow window : windows.values()) {
      window.describe(sink);
    }
  }

  @Override
  public void shift(long deltaPs) {
    if (!stacks.areNone()) {
      throw new IllegalStateException(path + ": temperatures do not leap");
    }
    clock.shift(deltaPs);
    transfers.shift(deltaPs);
    for (ChannelLane lane : simulated) {
      lane.shift();
    }
    returning.shift(deltaPs);
    empty.shift(deltaPs);
    if (kernels != null) {
      kernels.shift(deltaPs);
    }
  }
}
