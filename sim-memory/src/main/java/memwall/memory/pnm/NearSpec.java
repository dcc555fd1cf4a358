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
   * What a kernel is expected to take on devices at rest.
   *
   * @param timePs the closed form with the share of time that refreshes take, and with the rate at
   *     which an engine's reads are sustained
   * @param inputBytes bytes of input over the channels or the link, to all that need them
   * @param resultBytes bytes of results over them
   */
  record Expected(long timePs, long inputBytes, long resultBytes) {}

  /**
   * What a kernel is expected to take.
   *
   * @param devices identical devices that share the kernel, at least 1
   * @throws IllegalArgumentException as {@link #boundPs}
   */
  Expected expected(PimKernel kernel, int devices);

  /** Energy to bring one bit of input to where it is used, picojoules. */
  double inputPjPerBit();

  /** Energy to bring one bit of results from there to the chip, picojoules. */
  double resultPjPerBit();

  /** Energy to bring one bit from its cell to where it is multiplied, picojoules. */
  double nearReadPjPerBit();

  /** Energy of one product and its addition, picojoules. */
  double productPj();
}
