package memwall.workloads.execution;

import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.Server;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.pnm.NearCompute;
import memwall.network.Network;
import memwall.workloads.operator.OperatorKind;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Chip;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.Machine;
import memwall.workloads.system.TierSpec;
import org.jspecify.annotations.Nullable;

/**
 * Runs the operators of a step on one rank, one after the other. An operator begins with its fixed
 * overhead; then its memory reads and its compute work run side by side (a roofline by events), and
 * it is complete when the last of them is. KV writes are posted: an operator waits for them only
 * when the write buffer is full. A collective is complete when its result is here.
 *
 * <p>An operator that is left to the memory of its data (NearPlan) reads nothing of it over the
 * channels and does no work in the compute engine: its kernels bring the input there and the
 * results back. The chip reads the operator's input from where activations lie, and writes its
 * results there, as for any operator; reads are submitted before the kernels, writes behind them.
 *
 * <p>While an operator runs, the flash reads that follow are announced, so that pages are sensed
 * early; reads whose address depends on results (embedding rows, routed experts) are not.
 *
 * <p>Layers of a segment are equal. If the machine is folded, the executor compares the state of
 * the whole machine at the beginning of consecutive repeats; once it comes again, the remaining
 * repeats but the last will each take what this one took, and are jumped over. The last one is
 * simulated, because what it announces belongs to the next segment.
 */
final class RankExecutor {
  private static final Usage[] USAGES = Usage.values();

  private final Simulation simulation;

  private final Machine machine;
  private final Stats machineStats;
  private final int rank;
  private final Chip chip;
  private final ChipSpec spec;
  private final Network network;
  private final Server compute;
  private final Event issue;
  private final Event resume;
  private final Completion partDone = this::partDone;
  private final Completion writeDone = this::writeDone;
  private final Counter[] spent;
  private final Counter operators;
  private final long[] flopsPerSec;
  private final long[] usageBytes = new long[USAGES.length];
  private final Leaping leaping;
  private final int[] usageTiers = new int[USAGES.length];
  private final long[] usageLatenciesPs = new long[USAGES.length];
  private final StateLog states = new StateLog();

  private final Parts parts;
  private final NearPlan near;
  private final @Nullable NearCounters nearCounters;
  private final Completion nearDone = this::nearDone;
  private final AccessPattern kvPattern;
  private final @Nullable AnnouncementCursor[] cursors;

  private OperatorPlan plan;
  private Completion stepDone;
  private long stepWord;
  private int segment;
  private int repeat;
  private int operator;
  private boolean running;

  private long repeatStartedPs;
  private boolean marked;
  private long issuedPs;
  private int pending;
  private int latestPart;
  private long latestPartPs;
  private boolean weightsAnnounced;
  private boolean kvAnnounced;
  private long writeBacklogBytes;
  private boolean waitsForWriteBuffer;
  private long nearDonePs;

  RankExecutor(
      Simulation simulation,
      Machine machine,
      int rank,
      Parts parts,
      NearPlan near,
      OperatorPlan first,
      long kvBlockBytes,
      Leaping leaping) {
    this.simulation = simulation;
    this.machine = machine;
    this.machineStats = machine.stats();
    this.rank = rank;
    this.leaping = leaping;
    this.chip = machine.chip(rank);
    this.spec = chip.spec();
    this.network = machine.network();
    this.compute = chip.compute();
    this.parts = parts;
    this.near = near;
    this.plan = first;
    this.stepDone = word -> {};
    this.kvPattern = AccessPattern.blocks(Math.max(1, kvBlockBytes));
    for (int u = 0; u < USAGES.length; u++) {
      usageTiers[u] = spec.tierIndex(USAGES[u]);
      usageLatenciesPs[u] = spec.tiers().get(usageTiers[u]).device().readLatencyPs(USAGES[u]);
    }
    this.cursors = new AnnouncementCursor[spec.tiers().size()];
    for (int tier = 0; tier < cursors.length; tier++) {
      if (AnnouncementCursor.isUseful(spec, tier)) {
        cursors[tier] = new AnnouncementCursor(chip, tier, kvPattern);
      }
    }
    Stats stats = machine.stats().child("rank" + rank).child("time");
    this.spent = new Counter[parts.size()];
    for (int i = 0; i < spent.length; i++) {
      Parts.Part part = parts.list().get(i);
      spent[i] = stats.counter(part.key() + "_ps", "ps", part.sentence());
    }
    this.operators = stats.counter("operators", "1", "Operators executed");
    this.nearCounters =
        spec.offload().any()
            ? new NearCounters(machine.stats().child("rank" + rank).child("near"))
            : null;
    String path = stats.path();
    this.issue = simulation.event(path + ".issue", this::issue);
    this.resume = simulation.event(path + ".resume", this::resumeAfterLeap);
    this.flopsPerSec = new long[first.size()];
    for (int i = 0; i < first.size(); i++) {
      if (first.kind(i) != OperatorKind.ALL_REDUCE) {
        flopsPerSec[i] = spec.compute().flopsPerSec(first.format(i));
      }
    }
  }

