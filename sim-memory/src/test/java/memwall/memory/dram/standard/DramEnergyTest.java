package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Energies against the figures that their sources state for whole paths and modules. */
class DramEnergyTest {
  private static final Offset<Double> EXACT = within(1e-9);

  static Stream<String> presets() {
    return Presets.builtIn().names("dram").stream();
  }

  @Test
  void attAccsChain() {
    DramDevice device = DramDevice.builtIn("hbm2-2000-8gb-8hi");
    DramEnergy energy = device.energy();
    DramStandard standard = device.standard();
    assertThat(energy.streamPjPerBit(standard, Reach.BANK)).isCloseTo(0.55, EXACT);
    assertThat(energy.streamPjPerBit(standard, Reach.BANK_GROUP)).isCloseTo(1.56, EXACT);
    assertThat(energy.streamPjPerBit(standard, Reach.BASE_DIE)).isCloseTo(3.29, EXACT);
    assertThat(energy.streamPjPerBit(standard, Reach.HOST)).isCloseTo(3.59, EXACT);
    // FGDRAM: about 0.9 nJ for a row of 1 KiB
    assertThat(energy.activatePj()).isCloseTo(901.12, EXACT);
  }

  @ParameterizedTest
  @CsvSource({
    "hbm3-6400-16gb-8hi, 3.59",
    "hbm3-5234-16gb-8hi, 3.59",
    "hbm3e-8000-24gb-8hi, 3.5",
    "hbm3e-6250-24gb-8hi, 3.5",
    "hbm4-8000-32gb-8hi, 2.82",
    "lpddr5x-8533-16gb-x16, 5.0",
    "gddr6-16000-16gb, 7.0"
  })
  void streamsCostWhatTheirSourcesSay(String preset, double pjPerBit) {
    DramDevice device = DramDevice.builtIn(preset);
    assertThat(device.energy().streamPjPerBit(device.standard(), Reach.HOST))
        .isCloseTo(pjPerBit, within(0.002));
  }

  /** Power of a device that streams reads at its peak rate all the time, refreshing as it must. */
  private static double streamWatts(DramDevice device) {
    DramStandard standard = device.standard();
    long secondsPs = 1_000_000_000_000L;
    int units = 1;
    for (Level level : standard.levels().subList(0, standard.refreshLevel() + 1)) {
      units *= level.count();
    }
    long reads = device.peakBytesPerSec() / device.channels() / standard.burstBytes();
    double refreshes = 1e15 / ((double) standard.tickFemtos() * standard.refreshTicks());
    DramActivity second =
        new DramActivity(
            reads / standard.bursts(),
            reads,
            0,
            Math.round(refreshes * units),
            0,
            secondsPs * units,
            0,
            0,
            0,
            0);
    return device.energy().of(second).totalPj() * 1e-12 * device.channels();
  }

  @Test
  void hbm4StackDrawsThe40WattsOfTable3() {
    assertThat(streamWatts(DramDevice.builtIn("hbm4-6400-32gb-12hi"))).isBetween(39.0, 41.0);
  }

  @Test
  void lpddr5ModuleDrawsThe3WattsOfTable3() {
    // 16 GB and 51 GB/s: four channels of four dies of 8 Gb, one of them streaming
    DramDevice device = DramDevice.builtIn("lpddr5-6400-8gb-x16");
    double idleDies = 12 * device.energy().activeWatts();
    assertThat(4 * streamWatts(device) + idleDies).isBetween(2.8, 3.2);
  }

  @Test
  void hbmStacksStayWithinTheirBudget() {
    assertThat(streamWatts(DramDevice.builtIn("hbm3-6400-16gb-8hi"))).isBetween(23.0, 30.0);
    assertThat(streamWatts(DramDevice.builtIn("hbm3e-9200-24gb-12hi"))).isBetween(30.0, 38.0);
  }

