package memwall.memory.stack;

import java.util.SplittableRandom;

/** Thermal networks for tests. */
final class Networks {
  private Networks() {}

  static ThermalNetwork single(double joulesPerKelvin, double kelvinPerWatt) {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    builder.resistanceOut(builder.node("only", joulesPerKelvin), kelvinPerWatt);
    return builder.build();
  }

  /** A tree with extra cross links, at least one way out. */
  static ThermalNetwork random(SplittableRandom random, int nodes) {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    for (int i = 0; i < nodes; i++) {
      builder.node("n" + i, logUniform(random, 1e-3, 1e-1));
    }
    for (int i = 1; i < nodes; i++) {
      builder.resistance(random.nextInt(i), i, logUniform(random, 0.05, 2));
    }
    for (int extra = random.nextInt(3); extra > 0 && nodes > 1; extra--) {
      int one = random.nextInt(nodes);
      builder.resistance(
          one, (one + 1 + random.nextInt(nodes - 1)) % nodes, logUniform(random, 0.05, 2));
    }
    builder.resistanceOut(random.nextInt(nodes), logUniform(random, 0.05, 2));
    if (random.nextBoolean()) {
      builder.resistanceOut(random.nextInt(nodes), logUniform(random, 0.5, 20));
    }
    return builder.build();
  }

  static double[] randomWatts(SplittableRandom random, int nodes) {
    double[] watts = new double[nodes];
    for (int i = 0; i < nodes; i++) {
      watts[i] = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 30;
    }
    return watts;
  }

  static double logUniform(SplittableRandom random, double low, double high) {
    return low * StrictMath.pow(high / low, random.nextDouble());
  }
}
