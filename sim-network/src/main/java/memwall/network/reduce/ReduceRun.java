package memwall.network.reduce;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.random.RandomStream;
import memwall.core.stat.Stats;
import memwall.network.aggregation.AggregationNetwork;
import memwall.network.aggregation.ChunkOutcome;
import memwall.network.aggregation.DeadlineSpec;
import memwall.network.aggregation.Fault;
import memwall.network.aggregation.GroupSpec;
import memwall.network.aggregation.OperationResult;
import memwall.network.aggregation.TokenResult;
import memwall.network.aggregation.TokenSets;
import memwall.network.aggregation.TokenTraffic;
import org.jspecify.annotations.Nullable;

/**
 * One run of all groups of a {@link ReduceSpec}.
 *
 * <p>Each group calls its operations one after the other. At a call it is drawn which hosts are
 * late and by how much; these begin nothing until then. Who is late for the n-th operation of a
 * group depends on the seed alone, so runs with deadlines and without meet the same.
 */
final class ReduceRun {
  private final ReduceSpec spec;
  private final long sizeBytes;
  private final boolean deadlines;
  private final boolean plain;
  private final Simulation simulation;
  private final Stats stats = new Stats();
  private final AggregationNetwork network;
  private final ChanceFaults chance;
  private final List<Calls> calls = new ArrayList<>();
  private final Event call;
  private final Event begin;
  private int busy;
  private long endPs;
  private long lateHosts;

  private ReduceRun(ReduceSpec spec, long sizeBytes, boolean deadlines, boolean plain) {
    this.spec = spec;
    this.sizeBytes = sizeBytes;
    this.deadlines = deadlines;
    this.plain = plain;
    simulation = new Simulation(spec.seed());
    network = spec.network().network(simulation, stats.child(ReduceResult.PATH));
    chance = new ChanceFaults(simulation, network, spec.network().graph(), spec.randomFaults());
    call = simulation.event("reduce.call", this::call);
    begin = simulation.event("reduce.begin", this::begin);
  }

  static ReduceResult run(ReduceSpec spec, long sizeBytes, boolean deadlines, boolean plain) {
    return new ReduceRun(spec, sizeBytes, deadlines, plain).run();
  }

  private ReduceResult run() {
    if (spec.lossShare() > 0) {
      for (int link = 0; link < spec.network().graph().links(); link++) {
        network.loss(link, spec.lossShare());
      }
    }
    for (TimedFault timed : spec.faults()) {
      network.fault(timed.fault(), timed.atPs());
    }
    for (Tenant tenant : spec.tenants()) {
      GroupSpec group = deadlines ? tenant.group() : without(tenant.group());
      RandomStream random = simulation.random().stream("reduce." + group.name(), "late");
      Experts experts = tenant.experts();
      Experts.Draw draw =
          experts == null
              ? null
              : new Experts.Draw(
                  experts,
                  group.members().size(),
                  simulation.random().stream("reduce." + group.name(), "experts"));
      int number =
          experts == null
              ? network.group(group)
              : network.tokenGroup(group, plain ? 0 : experts.trees());
      calls.add(new Calls(tenant, number, tenant.sizeBytes(sizeBytes), random, draw));
      call.at(tenant.startPs(), calls.size() - 1);
    }
    busy = calls.size();
    chance.begin();
    simulation.run();
    if (busy > 0) {
      throw new IllegalStateException(busy + " groups have not ended");
    }
    int given = 0;
    for (TimedFault timed : spec.faults()) {
      given += timed.atPs() <= endPs ? 1 : 0;
    }
    return new ReduceResult(
        sizeBytes,
        deadlines,
        plain,
        calls.stream().map(Calls::result).toList(),
        endPs,
        given,
        chance.linkFailures(),
        chance.nodeFailures(),
        lateHosts,
        stats.snapshot(simulation.nowPs()),
        simulation.eventsFired(),
        simulation.fingerprint(),
        brokenLaws());
  }

  private static GroupSpec without(GroupSpec group) {
    return new GroupSpec(
        group.name(),
        group.members(),
        group.form(),
        group.chunkBytes(),
        group.window(),
        group.quota(),
        group.admission(),
        group.pull(),
        DeadlineSpec.NONE,
        group.mayFallBack(),
        group.spares());
  }

  private List<String> brokenLaws() {
    List<String> broken = new ArrayList<>(network.checkLaws());
    for (Calls one : calls) {
      if (one.rows.size() != one.tenant.operations()) {
        broken.add(
            "group '"
                + one.tenant.group().name()
                + "' has called "
                + one.tenant.operations()
                + " operations, "
                + one.rows.size()
                + " ended");
      }
    }
    return broken;
  }

  /** Hosts are late from now on; the operation begins when they are. */
  private void call(long index) {
    Calls one = calls.get((int) index);
    int members = one.tenant.group().members().size();
    for (int member = 0; member < members; member++) {
      long latePs = spec.stragglers().drawPs(one.random);
      if (latePs > 0) {
        lateHosts++;
        int host =
            one.draw == null
                ? network.hostOf(one.group, member)
                : one.tenant.group().members().get(member);
        network.fault(new Fault.Straggler(host, latePs), simulation.nowPs());
      }
    }
    begin.in(0, index);
  }

