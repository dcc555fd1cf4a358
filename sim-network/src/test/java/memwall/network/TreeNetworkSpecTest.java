package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;

class TreeNetworkSpecTest {
  private static TreeNetworkSpec preset(String name, String... sets) {
    return (TreeNetworkSpec) TreeScript.preset(name, sets);
  }

  private static double us(CollectiveTime time, long bytes) {
    return time.latencyPs(bytes) / 1e6;
  }

  /** The box's tree is faster than the fit of measured kernels, and slower than its links. */
  @Test
  void nvlsIsBetweenLinksAndTheFit() {
    CollectiveTime time =
        preset("nvswitch3-8-nvls", "network.in_network.use=always").allReduceTime(8);
    for (long bytes : new long[] {512 << 10, 2 << 20, 8 << 20, 32 << 20, 128 << 20}) {
      assertThat(us(time, bytes)).isBetween(bytes / 450e3, 8 + bytes / (0.477 * 450e3));
    }
    assertThat(us(time, 4_096)).isCloseTo(5.3, within(0.1));
  }

  /** Small vectors go by messages where these are faster, and large ones over the tree. */
  @Test
  void autoTakesTheFaster() {
    for (String name : List.of("nvswitch3-8-nvls", "infiniband-ndr-256-sharp")) {
      TreeNetworkSpec auto = preset(name);
      CollectiveTime tree = preset(name, "network.in_network.use=always").allReduceTime(8);
      CollectiveTime chosen = auto.allReduceTime(8);
      CollectiveTime plain = auto.plain().allReduceTime(8);
      boolean treeWins = false;
      for (long bytes = 1 << 10; bytes <= 1 << 22; bytes *= 4) {
        assertThat(chosen.latencyPs(bytes))
            .isEqualTo(Math.min(tree.latencyPs(bytes), plain.latencyPs(bytes)));
        treeWins |= tree.latencyPs(bytes) < plain.latencyPs(bytes);
      }
      assertThat(treeWins).as(name).isTrue();
      assertThat(chosen.latencyPs(0)).isEqualTo(plain.latencyPs(0));
      assertThat(auto.allReduceTime(1).latencyPs(500)).isZero();
    }
    assertThat(preset("nvswitch3-8-nvls").allReduceTime(8).latencyPs(4096))
        .isEqualTo(preset("nvswitch3-8-nvls").plain().allReduceTime(8).latencyPs(4096));
  }

  @Test
  void portsAreTheFewer() {
    assertThat(preset("infiniband-ndr-256-sharp").ports()).isEqualTo(256);
    assertThat(TreeScript.spec(TreeScript.STAR, TreeScript.TREE).ports()).isEqualTo(8);
    TreeNetworkSpec some =
        TreeScript.spec(TreeScript.STAR, TreeScript.TREE, "in_network: { hosts: [h1, h4..h6] }\n");
    assertThat(some.ports()).isEqualTo(4);
    assertThat(some.group(2).members()).hasSize(2);
    assertThatThrownBy(() -> some.allReduceTime(5))
        .hasMessageContaining("5 ranks do not fit a network of 4 ports");
  }

  /** All that is wrong is said at once, with its place. */
  @Test
  void badInput() {
    assertThatThrownBy(
            () ->
                TreeScript.spec(
                    TreeScript.STAR,
                    TreeScript.TREE,
                    """
                      deadline: { wait: 5 us }
                    in_network:
                      use: sometimes
                      launch: 5
                      hosts: [h0, h99]
                      speed: 3
                      stragglers: { share: 2, late: 1 us }
                      faults: [{ at: 1 us, what: link-down, from: h0, to: h1 }]
                      spares: { hosts: [h7], from: nobody }
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("network:24:13: missing key 'aggregation.deadline.substitute'")
        .hasMessageContaining("network:26:8: in_network.use: 'sometimes' is not one of")
        .hasMessageContaining("network:27:11: in_network.launch: '5' has no unit")
        .hasMessageContaining("network:28:10: in_network.hosts: there is no node 'h99'")
        .hasMessageContaining("unknown key 'in_network.speed'")
        .hasMessageContaining("in_network.stragglers.share: '2' is out of range")
        .hasMessageContaining("there is no link 'h0' - 'h1'")
        .hasMessageContaining("there is no node 'nobody'");
    assertThatThrownBy(
            () -> TreeScript.read(List.of(), TreeScript.STAR, "in_network: { use: always }\n"))
        .hasMessageContaining("unknown key 'in_network'");
    assertThatThrownBy(
            () ->
                TreeScript.spec(
                    TreeScript.STAR, TreeScript.TREE, "in_network: { hosts: [h1, h1] }\n"))
        .hasMessageContaining("'h1' is given twice");
    assertThatThrownBy(
            () ->
                TreeScript.spec(
                    TreeScript.STAR, TreeScript.TREE, "in_network: { hosts: [h1, s0] }\n"))
        .hasMessageContaining("in_network.hosts");
    assertThatThrownBy(() -> TreeScript.spec(TreeScript.STAR, "aggregation: sharp\n"))
        .hasMessageContaining("sharp-sat");
    assertThatThrownBy(
            () ->
                TreeScript.read(
                    List.of("aggregation.switch.fan_in=3"), TreeScript.STAR, TreeScript.TREE))
        .hasMessageContaining("every tree of the group has a switch with more than 3 children");
  }
}
