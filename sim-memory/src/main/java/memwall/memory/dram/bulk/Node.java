package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.StreamFrame;
import org.jspecify.annotations.Nullable;

/** A known state of a channel at an instant at which it may be left or entered. */
final class Node {
  final int id;

  /** The whole state; two nodes differ here. */
  final byte[] state;

  /** Banks whose open row has nothing to do with the run, the same in every visit. */
  final long[] foreign;

  /** Whether rows end too far away to matter, so that the node recurs inside a row. */
  final boolean isFarFromRowEnd;

  /** The stretches up to the next checkpoint without a refresh, far from a row's end and near. */
  @Nullable Edge plain;

  @Nullable Edge plainToRowEnd;

  /** Of a state at rest: whether it is known which banks are open near its run, and how near. */
  boolean hasRows;

  int[] nearBanks = {};
  private int[] nearRows = {};
  private int[] foreignBanks = {};
  boolean hasForeign;

  /** Whether nothing but a refresh will be issued, and how long timers still run. */
  boolean isQuiet;

  long settledTicks;
  private boolean[] openScopes = {};

  Node(int id, byte[] state, long[] foreign, boolean isFarFromRowEnd) {
    this.id = id;
    this.state = state;
    this.foreign = foreign;
    this.isFarFromRowEnd = isFarFromRowEnd;
  }

  /** The channel is in this state, as described relative to the frame. */
  void setRows(DramChannel channel, StreamFrame frame) {
    if (hasRows) {
      return;
    }
    hasRows = true;
    for (int bank = 0; bank < channel.bankNumbers(); bank++) {
      if ((foreign[bank >> 6] >>> bank & 1) != 0) {
        foreignBanks = Arrays.copyOf(foreignBanks, foreignBanks.length + 1);
        foreignBanks[foreignBanks.length - 1] = bank;
      } else if (channel.isOpen(bank)) {
        nearBanks = Arrays.copyOf(nearBanks, nearBanks.length + 1);
        nearRows = Arrays.copyOf(nearRows, nearBanks.length);
        nearBanks[nearBanks.length - 1] = bank;
        nearRows[nearBanks.length - 1] = (int) channel.rowDistance(bank, frame);
      }
    }
    isQuiet = channel.isQuiet();
    settledTicks = channel.settledTicks() - channel.nowTicks();
    openScopes = new boolean[channel.scopes()];
    for (int scope = 0; scope < openScopes.length; scope++) {
      openScopes[scope] = channel.openBanks(scope) > 0;
    }
    hasForeign = foreignBanks.length > 0;
  }

  /** Notes the rows that are open near the run, for what comes they may be foreign. */
  void noteRows(DramChannel channel, long row) {
    for (int i = 0; i < nearBanks.length; i++) {
      channel.noteRow(nearBanks[i], (int) (row + nearRows[i]));
    }
  }

  /** Whether a foreign row is among these. */
  boolean isForeignWithin(DramChannel channel, long lowest, long highest) {
    for (int bank : foreignBanks) {
      int row = channel.notedRow(bank);
      if (row >= lowest && row <= highest) {
        return true;
      }
    }
    return false;
  }

  /** Counts a time of rest: what is open stays open. */
  void countRest(long[] totals, long ticks) {
    int first = totals.length - openScopes.length;
    for (int scope = 0; scope < openScopes.length; scope++) {
      totals[first + scope] += openScopes[scope] ? ticks : 0;
    }
  }
}