  /** Runs a step; the completion is called when the last operator is complete on this rank. */
  void execute(OperatorPlan newPlan, Completion done, long word) {
    if (running) {
      throw new IllegalStateException("rank " + rank + " is in a step");
    }
    running = true;
    plan = newPlan;
    stepDone = done;
    stepWord = word;
    for (AnnouncementCursor cursor : cursors) {
      if (cursor != null) {
        cursor.restart();
      }
    }
    segment = 0;
    repeat = 0;
    operator = newPlan.segmentFirst(0);
    forgetStates();
    advance();
  }

  /** The host worked for the step; this rank waited. */
  void hostWorked(long hostPs) {
    spent[Parts.HOST].add(hostPs);
  }

  long spentPs(int part) {
    return spent[part].value();
  }

  NearTotals near() {
    return nearCounters == null ? NearTotals.NONE : nearCounters.totals();
  }

  /** Starts the next operator that has work, or ends the step. */
  private void advance() {
    while (true) {
      if (operator == plan.segmentEnd(segment)) {
        if (++repeat < plan.segmentRepeat(segment)) {
          operator = plan.segmentFirst(segment);
        } else if (++segment < plan.segments()) {
          repeat = 0;
          operator = plan.segmentFirst(segment);
          forgetStates();
        } else {
          running = false;
          forgetStates();
          stepDone.complete(stepWord);
          return;
        }
      }
      if (operator == plan.segmentFirst(segment)
          && leaping.enabled()
          && machine.folded()
          && plan.segmentRepeat(segment) >= 3
          && leap()) {
        return;
      }
      if (!plan.isIdle(operator)) {
        start();
        return;
      }
      operator++;
    }
  }

  private void start() {
    operators.increment();
    long overheadPs = spec.overhead().ofPs(plan.kind(operator));
    spent[Parts.OVERHEAD].add(overheadPs);
    if (overheadPs > 0) {
      issue.in(overheadPs, 0);
    } else {
      issue(0);
    }
  }

  /** Submits all work of the current operator. */
  private void issue(long ignored) {
    issuedPs = simulation.nowPs();
    int i = operator;
    // One for this method itself, so that nothing completes the operator before all is submitted.
    pending = 1;
    latestPartPs = -1;
    nearDonePs = issuedPs;
    long collectiveBytes = plan.collectiveBytes(i);
    if (collectiveBytes > 0) {
      pending++;
      network.allReduce(rank, collectiveBytes, partDone, Parts.NETWORK);
    }
    boolean isNear = near.isNear(i);
    long activationBytes = plan.activationBytes(i);
    if (isNear) {
      weightsAnnounced = false;
      kvAnnounced = false;
      readActivations(activationBytes);
      compute(i);
    } else {
      weightsAnnounced = read(Usage.WEIGHTS, plan.weightBytes(i), AccessPattern.SEQUENTIAL);
      kvAnnounced = read(Usage.KV, plan.kvReadBytes(i), kvPattern);
      readActivations(activationBytes);
    }
    writeActivations(activationBytes / 2);
    writeKv(plan.kvWriteBytes(i));
    long flops = isNear ? 0 : plan.flops(i);
    if (flops > 0) {
      pending++;
      long servicePs = Units.transferPs(flops, flopsPerSec[i]);
      compute.serveFor(servicePs, partDone, Parts.COMPUTE);
    }
    announceNext();
    partDone(Parts.OVERHEAD);
  }

