package memwall.core;

/** Opens what the benchmarks need of the kernel's package. */
public final class KernelAccess {
  private KernelAccess() {}

  /** One step of {@link Simulation#fingerprint}, so that another engine can be compared with it. */
  public static long fold(long fingerprint, long timePs, int handlerId) {
    return Simulation.fold(fingerprint, timePs, handlerId);
  }
}
