package memwall.memory.flash.replay;

import memwall.memory.flash.device.FlashStatus;

/** Who decides where pages lie and what has to be done for them. */
interface Management {
  /** Reads bytes of one page of the address space for an access. */
  void read(long page, int bytes, int access);

  /** Writes bytes of one page of the address space for an access. */
  void write(long page, int bytes, int access);

  /** Gives up a whole page of the address space. */
  void trim(long page);

  /**
   * What was asked of the device in its own name has an end.
   *
   * @return whether {@link #resume} is to be called then
   */
  boolean ended(int job, long donePs, FlashStatus status);

  /** Goes on with what waited for the end of a job. */
  void resume(int job);

  /** Jobs in front of the device. */
  int waiting();

  /** What became of blocks and pages. */
  ManagementCounts counts();
}
