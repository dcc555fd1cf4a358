package memwall.memory.flash.heat;

import java.util.Arrays;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.stack.StackEnergy;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;
import memwall.memory.stack.ThermalNetwork;

/**
 * The bandwidth that a flash stack under steady load keeps up for ever, as a closed form.
 *
 * <p>In the steady state of the thermal ladder the rise of die {@code i} is {@code sum_j R_ij (P_j
 * + B e_j)}: linear in the bandwidth {@code B}. So there is a bandwidth {@code B(T)} at which the
 * hottest die tends to {@code T}. With full bandwidth {@code F}, that of light throttling {@code L}
 * and that of severe throttling:
 *
 * <ul>
 *   <li>{@code F <= B(LTT)}: heat does not matter; {@code F}.
 *   <li>{@code B(RTT) <= L <= B(STT)}: once throttled the stack stays so; {@code L}.
 *   <li>{@code L < B(RTT)}: it goes to and fro between normal and light throttling. Over a whole
 *       number of cycles nothing is stored, so the mean temperatures are those of the mean
 *       bandwidth. That of the hottest die is between RTT and LTT at all times, so the mean
 *       bandwidth is between {@code B(RTT)} and {@code B(LTT)}.
 *   <li>{@code L > B(STT)}: likewise between light and severe throttling, which ends at LTT:
 *       between {@code B(LTT)} and {@code B(STT)}.
 * </ul>
 *
 * <p>Simulated, temperatures overshoot by what a window of counted energy heats: power follows the
 * load one window late.
 *
 * @param leastBytesPerSec lower bound
 * @param mostBytesPerSec upper bound; equal to the former where the bandwidth does not go to and
 *     fro
 * @param mode what the stack does for ever
 */
public record SustainedFlash(double leastBytesPerSec, double mostBytesPerSec, Mode mode) {

  /** What a stack does for ever. */
  public enum Mode {
    /** Full bandwidth. */
    FULL,
    /** Light throttling, for good. */
    LIGHT,
    /** To and fro between full bandwidth and light throttling. */
    FULL_AND_LIGHT,
    /** To and fro between light and severe throttling. */
    LIGHT_AND_SEVERE
  }

  private static final double BITS_PER_BYTE = 8;

  /**
   * The bandwidth of a stack that reads and writes evenly over all its dies.
   *
   * @param energy of the device
   * @param device the whole of it
   * @param writeShare of the bytes, 0 to 1
   */
  public static SustainedFlash of(
      FlashThermal thermal, FlashEnergy energy, FlashSpec device, double writeShare) {
    double full = FlashRates.bytesPerSec(device, writeShare, FlashRates.allowedPlanes(device));
    double atLight = bytesPerSecAt(thermal, energy, device, writeShare, thermal.lightCelsius());
    if (full <= atLight) {
      return new SustainedFlash(full, full, Mode.FULL);
    }
    double light =
        Math.min(
            full,
            FlashRates.bytesPerSec(
                device, writeShare, FlashHeat.activePlanes(device, thermal.lightShare())));
    double atRelease = bytesPerSecAt(thermal, energy, device, writeShare, thermal.releaseCelsius());
    if (light < atRelease) {
      return new SustainedFlash(atRelease, atLight, Mode.FULL_AND_LIGHT);
    }
    double atSevere = bytesPerSecAt(thermal, energy, device, writeShare, thermal.severeCelsius());
    return light <= atSevere
        ? new SustainedFlash(light, light, Mode.LIGHT)
        : new SustainedFlash(atLight, atSevere, Mode.LIGHT_AND_SEVERE);
  }

  /**
   * The bandwidth at which the hottest die tends to a temperature; 0 if it is hotter idle already.
   *
   * @param writeShare of the bytes, 0 to 1
   * @see #of
   */
  public static double bytesPerSecAt(
      FlashThermal thermal,
      FlashEnergy energy,
      FlashSpec device,
      double writeShare,
      double celsius) {
    return at(thermal, energy, device, writeShare, celsius).bytesPerSec();
  }

  /**
   * What heat allows a device that reads, together with the die that binds. Where that is not less
   * than the device can read when it is cool, heat does not matter.
   *
   * @param coolBytesPerSec what it reads when it is cool
   */
  public static SustainedBandwidth ofReads(
      FlashThermal thermal, FlashEnergy energy, FlashSpec device, double coolBytesPerSec) {
    SustainedBandwidth light = at(thermal, energy, device, 0, thermal.lightCelsius());
    if (coolBytesPerSec <= light.bytesPerSec()) {
      return light;
    }
    double most = of(thermal, energy, device, 0).mostBytesPerSec();
    return new SustainedBandwidth(Math.min(coolBytesPerSec, most), light.bindingNode());
  }

  private static SustainedBandwidth at(
      FlashThermal thermal,
      FlashEnergy energy,
      FlashSpec device,
      double writeShare,
      double celsius) {
    StackSpec spec = thermal.spec(energy, device.geometry());
    ThermalNetwork network = spec.network();
    double[] idle = spec.idleWatts(1, 1);
    double[] perByte = joulesPerByte(spec, energy, device.geometry(), writeShare);
    double best = Double.POSITIVE_INFINITY;
    int binding = 0;
    for (int node = 0; node <= spec.logicNode(); node++) {
      double room =
          celsius - spec.cooling().coolantCelsius() - network.steadyRiseKelvin(node, idle);
      double risePerRate = network.steadyRiseKelvin(node, perByte);
      double allowed = room <= 0 ? 0 : room / risePerRate;
      if (allowed < best) {
        best = allowed;
        binding = node;
      }
    }
    return new SustainedBandwidth(best, binding);
  }

  /** Heat of a byte in each node, spread evenly over the layers. */
  private static double[] joulesPerByte(
      StackSpec spec, FlashEnergy energy, FlashGeometry geometry, double writeShare) {
    double writePj =
        (energy.programPj() + energy.erasePj() / geometry.pagesPerBlock())
            / (BITS_PER_BYTE * geometry.pageBytes());
    StackEnergy its = spec.energy();
    StackEnergy mixed =
        new StackEnergy(
            (1 - writeShare) * its.arrayPjPerBit() + writeShare * writePj,
            its.wirePjPerBit(),
            its.perLayerPjPerBit(),
            its.interfacePjPerBit(),
            0,
            0,
            0,
            0);
    double[] layers = new double[spec.memoryLayers()];
    Arrays.fill(layers, 1.0 / layers.length);
    double[] joules = new double[spec.lidNode() + 1];
    mixed.addTransferJoules(layers, true, joules);
    return joules;
  }
}
