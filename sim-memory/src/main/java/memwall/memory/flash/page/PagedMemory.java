package memwall.memory.flash.page;

import java.util.ArrayDeque;
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
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.RegionTable;
import memwall.memory.TransferSlots;
import memwall.memory.Usage;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.error.DataAge;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.port.PageOrder;
import memwall.memory.flash.port.PagePort;
import org.jspecify.annotations.Nullable;

/**
 * Flash whose channels are simulated page by page: planes, page buffers, lanes, decoders, links,
 * programs.
 *
 * <p>A transfer is cut into whole pages and striped over all channels of all devices. Every channel
 * carries the same share, rounded up to whole pages, so that all channels always do the same and
 * one stands for all where the memory is folded (law F4); what is moved beyond the transfer is
 * counted as padding, less than a page a channel. Inside a channel pages follow each other over all
 * planes.
 *
 * <p>Regions are rings of blocks ({@link PageWindow}). Their data were written before the run. What
 * is read contiguously goes on where the last read ended; blocks are scattered in an order that
 * looks random. Writes are gathered in front of the devices until they fill a page of each channel,
 * and then append to the ring, so that write amplification is 1 (OCP HBF 0.7: no collection of
 * garbage, no writing in place); what does not fill a page is held there. Which bytes a transfer
 * means is not modelled; the row of blocks that is being written is never read.
 *
 * <p>Where the device has errors, each channel draws its own. A channel that stands for all has
 * those of one: the same in distribution, but then all channels wait for the same retries.
 *
 * <p>The host makes good what blocks refuse ({@link PageHost}) and writes rows anew that were read
 * too often ({@link RowRefresh}).
 *
 * <p>Where it is a stack whose heat is modelled, heat limits how many planes are active ({@link
 * PageStacks}).
 *
 * <p>Reads that are announced are sensed as far as the staging buffer has room, and leave when they
 * are asked for. Activations are not flash: they pass the links, to and from SRAM.
 *
 * <p>Where in its planes each stream is, and how often each block was read, practically never comes
 * again at the beginning of a layer: machines with this memory do not leap.
 *
 * <p>Over 500 lines: it joins reads, writes, announcements, heat and the host's own work, each of
 * which has a class of its own, at the one place where transfers begin and end.
 */
public final class PagedMemory implements Memory, Waiting {
  private final Simulation simulation;
  private final PageSpec spec;
  private final FlashGeometry channel;
  private final int channels;
  private final int stagingPages;
  private final String path;
  private final PageLane[] lanes;
  private final BlockStore[] blocks;
  private final RegionTable regions;
  private final Map<Usage, PageHost.Appends> appends = new EnumMap<>(Usage.class);
  private final TransferSlots transfers = new TransferSlots();
  private final EndQueue ends;
  private final CompletionQueue empty;
  private final PageBooks books;
  private final HostJobs jobs;
  private final PageHost host;
  private final RowRefresh refresh;
  private int nextBlock;

  /**
   * Of transfers under way, by slot: the latest end of its parts; the worst that happened to them;
   * whether it uses the SRAM; what a write appends to.
   */
  private long[] latestPs = new long[8];

  private FlashStatus[] worst = new FlashStatus[8];
  private PageHost.@Nullable Appends[] targets = new PageHost.Appends[8];

  private boolean[] isScratch = new boolean[8];

  private final Announcements announced;
  private final PageStacks stacks;

  /** Activations that wait because the stacks are too hot. */
  private final ArrayDeque<Held> held = new ArrayDeque<>();

  /** Units of activations for each channel. */
  private record Held(boolean isWrite, long laneUnits, int slot) {}

  private final PageTraffic traffic;

  /**
   * Builds idle channels and declares their statistics.
   *
   * @param devices identical devices, at least 1
   * @param folded simulate channel 0 of device 0 for all, and let it leap over what repeats
   */
  public PagedMemory(
      Simulation simulation, Stats stats, PageSpec spec, int devices, boolean folded) {
    this(simulation, stats, spec, devices, folded, folded);
  }

