package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableLongArray;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an operation: who has which result, and what each result is. Of a broadcast the
 * results are the root's vector, which it has from the beginning; of a reduction to the root the
 * other members have a chunk's result when they know that it was made.
 */
final class Operation {
  final TreeTask task;
  final int number;
  final int members;
  final int chunks;
  final long bytes;
  final long callPs;
  final Contributions source;
  final long[] hostPs;

  /** Results that a member has. */
  final int[] gotCount;

  private final GroupSpec spec;
  private final long[][] got;
  private final @Nullable Sum[] decided;
  private final @Nullable BitSet[] late;
  private final long[] latenessPs;
  private final boolean[] delivered;
  private final List<String> broken;

  /**
   * Begins.
   *
   * @param broken gets a sentence for each law that is broken
   */
  Operation(
      GroupSpec spec,
      TreeTask task,
      int number,
      long bytes,
      long callPs,
      Contributions source,
      List<String> broken) {
    this.spec = spec;
    this.task = task;
    this.number = number;
    this.members = spec.members().size();
    this.bytes = bytes;
    this.chunks = chunks(spec, bytes);
    this.callPs = callPs;
    this.source = source;
    this.broken = broken;
    this.hostPs = new long[members];
    this.gotCount = new int[members];
    this.got = new long[members][Bits.words(chunks)];
    this.decided = new @Nullable Sum[chunks];
    this.late = new @Nullable BitSet[chunks];
    this.latenessPs = new long[chunks];
    this.delivered = new boolean[chunks];
    Arrays.fill(hostPs, -1);
    if (task.isBroadcast()) {
      hold();
    }
  }

  static int chunks(GroupSpec spec, long bytes) {
    return Math.toIntExact((bytes - 1) / spec.chunkBytes() + 1);
  }

  /** The root of a broadcast has all there is to get. */
  private void hold() {
    for (int chunk = 0; chunk < chunks; chunk++) {
      if (decided[chunk] == null) {
        Sum own = new Sum(members);
        own.single(task.root(), source.value(task.root(), chunk), members);
        decided[chunk] = own;
        delivered[chunk] = members == 1;
      }
      Bits.put(got[task.root()], chunk);
    }
    gotCount[task.root()] = chunks;
    hostPs[task.root()] = callPs;
  }

  long payloadBytes(int chunk) {
    return chunk < chunks - 1 ? spec.chunkBytes() : bytes - (chunks - 1L) * spec.chunkBytes();
  }

  boolean got(int member, int chunk) {
    return Bits.get(got[member], chunk);
  }

  /**
   * Another host takes a member's place: it has no results, but its state, which is what it puts
   * in.
   */
  void forget(int member) {
    Arrays.fill(got[member], 0);
    gotCount[member] = 0;
    hostPs[member] = -1;
    if (task.isBroadcast() && member == task.root()) {
      hold();
    }
  }

  /**
   * Nobody in the tree has the result of a chunk: it is reduced anew. Who has it elsewhere, cut off
   * from the others, drops it.
   */
  void redo(int chunk) {
    for (int member = 0; member < members; member++) {
      if (got(member, chunk)) {
        Bits.take(got[member], chunk);
        gotCount[member]--;
        hostPs[member] = -1;
      }
    }
    decided[chunk] = null;
    late[chunk] = null;
    latenessPs[chunk] = 0;
    delivered[chunk] = false;
  }

  /** The result of a chunk is made. */
  void decide(int chunk, Sum sum) {
    if (delivered[chunk]) {
      broken.add(at(chunk) + "a second result is made although a host has the first");
    }
    Sum result = new Sum(members);
    result.copy(sum);
    decided[chunk] = result;
  }

  Sum result(int chunk) {
    Sum sum = decided[chunk];
    if (sum == null) {
      throw new IllegalStateException(at(chunk) + "there is no result");
    }
    return sum;
  }

  /** Contributions came after their chunk was closed. */
  void late(int chunk, long[] mask, long byPs) {
    BitSet set = late[chunk];
    if (set == null) {
      set = new BitSet(members);
      late[chunk] = set;
    }
    set.or(BitSet.valueOf(mask));
    latenessPs[chunk] = Math.max(latenessPs[chunk], byPs);
  }

