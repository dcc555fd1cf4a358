package memwall.bench;

import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;

/** How far ahead the hold model schedules, in picoseconds. */
public enum Delays {
  /** Exponential with mean 10 us. */
  EXPONENTIAL {
    @Override
    long draw(RandomStream random) {
      return (long) (10_000_000 * random.nextExponential());
    }
  },
  /** Uniform up to 20 us. */
  UNIFORM {
    @Override
    long draw(RandomStream random) {
      return random.nextLong(20_000_000);
    }
  },
  /** Nine in ten up to 2 us, the others around 100 us. */
  BIMODAL {
    @Override
    long draw(RandomStream random) {
      return random.nextLong(10) > 0
          ? random.nextLong(2_000_000)
          : 90_000_000 + random.nextLong(20_000_000);
    }
  },
  /** Whole nanoseconds from 1 to 100: many ties. */
  CLOCKED {
    @Override
    long draw(RandomStream random) {
      return 1_000 * (1 + random.nextLong(100));
    }
  },
  /** Always 10 us: all entries tie. */
  TIES {
    @Override
    long draw(RandomStream random) {
      return 10_000_000;
    }
  };

  /** Draws in a table: more than a branch predictor can learn, and it stays in the L2 cache. */
  private static final int TABLE = 1 << 15;

  abstract long draw(RandomStream random);

  /** A table of delays, the same each time. */
  long[] table() {
    RandomStream random = new RandomStreams(1).stream("hold", name());
    long[] delays = new long[TABLE];
    for (int i = 0; i < TABLE; i++) {
      delays[i] = draw(random);
    }
    return delays;
  }
}
