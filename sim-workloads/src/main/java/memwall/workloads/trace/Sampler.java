package memwall.workloads.trace;

import memwall.core.random.RandomStream;

/** A probability distribution; holds no state of its own. */
interface Sampler {
  /** The next value from a stream. */
  double next(RandomStream random);
}
