package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;

/** A script of collectives and messages on a network with trees, in a simulation of its own. */
final class TreeScript {
  /** A star without software times whose own all-reduces take long. */
  static final String STAR =
      """
      topology: star
      ports: 64
      link_rate: 25 GB/s
      link_latency: 150 ns
      switch_latency: 200 ns
      link_energy: 2 pJ/bit
      message: { efficiency: 0.8, launch: 1 us, sync: 0 ps, per_message: 100 ns }
      all_reduces:
        ring: { kind: ring, efficiency: 0.8, launch: 1 us, sync: 2 us, per_message: 100 ns }
      all_reduce: ring
      """;

  /** Routers. */
  static final String ROUTERS =
      """
      fabric: switch-8
      endpoint: { send: 100 ns, receive: 70 ns, notify: 30 ns, add_rate: 2 TB/s }
      collectives: { launch: 2 us, all_reduce: ring }
      link_energy: 2 pJ/bit
      """;

  /** Eight hosts under two leaves. */
  static final String TREE =
      """
      aggregation:
        name: test
        graph:
          kind: two-level
          hosts: 8
          fan_in: 4
          spines: 2
          link: { rate: 25 GB/s, latency: 150 ns }
          up_link: { rate: 25 GB/s, latency: 170 ns }
        switch: { latency: 200 ns, add_rate: 800 GB/s, add_latency: 50 ns, slots: 64, slot_size: 2 KiB, fan_in: 64 }
        host: { overhead: 200 ns, add_rate: 25 GB/s }
        group: { wire_number: 2 B, sum_number: 2 B, chunk: 2 KiB, window: 16, quota: 16 }
        repair: { timeout: 100 us, retries: 3, heartbeat: 100 us, misses: 3, rebuild: 1 ms, remap: 1 ms, most_rebuilds: 3 }
      """;

  /** The end of a call. */
  record End(int rank, int call, long callPs, long endPs) {}

  final Simulation simulation;
  final Stats stats = new Stats();
  final TreeNetwork network;
  final List<End> ends = new ArrayList<>();
  private final List<long[]> calls = new ArrayList<>();
  private final int[] callsOf;

  TreeScript(TreeNetworkSpec spec, int ranks, int simulatedRanks, boolean reserves) {
    this(spec, ranks, simulatedRanks, reserves, 3);
  }

  TreeScript(TreeNetworkSpec spec, int ranks, int simulatedRanks, boolean reserves, long seed) {
    simulation = new Simulation(seed);
    network =
        new TreeNetwork(simulation, stats.child("net"), spec, ranks, simulatedRanks, reserves);
    callsOf = new int[simulatedRanks];
  }

  static TreeNetworkSpec spec(String... parts) {
    return (TreeNetworkSpec) read(List.of(), parts);
  }

  static InterconnectSpec read(List<String> sets, String... parts) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("network", String.join("", parts), sets, Presets.builtIn(), faults);
    InterconnectSpec spec = InterconnectSpec.read(config);
    config.finishAll();
    faults.throwIfAny();
    return spec;
  }

  static InterconnectSpec preset(String name, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "run", "network: " + name + "\n", List.of(sets), Presets.builtIn(), faults);
    InterconnectSpec spec =
        InterconnectSpec.read(config.preset("network", "network", "What connects the ranks"));
    faults.throwIfAny();
    return spec;
  }

  /** A rank calls at a time; calls of a rank must be given in the order of their times. */
  void call(Collective collective, int rank, long bytes, long atPs) {
    int number = callsOf[rank]++;
    Event event =
        simulation.event(
            "call" + rank + "." + number,
            index -> {
              calls.get((int) index)[2] = simulation.nowPs();
              network.collective(collective, rank, bytes, this::done, index);
            });
    calls.add(new long[] {rank, number, 0});
    event.at(atPs, calls.size() - 1L);
  }

  void allReduce(int rank, long bytes, long atPs) {
    call(Collective.ALL_REDUCE, rank, bytes, atPs);
  }

  /** All simulated ranks call. */
  void all(Collective collective, long bytes, long atPs) {
    for (int rank = 0; rank < network.simulatedRanks(); rank++) {
      call(collective, rank, bytes, atPs);
    }
  }

  private void done(long index) {
    long[] call = calls.get((int) index);
    ends.add(new End((int) call[0], (int) call[1], call[2], simulation.nowPs()));
  }

  Snapshot run() {
    simulation.run();
    assertThat(network.checkLaws()).isEmpty();
    assertThat(network.waitingCount()).isZero();
    // Exactly one completion for each call, in each rank's order.
    int[] next = new int[callsOf.length];
    for (End end : ends) {
      assertThat(end.call()).isEqualTo(next[end.rank()]++);
    }
    assertThat(next).isEqualTo(callsOf);
    return stats.snapshot(simulation.nowPs());
  }

  /** By call, the end of its last rank. */
  long[] lastEnds() {
    long[] last = new long[Arrays.stream(callsOf).max().orElse(0)];
    for (End end : ends) {
      last[end.call()] = Math.max(last[end.call()], end.endPs());
    }
    return last;
  }

  static long stat(Snapshot snapshot, String name) {
    return (long) snapshot.number("net.tree." + name);
  }
}
