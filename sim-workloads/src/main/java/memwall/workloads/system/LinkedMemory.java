package memwall.workloads.system;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.resource.Server;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.TransferJoin;
import memwall.memory.Usage;

/**
 * A memory whose transfers also pass a link that it shares with another memory: the one in front of
 * a daisy chain, or the one behind it. A transfer is complete when the memory is done with it and
 * its last byte has passed the link, a hop later for the memory behind. The bytes are on the link
 * while the memory delivers or takes them: from the end of its access latency on, unless the read
 * was announced, at the rate of its own link, one transfer after the other.
 */
final class LinkedMemory implements Memory {
  private final Simulation simulation;
  private final Memory inner;
  private final SharedLink readLink;
  private final SharedLink writeLink;
  private final long hopPs;
  private final long sourceBytesPerSec;
  private final TransferJoin reads = new TransferJoin();
  private final TransferJoin writes = new TransferJoin();
  private final CompletionQueue passedReads;
  private final CompletionQueue passedWrites;
  private final Completion deliveredRead = this::deliveredRead;
  private final Completion storedWrite = this::storedWrite;
  private final Completion readPart = this::readPart;
  private final Completion writePart = this::writePart;
  private final Counter linkBytes;

  /** Reads announced and not yet issued. */
  private int announced;

  /** Numbers of the oldest read that the memory has not delivered and write it has not stored. */
  private long nextDelivered;

  private long nextStored;

  /** When the memory has delivered, or taken, all that was submitted. */
  private long deliveredPs;

  /**
   * Wraps a memory.
   *
   * @param stats registry of the memory
   * @param readLink what reads pass
   * @param writeLink what writes pass; the same if the link has one direction at a time
   * @param hopPs time of a transfer between this memory and the link
   */
  LinkedMemory(
      Simulation simulation,
      Stats stats,
      Memory inner,
      SharedLink readLink,
      SharedLink writeLink,
      long hopPs) {
    this.simulation = simulation;
    this.inner = inner;
    this.readLink = readLink;
    this.writeLink = writeLink;
    this.hopPs = hopPs;
    this.sourceBytesPerSec =
        Math.multiplyExact(inner.spec().linkBytesPerSec(), (long) inner.devices());
    String path = stats.path();
    this.passedReads = new CompletionQueue(simulation, path + ".shared_link.read");
    this.passedWrites = new CompletionQueue(simulation, path + ".shared_link.write");
    this.linkBytes =
        stats.counter(
            "shared_link_bytes", "bytes", "Bytes, padding included, over the link in front");
  }

  @Override
  public Region reserve(Usage usage, long bytes) {
    return inner.reserve(usage, bytes);
  }

  @Override
  public boolean announce(Region region, long bytes, AccessPattern pattern) {
    boolean noted = inner.announce(region, bytes, pattern);
    announced += noted && bytes > 0 && region.usage() != Usage.ACTIVATIONS ? 1 : 0;
    return noted;
  }

  @Override
  public void read(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    if (bytes == 0) {
      inner.read(region, bytes, pattern, done, word);
      return;
    }
    long nowPs = simulation.nowPs();
    boolean early = region.usage() != Usage.ACTIVATIONS && announced > 0;
    announced -= early ? 1 : 0;
    long latencyPs =
        early || !inner.spec().usesAnnouncements() ? 0 : inner.spec().readLatencyPs(region.usage());
    long number = reads.submit(2, nowPs, done, word);
    inner.read(region, bytes, pattern, deliveredRead, 0);
    passedReads.add(pass(readLink, region, bytes, pattern, nowPs + latencyPs), readPart, number);
  }

  @Override
  public void write(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    if (bytes == 0) {
      inner.write(region, bytes, pattern, done, word);
      return;
    }
    long nowPs = simulation.nowPs();
    long number = writes.submit(2, nowPs, done, word);
    inner.write(region, bytes, pattern, storedWrite, 0);
    passedWrites.add(pass(writeLink, region, bytes, pattern, nowPs), writePart, number);
  }

  /** Reserves the link; returns when the last byte is on the other side. */
  private long pass(
      SharedLink link, Region region, long bytes, AccessPattern pattern, long earliestPs) {
    long unitBytes = inner.spec().accessBytes(region.usage());
    long moved = Math.multiplyExact(pattern.units(bytes, unitBytes), unitBytes);
    linkBytes.add(moved);
    long startPs = Math.max(earliestPs, deliveredPs);
    deliveredPs = Math.addExact(startPs, Units.transferPs(moved, sourceBytesPerSec));
    return Math.addExact(link.pass(simulation.nowPs(), startPs, sourceBytesPerSec, moved), hopPs);
  }

  // The memory ends reads, and writes, in the order of their submission. Their numbers are no part
  // of
  // its state, so that equal states at different times are equal.

  private void deliveredRead(long ignored) {
    readPart(nextDelivered++);
  }

  private void storedWrite(long ignored) {
    writePart(nextStored++);
  }

  private void readPart(long number) {
    if (reads.laneDone(number)) {
      reads.pop();
    }
  }

  private void writePart(long number) {
    if (writes.laneDone(number)) {
      writes.pop();
    }
  }

  @Override
  public void warmedBy(Server engines) {
    inner.warmedBy(engines);
  }

  @Override
  public MemorySpec spec() {
    return inner.spec();
  }

  @Override
  public int devices() {
    return inner.devices();
  }

  @Override
  public int outstanding() {
    return Math.max(inner.outstanding(), reads.size() + writes.size());
  }

  @Override
  public List<String> brokenLaws() {
    return inner.brokenLaws();
  }

  @Override
  public void describe(StateSink sink) {
    long nowPs = simulation.nowPs();
    inner.describe(sink);
    reads.describe(sink, nowPs);
    writes.describe(sink, nowPs);
    passedReads.describe(sink, reads.first());
    passedWrites.describe(sink, writes.first());
    sink.put(nextDelivered - reads.first());
    sink.put(nextStored - writes.first());
    sink.put(announced);
    sink.put(Math.max(0, deliveredPs - nowPs));
  }

  @Override
  public void shift(long deltaPs) {
    inner.shift(deltaPs);
    reads.shift(deltaPs);
    writes.shift(deltaPs);
    passedReads.shift(deltaPs);
    passedWrites.shift(deltaPs);
    deliveredPs += deltaPs;
  }
}
