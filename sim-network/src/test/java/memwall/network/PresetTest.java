package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;

class PresetTest {
  static NetworkSpec preset(String name) {
    return read("network: " + name + "\n");
  }

  static NetworkSpec read(String yaml, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(sets), Presets.builtIn(), faults);
    NetworkSpec spec = NetworkSpec.read(config.preset("network", "network", "The network"));
    config.finish();
    faults.throwIfAny();
    return spec;
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(Presets.builtIn().names("network"));
    names.removeIf(name -> !(TreeScript.preset(name) instanceof NetworkSpec));
    assertThat(names)
        .contains("nvlink4-8", "nvlink4-8-multimem", "nvlink5-8", "nvlink6-8", "son2026-scale-up");
    return names;
  }

  @Test
  void everyPresetTakesItsClosedFormForEveryImplementationRankCountAndSize() {
    long seed = Long.getLong("memwall.seed", 2026);
    Random random = new Random(seed);
    for (String name : names()) {
      NetworkSpec preset = preset(name);
      List<String> implementations = new ArrayList<>(List.of(NetworkSpec.AUTO));
      preset.allReduces().forEach(one -> implementations.add(one.name()));
      preset.libraries().forEach(library -> implementations.add(library.name()));
      if (preset.allReduces().stream().noneMatch(one -> one.minRanks() == 2)) {
        implementations.remove(NetworkSpec.AUTO);
      }
      for (String implementation : implementations) {
        NetworkSpec spec = preset.withPorts(16).withAllReduce(implementation);
        for (int ranks = 2; ranks <= 16; ranks++) {
          AllReduceFormula formula = new AllReduceFormula(spec, ranks);
          long[] sizes = {1, ranks + 1, Rig.randomBytes(random, 22), Rig.randomBytes(random, 30)};
          for (long bytes : sizes) {
            assertThat(new Rig(spec, ranks, 1).runPs(bytes))
                .as("%s %s, %s ranks, %s B", name, implementation, ranks, bytes)
                .isEqualTo(formula.latencyPs(bytes));
          }
          assertThat(new Rig(spec, ranks, ranks).runPs(sizes[2] % 1_000_000))
              .isEqualTo(formula.latencyPs(sizes[2] % 1_000_000));
        }
        long gib = 1L << 30;
        assertThat(new Rig(spec, 8, 1).runPs(gib))
            .isEqualTo(new AllReduceFormula(spec, 8).latencyPs(gib));
      }
    }
  }

  @Test
  void sonsRingIsTheFormulaOfTheStudy() {
    NetworkSpec spec = preset("son2026-scale-up");
    for (int ranks : new int[] {2, 4, 8, 16}) {
      for (long bytes : new long[] {16_384, 1 << 20, 524_288_000}) {
        // 2(t-1)/t S / 1800e9 + 2(t-1) 0.3 us, rounded up in each step.
        BigDecimal stepPs =
            BigDecimal.valueOf(bytes)
                .multiply(BigDecimal.valueOf(1_000_000_000_000L))
                .divide(
                    BigDecimal.valueOf(1_800_000_000_000L).multiply(BigDecimal.valueOf(ranks)),
                    30,
                    RoundingMode.HALF_EVEN)
                .setScale(0, RoundingMode.CEILING);
        long expectedPs = 2L * (ranks - 1) * (stepPs.longValueExact() + 300_000);
        assertThat(new AllReduceFormula(spec, ranks).latencyPs(bytes)).isEqualTo(expectedPs);
        assertThat(new Rig(spec, ranks, ranks).runPs(bytes)).isEqualTo(expectedPs);
      }
    }
  }

  @Test
  void slotsDoNotLimitThePresets() {
    for (String name : names()) {
      NetworkSpec preset = preset(name);
      for (AllReduceSpec one : preset.allReduces()) {
        if (one.kind() == AllReduceKind.IN_NETWORK) {
          Rig rig = new Rig(preset.withAllReduce(one.name()), 8, 1);
          rig.runPs(100 << 20);
          assertThat(rig.stat("slot_waits")).as("%s %s", name, one.name()).isZero();
          double share = rig.stat("adder_busy_ps") * 8 / rig.stat("up_busy_ps");
          assertThat(share).as("adder busy against link busy").isLessThanOrEqualTo(1);
        }
      }
    }
  }

  @Test
  void oneKeyCanBeOverridden() {
    NetworkSpec spec = read("network: nvlink4-8\n", "network.all_reduces.one-shot.launch=100 ns");
    AllReduceSpec oneShot = spec.allReduces().get(0);
    assertThat(oneShot.name()).isEqualTo("one-shot");
    assertThat(oneShot.overheads()).isEqualTo(new Overheads(0.62, 100_000, 2_000_000, 90_000));
    assertThat(spec.linkBytesPerSec()).isEqualTo(450_000_000_000L);
  }

  private static void refused(String message, String yaml, String... sets) {
    assertThatThrownBy(() -> read(yaml, sets))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void impossibleSpecsAreFaults() {
    String base = "network: nvlink4-8\n";
    refused(
        "network.all_reduce: all-reduce 'rign' is not one of [one-shot, two-shot, nccl-ring-ll,"
            + " nccl-ring-ll128, nccl-ring-simple, nccl-nvls] or 'auto'",
        base,
        "network.all_reduce=rign");
    refused("network.link_rate", base, "network.link_rate=0 B/s");
    refused("network.reduction.rate", base, "network.reduction.rate=0 B/s");
    refused("network.reduction.slot_size", base, "network.reduction.slot_size=0 B");
    refused("network.reduction.slots", base, "network.reduction.slots=0");
    refused("network.ports", base, "network.ports=0");
    refused("network.topology", base, "network.topology=moebius");
    refused(
        "network.all_reduces.two-shot.efficiency",
        base,
        "network.all_reduces.two-shot.efficiency=1.5");
    refused("network.link_latency", base, "network.link_latency=-1 ns");
    refused("network.link_latncy", base, "network.link_latncy=1 ns");
    refused(
        "network.all_reduces.two-shot.max_size", base, "network.all_reduces.two-shot.max_size=0 B");
    refused( // A key that may be left out and was not given is named all the same.
        "unknown key 'network.all_reduces.two-shot.max_sise'; did you mean 'max_size'?",
        base,
        "network.all_reduces.two-shot.max_sise=1 MiB");
    refused(
        "all-reduce 'sharp' is in-network, but there is no 'reduction' section",
        """
        network:
          extends: son2026-scale-up
          all_reduces:
            sharp: { kind: in-network, efficiency: 1 }
        """);
    refused(
        "'auto' needs one implementation without min_ranks and max_size",
        """
        network:
          extends: son2026-scale-up
          all_reduce: auto
          all_reduces:
            ring: { kind: ring, efficiency: 1, max_size: 1 MiB }
        """);
    refused(
        "names must differ from each other and from 'auto'",
        """
        network:
          extends: son2026-scale-up
          all_reduces:
            auto: { kind: ring, efficiency: 1 }
        """);
    refused(
        "no implementation of all-reduce is given",
        """
        network:
          topology: star
          ports: 8
          link_rate: 1 GB/s
          link_latency: 1 ns
          switch_latency: 1 ns
          link_energy: 1 pJ/bit
          message: { efficiency: 1 }
          all_reduce: auto
          all_reduces: {}
        """);
  }

  @Test
  void allFaultsAreFoundInOnePass() {
    assertThatThrownBy(
            () ->
                read(
                    "network: nvlink4-8\n",
                    "network.ports=0",
                    "network.all_reduce=none",
                    "network.reduction.slots=-1",
                    "network.message.sync=fast"))
        .isInstanceOfSatisfying(
            ConfigException.class, wrong -> assertThat(wrong.faults()).hasSize(4));
  }

  @Test
  void recordsRefuseWhatNoHardwareHas() {
    assertThatThrownBy(() -> new Overheads(0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("efficiency 0.0 is not in (0, 1]");
    assertThatThrownBy(() -> new Overheads(1, -1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none may be negative");
    assertThatThrownBy(() -> new ReductionSpec(1, 0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 1048576 slots of at least 1 B");
    assertThatThrownBy(
            () -> new AllReduceSpec("x", AllReduceKind.RING, new Overheads(1, 0, 0, 0), 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("min_ranks 1 must be at least 2");
    assertThatThrownBy(() -> Rig.plain().withPorts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs ports and rate >= 1");
    assertThatThrownBy(() -> Rig.plain().withAllReduce("nothing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "all-reduce 'nothing' is not one of [ring, one-shot, two-shot, in-network] or 'auto'");
  }
}
