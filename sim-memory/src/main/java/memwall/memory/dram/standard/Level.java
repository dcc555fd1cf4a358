package memwall.memory.dram.standard;

/**
 * One level of a channel's hierarchy, from the channel itself (index 0, count 1) to the banks
 * (last).
 *
 * @param name {@code channel}, {@code pseudochannel}, {@code rank}, {@code sid}, {@code bankgroup},
 *     {@code bank}
 * @param count how many of them each node of the level above has: a power of two, or three times
 *     one (a 12-high stack has three SIDs)
 */
public record Level(String name, int count) {}
