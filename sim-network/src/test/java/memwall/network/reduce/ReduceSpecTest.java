package memwall.network.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import memwall.core.config.ConfigException;
import memwall.network.aggregation.Fault;
import memwall.network.aggregation.TreeTask;
import org.junit.jupiter.api.Test;

/** Reading of what is reduced. */
final class ReduceSpecTest {
  private static final String PRESET = "aggregation: sharp-llt\nreduce: {}\n";

  @Test
  void defaults() {
    ReduceSpec spec = ReduceTest.spec(PRESET);
    assertThat(spec.tenants()).hasSize(1);
    assertThat(spec.tenants().get(0).group().members()).hasSize(64);
    assertThat(spec.tenants().get(0).operations()).isEqualTo(20);
    assertThat(spec.sizeBytes()).containsExactly(64L, 2048L, 65536L);
    assertThat(spec.hasDeadline()).isFalse();
    assertThat(spec.randomFaults()).isEqualTo(RandomFaults.NONE);
    assertThat(spec.stragglers()).isEqualTo(Stragglers.NONE);
  }

  @Test
  void groupsTakeFromThePreset() {
    ReduceSpec spec =
        ReduceTest.spec(
            PRESET,
            "aggregation.deadline={wait: 2 us, substitute: zero}",
            "reduce.operations=9",
            "reduce.groups=[{name: a, members: [h0..h3, h63]}, {name: b, members: [h4],"
                + " gap: 1 us, deadline: {wait: 5 us, substitute: wait}}]",
            "reduce.faults=[{at: 1 us, what: link-rate, from: h0, to: l0, rate: 1 GB/s}]");
    Tenant first = spec.tenants().get(0);
    assertThat(first.group().members()).containsExactly(0, 1, 2, 3, 63);
    assertThat(first.group().quota()).isEqualTo(16);
    assertThat(first.group().deadline().waitPs()).isEqualTo(2_000_000);
    assertThat(first.operations()).isEqualTo(9);
    assertThat(spec.tenants().get(1).gapPs()).isEqualTo(1_000_000);
    assertThat(spec.tenants().get(1).group().deadline().isOn()).isFalse();
    assertThat(spec.faults())
        .containsExactly(new TimedFault(1_000_000, new Fault.LinkRate(0, 1_000_000_000)));
  }

  @Test
  void operationsOfGroups() {
    ReduceSpec spec =
        ReduceTest.spec(
            PRESET,
            "reduce.groups=[{name: a, operation: broadcast, root: h2, members: [h0..h3]},"
                + " {name: b, operation: reduce, root: h9}, {name: c, operation: all-reduce}]");
    assertThat(spec.tenants().get(0).task()).isEqualTo(TreeTask.broadcast(2));
    assertThat(spec.tenants().get(1).task()).isEqualTo(TreeTask.reduce(9));
    assertThat(spec.tenants().get(2).task()).isEqualTo(TreeTask.ALL_REDUCE);
    assertThat(spec.tenants().get(1).operation()).isEqualTo("reduce");
  }

  @Test
  void expertsOfGroups() {
    ReduceSpec spec =
        ReduceTest.spec(
            PRESET,
            "reduce.groups=[{name: a, operation: moe-dispatch, experts: {count: 128, top_k: 4,"
                + " tokens: 3, skew: 1.5, trees: 2}}, {name: b, operation: moe-combine, members: [h0..h7],"
                + " experts: {count: 8, top_k: 8, tokens: 1}}]");
    assertThat(spec.hasTokens()).isTrue();
    assertThat(spec.tenants().get(0).experts()).isEqualTo(new Experts(false, 128, 4, 3, 1.5, 2));
    assertThat(spec.tenants().get(1).experts()).isEqualTo(new Experts(true, 8, 8, 1, 0, 1));
    assertThat(spec.tenants().get(1).operation()).isEqualTo("moe-combine");
  }

