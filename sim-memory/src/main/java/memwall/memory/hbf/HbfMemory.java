package memwall.memory.hbf;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.RegionTable;
import memwall.memory.Striping;
import memwall.memory.TransferJoin;
import memwall.memory.Usage;

/**
 * High-Bandwidth Flash as stacks of pages: reads pass the array (planes and staging buffer) and
 * then the link towards the chip, writes pass the link away from the chip and then the planes.
 *
 * <p>Pages of a transfer are striped over the stacks and, inside a stack, over all planes; {@link
 * HbfStack} computes when the last one arrives. Sub-page appends are gathered into whole pages by a
 * buffer in front of the device, so that program work is proportional to bytes and write
 * amplification is 1 (append-only, no device garbage collection: OCP HBF 0.7).
 */
public final class HbfMemory implements Memory {
  private final Simulation simulation;
  private final HbfSpec spec;
  private final int devices;
  private final int simulatedStacks;
  private final String path;
  private final RegionTable regions;
  private final HbfStack[] stacks;
  private final TransferJoin reads = new TransferJoin();
  private final TransferJoin writes = new TransferJoin();
  private final CompletionQueue[] readQueues;
  private final CompletionQueue[] writeQueues;
  private final CompletionQueue scratchWrites;
  private final CompletionQueue empty;

  // A ring of announced reads, oldest first, in pages.
  private long[] announcedUnits = new long[8];
  private int oldestAnnounced;
  private int announced;

  private final Completion readLaneDone = this::readLaneDone;
  private final Completion writeLaneDone = this::writeLaneDone;

  private final Counter readPages;
  private final Counter programmedBytes;
  private final Counter scratchBytes;
  private final Counter movedBytes;
  private final Counter paddingBytes;
  private final Counter arrayBusyPs;
  private final Counter linkBusyPs;
  private final LatencyHistogram readLatency;
  private final LatencyHistogram programLatency;

  /**
   * Builds idle stacks and declares their statistics.
   *
   * @param devices identical stacks, at least 1
   * @param folded simulate stack 0 for all
   */
  public HbfMemory(Simulation simulation, Stats stats, HbfSpec spec, int devices, boolean folded) {
    this.simulation = simulation;
    this.spec = spec;
    this.devices = devices;
    this.simulatedStacks = folded ? 1 : devices;
    this.path = stats.path();
    this.regions = new RegionTable(spec, devices, stats);
    this.stacks = new HbfStack[simulatedStacks];
    this.readQueues = new CompletionQueue[simulatedStacks];
    this.writeQueues = new CompletionQueue[simulatedStacks];
    for (int i = 0; i < simulatedStacks; i++) {
      stacks[i] = new HbfStack(spec);
      readQueues[i] = new CompletionQueue(simulation, path + ".stack" + i + ".read");
      writeQueues[i] = new CompletionQueue(simulation, path + ".stack" + i + ".program");
    }
    this.scratchWrites = new CompletionQueue(simulation, path + ".scratch");
    this.empty = new CompletionQueue(simulation, path + ".empty");
    this.readPages = stats.counter("read_pages", "pages", "Pages sensed and brought to the chip");
    this.programmedBytes =
        stats.counter(
            "programmed_bytes", "bytes", "Bytes programmed into flash, gathered to pages");
    this.scratchBytes =
        stats.counter("scratch_bytes", "bytes", "Bytes moved to and from the scratch SRAM");
    this.movedBytes = stats.counter("moved_bytes", "bytes", "Bytes that the links moved");
    this.paddingBytes =
        stats.counter("padding_bytes", "bytes", "Bytes moved only to fill whole access units");
    this.arrayBusyPs =
        stats.counter("array_busy_ps", "ps", "Work of the planes of the busiest stack, as time");
    this.linkBusyPs =
        stats.counter("link_busy_ps", "ps", "Time the busiest link to the chip spent moving data");
    this.readLatency =
        stats.histogram(
            "read_latency", "From a read's submission to its last byte, queueing included");
    this.programLatency =
        stats.histogram("program_latency", "From a write's submission to its last page programmed");
  }

  @Override
  public Region reserve(Usage usage, long bytes) {
    return regions.reserve(usage, bytes);
  }

  @Override
  public boolean announce(Region region, long bytes, AccessPattern pattern) {
    if (region.usage() == Usage.ACTIVATIONS || bytes == 0) {
      return true;
    }
    if (!stacks[0].canAnnounce()) {
      return false;
    }
    long units = pattern.units(bytes, spec.pageBytes());
    if (announced == announcedUnits.length) {
      growAnnounced();
    }
    announcedUnits[(oldestAnnounced + announced++) & (announcedUnits.length - 1)] = units;
    // Staging is allotted by stripes: no stack senses more than stack 0, which so stays the last.
    long nowPs = simulation.nowPs();
    long most = stacks[0].announce(nowPs, Striping.unitsOfLane(units, 0, devices), Long.MAX_VALUE);
    arrayBusyPs.add(stacks[0].lastArrayPs());
    int used = (int) Math.min(simulatedStacks, units);
    for (int i = 1; i < used; i++) {
      stacks[i].announce(nowPs, Striping.unitsOfLane(units, i, devices), most);
    }
    return true;
  }

