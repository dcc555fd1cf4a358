package memwall.memory.flash.heat;

import static memwall.memory.flash.heat.HotFlash.DEVICE;
import static memwall.memory.flash.heat.HotFlash.ENERGY;
import static memwall.memory.flash.heat.HotFlash.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.error.DataAge;
import memwall.memory.stack.StackSpec;
import org.junit.jupiter.api.Test;

/** Simulated stacks against their closed form, and what the states do to requests. */
class FlashHeatTest {
  private static final long WARM_PS = 150 * MS;

  /** Time constants are some ten milliseconds, so that this is a steady state. */
  private static double bytesPerSec(HotFlash flash, long measurePs) {
    flash.readUntil(WARM_PS);
    double before = flash.readBytes();
    flash.readUntil(WARM_PS + measurePs);
    assertThat(flash.heat.brokenLaws()).isEmpty();
    return (flash.readBytes() - before) / (measurePs / 1e12);
  }

  private static FlashEnergy scaled(double factor) {
    return new FlashEnergy(
        factor * ENERGY.sensePj(),
        factor * ENERGY.programPj(),
        factor * ENERGY.erasePj(),
        factor * ENERGY.lanePjPerBit(),
        factor * ENERGY.eccPjPerBit(),
        factor * ENERGY.linkPjPerBit(),
        ENERGY.idleWatts());
  }

