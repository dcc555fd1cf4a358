package memwall.memory.stack;

import java.util.Arrays;

/** Peaks of the nodes, and the time that each was at or above a temperature: exact, not sampled. */
final class ThermalHistory {
  /** A peak may be this much higher than stated. */
  static final double PEAK_TOLERANCE_KELVIN = 1e-6;

  private final double watchedRise;
  private final double[] peakRises;
  private final long[] abovePs;

  /**
   * Nothing recorded yet.
   *
   * @param watchedRise rise above the surroundings at and above which time is counted
   */
  ThermalHistory(int nodes, double watchedRise) {
    this.watchedRise = watchedRise;
    this.peakRises = new double[nodes];
    this.abovePs = new long[nodes];
    Arrays.fill(peakRises, Double.NEGATIVE_INFINITY);
  }

  ThermalHistory(ThermalHistory other) {
    this.watchedRise = other.watchedRise;
    this.peakRises = other.peakRises.clone();
    this.abovePs = other.abovePs.clone();
  }

  /** Records the time from the last change of power to now, with the power in force. */
  void record(ThermalTransient heat, long nowPs) {
    long spanPs = nowPs - heat.sincePs();
    for (int node = 0; node < peakRises.length; node++) {
      ExponentialSum curve = heat.curve(node);
      peakRises[node] = curve.maximum(peakRises[node], 0, spanPs, PEAK_TOLERANCE_KELVIN);
      abovePs[node] += timeAbovePs(curve, spanPs);
    }
  }

  private long timeAbovePs(ExponentialSum curve, long spanPs) {
    if (curve.most() < watchedRise) {
      return 0;
    }
    long above = 0;
    long atPs = curve.firstAtLeast(watchedRise, 0, spanPs);
    while (atPs < spanPs) {
      long untilPs = Math.min(spanPs, curve.firstBelow(watchedRise, atPs, spanPs));
      above += untilPs - atPs;
      atPs = curve.firstAtLeast(watchedRise, untilPs, spanPs);
    }
    return above;
  }

  double peakRiseKelvin(int node) {
    return peakRises[node];
  }

  long abovePs(int node) {
    return abovePs[node];
  }
}