  PagedMemory(
      Simulation simulation,
      Stats stats,
      PageSpec spec,
      int devices,
      boolean folded,
      boolean leaps) {
    this.simulation = simulation;
    this.spec = spec;
    path = stats.path();
    channels = Math.multiplyExact(devices, spec.lanes());
    FlashSpec its = spec.channel();
    channel = its.geometry();
    stagingPages = PagePort.stagingPages(its);
    regions = new RegionTable(spec, devices, stats);
    lanes = new PageLane[folded ? 1 : channels];
    blocks = new BlockStore[lanes.length];
    announced = new Announcements(path);
    DataAge[] ages = new DataAge[Math.max(1, lanes.length / spec.lanes())];
    Arrays.setAll(ages, device -> age(spec.part().wear()));
    for (int lane = 0; lane < lanes.length; lane++) {
      String lanePath = path + ".channel" + lane;
      FlashErrors errors = errors(lanePath, ages[lane / spec.lanes()]);
      BlockStore store =
          new BlockStore(channel, spec.part().wear().endurance(), spec.part().wear().readLimit());
      blocks[lane] = store;
      lanes[lane] =
          new PageLane(
              simulation,
              lanePath,
              sink -> new PagePort(its, store, errors, leaps, sink),
              this::certain,
              () -> rested());
    }
    stacks =
        new PageStacks(
            simulation, stats, spec, lanes, ages, this::nothingIsUnderWay, this::release);
    ends = new EndQueue(simulation, path, this::ended);
    jobs = new HostJobs(ends, spec.pathPs());
    empty = new CompletionQueue(simulation, path + ".empty");
    simulation.watch(this);
    traffic = new PageTraffic(stats, spec, this::gatheredBytes);
    books = new PageBooks(simulation, spec, lanes, blocks, devices, stats);
    long multiplicity = books.multiplicity();
    host =
        new PageHost(
            lanes, blocks, channel, spec.spareBlocks(), multiplicity, jobs, stats, this::finish);
    refresh =
        new RowRefresh(
            lanes,
            blocks,
            channel,
            spec.part().wear().readLimit(),
            multiplicity,
            host,
            jobs,
            this::readOwn,
            stats);
    stats.beforeReading(stacks::catchUp);
  }

  /** Data age at the temperature for which their retention is stated, unless heat says another. */
  private static DataAge age(FlashWear wear) {
    double celsius = wear.retentionCelsius();
    return new DataAge(wear.activationEv(), celsius, wear.retentionS(), celsius);
  }

  /** What goes wrong in a channel, in numbers of its own, which nothing else changes. */
  private FlashErrors errors(String lanePath, DataAge age) {
    ErrorSpec errors = spec.part().errors();
    return errors == null
        ? FlashErrors.NONE
        : errors.sampler(simulation.random(), lanePath + ".errors", age);
  }

  private void settle() {
    for (PageLane lane : lanes) {
      lane.settle();
    }
  }

  private long gatheredBytes() {
    long bytes = 0;
    for (PageHost.Appends its : appends.values()) {
      bytes += its.window().gatheredBytes;
    }
    return bytes;
  }

  @Override
  public Region reserve(Usage usage, long bytes) {
    Region region = regions.reserve(usage, bytes);
    if (usage != Usage.ACTIVATIONS) {
      long row =
          Math.multiplyExact(
              (long) channel.planes() * channel.pagesPerBlock() * spec.pageBytes(),
              (long) channels);
      // One row that is open, and at least one that holds data.
      int rows = (int) Math.max(1, ceilDiv(bytes, row)) + 1;
      PageWindow window = new PageWindow(channel, nextBlock, rows, usage == Usage.KV ? 2 : 1);
      PageHost.Appends its = host.region(window);
      appends.put(usage, its);
      refresh.add(its);
      for (BlockStore store : blocks) {
        PageWindow.preload(store, channel, nextBlock, rows);
      }
      nextBlock += rows;
    }
    return region;
  }

  // Announcements ------------------------------------------------------------------------------

  @Override
  public boolean announce(Region region, long bytes, AccessPattern pattern) {
    if (region.usage() == Usage.ACTIVATIONS || bytes == 0) {
      return true;
    }
    if (announced.total() >= stagingPages) {
      return false;
    }
    stacks.resume();
    long pages = lanePages(bytes, pattern);
    PageWindow window = window(region.usage());
    PageOrder order = window.order(lanePages(pattern));
    long position = window.advance(order, pages);
    announced.add(pages, 0);
    for (PageLane lane : lanes) {
      lane.announce(order, position, pages);
    }
    return true;
  }

  /** The host reads on its own account, behind what is announced. */
  private void readOwn(PageOrder order, long position, long pages, long word) {
    boolean isNext = announced.areNone();
    if (!isNext) {
      announced.add(pages, word);
    }
    for (PageLane lane : lanes) {
      if (isNext) {
        lane.read(order, position, pages, word);
      } else {
        lane.announce(order, position, pages);
      }
    }
  }

  private void claim(long word) {
    for (PageLane lane : lanes) {
      lane.claim(word);
    }
  }

  // Transfers ----------------------------------------------------------------------------------

  @Override
  public void read(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countRead(bytes);
    if (bytes == 0) {
      empty.add(simulation.nowPs(), done, word);
    } else if (region.usage() == Usage.ACTIVATIONS) {
      carry(false, bytes, pattern, done, word);
    } else {
      readPages(region.usage(), bytes, pattern, done, word);
    }
  }

