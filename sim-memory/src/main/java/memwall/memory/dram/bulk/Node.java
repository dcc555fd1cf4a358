package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.ChannelImage;
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
  void setRows(ChannelImage image, StreamFrame frame, long nowTicks) {
    if (hasRows) {
      return;
    }
    hasRows = true;
    for (int bank = 0; bank < image.bankNumbers(); bank++) {
      if ((foreign[bank >> 6] >>> bank & 1) != 0) {
        foreignBanks = Arrays.copyOf(foreignBanks, foreignBanks.length + 1);
        foreignBanks[foreignBanks.length - 1] = bank;
      } else if (image.isOpen(bank)) {
        nearBanks = Arrays.copyOf(nearBanks, nearBanks.length + 1);
        nearRows = Arrays.copyOf(nearRows, nearBanks.length);
        nearBanks[nearBanks.length - 1] = bank;
        nearRows[nearBanks.length - 1] = (int) image.rowDistance(bank, frame);
      }
    }
    isQuiet = image.isQuiet();
    settledTicks = image.settledTicks() - nowTicks;
    openScopes = new boolean[image.scopes()];
    for (int scope = 0; scope < openScopes.length; scope++) {
      openScopes[scope] = image.isScopeOpen(scope);
    }
    hasForeign = foreignBanks.length > 0;
  }

  /** Notes the rows that are open near the run, for what comes they may be foreign. */
  void noteRows(ChannelImage image, long row) {
    for (int i = 0; i < nearBanks.length; i++) {
      image.noteRow(nearBanks[i], (int) (row + nearRows[i]));
    }
  }

  /** Whether a foreign row is among these. */
  boolean isForeignWithin(ChannelImage image, long lowest, long highest) {
    for (int bank : foreignBanks) {
      int row = image.notedRow(bank);
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
