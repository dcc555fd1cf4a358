package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

class ThermalNetworkTest {
  @Test
  void ladderIsTheSumOfResistancesTimesTheHeatThatPassesThem() {
    Randomized.check(
        200,
        random -> {
          int n = 1 + random.nextInt(20);
          double[] up = new double[n];
          double[] watts = Networks.randomWatts(random, n);
          ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
          for (int i = 0; i < n; i++) {
            builder.node("layer" + i, Networks.logUniform(random, 1e-3, 100));
            up[i] = Networks.logUniform(random, 1e-3, 1);
            if (i == 0) {
              builder.resistanceOut(0, up[0]);
            } else {
              builder.resistance(i - 1, i, up[i]);
            }
          }
          ThermalNetwork network = builder.build();

          double rise = 0;
          for (int i = 0; i < n; i++) {
            double through = 0;
            for (int j = i; j < n; j++) {
              through += watts[j];
            }
            rise += up[i] * through;
            assertThat(network.steadyRiseKelvin(i, watts))
                .isCloseTo(rise, within(1e-9 * rise + 1e-300));
            assertThat(network.kelvinPerWatt(i, n - 1)).isCloseTo(sum(up, i), within(1e-9));
          }
        });
  }

  private static double sum(double[] values, int last) {
    double sum = 0;
    for (int i = 0; i <= last; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** Two ways out of a single heated node: the heat divides by the conductances. */
  @Test
  void waysOutInParallel() {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    int die = builder.node("die", 0.01);
    int board = builder.node("board", 1);
    builder.resistanceOut(die, 0.5);
    builder.resistance(die, board, 1);
    builder.resistanceOut(board, 1);
    ThermalNetwork network = builder.build();
    // 0.5 K/W beside 1 + 1 K/W.
    assertThat(network.steadyRiseKelvin(die, new double[] {10, 0})).isCloseTo(4, within(1e-12));
    assertThat(network.steadyRiseKelvin(board, new double[] {10, 0})).isCloseTo(2, within(1e-12));
    assertThat(network.wattsPerKelvinOut(die)).isEqualTo(2);
    assertThat(network.nodes()).isEqualTo(2);
    assertThat(network.name(board)).isEqualTo("board");
    assertThat(network.joulesPerKelvin(board)).isEqualTo(1);
  }

  @Test
  void whatHeatsOneHeatsTheOtherAsMuch() {
    Randomized.check(
        100,
        random -> {
          int n = 2 + random.nextInt(8);
          ThermalNetwork network = Networks.random(random, n);
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              double there = network.kelvinPerWatt(i, j);
              assertThat(there)
                  .isPositive()
                  .isLessThanOrEqualTo(network.kelvinPerWatt(j, j) + 1e-9);
              assertThat(network.kelvinPerWatt(j, i)).isCloseTo(there, within(1e-12 * there));
            }
          }
        });
  }

  /** In the steady state what is put in leaves through the ways out. */
  @Test
  void steadyStateConservesHeat() {
    Randomized.check(
        100,
        random -> {
          int n = 1 + random.nextInt(10);
          ThermalNetwork network = Networks.random(random, n);
          double[] watts = Networks.randomWatts(random, n);
          double in = 0;
          double out = 0;
          for (int i = 0; i < n; i++) {
            in += watts[i];
            out += network.wattsPerKelvinOut(i) * network.steadyRiseKelvin(i, watts);
          }
          assertThat(out).isCloseTo(in, within(1e-10 * (1 + in)));
        });
  }

  @Test
  void timeConstants() {
    assertThat(Networks.single(0.02, 0.5).timeConstantSeconds(0)).isCloseTo(0.01, within(1e-15));
    // A ladder of n equal RC sections, driven at its end: rates 4 sin^2((2k-1) pi / (4n+2)) / RC.
    int n = 16;
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    for (int i = 0; i < n; i++) {
      builder.node("layer" + i, 0.01);
      if (i == 0) {
        builder.resistanceOut(0, 0.1);
      } else {
        builder.resistance(i - 1, i, 0.1);
      }
    }
    ThermalNetwork network = builder.build();
    for (int k = 0; k < n; k++) {
      double sine = StrictMath.sin((2 * k + 1) * StrictMath.PI / (4 * n + 2));
      double seconds = 0.001 / (4 * sine * sine);
      assertThat(network.timeConstantSeconds(k)).isCloseTo(seconds, within(1e-12 * seconds));
    }
  }

  @Test
  void timeConstantsFarApart() {
    // 1 us and 1000 s, hardly coupled.
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    int fast = builder.node("fast", 1e-5);
    int slow = builder.node("slow", 1e4);
    builder.resistanceOut(fast, 0.1);
    builder.resistanceOut(slow, 0.1);
    builder.resistance(fast, slow, 1e4);
    ThermalNetwork network = builder.build();
    assertThat(network.timeConstantSeconds(0)).isCloseTo(1000 / (1 + 1e-5), within(1e-6));
    assertThat(network.timeConstantSeconds(1)).isCloseTo(1e-6 / (1 + 1e-5), within(1e-17));
  }

  @Test
  void refusesWhatIsNoNetwork() {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    assertThatThrownBy(builder::build).hasMessage("a thermal network needs a node");
    assertThatThrownBy(() -> builder.node("die", 0))
        .hasMessage("heat capacity of die is 0.0; it must be positive");
    assertThatThrownBy(() -> builder.node("die", Double.NaN)).hasMessageContaining("NaN");
    int die = builder.node("die", 1);
    assertThatThrownBy(() -> builder.node("die", 1)).hasMessage("node 'die' is there already");
    int lid = builder.node("lid", 1);
    assertThatThrownBy(() -> builder.resistance(die, die, 1))
        .hasMessage("a resistance from die to itself");
    assertThatThrownBy(() -> builder.resistance(die, 2, 1)).hasMessage("no node 2");
    assertThatThrownBy(() -> builder.resistanceOut(-1, 1)).hasMessage("no node -1");
    assertThatThrownBy(() -> builder.resistanceOut(die, Double.POSITIVE_INFINITY))
        .hasMessage("resistance at die is Infinity; it must be positive");
    builder.resistanceOut(die, 1);
    assertThatThrownBy(builder::build).hasMessage("no way for the heat out of lid");
    builder.resistance(lid, die, 1);
    assertThat(builder.build().nodes()).isEqualTo(2);
  }
}
