package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.network.router.MessageSpec;
import memwall.network.router.UnloadedFabric;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks of routers that come with Memwall are those of their sources. */
class FabricPresetsTest {
  private static FabricNetworkSpec preset(String name) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            "test", "network: \"" + name + "\"\n", List.of(), Presets.builtIn(), faults);
    InterconnectSpec spec = InterconnectSpec.read(root.preset("network", "network", "The network"));
    faults.throwIfAny();
    return (FabricNetworkSpec) spec;
  }

  private static long unloadedPs(FabricNetworkSpec spec, int from, int to, long bytes) {
    Simulation simulation = new Simulation(0);
    MessageSpec bare = new MessageSpec(spec.fabric().flitBytes(), 0);
    UnloadedFabric fabric = new UnloadedFabric(simulation, spec.fabric(), bare);
    fabric.send(from, to, bytes, word -> {}, 0);
    simulation.run();
    return simulation.nowPs();
  }

  /**
   * Nodes, rate of a link in GB/s, and nanoseconds from the first node to the last one as the sum
   * of what the sources say of the parts: chips 3 hops of a microsecond; two cards of 300 ns, three
   * switches of 200, four cables of 50 with 60 of error correction; cards 900 ns, four switches of
   * 350, four cables of 25 and one of 100; cards 1,000, a switch 700, two cables of 25; a switch
   * 250, 75 at each end; three hops of 700.
   */
  @ParameterizedTest
  @CsvSource({
    "nvswitch3-8, 8, 450, 500",
    "nvswitch4-8, 8, 900, 700",
    "nvl72, 72, 900, 700",
    "nvswitch6-72, 72, 1800, 600",
    "ici-v7-64, 64, 100, 3000",
    "infiniband-ndr-256, 256, 50, 1640",
    "slingshot-1056, 1056, 25, 2500",
    "ethernet-rocev2-64, 64, 50, 1750",
    "ethernet-ull-64, 64, 100, 400",
    "groq-264, 264, 14, 2100",
  })
  void sources(String name, int nodes, long gigabytesPerSec, long sumNs) {
    FabricNetworkSpec spec = preset(name);
    assertThat(spec.ports()).isEqualTo(nodes);
    long cyclePs = spec.fabric().cyclePs();
    assertThat(spec.fabric().flitBytes() * 1_000).isEqualTo(gigabytesPerSec * cyclePs);
    long onePs = unloadedPs(spec, 0, nodes - 1, 1);
    // The stages of routers and whole cycles of channels are beside the sum.
    assertThat(onePs).isCloseTo(sumNs * 1_000, withinPercentage(2.5));
    long flits = 10_000;
    assertThat(unloadedPs(spec, 0, nodes - 1, flits * spec.fabric().flitBytes()))
        .isEqualTo(onePs + (flits - 1) * cyclePs);
  }

  /** Long messages of all ranks to their neighbours get nearly the whole rate of their links. */
  @ParameterizedTest
  @CsvSource({
    "nvswitch3-8",
    "nvswitch4-8",
    "nvswitch6-72",
    "ici-v7-64",
    "ethernet-ull-64",
    "groq-264",
    "ethernet-rocev2-64"
  })
  void rates(String name) {
    FabricNetworkSpec spec = preset(name);
    Simulation simulation = new Simulation(0);
    FabricNetwork network = new FabricNetwork(simulation, new Stats(), spec, 8, 1);
    long bytes = 8 << 20;
    long[] endPs = new long[1];
    network.send(0, 1, bytes, word -> endPs[0] = simulation.nowPs(), 0);
    simulation.run();
    MessageSpec messages = spec.messages();
    double flits =
        (messages.payloadBytes() + messages.headerBytes()) / (double) spec.fabric().flitBytes();
    double packets = (double) bytes / messages.payloadBytes();
    double linkPs = packets * Math.ceil(flits) * spec.fabric().cyclePs();
    assertThat(endPs[0] - linkPs).isBetween(0.0, 0.04 * linkPs + 5_000_000);
    assertThat(network.checkLaws()).isEmpty();
  }
}
