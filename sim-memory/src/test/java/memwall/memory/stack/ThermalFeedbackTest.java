package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

/** A device, its wires and its governor together. */
class ThermalFeedbackTest {
  private static final long MS = 1_000_000_000L;

  private final Simulation simulation = new Simulation(1);

  private static StackSpec quick(String... more) {
    return Stacks.quick(more);
  }

  /**
   * A stack that is asked for all its wires can carry settles at the bandwidth that the closed form
   * allows. By linearity the mean of the hottest temperature belongs to the mean of the bandwidth,
   * so it lies between those of the limit and of the hysteresis below it.
   */
  @Test
  void saturatedStackSettlesAtTheSustainedBandwidth() {
    StringBuilder steps = new StringBuilder("limits.throttle=[");
    for (int percent = 99; percent >= 40; percent--) {
      steps.append("{ bandwidth: 0.").append(percent).append(" },");
    }
    steps.setCharAt(steps.length() - 1, ']');
    String[] sets = {
      "cooling.coolant=55 C",
      "limits.hysteresis=0.25 K",
      "limits.step_time=100 ms",
      steps.toString()
    };
    StackSpec spec = quick(sets);
    Pump pump = new Pump(simulation, spec, 1 << 25);
    pump.start(Long.MAX_VALUE);
    simulation.runUntil(8_000 * MS);
    double before = pump.movedBytes();
    simulation.runUntil(16_000 * MS);
    double bandwidth = (pump.movedBytes() - before) / 8.0;

    double atLimit = SustainedBandwidth.of(spec, 0).bytesPerSec();
    assertThat(atLimit).isLessThan(0.8 * spec.tsv().bytesPerSec());
    double below =
        SustainedBandwidth.of(quick(with(sets, "limits.memory=94.75 C")), 0).bytesPerSec();
    assertThat(below).isLessThan(atLimit);
    assertThat(bandwidth).isBetween(0.995 * below, 1.005 * atLimit);
    assertThat(pump.hottestCelsius()).isBetween(94.0, 97.0);
    assertThat(pump.governor.state().refreshFactor()).isEqualTo(2);
    assertThat(pump.governor.brokenLaws()).isEmpty();
  }

  private static String[] with(String[] sets, String more) {
    List<String> all = new ArrayList<>(List.of(sets));
    all.add(more);
    return all.toArray(String[]::new);
  }

  /** Below its limits the governor never interferes: the wires' rate. */
  @Test
  void coolStackIsLeftAlone() {
    StackSpec spec = Stacks.preset("hbm3e-8hi");
    Pump pump = new Pump(simulation, spec, 1 << 22);
    pump.start(Long.MAX_VALUE);
    simulation.runUntil(100 * MS);
    assertThat(pump.changes).isZero();
    assertThat(pump.movedBytes() / 0.1 / spec.tsv().bytesPerSec()).isBetween(0.999, 1.0);
  }

  @Test
  void pausedStackHasNoEvents() {
    StackSpec spec = quick("cooling.coolant=60 C");
    Pump pump = new Pump(simulation, spec, 1 << 24);
    pump.start(2000);
    simulation.run();
    long endPs = simulation.nowPs();
    assertThat(simulation.eventsPending()).isZero();
    // The last event is the arrival of the last byte, nothing thermal after it.
    assertThat(pump.movedBytes()).isEqualTo((double) (2000L << 24));
    double least = (2000L << 24) / (double) spec.tsv().bytesPerSec() * 1e12;
    assertThat((double) endPs).isBetween(least, 1.3 * least);
    assertThat(pump.governor.brokenLaws()).isEmpty();
  }

  /** A pause is made up for at its end as if every change in it had been an event. */
  @Test
  void pauseIsMadeUpFor() {
    Randomized.check(
        20,
        random -> {
          StackSpec spec =
              quick("cooling.coolant=" + (55 + random.nextInt(10)) + " C", "limits.window=2 ms");
          Simulation one = new Simulation(1);
          Simulation two = new Simulation(1);
          Pump busy = new Pump(one, spec, 1 << 27);
          Pump paused = new Pump(two, spec, 1 << 27);
          for (int round = 0; round < 3; round++) {
            int transfers = 500 + random.nextInt(4000);
            busy.start(transfers);
            paused.start(transfers);
            two.run();
            one.runUntil(two.nowPs());
            assertThat(busy.movedBytes()).isEqualTo(paused.movedBytes());
            // Its pump has paused too; it goes on watching.
            busy.governor.resume();
            long gapPs = (long) Networks.logUniform(random, 1e6, 1e12);
            one.runUntil(one.nowPs() + gapPs);
            two.runUntil(two.nowPs() + gapPs);
          }
          paused.governor.resume();
          assertThat(paused.governor.state()).isEqualTo(busy.governor.state());
          Snapshot watching = busy.stats.snapshot(one.nowPs());
          Snapshot lazy = paused.stats.snapshot(two.nowPs());
          for (Snapshot.Value value : watching.values()) {
            assertThat(lazy.number(value.path()))
                .as(value.path())
                .isCloseTo(value.number(), within(1e-6 * (1 + Math.abs(value.number()))));
          }
        });
  }

  /** Looking at temperatures and statistics, however often, changes no bit of the result. */
  @Test
  void lookingChangesNothing() {
    Randomized.check(
        10,
        random -> {
          StackSpec spec = quick("cooling.coolant=62 C");
          Simulation one = new Simulation(1);
          Simulation two = new Simulation(1);
          Pump seen = new Pump(one, spec, 1 << 26);
          Pump left = new Pump(two, spec, 1 << 26);
          seen.start(4000);
          left.start(4000);
          for (int look = 0; look < 20; look++) {
            one.runUntil(one.nowPs() + random.nextLong(20 * MS));
            seen.hottestCelsius();
            seen.stats.snapshot(one.nowPs());
            assertThat(seen.governor.brokenLaws()).isEmpty();
          }
          two.runUntil(one.nowPs());
          one.run();
          two.run();
          assertThat(one.fingerprint()).isEqualTo(two.fingerprint());
          assertThat(one.nowPs()).isEqualTo(two.nowPs());
          assertThat(seen.stats.snapshot(one.nowPs()).values())
              .isEqualTo(left.stats.snapshot(two.nowPs()).values());
        });
  }

  /** Bytes and joules: what moved, times its cost, is what the sources counted and what came in. */
  @Test
  void heatIsThatOfTheBytes() {
    StackSpec spec = quick("cooling.coolant=45 C");
    Pump pump = new Pump(simulation, spec, 1 << 24);
    pump.start(30_000);
    simulation.run();
    double expected = 0;
    for (int layer = 0; layer < 16; layer++) {
      expected += pump.movedBytes(layer) * 8e-12 * spec.energy().pjPerBit(layer);
    }
    Snapshot snapshot = pump.stats.snapshot(simulation.nowPs());
    assertThat(snapshot.number("heat.work_energy")).isCloseTo(expected, within(1e-9 * expected));
    assertThat(pump.movedBytes()).isEqualTo((double) (30_000L << 24));
    assertThat(snapshot.number("heat.heat_in"))
        .isCloseTo(
            snapshot.number("heat.heat_out") + snapshot.number("heat.heat_stored"), within(1e-9));
    assertThat(pump.governor.brokenLaws()).isEmpty();
  }
}
