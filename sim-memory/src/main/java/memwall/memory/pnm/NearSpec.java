package memwall.memory.pnm;

/**
 * What the specification of a memory says about its compute before anything is built: for checks of
 * configurations, closed forms and reports. A {@link memwall.memory.MemorySpec} implements it if
 * its memory may be a {@link NearCompute}; both give the same answers.
 */
public interface NearSpec {
  /**
   * Whether numbers of a format can be multiplied here; of no format if this device does not
   * compute.
   */
  boolean computes(NumberFormat format);

  /**
   * Time of a kernel on devices at rest; see {@link NearCompute#boundPs}.
   *
   * @param devices identical devices that share the kernel, at least 1
   * @throws IllegalArgumentException if the kernel does not fit, saying what was given and what is
   *     allowed
   */
  long boundPs(PimKernel kernel, int devices);

  /**
   * Time that a kernel takes on average on devices at rest: the closed form with the share of time
   * that refreshes take, and with the rate at which an engine's reads are sustained.
   *
   * @param devices identical devices that share the kernel, at least 1
   * @throws IllegalArgumentException as {@link #boundPs}
   */
  long expectedPs(PimKernel kernel, int devices);

  /** Energy to bring one bit from its cell to where it is multiplied, picojoules. */
  double nearReadPjPerBit();

  /** Energy of one product and its addition, picojoules. */
  double productPj();
}
