package memwall.memory.stack;

/** Where the logic die of a stack lies, the lid and its cooling being on top. */
public enum LogicPosition {
  /** Under the memory layers, on the board's side: all its heat passes the memory. */
  BELOW,
  /** On top of the memory layers, at the lid: all the memory's heat passes it. */
  ABOVE
}