  @Test
  void currentsBecomeEnergiesAsInTheTechnicalNote() {
    DramDevice device = DramDevice.builtIn("ddr4-3200aa-8gb-x8");
    DramEnergy energy = device.energy();
    // tRC 74, tRAS 52 clocks of 0.625 ns; eight chips at 1.2 V
    double row = (57 * 46.25 - 52 * 32.5 - 37 * 13.75) * 1.2 * 8;
    assertThat(energy.activatePj()).isCloseTo(row, within(1e-6));
    double read = (168 - 52) * 1.2 * 8 * 2.5 / 512;
    assertThat(energy.read().pjPerBit(Reach.BASE_DIE)).isCloseTo(read, within(1e-9));
    assertThat(energy.read().pjPerBit(Reach.HOST)).isCloseTo(read + 4.6, within(1e-9));
    assertThat(energy.read().cellPjPerBit()).isCloseTo(0.16 * read, within(1e-9));
    double write = (150 - 52) * 1.2 * 8 * 2.5 / 512;
    assertThat(energy.write().pjPerBit(Reach.BASE_DIE)).isCloseTo(write, within(1e-9));
    assertThat(energy.refreshPj()).isCloseTo((250 - 52) * 1.2 * 8 * 350, within(1e-6));
    assertThat(energy.bankRefreshPj() * 16).isCloseTo(energy.refreshPj(), within(1e-6));
    assertThat(energy.activeWatts()).isCloseTo(52 * 1.2 * 8e-3, EXACT);
    assertThat(energy.prechargedWatts()).isCloseTo(37 * 1.2 * 8e-3, EXACT);
    assertThat(energy.powerDownWatts()).isCloseTo(25 * 1.2 * 8e-3, EXACT);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aRefreshRenewsItsShareOfTheRows(String preset) {
    DramDevice device = DramDevice.builtIn(preset);
    DramEnergy energy = device.energy();
    assertThat(energy.refreshPj()).isGreaterThan(energy.bankRefreshPj());
    assertThat(energy.bankRefreshPj()).isPositive();
    assertThat(energy.activeWatts())
        .isGreaterThanOrEqualTo(energy.prechargedWatts())
        .isGreaterThan(energy.powerDownWatts());
    assertThat(energy.powerDownWatts()).isPositive();
  }

  @Test
  void hbm3RefreshIsThatOf64Rows() {
    DramEnergy energy = DramDevice.builtIn("hbm3-6400-16gb-8hi").energy();
    // 16384 rows in 8192 refreshes: two of each of 32 banks
    assertThat(energy.refreshPj()).isCloseTo(64 * 901.12, within(1e-6));
    assertThat(energy.bankRefreshPj()).isCloseTo(2 * 901.12, within(1e-6));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void partsAddUp(String preset) {
    DramDevice device = DramDevice.builtIn(preset);
    DramEnergy energy = device.energy();
    Randomized.check(
        20,
        random -> {
          DramActivity one = activity(random);
          DramActivity other = activity(random);
          EnergyBreakdown parts = energy.of(one);
          long readBits = one.reads() * energy.burstBits();
          long writtenBits = one.writes() * energy.burstBits();
          double whole =
              one.activates() * energy.activatePj()
                  + energy.readPj(readBits, Reach.HOST)
                  + energy.writePj(writtenBits, Reach.HOST)
                  + one.refreshes() * energy.refreshPj()
                  + one.bankRefreshes() * energy.bankRefreshPj()
                  + one.activePs() * energy.activeWatts()
                  + one.prechargedPs() * energy.prechargedWatts()
                  + one.powerDownPs() * energy.powerDownWatts()
                  + one.activePowerDownPs() * energy.activePowerDownWatts()
                  + one.selfRefreshPs() * energy.selfRefreshWatts();
          assertThat(energy.powerDownWatts()).isPositive().isLessThan(energy.prechargedWatts());
          assertThat(energy.activePowerDownWatts())
              .isGreaterThan(energy.powerDownWatts())
              .isLessThan(energy.activeWatts());
          assertThat(energy.selfRefreshWatts()).isPositive();
          assertThat(parts.totalPj()).isCloseTo(whole, within(1e-9 * whole));
          double together = energy.of(one.plus(other)).totalPj();
          assertThat(parts.plus(energy.of(other)).totalPj())
              .isCloseTo(together, within(1e-9 * together));
        });
  }

  private static DramActivity activity(SplittableRandom random) {
    return new DramActivity(
        random.nextLong(1_000_000),
        random.nextLong(1_000_000_000),
        random.nextLong(1_000_000_000),
        random.nextLong(1000),
        random.nextLong(1000),
        random.nextLong(1_000_000_000_000L),
        random.nextLong(1_000_000_000_000L),
        random.nextLong(1_000_000_000_000L),
        random.nextLong(1_000_000_000_000L),
        1 + random.nextLong(1_000_000_000_000L));
  }

  @Test
  void whatStopsShortOfTheHostSavesTheRest() {
    DramEnergy energy = DramDevice.builtIn("hbm3-6400-16gb-8hi").energy();
    assertThat(energy.readPj(1000, Reach.BANK)).isCloseTo(440, EXACT);
    assertThat(energy.readPj(1000, Reach.BANK_GROUP)).isCloseTo(1450, EXACT);
    assertThat(energy.readPj(1000, Reach.BASE_DIE)).isCloseTo(3180, EXACT);
    assertThat(energy.writePj(1000, Reach.HOST)).isCloseTo(3480, EXACT);
  }

  @Test
  void nothingIsNegative() {
    assertThatThrownBy(() -> new DramActivity(0, -1, 0, 0, 0, 0, 0, 0, 0, 0))
        .hasMessage("counts and times of a channel are 0 or more");
    assertThatThrownBy(() -> new DramActivity(0, 0, 0, 0, 0, 0, 0, 0, 0, -1))
        .hasMessage("counts and times of a channel are 0 or more");
  }
}
