package memwall.network.router;

/** Something that happens to the parts of a network of routers. */
public sealed interface FabricFault {
  /** All channels between two routers fail, both directions. */
  record LinkDown(int router, int other) implements FabricFault {}

  /** They work again. */
  record LinkUp(int router, int other) implements FabricFault {}

  /**
   * They have another rate.
   *
   * @param factor of the full rate, in [{@value FabricFaultSpec#LEAST_FACTOR}, 1]
   */
  record LinkRate(int router, int other, double factor) implements FabricFault {}

  /** A node's channel fails, both directions. */
  record NodeDown(int node) implements FabricFault {}

  /** It works again. */
  record NodeUp(int node) implements FabricFault {}

  /** A router fails for good, and all channels at it. */
  record RouterDown(int router) implements FabricFault {}

  /**
   * A fault at a time.
   *
   * @param atPs at least 0
   */
  record Timed(long atPs, FabricFault fault) {}
}
