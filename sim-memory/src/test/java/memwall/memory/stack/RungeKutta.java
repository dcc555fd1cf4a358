package memwall.memory.stack;

/** The classical method of fourth order, in small steps: the reference for exact integration. */
final class RungeKutta {
  private RungeKutta() {}

  static double[] step(ThermalNetwork network, double[] rises, double[] watts, double seconds) {
    double[] k1 = slope(network, rises, watts);
    double[] k2 = slope(network, moved(rises, k1, seconds / 2), watts);
    double[] k3 = slope(network, moved(rises, k2, seconds / 2), watts);
    double[] k4 = slope(network, moved(rises, k3, seconds), watts);
    double[] next = new double[rises.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = rises[i] + seconds / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    return next;
  }

  private static double[] moved(double[] rises, double[] slope, double seconds) {
    double[] next = new double[rises.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = rises[i] + seconds * slope[i];
    }
    return next;
  }

  /** (P - G r) / C from the network's own conductances, with no use of its eigenvalues. */
  private static double[] slope(ThermalNetwork network, double[] rises, double[] watts) {
    double[] slope = new double[rises.length];
    for (int i = 0; i < slope.length; i++) {
      double net = watts[i] - network.wattsPerKelvinOut(i) * rises[i];
      for (int j = 0; j < slope.length; j++) {
        net -= network.wattsPerKelvin(i, j) * (rises[i] - rises[j]);
      }
      slope[i] = net / network.joulesPerKelvin(i);
    }
    return slope;
  }
}