  @Test
  void coolStacksRunAtFullBandwidthInTheSteadyStateOfTheLadder() {
    FlashThermal thermal = HotFlash.thermal();
    FlashEnergy energy = scaled(0.7);
    SustainedFlash law = SustainedFlash.of(thermal, energy, DEVICE, 0);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.FULL);
    assertThat(law.mostBytesPerSec()).isEqualTo(256 * 4096 / 4e-6);
    HotFlash flash = new HotFlash(thermal, energy, true, null);
    double reached = bytesPerSec(flash, 50 * MS);
    assertThat(reached).isCloseTo(law.mostBytesPerSec(), within(0.001 * reached));
    assertThat(flash.port.leaptPages()).isPositive();
    // Every die by hand: power of the layers and the base die through the ladder.
    StackSpec spec = flash.heat.stack();
    double[] watts = spec.idleWatts(1, 1);
    double bits = 8e-12 * reached;
    double perLayer = energy.lanePjPerBit() * 0.08 / (0.14 + 8.5 * 0.08);
    for (int layer = 0; layer < 16; layer++) {
      watts[layer] += bits * (0.7 * 25 / 16 + perLayer * (16 - layer) / 16);
    }
    watts[spec.logicNode()] +=
        bits * (0.7 * 3.8 + energy.lanePjPerBit() * 0.14 / (0.14 + 8.5 * 0.08));
    for (int node = 0; node <= spec.lidNode(); node++) {
      double steady = 40 + spec.network().steadyRiseKelvin(node, watts);
      assertThat(flash.heat.celsius(node)).isCloseTo(steady, within(0.002 * (steady - 40)));
    }
    assertThat(flash.heat.hottestLayerCelsius()).isEqualTo(flash.heat.celsius(0));
    assertThat(flash.heat.state().level()).isZero();
  }

  @Test
  void lightThrottlingThatHolds() {
    FlashThermal thermal = HotFlash.thermal("light_share=0.875", "release=70 C");
    SustainedFlash law = SustainedFlash.of(thermal, scaled(1.3), DEVICE, 0);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.LIGHT);
    assertThat(law.mostBytesPerSec()).isEqualTo(14 * 16 * 4096 / 4e-6);
    HotFlash flash = new HotFlash(thermal, scaled(1.3), true, null);
    double reached = bytesPerSec(flash, 50 * MS);
    assertThat(reached).isCloseTo(law.mostBytesPerSec(), within(0.001 * reached));
    assertThat(flash.heat.state().level()).isEqualTo(1);
    assertThat(flash.port.device(flash.simulation.nowPs()).activePlanes()).isLessThanOrEqualTo(14);
    assertThat(flash.port.counters(0).capWaits()).isPositive();
  }

  /** A cooling budget is a bandwidth: with a narrow hysteresis both bounds are within 1 %. */
  @Test
  void sustainedBandwidthUnderACoolingBudget() {
    FlashThermal thermal = HotFlash.thermal("release=94.5 C", "window=10 us");
    SustainedFlash law = SustainedFlash.of(thermal, scaled(1.4), DEVICE, 0);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.FULL_AND_LIGHT);
    assertThat(law.leastBytesPerSec())
        .isCloseTo(law.mostBytesPerSec(), within(0.01 * law.mostBytesPerSec()));
    HotFlash flash = new HotFlash(thermal, scaled(1.4), true, null);
    double reached = bytesPerSec(flash, 100 * MS);
    assertThat(reached)
        .isCloseTo(law.mostBytesPerSec(), within(0.01 * law.mostBytesPerSec()))
        .isBetween(0.998 * law.leastBytesPerSec(), 1.002 * law.mostBytesPerSec());
  }

  @Test
  void toAndFroBetweenNormalAndLight() {
    FlashThermal thermal = HotFlash.thermal();
    SustainedFlash law = SustainedFlash.of(thermal, scaled(1.4), DEVICE, 0);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.FULL_AND_LIGHT);
    HotFlash flash = new HotFlash(thermal, scaled(1.4), true, null);
    double reached = bytesPerSec(flash, 300 * MS);
    assertThat(reached).isBetween(law.leastBytesPerSec(), law.mostBytesPerSec());
    assertThat(flash.heat.state().level()).isLessThanOrEqualTo(1);
  }

  /** Severe throttling: nothing begins until it is cooler; nothing is lost. */
  @Test
  void toAndFroBetweenLightAndSevere() {
    FlashThermal thermal = HotFlash.thermal("light_share=1", "severe=100 C");
    SustainedFlash law = SustainedFlash.of(thermal, scaled(1.4), DEVICE, 0);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.LIGHT_AND_SEVERE);
    HotFlash flash = new HotFlash(thermal, scaled(1.4), true, null);
    double reached = bytesPerSec(flash, 300 * MS);
    assertThat(reached).isBetween(law.leastBytesPerSec(), law.mostBytesPerSec());
    flash.simulation.run();
    assertThat(flash.ends).containsOnlyKeys(FlashStatus.DONE);
    assertThat(flash.ends.get(FlashStatus.DONE)).isEqualTo(flash.submitted);
    assertThat(flash.port.device(flash.simulation.nowPs()).pending()).isZero();
  }

  /** A stack that no throttling saves stops; all its requests end. */
  @Test
  void shutdownEndsAllRequests() {
    FlashThermal thermal =
        HotFlash.thermal("light_share=1", "severe_share=1", "severe=100 C", "shutdown=105 C");
    HotFlash flash = new HotFlash(thermal, scaled(1.5), true, null);
    flash.readUntil(WARM_PS);
    flash.simulation.run();
    assertThat(flash.heat.state().shutDown()).isTrue();
    assertThat(flash.ends.get(FlashStatus.SHUT_DOWN)).isEqualTo(2);
    assertThat(flash.ends.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(flash.submitted);
    long shutOut = flash.port.counters(0).shutOut();
    assertThat(shutOut).isPositive();
    assertThat(flash.port.counters(0).reads()).isEqualTo(2L * 16 * 64 * 256);
    assertThat(flash.port.counters(0).senses() + shutOut).isEqualTo(2L * 16 * 64 * 256);
    // It stays so, and cools down.
    flash.submit(true);
    flash.simulation.runUntil(flash.simulation.nowPs() + 500 * MS);
    assertThat(flash.ends.get(FlashStatus.SHUT_DOWN)).isEqualTo(3);
    assertThat(flash.heat.hottestLayerCelsius()).isLessThan(50);
    assertThat(flash.heat.brokenLaws()).isEmpty();
  }

  /** Law F1: leaps change nothing, neither heat nor what follows from it. */
  @Test
  void leapsAreExact() {
    FlashThermal thermal = HotFlash.thermal("severe=96 C", "release=94 C");
    HotFlash fast = new HotFlash(thermal, scaled(1.4), true, null);
    HotFlash exact = new HotFlash(thermal, scaled(1.4), false, null);
    long untilPs = 25 * MS;
    for (HotFlash flash : new HotFlash[] {fast, exact}) {
      flash.readUntil(untilPs);
    }
    assertThat(fast.port.leaptPages()).isPositive();
    assertThat(fast.port.counters(untilPs)).isEqualTo(exact.port.counters(untilPs));
    assertThat(fast.heat.state()).isEqualTo(exact.heat.state());
    assertThat(fast.port.counters(untilPs).capWaits()).isPositive();
    for (int node = 0; node < 18; node++) {
      assertThat(fast.heat.celsius(node)).isEqualTo(exact.heat.celsius(node));
    }
  }

  /** Writes heat more: what counts is energy, not bytes. */
  @Test
  void writesAreCounted() {
    HotFlash flash = new HotFlash(HotFlash.thermal(), ENERGY, true, null);
    flash.submit(true);
    flash.simulation.run();
    long pages = 16L * 64 * 256;
    assertThat(flash.port.counters(0).programs()).isEqualTo(pages);
    double joules =
        1e-12
            * HotFlash.CHANNELS
            * (pages * (ENERGY.programPj() + 8 * 4096 * ENERGY.pathPjPerBit())
                + pages / 256.0 * ENERGY.erasePj());
    double[] counted = new double[18];
    flash.heat.addJoulesNow(counted);
    double sum = 0;
    for (double node : counted) {
      sum += node;
    }
    assertThat(sum).isCloseTo(joules, within(1e-9 * joules));
    assertThat(flash.heat.brokenLaws()).isEmpty();
  }

  /** Data age at the temperature of the hottest layer, and slower when the stack rests. */
  @Test
  void dataAgeAtTheTemperatureOfTheStack() {
    DataAge age = new DataAge(1.1, 40, Double.POSITIVE_INFINITY, 40);
    HotFlash flash = new HotFlash(HotFlash.thermal(), scaled(0.7), true, age);
    double idle = age.celsius();
    assertThat(idle).isBetween(40.0, 45.0);
    flash.readUntil(WARM_PS);
    assertThat(age.celsius()).isCloseTo(flash.heat.hottestLayerCelsius(), within(0.5));
    assertThat(age.celsius()).isGreaterThan(70);
    double hours = age.hours(WARM_PS, WARM_PS);
    assertThat(hours).isGreaterThan(20 * WARM_PS / 3.6e15);
    flash.simulation.run();
    long restPs = flash.simulation.nowPs();
    // A short rest changes nothing, a long one counts from its beginning on.
    flash.simulation.runUntil(restPs + MS / 10);
    flash.heat.catchUp();
    assertThat(age.celsius()).isGreaterThan(70);
    flash.simulation.runUntil(restPs + WARM_PS);
    flash.heat.catchUp();
    assertThat(age.celsius()).isEqualTo(idle);
    assertThat(age.hours(WARM_PS, restPs + WARM_PS)).isLessThan(2 * WARM_PS / 3.6e15);
  }
}
