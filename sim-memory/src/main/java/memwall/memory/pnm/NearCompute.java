package memwall.memory.pnm;

import memwall.core.Completion;
import memwall.memory.Region;

/**
 * A memory of a chip that computes on what it holds: in its banks, or in an engine on its base die
 * or buffer chip. Kernels of one memory are carried out one after the other, in order of
 * submission; ordinary transfers wait or go on beside them as banks, buses and modes allow.
 */
public interface NearCompute {
  /** Whether numbers of a format can be multiplied here. */
  boolean computes(NumberFormat format);

  /**
   * Carries out a kernel on data of a region, its input coming from the chip and its results going
   * back there. The completion is called when the last result has arrived.
   *
   * @param region a region of this memory that holds the matrices
   * @param kernel what is to be done, by all devices of the memory together
   * @param done called when the chip has the results
   * @param word passed to the completion
   * @throws IllegalArgumentException if the kernel does not fit, saying what was given and what is
   *     allowed
   */
  void compute(Region region, PimKernel kernel, Completion done, long word);

  /**
   * Time of a kernel on this memory at rest, from submission to the last result, without refreshes:
   * a closed form that no event can beat (law F3), picoseconds.
   *
   * @throws IllegalArgumentException as {@link #compute}
   */
  long boundPs(PimKernel kernel);
}
