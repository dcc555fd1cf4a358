package memwall.memory.dram.channel;

/**
 * What a unit of a channel is to do: a sequence of steps, handed out one after the other. Steps are
 * carried out in order, each command as soon as the rules allow it. Must end with closed rows.
 */
public interface AllBankProgram {

  /** A kind of step. */
  enum Step {
    /** Opens {@link #row} in all banks of the unit. Begins only when no refresh is due. */
    ACTIVATE,
    /** {@link #count} columns: each unit of compute reads one and multiplies. */
    MULTIPLY,
    /** Writes {@link #count} bursts of input over the data bus. */
    LOAD,
    /** Reads {@link #count} bursts of results over the data bus. */
    READ,
    /** Closes the rows of all banks. */
    PRECHARGE,
    /**
     * Nothing for {@link #count} ticks after the effect of the last command: work of other logic.
     */
    WAIT,
    /** The program is over. */
    END
  }

  /** Kind of the present step. */
  Step step();

  /** How often the command is issued, or ticks to wait; at least 1. */
  long count();

  /** The row that is opened; meaningful for {@link Step#ACTIVATE}. */
  int row();

  /** Goes to the next step. Not called at {@link Step#END}. */
  void advance();

  /**
   * How many commands of a kind, or ticks of waiting, are still to come, the present step in full
   * included.
   */
  long left(Step kind);

  /** Where the program stands, as a number: its steps from here on are the same each time. */
  int position();

  /**
   * Where steps are repeated and no others are repeated among them: how many turns are still to be
   * carried out, the present one included; else 0.
   */
  long turnsLeft();

  /** The same object for all programs with the same steps. */
  Object plan();

  /**
   * Where the program stands, as a number below 2^18: from equal places of programs with the same
   * {@link #plan} the steps up to the next {@link Step#PRECHARGE} but one are the same, but for
   * rows. -1 if no more rows are closed, or it is not known.
   */
  int place();

  /** What else those steps depend on. */
  default int pace() {
    return 0;
  }

  /** Goes on behind the next {@link Step#PRECHARGE}; {@link #place} must not be -1. */
  void finishRow();

  /**
   * If {@link #finishRow} led from this place to the same: how often it does so again, at least. 0
   * if it is not known.
   */
  long rowsAlike();

  /**
   * Goes on as {@link #finishRow} does, so often.
   *
   * @param rows at most {@link #rowsAlike}
   */
  void finishRows(long rows);

  /** Whether the last {@link #advance} ended such a turn and began the next. */
  boolean hasTurned();

  /**
   * Leaves turns out, as if they had been carried out.
   *
   * @param turns less than {@link #turnsLeft}
   */
  void skip(long turns);
}
