package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import memwall.core.Simulation;
import memwall.core.stat.Stats;

/** A network with one group, and short ways to make it do things. */
final class Rig {
  static final long GB = 1_000_000_000L;
  static final long NS = 1_000L;
  static final long US = 1_000_000L;
  static final SwitchSpec SWITCH = new SwitchSpec(200 * NS, 1L << 50, 50 * NS, 64, 4096, 64, false);
  static final HostSpec HOST = new HostSpec(200 * NS, 1L << 50);
  static final RepairSpec REPAIR = new RepairSpec(20 * US, 3, 10 * US, 3, 50 * US, 5 * US, 4);
  static final Wire WIRE = new Wire(50 * GB, 150 * NS);
  static final NumberForm BYTES = new NumberForm(1, 1, 0);

  final Simulation simulation;
  final AggregationNetwork network;
  final List<OperationResult> results = new ArrayList<>();

  Rig(Graph graph) {
    this(graph, SWITCH, HOST, REPAIR, 1);
  }

  Rig(Graph graph, SwitchSpec joint, HostSpec host, RepairSpec repair, long seed) {
    simulation = new Simulation(seed);
    network = new AggregationNetwork(simulation, new Stats(), graph, joint, host, repair);
  }

  static List<Integer> hosts(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  static GroupSpec group(int members, long chunkBytes, int window) {
    return new GroupSpec(
        "g",
        hosts(members),
        BYTES,
        chunkBytes,
        window,
        window,
        Admission.QUEUE,
        false,
        DeadlineSpec.NONE,
        false,
        GroupSpec.Spares.NONE);
  }

  static GroupSpec with(GroupSpec group, DeadlineSpec deadline) {
    return new GroupSpec(
        group.name(),
        group.members(),
        group.form(),
        group.chunkBytes(),
        group.window(),
        group.quota(),
        group.admission(),
        group.pull(),
        deadline,
        group.mayFallBack(),
        group.spares());
  }

  static GroupSpec with(GroupSpec group, boolean pull, boolean mayFallBack) {
    return new GroupSpec(
        group.name(),
        group.members(),
        group.form(),
        group.chunkBytes(),
        group.window(),
        group.quota(),
        group.admission(),
        pull,
        group.deadline(),
        mayFallBack,
        group.spares());
  }

  static GroupSpec with(GroupSpec group, Admission admission) {
    return new GroupSpec(
        group.name(),
        group.members(),
        group.form(),
        group.chunkBytes(),
        group.window(),
        group.quota(),
        admission,
        group.pull(),
        group.deadline(),
        group.mayFallBack(),
        group.spares());
  }

  static GroupSpec with(GroupSpec group, GroupSpec.Spares spares) {
    return new GroupSpec(
        group.name(),
        group.members(),
        group.form(),
        group.chunkBytes(),
        group.window(),
        group.quota(),
        group.admission(),
        group.pull(),
        group.deadline(),
        group.mayFallBack(),
        spares);
  }

  /** Something that differs between members and chunks. */
  static long value(int member, int chunk) {
    return (member + 1) * 0x9E3779B97F4A7C15L ^ (chunk + 1) * 0xBF58476D1CE4E5B9L;
  }

  static long sum(int members, int chunk) {
    long sum = 0;
    for (int member = 0; member < members; member++) {
      sum += value(member, chunk);
    }
    return sum;
  }

  /** Runs one operation to its end. */
  OperationResult run(GroupSpec group, long bytes) {
    return runAgain(network.group(group), bytes);
  }

  OperationResult runAgain(int group, long bytes) {
    int before = results.size();
    network.reduce(group, bytes, Rig::value, results::add);
    simulation.run();
    assertThat(network.checkLaws()).isEmpty();
    assertThat(network.slots.inUse()).isZero();
    assertThat(network.transport.underWayBytes()).isZero();
    assertThat(results).hasSize(before + 1);
    return results.get(before);
  }
}
