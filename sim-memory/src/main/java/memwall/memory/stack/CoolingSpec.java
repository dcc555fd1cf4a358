package memwall.memory.stack;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * How heat leaves a stack: from the top die through the interface material into the lid, from there
 * through heat sink or cold plate into the coolant; and, if there is such a path, from the bottom
 * die into the board, whose temperature is taken as the coolant's.
 *
 * @param coolantCelsius temperature of coolant and board, -200 to 200
 * @param lidKelvinPerWatt from the upper face of the top die to the lid, positive
 * @param sinkKelvinPerWatt from the lid to the coolant, positive
 * @param lidJoulesPerKelvin heat capacity of lid and sink, positive
 * @param boardKelvinPerWatt from the lower face of the bottom die to the board; infinite for none
 */
public record CoolingSpec(
    double coolantCelsius,
    double lidKelvinPerWatt,
    double sinkKelvinPerWatt,
    double lidJoulesPerKelvin,
    double boardKelvinPerWatt) {
  static final double MIN_CELSIUS = -200;
  static final double MAX_CELSIUS = 200;

  /** Checks the ranges. */
  public CoolingSpec {
    if (!(coolantCelsius >= MIN_CELSIUS && coolantCelsius <= MAX_CELSIUS)) {
      throw new IllegalArgumentException("coolant of " + coolantCelsius + " C");
    }
    if (!(lidKelvinPerWatt > 0 && lidKelvinPerWatt < 1e12)
        || !(sinkKelvinPerWatt > 0 && sinkKelvinPerWatt < 1e12)
        || !(lidJoulesPerKelvin > 0 && lidJoulesPerKelvin < 1e12)
        || !(boardKelvinPerWatt > 0)) {
      throw new IllegalArgumentException("resistances and the lid's heat capacity are positive");
    }
  }

  static CoolingSpec read(Config config) {
    CoolingSpec spec =
        new CoolingSpec(
            Ranges.quantity(
                config,
                "coolant",
                Dimension.TEMPERATURE,
                MIN_CELSIUS,
                MAX_CELSIUS,
                "Temperature of coolant and board"),
            config.number(
                "lid_kelvin_per_watt", 1e-6, 1e6, "Resistance from the top die to the lid, in K/W"),
            config.number(
                "sink_kelvin_per_watt", 1e-6, 1e6, "Resistance from the lid to coolant, in K/W"),
            config.number(
                "lid_joules_per_kelvin", 1e-9, 1e6, "Heat capacity of lid and sink, in J/K"),
            config.has("board_kelvin_per_watt")
                ? config.number(
                    "board_kelvin_per_watt",
                    1e-6,
                    1e6,
                    "Resistance from the bottom die to the board, in K/W")
                : Double.POSITIVE_INFINITY);
    config.finish();
    return spec;
  }
}
