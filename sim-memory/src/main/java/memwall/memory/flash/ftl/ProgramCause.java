package memwall.memory.flash.ftl;

/** Why a page is programmed. */
public enum ProgramCause {
  /** The host writes it. */
  HOST,
  /** Its block is cleaned to gain space. */
  CLEANING,
  /** Its block is worn less than others and holds data that rarely changes. */
  LEVELLING,
  /** Its block was read so often, or so long ago written, that it has to be written anew. */
  REFRESH,
  /** Its block failed to program another page and is retired. */
  REPLAY
}
