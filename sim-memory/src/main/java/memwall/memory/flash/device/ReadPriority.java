package memwall.memory.flash.device;

/** Who goes first in a plane that has reads and programs waiting. */
public enum ReadPriority {
  /** In order of arrival. */
  ARRIVAL,
  /** Reads go first, but wait for the program or erase that is under way. */
  READS,
  /** Reads go first and suspend the program or erase that is under way. */
  SUSPEND
}