  /** The staging buffers have room again: the announcement that had to stop goes on. */
  private void topUp(long nowPs) {
    if (announced == 0) {
      return;
    }
    long most = stacks[0].topUp(nowPs, Long.MAX_VALUE);
    arrayBusyPs.add(stacks[0].lastArrayPs());
    if (most > 0) {
      int youngest = (oldestAnnounced + announced - 1) & (announcedUnits.length - 1);
      int used = (int) Math.min(simulatedStacks, announcedUnits[youngest]);
      for (int i = 1; i < used; i++) {
        stacks[i].topUp(nowPs, most);
      }
    }
  }

  private void takeAnnounced(long units) {
    if (announced == 0) {
      return;
    }
    if (announcedUnits[oldestAnnounced] != units) {
      throw new IllegalStateException(
          path + ": " + announcedUnits[oldestAnnounced] + " pages announced, " + units + " read");
    }
    oldestAnnounced = (oldestAnnounced + 1) & (announcedUnits.length - 1);
    announced--;
  }

  private void growAnnounced() {
    long[] grown = new long[2 * announcedUnits.length];
    for (int i = 0; i < announced; i++) {
      grown[i] = announcedUnits[(oldestAnnounced + i) & (announcedUnits.length - 1)];
    }
    announcedUnits = grown;
    oldestAnnounced = 0;
  }

  @Override
  public void read(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countRead(bytes);
    long nowPs = simulation.nowPs();
    if (bytes == 0) {
      empty.add(nowPs, done, word);
      return;
    }
    boolean scratch = region.usage() == Usage.ACTIVATIONS;
    long units = count(region.usage(), bytes, pattern);
    if (scratch) {
      scratchBytes.add(units * spec.accessBytes(region.usage()));
    } else {
      readPages.add(units);
      takeAnnounced(units);
    }
    int used = (int) Math.min(simulatedStacks, units);
    long number = reads.submit(used, nowPs, done, word);
    for (int i = 0; i < used; i++) {
      long share = Striping.unitsOfLane(units, i, devices);
      HbfStack stack = stacks[i];
      long donePs = scratch ? stack.readScratch(nowPs, share) : stack.readPages(nowPs, share);
      readQueues[i].add(donePs, readLaneDone, number);
      if (i == 0) {
        arrayBusyPs.add(stack.lastArrayPs());
        linkBusyPs.add(stack.lastLinkPs());
      }
    }
    if (!scratch) {
      topUp(nowPs);
    }
  }

  @Override
  public void write(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countWrite(bytes);
    long nowPs = simulation.nowPs();
    if (bytes == 0) {
      empty.add(nowPs, done, word);
      return;
    }
    if (region.usage() == Usage.ACTIVATIONS) {
      long units = count(region.usage(), bytes, pattern);
      scratchBytes.add(units * spec.accessBytes(region.usage()));
      long share = Striping.unitsOfLane(units, 0, devices);
      scratchWrites.add(stacks[0].writeScratch(nowPs, share), done, word);
      return;
    }
    programmedBytes.add(bytes);
    movedBytes.add(bytes);
    int used = (int) Math.min(simulatedStacks, bytes);
    long number = writes.submit(used, nowPs, done, word);
    for (int i = 0; i < used; i++) {
      HbfStack stack = stacks[i];
      long donePs = stack.program(nowPs, Striping.unitsOfLane(bytes, i, devices));
      writeQueues[i].add(donePs, writeLaneDone, number);
      if (i == 0) {
        arrayBusyPs.add(stack.lastArrayPs());
      }
    }
  }

  private long count(Usage usage, long bytes, AccessPattern pattern) {
    long unitBytes = spec.accessBytes(usage);
    long units = pattern.units(bytes, unitBytes);
    long moved = Math.multiplyExact(units, unitBytes);
    movedBytes.add(moved);
    paddingBytes.add(moved - bytes);
    return units;
  }

  private void readLaneDone(long number) {
    if (reads.laneDone(number)) {
      readLatency.record(simulation.nowPs() - reads.submittedPs(number));
      reads.pop();
    }
  }

  private void writeLaneDone(long number) {
    if (writes.laneDone(number)) {
      programLatency.record(simulation.nowPs() - writes.submittedPs(number));
      writes.pop();
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
    return reads.size() + writes.size() + scratchWrites.size() + empty.size();
  }

  @Override
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    regions.checkMoved(movedBytes.value() - paddingBytes.value(), "links", broken);
    long parts =
        readPages.value() * spec.pageBytes() + programmedBytes.value() + scratchBytes.value();
    if (parts != movedBytes.value()) {
      broken.add(
          path
              + ": pages, programs and scratch account for "
              + parts
              + " bytes, links moved "
              + movedBytes.value());
    }
    return broken;
  }

  @Override
  public void describe(StateSink sink) {
    long nowPs = simulation.nowPs();
    empty.describe(sink);
    sink.put(announced);
    for (int i = 0; i < announced; i++) {
      sink.put(announcedUnits[(oldestAnnounced + i) & (announcedUnits.length - 1)]);
    }
    scratchWrites.describe(sink);
    reads.describe(sink, nowPs);
    writes.describe(sink, nowPs);
    for (int i = 0; i < simulatedStacks; i++) {
      stacks[i].describe(sink, nowPs);
      readQueues[i].describe(sink, reads.first());
      writeQueues[i].describe(sink, writes.first());
    }
  }

  @Override
  public void shift(long deltaPs) {
    reads.shift(deltaPs);
    writes.shift(deltaPs);
    empty.shift(deltaPs);
    scratchWrites.shift(deltaPs);
    for (int i = 0; i < simulatedStacks; i++) {
      stacks[i].shift(deltaPs);
      readQueues[i].shift(deltaPs);
      writeQueues[i].shift(deltaPs);
    }
  }
}
