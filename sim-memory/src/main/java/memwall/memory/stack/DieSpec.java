package memwall.memory.stack;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * How a die or a bonding layer conducts heat across and stores it.
 *
 * @param kelvinPerWatt resistance from its upper to its lower face, positive
 * @param joulesPerKelvin heat capacity, 0 or more
 */
public record DieSpec(double kelvinPerWatt, double joulesPerKelvin) {
  private static final double METRES_PER_UM = 1e-6;
  private static final double SQUARE_METRES_PER_MM2 = 1e-6;

  /** Checks the ranges. */
  public DieSpec {
    if (!(kelvinPerWatt > 0 && kelvinPerWatt < 1e12 && joulesPerKelvin >= 0)
        || Double.isInfinite(joulesPerKelvin)) {
      throw new IllegalArgumentException(
          "resistance must be positive and heat capacity 0 or more, both finite");
    }
  }

  /**
   * A slab of a material: resistance {@code thickness / (conductivity x area)}, heat capacity
   * {@code thickness x area x volumetric heat capacity}.
   */
  public static DieSpec slab(
      double thicknessUm, double areaMm2, double wattsPerMetreKelvin, double joulesPerCm3Kelvin) {
    double metres = thicknessUm * METRES_PER_UM;
    double squareMetres = areaMm2 * SQUARE_METRES_PER_MM2;
    return new DieSpec(
        metres / (wattsPerMetreKelvin * squareMetres),
        metres * squareMetres * joulesPerCm3Kelvin * 1e6);
  }

  /**
   * Reads {@code thickness} with material constants, or what it would give directly: {@code
   * kelvin_per_watt} and {@code joules_per_kelvin} win, so that an override need not know how a
   * preset says it. Finishing the mapping is the caller's.
   *
   * @param wattsPerMetreKelvin conductivity unless given
   * @param joulesPerCm3Kelvin volumetric heat capacity unless given; 0 for what stores no heat
   */
  static DieSpec read(
      Config config, double areaMm2, double wattsPerMetreKelvin, double joulesPerCm3Kelvin) {
    boolean stores = joulesPerCm3Kelvin > 0;
    boolean resists = config.has("kelvin_per_watt");
    boolean direct = resists && (!stores || config.has("joules_per_kelvin"));
    DieSpec slab = new DieSpec(1, 1);
    if (!direct || config.has("thickness")) {
      double thickness =
          Ranges.quantity(
              config,
              "thickness",
              Dimension.LENGTH,
              0.01,
              10_000,
              "From its lower to its upper face");
      double conductivity =
          config.number(
              "watts_per_metre_kelvin",
              0.01,
              10_000,
              wattsPerMetreKelvin,
              "Thermal conductivity in W/(m K)");
      double stored =
          stores
              ? config.number(
                  "joules_per_cm3_kelvin",
                  0.001,
                  100,
                  joulesPerCm3Kelvin,
                  "Volumetric heat capacity in J/(cm3 K)")
              : 0;
      slab = slab(thickness, areaMm2, conductivity, stored);
    }
    return new DieSpec(
        resists
            ? config.number("kelvin_per_watt", 1e-6, 1e6, "Resistance from face to face, in K/W")
            : slab.kelvinPerWatt,
        stores && config.has("joules_per_kelvin")
            ? config.number("joules_per_kelvin", 1e-9, 1e6, "Heat capacity in J/K")
            : stores ? slab.joulesPerKelvin : 0);
  }
}
