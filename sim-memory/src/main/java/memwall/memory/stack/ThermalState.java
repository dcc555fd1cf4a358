package memwall.memory.stack;

/**
 * What a stack's temperature allows at present.
 *
 * @param refreshFactor refresh rate in multiples of the normal one, 1 or more
 * @param level throttling level, 0 for none
 * @param bandwidthShare share of the full bandwidth that may be used; 0 after shutdown
 * @param clockShare share of the logic die's full clock; 0 after shutdown
 * @param shutDown whether the stack has got so hot that it stopped for good
 */
public record ThermalState(
    int refreshFactor, int level, double bandwidthShare, double clockShare, boolean shutDown) {}