  private void begin(long index) {
    Calls one = calls.get((int) index);
    Experts.Draw draw = one.draw;
    if (draw != null) {
      TokenSets tokens = draw.next();
      network.exchange(
          one.group,
          isCombine(one),
          tokens,
          one.bytes,
          ReduceRun::value,
          result -> exchanged((int) index, tokens, result));
      return;
    }
    network.call(
        one.group,
        one.tenant.task(),
        one.bytes,
        ReduceRun::value,
        result -> ended((int) index, result));
  }

  /** Stands for what a member puts in: something that differs between members and chunks. */
  private static long value(int member, int chunk) {
    return (member + 1) * 0x9E3779B97F4A7C15L ^ (chunk + 1) * 0xBF58476D1CE4E5B9L;
  }

  private static boolean isCombine(Calls one) {
    Experts experts = one.tenant.experts();
    return experts != null && experts.combine();
  }

  private void exchanged(int index, TokenSets tokens, TokenResult result) {
    Calls one = calls.get(index);
    one.add(result);
    if (!result.failed()) {
      one.traffic =
          one.traffic.plus(
              result.parts(), traffic(one, tokens, result.byHosts()), traffic(one, tokens, true));
    }
    next(index);
  }

  private TokenTraffic traffic(Calls one, TokenSets tokens, boolean ofPlain) {
    Experts experts = one.tenant.experts();
    return TokenTraffic.of(
        spec.network().graph(),
        spec.network().joint().mostFanIn(),
        one.tenant.group(),
        isCombine(one),
        tokens,
        one.bytes,
        ofPlain || experts == null ? 0 : experts.trees());
  }

  private void ended(int index, OperationResult result) {
    calls.get(index).add(result);
    next(index);
  }

  private void next(int index) {
    Calls one = calls.get(index);
    if (one.rows.size() < one.tenant.operations()) {
      call.in(one.tenant.gapPs(), index);
    } else if (--busy == 0) {
      endPs = simulation.nowPs();
      chance.end();
    }
  }

  /** The operations of a group so far. */
  private static final class Calls {
    final Tenant tenant;
    final int group;
    final long bytes;
    final RandomStream random;
    final Experts.@Nullable Draw draw;
    final List<OperationRow> rows = new ArrayList<>();
    private final TreeMap<String, Integer> failures = new TreeMap<>();
    private final long[] firstDigest;
    private final boolean[] hasDigest;
    private long chunksComplete;
    private long chunksReordered;
    TenantTraffic traffic = TenantTraffic.NONE;

    Calls(Tenant tenant, int group, long bytes, RandomStream random, Experts.@Nullable Draw draw) {
      this.tenant = tenant;
      this.group = group;
      this.bytes = bytes;
      this.random = random;
      this.draw = draw;
      int chunks = Math.toIntExact((bytes - 1) / tenant.group().chunkBytes() + 1);
      firstDigest = new long[chunks];
      hasDigest = new boolean[chunks];
    }

    void add(OperationResult result) {
      int members = tenant.task().contributors(tenant.group().members().size());
      long added = 0;
      long stale = 0;
      int mostAge = 0;
      long missingBytes = 0;
      long latestPs = 0;
      for (int i = 0; i < result.chunks().size(); i++) {
        ChunkOutcome chunk = result.chunks().get(i);
        added += chunk.added();
        stale += chunk.stale();
        mostAge = Math.max(mostAge, chunk.staleness());
        missingBytes += chunk.missingBytes();
        latestPs = Math.max(latestPs, chunk.latenessPs());
        if (chunk.delivered() && chunk.added() == members) {
          chunksComplete++;
          chunksReordered += hasDigest[i] && firstDigest[i] != chunk.digest() ? 1 : 0;
          firstDigest[i] = hasDigest[i] ? firstDigest[i] : chunk.digest();
          hasDigest[i] = true;
        }
      }
      boolean failed = result.failed() || result.latencyPs() < 0;
      if (failed) {
        failures.merge(
            result.failed() ? result.failure() : "no result at any host", 1, Integer::sum);
      }
      rows.add(
          new OperationRow(
              result.number(),
              result.callPs(),
              failed ? result.endPs() - result.callPs() : result.latencyPs(),
              failed,
              result.byHosts(),
              result.rebuilds(),
              (long) members * result.chunks().size(),
              added,
              stale,
              mostAge,
              missingBytes,
              latestPs));
    }

    void add(TokenResult result) {
      if (result.failed()) {
        failures.merge(result.failure(), 1, Integer::sum);
      }
      rows.add(
          new OperationRow(
              result.number(),
              result.callPs(),
              result.failed() ? result.endPs() - result.callPs() : result.latencyPs(),
              result.failed(),
              result.byHosts(),
              result.rebuilds(),
              result.parts(),
              result.arrived(),
              0,
              0,
              0,
              0));
    }

    TenantResult result() {
      long[] sortedPs =
          rows.stream().filter(row -> !row.failed()).mapToLong(OperationRow::latencyPs).toArray();
      Arrays.sort(sortedPs);
      return new TenantResult(
          tenant,
          bytes,
          rows,
          failures,
          ImmutableLongArray.copyOf(sortedPs),
          chunksComplete,
          chunksReordered,
          traffic);
    }
  }
}