  /** Leaves an operator to the memory that holds its data. */
  private void compute(int i) {
    if (nearCounters == null) {
      throw new IllegalStateException("nothing is left to memories");
    }
    int tier = near.tier(plan.kind(i));
    Region region = chip.region(NearPlan.usage(plan.kind(i)));
    NearCompute memory = chip.near(tier);
    for (NearPlan.Work work : near.works(i)) {
      nearCounters.kernels(work.times());
      for (int n = 0; n < work.times(); n++) {
        pending++;
        memory.compute(region, work.kernel(), nearDone, parts.near(tier));
      }
    }
    nearCounters.operator(plan, i);
  }

  private void nearDone(long part) {
    nearDonePs = simulation.nowPs();
    partDone(part);
  }

  private void readActivations(long bothBytes) {
    read(Usage.ACTIVATIONS, bothBytes - bothBytes / 2, AccessPattern.SEQUENTIAL);
  }

  /** Reads if there is anything to read; returns whether the read had been announced. */
  private boolean read(Usage usage, long bytes, AccessPattern pattern) {
    if (bytes == 0) {
      return false;
    }
    int tier = spec.tierIndex(usage);
    pending++;
    chip.tier(tier).read(chip.region(usage), bytes, pattern, partDone, Parts.read(tier, usage));
    AnnouncementCursor cursor = cursors[tier];
    return usage != Usage.ACTIVATIONS && cursor != null && cursor.take();
  }

  private void writeActivations(long bytes) {
    if (bytes == 0) {
      return;
    }
    int tier = spec.activationsTier();
    pending++;
    chip.tier(tier)
        .write(
            chip.region(Usage.ACTIVATIONS),
            bytes,
            AccessPattern.SEQUENTIAL,
            partDone,
            Parts.read(tier, Usage.ACTIVATIONS));
  }

  private void writeKv(long bytes) {
    if (bytes == 0) {
      return;
    }
    TierSpec tier = spec.tiers().get(spec.kvTier());
    writeBacklogBytes += bytes;
    chip.tier(spec.kvTier()).write(chip.region(Usage.KV), bytes, kvPattern, writeDone, bytes);
    if (writeBacklogBytes > tier.writeBufferBytes()) {
      waitsForWriteBuffer = true;
      pending++;
    }
  }

  private void writeDone(long bytes) {
    writeBacklogBytes -= bytes;
    if (waitsForWriteBuffer
        && writeBacklogBytes <= spec.tiers().get(spec.kvTier()).writeBufferBytes()) {
      waitsForWriteBuffer = false;
      partDone(Parts.write(spec.kvTier()));
    }
  }

  /** Announces, per tier, the reads of stored data that follow, as far as the tier looks ahead. */
  private void announceNext() {
    for (int tier = 0; tier < cursors.length; tier++) {
      AnnouncementCursor cursor = cursors[tier];
      if (cursor != null) {
        cursor.announce(plan, segment, repeat, operator);
      }
    }
  }

  /**
   * One part of the current operator is complete; the last one ends it and owns its time. Of parts
   * that complete at one instant it is the first in the list of parts, so that the order of events
   * at an instant, which folding and leaping change, decides nothing.
   */
  private void partDone(long part) {
    long nowPs = simulation.nowPs();
    if (nowPs > latestPartPs || part < latestPart) {
      latestPart = (int) part;
      latestPartPs = nowPs;
    }
    if (--pending > 0) {
      return;
    }
    // What is left when the kernels are done is waited for on the chip's side.
    long nearPs = nearDonePs - issuedPs;
    if (nearPs > 0) {
      spent[parts.near(near.tier(plan.kind(operator)))].add(nearPs);
    }
    long waitedPs = nowPs - issuedPs - nearPs;
    int last = latestPart;
    if (parts.isRead(last)) {
      spendOnTier(Parts.tierOf(last), waitedPs);
    } else {
      spent[last].add(waitedPs);
    }
    operator++;
    advance();
  }

