package memwall.memory.flash.heat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.stack.StackEnergy;
import memwall.memory.stack.StackSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A published thermal study: Li et al., arXiv 2608.11668, figure 10 (a): a stack of 16 dies of TLC
 * flash under writes and reads of KV blocks, solved with 3D-ICE, reaches 80 C at 202.27 GB/s and
 * 53.72 W. Not published, so not inputs here: the cooling and the surroundings, the dies'
 * thickness, and how the energy divides between dies and base die. Those are our own preset's.
 */
class PublishedHeatTest {
  private static final int PAGE = 4096;

  /** 53.72 W over 202.27 GB/s, and nothing at rest: its line passes through the origin. */
  private static final double PJ_PER_BIT = 53.72 / 202.27e9 / 8 * 1e12;

  /** Divided between dies, vertical wires and base die as in our preset. */
  private static FlashEnergy energy(StackSpec stack) {
    StackEnergy given = stack.energy();
    double all = given.meanPjPerBit(stack.memoryLayers());
    double scale = PJ_PER_BIT / all;
    double way = given.wayPjPerBit(stack.memoryLayers());
    return new FlashEnergy(
        scale * given.arrayPjPerBit() * 8 * PAGE,
        0,
        0,
        scale * way,
        0,
        scale * given.interfacePjPerBit(),
        0);
  }

  /** The figure's points, printed as whole watts. */
  @ParameterizedTest
  @CsvSource({"50, 13", "100, 27", "150, 40", "250, 66", "300, 80", "400, 106"})
  void powerIsLinear(double gigabytesPerSec, double watts) {
    FlashEnergy energy = energy(HotFlash.thermal().stack());
    double itsWatts = energy.readPjPerBit(PAGE) * 1e-12 * 8 * gigabytesPerSec * 1e9;
    assertThat(itsWatts).isCloseTo(watts, within(0.5));
  }

  /** Their cap from our ladder with their energy: within 15 %. */
  @Test
  void cappedByTemperatureLongBeforeTheLink() {
    FlashThermal thermal = HotFlash.thermal("release=70 C", "light=80 C");
    FlashSpec device = HotFlash.DEVICE;
    FlashEnergy energy = energy(thermal.stack());
    double cap = SustainedFlash.bytesPerSecAt(thermal, energy, device, 0, 80);
    assertThat(cap).isCloseTo(202.27e9, within(0.15 * 202.27e9));
    // Far below what the planes sense and the links carry.
    assertThat(cap).isLessThan(0.9 * FlashRates.bytesPerSec(device, 0, 16));
    assertThat(SustainedFlash.of(thermal, energy, device, 0).mostBytesPerSec()).isEqualTo(cap);
    // All of the heat in the dies, or a quarter in the base die: 248 and 199 GB/s.
    FlashEnergy inDies = new FlashEnergy(PJ_PER_BIT * 8 * PAGE, 0, 0, 0, 0, 0, 0);
    assertThat(SustainedFlash.bytesPerSecAt(thermal, inDies, device, 0, 80) / 1e9)
        .isCloseTo(248, within(2.0));
    FlashEnergy quarter =
        new FlashEnergy(0.75 * PJ_PER_BIT * 8 * PAGE, 0, 0, 0, 0, 0.25 * PJ_PER_BIT, 0);
    assertThat(SustainedFlash.bytesPerSecAt(thermal, quarter, device, 0, 80) / 1e9)
        .isCloseTo(199, within(2.0));
  }

  /** Simulated with throttling at 80 C, as the study's: the bandwidth settles at the cap. */
  @Test
  void simulatedItSettlesAtTheCap() {
    FlashThermal thermal = HotFlash.thermal("release=79.5 C", "light=80 C", "window=10 us");
    FlashEnergy energy = energy(thermal.stack());
    double cap = SustainedFlash.bytesPerSecAt(thermal, energy, HotFlash.DEVICE, 0, 80);
    HotFlash flash = new HotFlash(thermal, energy, true, null);
    flash.readUntil(150 * HotFlash.MS);
    double before = flash.readBytes();
    flash.readUntil(250 * HotFlash.MS);
    assertThat((flash.readBytes() - before) / 0.1).isCloseTo(cap, within(0.015 * cap));
    assertThat(flash.heat.hottestLayerCelsius()).isBetween(79.0, 80.5);
  }
}
