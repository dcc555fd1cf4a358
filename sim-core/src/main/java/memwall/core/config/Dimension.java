package memwall.core.config;

import memwall.core.unit.Quantities;

/** What a quantity measures; decides the units allowed in YAML and the base unit inside. */
public enum Dimension {
  /** Picoseconds. */
  TIME(Quantities.TIME),
  /** Bytes. */
  SIZE(Quantities.SIZE),
  /** Bytes per second. */
  BYTE_RATE(Quantities.BYTE_RATE),
  /** FLOPs per second. */
  FLOP_RATE(Quantities.FLOP_RATE),
  /** Hertz. */
  FREQUENCY(Quantities.FREQUENCY),
  /** Requests per second; report only. */
  REQUEST_RATE(Quantities.REQUEST_RATE),
  /** Picojoules per bit; report only. */
  ENERGY_PER_BIT(Quantities.ENERGY_PER_BIT),
  /** Picojoules per FLOP; report only. */
  ENERGY_PER_FLOP(Quantities.ENERGY_PER_FLOP),
  /** Watts; report only. */
  POWER(Quantities.POWER),
  /** Degrees Celsius; a double. */
  TEMPERATURE(Quantities.TEMPERATURE),
  /** Kelvin; a double. */
  TEMPERATURE_DIFFERENCE(Quantities.TEMPERATURE_DIFFERENCE),
  /** Micrometres; a double. */
  LENGTH(Quantities.LENGTH),
  /** Square millimetres; a double. */
  AREA(Quantities.AREA),
  /** Picojoules; report only. */
  ENERGY(Quantities.ENERGY),
  /** Seconds beyond the simulated clock; a double. */
  PERIOD(Quantities.PERIOD),
  /** Seconds until something fails; a double. */
  MEAN_TIME(Quantities.MEAN_TIME);

  private final Quantities quantities;

  Dimension(Quantities quantities) {
    this.quantities = quantities;
  }

  /** The units of this dimension: parsing and printing. */
  public Quantities quantities() {
    return quantities;
  }
}
