package memwall.memory.flash.host;

/** Why a page is programmed. */
public enum WriteCause {
  /** The host appends it. */
  HOST,
  /** Its zone was written too long ago for the temperature since. */
  AGE,
  /** A block of its zone was read too often. */
  READS,
  /** Its zone is worn least and holds what rarely changes: it changes places with a worn one. */
  SWAP,
  /** Its block failed or was retired and is written again, elsewhere or in place. */
  REPLAY
}
