package memwall.core;

import java.util.Arrays;

/** The handler of no event: what is in a table of handlers before the first one is bound. */
final class Nobody implements Handler {
  private Nobody() {}

  /** A table of so many handlers, none of them bound. */
  static Handler[] table(int length) {
    Handler[] table = new Handler[length];
    Arrays.fill(table, new Nobody());
    return table;
  }

  @Override
  public void fire(long word) {
    throw new IllegalStateException("this event has no handler");
  }
}
