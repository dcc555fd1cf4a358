package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import memwall.core.Event;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.StalledException;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TsvChannelsTest {
  private final Simulation simulation = new Simulation(1);
  private final Stats stats = new Stats();

  static List<String> presets() {
    return Stacks.presets();
  }

  private TsvChannels wires(TsvSpec spec) {
    return new TsvChannels(simulation, stats.child("tsv"), spec);
  }

  /** 1000 wires of 1 GB/s, 1 byte per ps; 7 ps per layer. */
  private static TsvSpec spec(int groups, Long... rowAccessPs) {
    return new TsvSpec(1000, 1_000_000_000L, groups, 7, Arrays.asList(rowAccessPs), 10, 1000, 1);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void unloadedTransferTakesTheFormulaFromBothSides(String name) {
    TsvSpec spec = Stacks.preset(name).tsv();
    TsvChannels wires = wires(spec);
    for (int layer = 0; layer < spec.rowAccessPs().size(); layer++) {
      long bytes = 1000L + layer;
      long expected =
          spec.rowAccessPs().get(layer)
              + Units.transferPs(bytes, spec.count() / spec.laneGroups() * spec.wireBytesPerSec())
              + (layer + 1) * spec.layerDelayPs();
      assertThat(spec.unloadedPs(layer, bytes)).isEqualTo(expected);
      long start = simulation.nowPs();
      boolean[] done = {false};
      wires.transfer(layer, bytes, word -> done[0] = word == 42, 42);
      simulation.runUntil(start + expected - 1);
      assertThat(done[0]).isFalse();
      simulation.runUntil(start + expected);
      assertThat(done[0]).isTrue();
    }
    assertThat(wires.brokenLaws()).isEmpty();
  }

  /** A long stream over all layers keeps every lane busy: count x rate. */
  @ParameterizedTest
  @MethodSource("presets")
  void streamReachesTheRateOfTheWires(String name) {
    TsvSpec spec = Stacks.preset(name).tsv();
    TsvChannels wires = wires(spec);
    int layers = spec.rowAccessPs().size();
    long each = 1 << 22;
    for (int i = 0; i < 10 * layers; i++) {
      wires.transfer(i % layers, each, word -> {}, 0);
    }
    simulation.run();
    long bytes = 10L * layers * each;
    long busy = Units.transferPs(bytes, spec.bytesPerSec());
    long rest = spec.unloadedPs(layers - 1, 0) + 10L * layers;
    assertThat(simulation.nowPs()).isBetween(busy, busy + rest);
    assertThat(wires.movedBytes()).isEqualTo(bytes);
    assertThat(stats.snapshot(simulation.nowPs()).number("tsv.layer0_bytes"))
        .isEqualTo(10.0 * each);
  }

  @Test
  void sharedLanesAreServedInTurnPrivateOnesAtOnce() {
    // Shared: 1 byte/ps for all. Layer 1 waits for layer 0.
    TsvChannels shared = wires(spec(1, 0L, 0L));
    List<String> ends = new ArrayList<>();
    shared.transfer(0, 1000, word -> ends.add("a" + simulation.nowPs()), 0);
    shared.transfer(1, 500, word -> ends.add("b" + simulation.nowPs()), 0);
    simulation.run();
    assertThat(ends).containsExactly("a1007", "b1514");
    // Private: half the rate each, nobody waits.
    Simulation other = new Simulation(1);
    TsvChannels lanes = new TsvChannels(other, new Stats(), spec(2, 0L, 0L));
    ends.clear();
    lanes.transfer(0, 1000, word -> ends.add("a" + other.nowPs()), 0);
    lanes.transfer(1, 500, word -> ends.add("b" + other.nowPs()), 0);
    other.run();
    assertThat(ends).containsExactly("b1014", "a2007");
  }

  /** Layers of one group at different distances: the far one is served first and arrives last. */
  @Test
  void wiresOverlapWithLanes() {
    TsvChannels wires = wires(spec(1, Collections.nCopies(100, 0L).toArray(Long[]::new)));
    List<String> ends = new ArrayList<>();
    wires.transfer(99, 100, word -> ends.add("far" + simulation.nowPs()), 0);
    wires.transfer(0, 100, word -> ends.add("near" + simulation.nowPs()), 0);
    simulation.run();
    assertThat(ends).containsExactly("near207", "far800");
  }

  /** Rows open side by side; lanes serve whoever is ready first. */
  @Test
  void rowAccessesOverlap() {
    TsvChannels wires = wires(spec(1, 1000L, 300L));
    List<String> ends = new ArrayList<>();
    wires.transfer(0, 500, word -> ends.add("slow" + simulation.nowPs()), 0);
    wires.transfer(1, 900, word -> ends.add("quick" + simulation.nowPs()), 0);
    simulation.run();
    // Layer 1: 300 + 900 + 14; layer 0 is ready at 1000, waits until 1200, then 500 + 7.
    assertThat(ends).containsExactly("quick1214", "slow1707");
  }

  @Test
  void emptyTransferWaitsItsTurn() {
    TsvChannels wires = wires(spec(1, 0L));
    List<Long> ends = new ArrayList<>();
    wires.transfer(0, 100, word -> ends.add(simulation.nowPs()), 0);
    wires.transfer(0, 0, word -> ends.add(simulation.nowPs()), 0);
    simulation.run();
    assertThat(ends).containsExactly(107L, 107L);
    assertThat(wires.outstanding()).isZero();
  }

  @Test
  void throttlingHoldsForWhatStartsLater() {
    TsvChannels wires = wires(spec(1, 0L));
    List<Long> ends = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      wires.transfer(0, 1000, word -> ends.add(simulation.nowPs()), 0);
    }
    simulation.runUntil(500);
    wires.setShare(0.25);
    assertThat(wires.groupBytesPerSec()).isEqualTo(250_000_000_000L);
    simulation.runUntil(6000);
    wires.setShare(1);
    simulation.run();
    // The first as it began, the second and third at a quarter: 1000, + 4000, + 4000.
    assertThat(ends).containsExactly(1007L, 5007L, 9007L);
  }

  @Test
  void stoppedWiresGoOnWhereTheyStopped() {
    TsvChannels wires = wires(spec(1, 0L));
    List<Long> ends = new ArrayList<>();
    wires.transfer(0, 1000, word -> ends.add(simulation.nowPs()), 0);
    wires.transfer(0, 1000, word -> ends.add(simulation.nowPs()), 0);
    simulation.event("stop", word -> wires.setShare(0)).at(10, 0);
    simulation.event("go on", word -> wires.setShare(0.5)).at(5000, 0);
    simulation.run();
    assertThat(ends).containsExactly(1007L, 7007L);
  }

  @Test
  void stoppedWiresAreNamedByTheWatchdog() {
    TsvChannels wires = wires(spec(1, 0L));
    wires.setShare(0);
    wires.transfer(0, 1000, word -> {}, 0);
    assertThatThrownBy(simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("tsv: 1 transfers, the wires are shut down");
    assertThat(wires.brokenLaws()).isEmpty();
  }

  @Test
  void refusesNonsense() {
    TsvChannels wires = wires(spec(1, 0L));
    assertThatThrownBy(() -> wires.transfer(1, 5, word -> {}, 0))
        .hasMessage("tsv: 5 bytes of layer 1 of 1");
    assertThatThrownBy(() -> wires.transfer(0, -1, word -> {}, 0))
        .hasMessage("tsv: -1 bytes of layer 0 of 1");
    assertThatThrownBy(() -> wires.setShare(1.5)).hasMessage("tsv: share 1.5 is not in [0, 1]");
    assertThatThrownBy(() -> wires.setShare(Double.NaN)).hasMessageContaining("NaN");
  }

  /** Random streams against a plain model that sorts what is ready and serves it one by one. */
  @Test
  void agreesWithAPlainModel() {
    Randomized.check(
        200,
        random -> {
          int groups = 1 + random.nextInt(3);
          int layers = groups * (1 + random.nextInt(4));
          Long[] access = new Long[layers];
          for (int i = 0; i < layers; i++) {
            access[i] = random.nextInt(3) == 0 ? 0L : random.nextLong(3000);
          }
          TsvSpec spec =
              new TsvSpec(
                  12L * groups,
                  1 + random.nextLong(40_000_000_000L),
                  groups,
                  random.nextLong(50),
                  Arrays.asList(access),
                  10,
                  12L * groups,
                  1);
          Simulation own = new Simulation(1);
          Stats ownStats = new Stats();
          TsvChannels wires = new TsvChannels(own, ownStats, spec);
          int count = 1 + random.nextInt(60);
          PlainWires plain = new PlainWires(spec);
          long[] submitted = new long[count];
          long[] sizes = new long[count];
          int[] layer = new int[count];
          long[] ends = new long[count];
          Arrays.fill(ends, -1);
          Event submit =
              own.event(
                  "submit",
                  i ->
                      wires.transfer(
                          layer[(int) i],
                          sizes[(int) i],
                          word -> ends[(int) word] = own.nowPs(),
                          i));
          long atPs = 0;
          long total = 0;
          for (int i = 0; i < count; i++) {
            atPs += random.nextInt(3) == 0 ? 0 : random.nextLong(2000);
            submitted[i] = atPs;
            sizes[i] = random.nextLong(1L << (1 + random.nextInt(10)));
            layer[i] = random.nextInt(layers);
            total += sizes[i];
            submit.at(atPs, i);
            plain.add(atPs, layer[i], sizes[i]);
          }
          own.run();
          assertThat(ends).isEqualTo(plain.ends());
          assertThat(wires.movedBytes()).isEqualTo(total);
          assertThat(wires.outstanding()).isZero();
          assertThat(wires.brokenLaws()).isEmpty();
          assertThat(ownStats.snapshot(own.nowPs()).number("jobs")).isEqualTo(count);
          assertThat(ownStats.snapshot(own.nowPs()).histogram("latency").getTotalCount())
              .isEqualTo(count);
        });
  }
}
