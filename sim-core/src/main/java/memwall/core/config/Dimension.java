package memwall.core.config;

/** What a quantity measures; decides the units allowed in YAML and the base unit inside. */
public enum Dimension {
  /** Picoseconds. */
  TIME,
  /** Bytes. */
  SIZE,
  /** Bytes per second. */
  BYTE_RATE,
  /** FLOPs per second. */
  FLOP_RATE,
  /** Requests per second; report only. */
  REQUEST_RATE,
  /** Picojoules per bit; report only. */
  ENERGY_PER_BIT,
  /** Picojoules per FLOP; report only. */
  ENERGY_PER_FLOP,
  /** Watts; report only. */
  POWER
}
