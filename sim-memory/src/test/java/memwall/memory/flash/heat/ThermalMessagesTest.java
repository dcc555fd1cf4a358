package memwall.memory.flash.heat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import memwall.core.config.Faults;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import org.junit.jupiter.api.Test;

/** Section {@code thermal}: what it gives, and one test per message. */
class ThermalMessagesTest {
  private static void refused(String message, String... sets) {
    Faults faults = new Faults();
    HotFlash.thermal(faults, sets);
    assertThat(faults.list()).singleElement().asString().endsWith(": thermal." + message);
  }

  @Test
  void readsAllKeys() {
    FlashThermal thermal =
        HotFlash.thermal("release=60 C", "shutdown=130 C", "severe=123.5 C", "severe_share=0.1");
    assertThat(thermal.releaseCelsius()).isEqualTo(60);
    assertThat(thermal.lightCelsius()).isEqualTo(95);
    assertThat(thermal.severeCelsius()).isEqualTo(123.5);
    assertThat(thermal.shutdownCelsius()).isEqualTo(130);
    assertThat(thermal.lightShare()).isEqualTo(0.5);
    assertThat(thermal.severeShare()).isEqualTo(0.1);
    assertThat(thermal.windowPs()).isEqualTo(100_000_000);
    assertThat(thermal.stack().memoryLayers()).isEqualTo(16);
  }

  @Test
  void temperaturesThatNoRegisterHolds() {
    refused(
        "light: 95.25 C; allowed are 60 C to 123.5 C in steps of 0.5 C (OCP HBF 0.7)",
        "light=95.25 C");
    refused(
        "release: 59.5 C; allowed are 60 C to 123.5 C in steps of 0.5 C (OCP HBF 0.7)",
        "release=59.5 C");
    refused(
        "severe: 124.0 C; allowed are 60 C to 123.5 C in steps of 0.5 C (OCP HBF 0.7)",
        "severe=124 C",
        "shutdown=130 C");
  }

  @Test
  void temperaturesThatDoNotAscend() {
    refused("light: 85.0 C is not above 'release', 85.0 C", "light=85 C");
    refused("severe: 90.0 C is not above 'light', 95.0 C", "severe=90 C");
    refused("shutdown: 105.0 C is not above 'severe', 105.0 C", "shutdown=105 C");
  }

  @Test
  void sharesOutOfRange() {
    refused("severe_share: 0.6 is more than 0.5, the light share", "severe_share=0.6");
    refused("light_share: '0' is out of range: a number from 0.001 to 1", "light_share=0");
  }

  @Test
  void windowsOutOfRange() {
    refused("window: 0 ps; allowed are 1 ps to an hour", "window=0 ps");
    refused("window: 7200000000000000 ps; allowed are 1 ps to an hour", "window=2 h");
  }

  @Test
  void coolantsTooWarm() {
    refused(
        "release: 60.0 C is not above the coolant's 60.0 C; it would never be reached",
        "release=60 C",
        "stack.cooling.coolant=60 C");
  }

  @Test
  void unknownKey() {
    Faults faults = new Faults();
    HotFlash.thermal(faults, "rtt=85 C");
    assertThat(faults.list()).singleElement().asString().contains("unknown key 'thermal.rtt'");
  }

  @Test
  void devicesThatDoNotFit() {
    FlashThermal thermal = HotFlash.thermal();
    assertThat(thermal.fault(HotFlash.ENERGY, HotFlash.DEVICE.geometry())).isEmpty();
    assertThat(thermal.fault(HotFlash.ENERGY, new FlashGeometry(4, 3, 1, 4, 4, 4096)))
        .hasValue("12 dies do not divide into 16 layers of the stack");
    FlashEnergy hot = new FlashEnergy(1, 1, 1, 1, 1, 1, 100);
    assertThat(thermal.fault(hot, HotFlash.DEVICE.geometry()).orElseThrow())
        .startsWith("idle already, layer0 gets to ")
        .endsWith(" C; throttling would never end, which needs less than 85.0 C");
  }

  @Test
  void recordsCheckTheirRanges() {
    FlashThermal good = HotFlash.thermal();
    assertThatThrownBy(() -> good.withLight(95, 95))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("temperatures of release, light, severe and shutdown must ascend");
    assertThatThrownBy(() -> new FlashThermal(good.stack(), 85, 95, 105, 120, 0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shares of 0.0 and 0.0 of the planes");
    assertThatThrownBy(() -> new FlashThermal(good.stack(), 85, 95, 105, 120, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a window of 0 ps");
  }
}
