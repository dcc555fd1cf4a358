package planted.core;

/** Quantities without a unit, and with one that asks for whole numbers. */
final class Quantities {
  static final long TIMEOUT = 1;
  final long readLatency = 1;
  final double powerLimit = 1;
  final long[] delays = {1};
  final double meanPs = 1;
  final double[] pageBytes = {1};

  record Memory(double capacity) {}

  long linkBandwidth() {
    return readLatency;
  }
}
