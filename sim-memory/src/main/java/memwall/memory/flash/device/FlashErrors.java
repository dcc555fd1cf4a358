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
        public int retries(int erases, int reads, long agePs, long nowPs) {
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
   * @param agePs since the block's first page was programmed, or since time 0
   * @param nowPs the present
   */
  int retries(int erases, int reads, long agePs, long nowPs);

  /**
   * How many of the next senses are certain to need no retry, if their blocks are {@link #covers
   * covered} then; 0 if that is not known in advance.
   */
  long cleanSenses();

  /**
   * Whether {@link #cleanSenses} holds for blocks in a state and those that are less worn, read or
   * old, and their data are not {@link #isExpired expired}.
   *
   * @param nowPs a time not before the present
   * @see #retries
   */
  default boolean covers(int erases, int reads, long agePs, long nowPs) {
    return true;
  }

  /**
   * Whether data have outlived their retention.
   *
   * @see #retries
   */
  default boolean isExpired(int erases, long agePs, long nowPs) {
    return false;
  }

  /** So many senses, at most {@link #cleanSenses}, happen without a question. */
  void skip(long senses);

  /**
   * Whether a program ends in failure.
   *
   * @param erases of its block so far
   */
  boolean programFails(int erases);
}