  @Test
  void badExperts() {
    String text =
        """
        aggregation: sharp-llt
        reduce:
          groups:
            - { name: a, operation: moe-dispatch, experts: { count: 100, top_k: 2, tokens: 1 } }
            - { name: b, operation: moe-combine, experts: { count: 64, top_k: 65, tokens: 1 } }
            - { name: c, operation: moe-combine }
            - { name: d, operation: moe-dispatch, experts: { count: 64, top_k: 8, tokens: 60000 } }
            - { name: e, operation: moe-dispatch, experts: { count: 64, top_k: 8, tokens: 9000 },
                size: 16 MiB }
            - { name: f, operation: moe-combine, members: [h0..h3],
                experts: { count: 4, top_k: 1, tokens: 1 }, spares: { hosts: [h5], from: h6 } }
            - { name: g, experts: { count: 64, top_k: 8, tokens: 60000 } }
            - { name: h, operation: moe-dispatch, root: h0,
                experts: { count: 64, top_k: 0, tokens: 1, skew: -1, capacity: 2 } }
        """;
    assertThatThrownBy(() -> ReduceTest.spec(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("run.yaml:4:61: reduce.groups[0].experts.count: 100 experts are not")
        .hasMessageContaining("divisible among 64 hosts")
        .hasMessageContaining("reduce.groups[1].experts.top_k: must be at most the 64 experts")
        .hasMessageContaining("missing key 'reduce.groups[2].experts")
        .hasMessageContaining("reduce.groups[3].experts.tokens: must give at most 16777216 copies")
        .hasMessageContaining("group 'e': 4608000 copies of tokens of 8192 chunks: must be at most")
        .hasMessageContaining("tokens are exchanged without 'spares'")
        .hasMessageContaining("unknown key 'reduce.groups[6].experts'")
        .hasMessageContaining("unknown key 'reduce.groups[7].root'")
        .hasMessageContaining("unknown key 'reduce.groups[7].experts.capacity'")
        .hasMessageContaining("reduce.groups[7].experts.top_k: '0' is out of range")
        .hasMessageContaining("reduce.groups[7].experts.skew: '-1' is out of range");
  }

  @Test
  void badOperations() {
    String text =
        """
        aggregation: sharp-llt
        reduce:
          groups:
            - { name: a, operation: broadcast, root: h9, members: [h0..h3] }
            - { name: b, operation: reduce }
            - { name: c, operation: gather, root: h1 }
            - { name: d, operation: broadcast, root: h1, deadline: { wait: 1 us, substitute: zero } }
            - { name: e, operation: reduce, root: l0 }
            - { name: f, root: h0 }
        """;
    assertThatThrownBy(() -> ReduceTest.spec(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "run.yaml:4:46: reduce.groups[0].root: 'h9' is not a member of group 'a'")
        .hasMessageContaining("run.yaml:5:7: missing key")
        .hasMessageContaining("'reduce.groups[1].root'")
        .hasMessageContaining("run.yaml:6:29: reduce.groups[2].operation: ")
        .hasMessageContaining("run.yaml:7:29: reduce.groups[3].operation: a broadcast waits for")
        .hasMessageContaining("'l0' is not a member of group 'e'")
        .hasMessageContaining("unknown key 'reduce.groups[5].root'");
  }

  @Test
  void allFaultsWithTheirPlaces() {
    String text =
        """
        aggregation: sharp-llt
        reduce:
          sizes: [0 B]
          operations: 0
          loss: 1.5
          patience: 3
          groups:
            - { name: a, members: [h9..h2] }
            - { name: a, members: [h1, x], quota: 999 }
            - { name: c, members: [l0] }
            - { name: d, members: [h1], size: 0 B, spares: { hosts: [h1], from: h2 } }
          faults:
            - { at: 1 us, what: link-down, from: h0, to: h1 }
            - { at: 1 us, what: straggler, node: s0, late: 1 us }
            - { at: 1 us, what: node-down, node: h77 }
            - { at: 1 us, what: link-rate, from: h0, to: l0, rate: 0 B/s }
          stragglers: { share: 2, late: 1 us }
          random_faults: { links: 0 s }
        """;
    assertThatThrownBy(() -> ReduceTest.spec(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("run.yaml:3:10: reduce.sizes: must be more than 0")
        .hasMessageContaining("run.yaml:4:15: ")
        .hasMessageContaining("run.yaml:5:9: ")
        .hasMessageContaining("unknown key 'reduce.patience'")
        .hasMessageContaining("'h9..h2': the last is before the first")
        .hasMessageContaining("there is a group 'a' before")
        .hasMessageContaining("there is no node 'x' (nodes are 'h0' to 's1')")
        .hasMessageContaining("must be at most the 256 slots of a switch")
        .hasMessageContaining("('l0') is a switch, members are hosts")
        .hasMessageContaining("size: must be more than 0")
        .hasMessageContaining("spare 1 is not a host, or is a member")
        .hasMessageContaining("there is no link 'h0' - 'h1'")
        .hasMessageContaining("'s0' is a switch; hosts are late")
        .hasMessageContaining("there is no node 'h77'")
        .hasMessageContaining("run.yaml:16:60: reduce.faults[3].rate: '0 B/s' is out of range")
        .hasMessageContaining("run.yaml:17:24: ")
        .hasMessageContaining("links: must be more than 0");
  }

  @Test
  void eitherSizesOrARange() {
    assertThatThrownBy(
            () ->
                ReduceTest.spec(
                    PRESET, "reduce.sizes=[1 B]", "reduce.size_range={from: 2 B, to: 1 B}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("either 'sizes' or 'size_range' is wanted")
        .hasMessageContaining("must be more than 0 and not above 'to'");
  }
}
