package memwall.memory.pnm;

import java.util.List;
import memwall.memory.dram.channel.AllBankProgram.Step;

/** Where the loops of a program end and which of them close rows: of all its copies, found once. */
final class RowShape {
  private static final int[] NONE = {};

  private int[] ends = NONE;

  /** Precharges before an entry. */
  private int[] closes = NONE;

  /** Whether a loop closes rows once a turn. */
  private boolean[] once = {};

  private boolean isKnown;

  /** The program was changed. */
  void forget() {
    isKnown = false;
  }

  /** Looks at the program, if that was not done since it changed. */
  void find(List<StepProgram.Kind> kinds, List<Step> steps) {
    if (isKnown) {
      return;
    }
    int size = kinds.size();
    ends = new int[size];
    closes = new int[size + 1];
    once = new boolean[size];
    int[] open = new int[size];
    int depth = 0;
    for (int i = 0; i < size; i++) {
      boolean isClose = kinds.get(i) == StepProgram.Kind.STEP && steps.get(i) == Step.PRECHARGE;
      closes[i + 1] = closes[i] + (isClose ? 1 : 0);
      switch (kinds.get(i)) {
        case LOOP -> open[depth++] = i;
        case CLOSE -> ends[open[--depth]] = i;
        case STEP -> {
          if (isClose && depth > 0) {
            once[open[depth - 1]] = true;
          }
        }
      }
    }
    for (int i = 0; i < size; i++) {
      once[i] &= closes[ends[i]] - closes[i] == 1;
    }
    isKnown = true;
  }

  /** The entry that closes a loop. */
  int end(int loop) {
    return ends[loop];
  }

  /** Whether rows are closed in a turn of a loop. */
  boolean closes(int loop) {
    return closes[ends[loop]] > closes[loop];
  }

  /** Whether rows are closed once a turn, and in no loop inside. */
  boolean closesOnce(int loop) {
    return once[loop];
  }

  /** Whether rows are closed by an entry or one behind it. */
  boolean closesFrom(int entry) {
    return closes[closes.length - 1] > closes[entry];
  }
}