  private boolean nothingIsUnderWay() {
    return transfers.size() == 0 && jobs.areNone();
  }

  private void rested() {
    // Channels are asked for the first time while the stacks are built.
    if (stacks != null) {
      stacks.channelRests();
    }
  }

  private void readPages(
      Usage usage, long bytes, AccessPattern pattern, Completion done, long word) {
    stacks.resume();
    long pages = lanePages(bytes, pattern);
    count(pages, spec.pageBytes(), bytes);
    traffic.readPages.add(Math.multiplyExact(pages, (long) channels));
    int slot = add(false, false, done, word);
    if (announced.take(pages)) {
      claim(slot);
      for (long own = announced.takeOwn(); own != 0; own = announced.takeOwn()) {
        claim(own);
      }
      return;
    }
    PageWindow window = window(usage);
    PageOrder order = window.order(lanePages(pattern));
    long position = window.advance(order, pages);
    for (PageLane lane : lanes) {
      lane.read(order, position, pages, slot);
    }
  }

  @Override
  public void write(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countWrite(bytes);
    if (bytes == 0) {
      empty.add(simulation.nowPs(), done, word);
      return;
    }
    if (region.usage() == Usage.ACTIVATIONS) {
      carry(true, bytes, pattern, done, word);
      return;
    }
    traffic.movedBytes.add(bytes);
    PageHost.Appends target = appends(region.usage());
    PageWindow window = target.window();
    long row = Math.multiplyExact((long) channels, spec.pageBytes());
    window.gatheredBytes = Math.addExact(window.gatheredBytes, bytes);
    long pages = window.gatheredBytes / row;
    window.gatheredBytes -= pages * row;
    if (pages == 0) {
      empty.add(simulation.nowPs(), done, word);
      return;
    }
    stacks.resume();
    traffic.programmedPages.add(Math.multiplyExact(pages, (long) channels));
    int slot = add(true, false, done, word);
    targets[slot] = target;
    host.write(target, pages, slot);
  }

  /** Activations pass the links. */
  private void carry(
      boolean isWrite, long bytes, AccessPattern pattern, Completion done, long word) {
    long units = ceilDiv(pattern.units(bytes, PageSpec.SCRATCH_ACCESS_BYTES), channels);
    long moved = count(units, PageSpec.SCRATCH_ACCESS_BYTES, bytes);
    traffic.scratchBytes.add(moved);
    stacks.resume();
    int slot = add(isWrite, true, done, word);
    if (stacks.areHalted()) {
      held.add(new Held(isWrite, units, slot));
    } else {
      carry(isWrite, units, slot);
    }
  }

  private void carry(boolean isWrite, long laneUnits, int slot) {
    long laneBytes = laneUnits * PageSpec.SCRATCH_ACCESS_BYTES;
    long endPs = simulation.nowPs();
    for (PageLane lane : lanes) {
      endPs = Math.max(endPs, isWrite ? lane.carryIn(laneBytes) : lane.carryOut(laneBytes));
    }
    ends.add(Math.addExact(endPs, spec.pathPs()), slot);
  }

  /** Activations that waited pass. */
  private void release() {
    while (!held.isEmpty()) {
      Held first = held.remove();
      carry(first.isWrite(), first.laneUnits(), first.slot());
    }
  }

  /** Counts units of each channel; returns bytes moved. */
  private long count(long laneUnits, long unitBytes, long bytes) {
    long units = Math.multiplyExact(laneUnits, (long) channels);
    long moved = Math.multiplyExact(units, unitBytes);
    traffic.movedBytes.add(moved);
    traffic.paddingBytes.add(moved - bytes);
    return moved;
  }

  private int add(boolean isWrite, boolean scratch, Completion done, long word) {
    int slot = transfers.add(lanes.length, simulation.nowPs(), isWrite, done, word);
    if (slot >= latestPs.length) {
      latestPs = Arrays.copyOf(latestPs, 2 * slot);
      isScratch = Arrays.copyOf(isScratch, 2 * slot);
      worst = Arrays.copyOf(worst, 2 * slot);
      targets = Arrays.copyOf(targets, 2 * slot);
    }
    latestPs[slot] = 0;
    worst[slot] = FlashStatus.DONE;
    targets[slot] = null;
    isScratch[slot] = scratch;
    return slot;
  }

  /** Pages of all channels that wait until blocks that failed are made good. */
  private long heldPages() {
    long pages = 0;
    for (PageHost.Appends its : appends.values()) {
      pages += its.heldPages();
    }
    return channels * pages;
  }