  /**
   * The operator waited longest for a tier: first for its first byte, if nothing was announced,
   * then for the data of each usage in proportion to their bytes. The parts sum exactly to the
   * wait.
   */
  private void spendOnTier(int tier, long waitedPs) {
    long latencyPs = 0;
    long allBytes = 0;
    int most = 0;
    for (int u = 0; u < USAGES.length; u++) {
      Usage usage = USAGES[u];
      usageBytes[u] = tier == usageTiers[u] ? operatorBytes(usage) : 0;
      if (usageBytes[u] > 0) {
        allBytes += usageBytes[u];
        boolean early =
            usage == Usage.WEIGHTS ? weightsAnnounced : usage == Usage.KV && kvAnnounced;
        if (!early) {
          latencyPs = Math.max(latencyPs, usageLatenciesPs[u]);
        }
        most = usageBytes[u] > usageBytes[most] ? u : most;
      }
    }
    latencyPs = Math.min(latencyPs, waitedPs);
    spent[Parts.latency(tier)].add(latencyPs);
    long dataPs = waitedPs - latencyPs;
    long restPs = dataPs;
    for (int u = 0; u < USAGES.length; u++) {
      if (u != most && usageBytes[u] > 0) {
        long sharePs = (long) ((double) dataPs * usageBytes[u] / allBytes);
        spent[Parts.read(tier, USAGES[u])].add(sharePs);
        restPs -= sharePs;
      }
    }
    spent[Parts.read(tier, USAGES[most])].add(restPs);
  }

  private long operatorBytes(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> near.isNear(operator) ? 0 : plan.weightBytes(operator);
      case KV -> near.isNear(operator) ? 0 : plan.kvReadBytes(operator);
      case ACTIVATIONS -> plan.activationBytes(operator);
    };
  }

  /**
   * At the beginning of a repeat: jumps over all further repeats but the last if this moment is
   * like the beginning of the repeat before.
   *
   * @return whether it jumped; then the step goes on by an event
   */
  private boolean leap() {
    states.next();
    StateSink sink = leaping.filter().apply(states);
    machine.describe(sink);
    describe(sink);
    long nowPs = simulation.nowPs();
    long skipped = plan.segmentRepeat(segment) - repeat - 1L - repeatsAnnouncedAhead();
    if (repeat == 0 || skipped < 1 || !states.repeats()) {
      machineStats.mark();
      marked = true;
      repeatStartedPs = nowPs;
      return false;
    }
    long deltaPs = Math.multiplyExact(skipped, nowPs - repeatStartedPs);
    machineStats.repeat(skipped);
    // First this, then the shift: at one instant the rank goes on before what it left under way.
    resume.in(deltaPs, 0);
    machine.shift(deltaPs);
    repeat += (int) skipped;
    for (AnnouncementCursor cursor : cursors) {
      if (cursor != null) {
        cursor.skip((int) skipped);
      }
    }
    forgetStates();
    return true;
  }

  /**
   * How many repeats at the end of the segment have to be simulated because what they announce, or
   * try to announce, belongs to the next segment.
   */
  private int repeatsAnnouncedAhead() {
    int ahead = 0;
    for (AnnouncementCursor cursor : cursors) {
      if (cursor != null) {
        ahead = Math.max(ahead, cursor.repeatsAhead(plan, segment, repeat));
      }
    }
    return ahead;
  }

  private void forgetStates() {
    states.reset();
    if (marked) {
      marked = false;
      machineStats.unmark();
    }
  }

  private void resumeAfterLeap(long ignored) {
    advance();
  }

  private void describe(StateSink sink) {
    for (AnnouncementCursor cursor : cursors) {
      if (cursor != null) {
        cursor.describe(sink, repeat);
      }
    }
    sink.put(writeBacklogBytes);
  }
}