  /**
   * A host gets the result of a chunk.
   *
   * @return whether it had none
   */
  boolean deliver(int member, int chunk, Sum sum, long nowPs) {
    Sum result = decided[chunk];
    if (result == null
        || result.value != sum.value
        || result.digest != sum.digest
        || !Arrays.equals(result.mask, sum.mask)) {
      broken.add(at(chunk) + "member " + member + " gets another result than was made");
    }
    if (got(member, chunk)) {
      return false;
    }
    Bits.put(got[member], chunk);
    gotCount[member]++;
    delivered[chunk] |= task.wants(member);
    if (gotCount[member] == chunks && task.wants(member)) {
      hostPs[member] = nowPs;
    }
    return true;
  }

  private String at(int chunk) {
    return String.format(
        Locale.ROOT, "group '%s', operation %d, chunk %d: ", spec.name(), number, chunk);
  }

  /** Puts each contribution into exactly one bucket, and checks each result. */
  OperationResult end(
      AggregationStats stats,
      long endPs,
      String failure,
      ImmutableList<String> failedMembers,
      int rebuilds,
      boolean byHosts) {
    ImmutableList.Builder<ChunkOutcome> outcomes = ImmutableList.builder();
    boolean complete = true;
    for (int chunk = 0; chunk < chunks; chunk++) {
      ChunkOutcome outcome = outcome(chunk);
      outcomes.add(outcome);
      complete &= outcome.added() == contributors();
      count(stats, chunk, outcome);
    }
    stats.operations.increment();
    stats.contributions.add((long) contributors() * chunks);
    OperationResult result =
        new OperationResult(
            spec.name(),
            number,
            callPs,
            endPs,
            ImmutableLongArray.copyOf(hostPs),
            failure,
            failedMembers,
            rebuilds,
            byHosts,
            outcomes.build());
    if (result.failed()) {
      stats.operationsFailed.increment();
    } else {
      (complete ? stats.completeLatency : stats.substitutedLatency).record(result.latencyPs());
    }
    return result;
  }

  /** Members that put something in. */
  int contributors() {
    return task.contributors(members);
  }

  private boolean isDelivered(int chunk) {
    return task.isReduce() ? got(task.root(), chunk) : delivered[chunk];
  }

  private ChunkOutcome outcome(int chunk) {
    Sum sum = decided[chunk];
    if (sum == null || !isDelivered(chunk)) {
      ImmutableLongArray nobody = ImmutableLongArray.copyOf(new long[Bits.words(members)]);
      return new ChunkOutcome(
          false, 0, nobody, 0, 0, 0, contributors() * payloadBytes(chunk), 1, latenessPs[chunk], 0);
    }
    check(chunk, sum);
    int added = Bits.count(sum.mask);
    int stale = Bits.count(sum.staleMask);
    boolean mean = spec.deadline().substitute() == Substitute.PARTIAL_MEAN && added > 0;
    return new ChunkOutcome(
        true,
        sum.value,
        ImmutableLongArray.copyOf(sum.mask),
        added,
        stale,
        sum.age,
        (contributors() - added - stale) * payloadBytes(chunk),
        mean ? (double) contributors() / added : 1,
        latenessPs[chunk],
        sum.digest);
  }

  private void check(int chunk, Sum sum) {
    long expected = sum.staleValue;
    for (int member = 0; member < members; member++) {
      if (Bits.get(sum.mask, member)) {
        expected += source.value(member, chunk);
      }
    }
    if (expected != sum.value) {
      broken.add(at(chunk) + "the result is not the sum over its mask");
    }
    if (sum.terms != Bits.count(sum.mask) + Bits.count(sum.staleMask)) {
      broken.add(at(chunk) + sum.terms + " additions, but other masks");
    }
    if (Bits.meet(sum.mask, sum.staleMask)) {
      broken.add(at(chunk) + "a member is in the result and substituted");
    }
    BitSet discarded = late[chunk];
    if (discarded != null && discarded.intersects(BitSet.valueOf(sum.mask))) {
      broken.add(at(chunk) + "a contribution is in the result and discarded");
    }
  }

  private void count(AggregationStats stats, int chunk, ChunkOutcome outcome) {
    if (!outcome.delivered()) {
      stats.contributionsFailed.add(contributors());
      return;
    }
    (outcome.added() == contributors() ? stats.chunksComplete : stats.chunksSubstituted)
        .increment();
    stats.staleUsed.add(outcome.stale());
    stats.missingBytes.add(outcome.missingBytes());
    BitSet discarded = late[chunk];
    for (int member = 0; member < members; member++) {
      if (!task.isContributor(member)) {
        continue;
      }
      if (outcome.has(member)) {
        stats.contributionsAdded.increment();
      } else if (discarded != null && discarded.get(member)) {
        stats.contributionsLate.increment();
      } else {
        stats.contributionsSubstituted.increment();
      }
    }
  }
}