  /** The first channel, for tests. */
  PageLane lane() {
    return lanes[0];
  }

  /** What heat does to the devices, for tests. */
  PageStacks stacks() {
    return stacks;
  }

  /** Pages of a transfer that each channel carries. */
  private long lanePages(long bytes, AccessPattern pattern) {
    return ceilDiv(pattern.units(bytes, spec.pageBytes()), channels);
  }

  /** Pages of a block that lie together in one channel. */
  private long lanePages(AccessPattern pattern) {
    return ceilDiv(ceilDiv(pattern.blockBytes(), spec.pageBytes()), channels);
  }

  private static long ceilDiv(long amount, long unit) {
    return amount / unit + (amount % unit == 0 ? 0 : 1);
  }

  private PageHost.Appends appends(Usage usage) {
    PageHost.Appends its = appends.get(usage);
    if (its == null) {
      throw new IllegalArgumentException(path + ": nothing is reserved for " + usage.label());
    }
    return its;
  }

  private PageWindow window(Usage usage) {
    return appends(usage).window();
  }

  private void certain(int word, long donePs, FlashStatus status) {
    if (word < 0) {
      jobs.certain(word, donePs, status);
      return;
    }
    latestPs[word] = Math.max(latestPs[word], donePs);
    if (status.compareTo(worst[word]) > 0) {
      worst[word] = status;
    }
    if (!transfers.isWrite(word)) {
      books.ended(status);
    }
    if (transfers.partDone(word)) {
      ends.add(Math.addExact(latestPs[word], spec.pathPs()), word);
    }
  }

  private void ended(long word) {
    if (word < 0) {
      jobs.ended(word);
      stacks.rest();
      return;
    }
    int slot = (int) word;
    PageHost.Appends target = targets[slot];
    if (target != null) {
      host.ended(target, slot, worst[slot]);
    } else {
      boolean isMet = worst[slot] != FlashStatus.DONE;
      finish(slot);
      if (isMet) {
        refresh.soon();
      }
    }
    stacks.rest();
  }

  private void finish(int slot) {
    long tookPs = simulation.nowPs() - transfers.submittedPs(slot);
    if (!transfers.isWrite(slot)) {
      traffic.readLatency.record(tookPs);
    } else if (!isScratch[slot]) {
      traffic.programLatency.record(tookPs);
    }
    transfers.complete(slot);
  }

  // Reports ------------------------------------------------------------------------------------

  @Override
  public MemorySpec spec() {
    return spec;
  }

  @Override
  public int devices() {
    return channels / spec.lanes();
  }

  @Override
  public int outstanding() {
    return transfers.size() + empty.size();
  }

  @Override
  public long waitingCount() {
    return transfers.size();
  }

  @Override
  public String describeWaiting() {
    return path + ": " + transfers.size() + " transfers";
  }

  @Override
  public List<String> brokenLaws() {
    stacks.catchUp();
    settle();
    List<String> broken = new ArrayList<>();
    stacks.check(broken);
    regions.checkMoved(traffic.movedBytes.value() - traffic.paddingBytes.value(), "links", broken);
    traffic.check(path, broken);
    long ownWrites = host.replayedPages() + refresh.programmedPages() - heldPages();
    boolean atRest = transfers.size() == 0 && announced.areNone() && jobs.areNone();
    books.check(
        path,
        traffic.readPages.value() + channels * announced.usersTotal() + refresh.readPages(),
        traffic.programmedPages.value() + ownWrites,
        atRest,
        broken);
    if (atRest && !spec.part().device().rules().postedWrites() && !books.isShutDown()) {
      host.check(path, appends.values(), broken);
    }
    return broken;
  }

  /**
   * Writes the time since the channels' beginning, which alone tells two moments of a run apart,
   * and what its users see: transfers and announcements under way and how far they have come.
   */
  @Override
  public void describe(StateSink sink) {
    sink.put(lanes[0].passedPs());
    transfers.describe(sink, simulation.nowPs());
    ends.describe(sink);
    empty.describe(sink);
    announced.describe(sink);
    jobs.describe(sink);
    for (PageHost.Appends its : appends.values()) {
      its.window().describe(sink);
    }
  }

  @Override
  public void shift(long deltaPs) {
    if (!stacks.areNone()) {
      throw new IllegalStateException(path + ": temperatures do not leap");
    }
    transfers.shift(deltaPs);
    for (int slot = 0; slot < latestPs.length; slot++) {
      latestPs[slot] += deltaPs;
    }
    for (PageLane lane : lanes) {
      lane.shift(deltaPs);
    }
    jobs.shift(deltaPs);
    ends.shift(deltaPs);
    empty.shift(deltaPs);
  }
}
