package memwall.memory.flash.device;

/**
 * What goes wrong in the array. Asked once per sense and once per program, in order of simulated
 * time, so that a seeded sampler gives the same answers in every run.
 */
public interface FlashErrors {
  /** Nothing goes wrong. */
  FlashErrors NONE =
      new FlashErrors() {
        @Override
        public int retries(int erases, int reads, long agePs) {
          return 0;
        }

        @Override
        public long cleanSenses() {
          return Long.MAX_VALUE;
        }

        @Override
        public void skip(long senses) {}

        @Override
        public boolean programFails(int erases) {
          return false;
        }
      };

  /**
   * How many more senses a page needs until its errors can be corrected, 0 or more; negative if
   * they cannot: {@code -1 - n} after n retries.
   *
   * @param erases of its block so far
   * @param reads of its block since it was erased
   * @param agePs since the block's first page was programmed
   */
  int retries(int erases, int reads, long agePs);

  /**
   * How many of the next senses are certain to need no retry, whatever their blocks; 0 if that is
   * not known in advance.
   */
  long cleanSenses();

  /** So many senses, at most {@link #cleanSenses}, happen without a question. */
  void skip(long senses);

  /**
   * Whether a program ends in failure.
   *
   * @param erases of its block so far
   */
  boolean programFails(int erases);
}
