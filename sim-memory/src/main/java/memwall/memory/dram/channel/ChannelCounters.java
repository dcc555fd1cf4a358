package memwall.memory.dram.channel;

import memwall.memory.dram.standard.Command;

/** What a channel has done so far: requests by outcome, commands by kind and scope, open time. */
final class ChannelCounters {
  long rowHits;
  long rowMisses;
  long rowConflicts;
  long reads;
  long writes;
  long forwardedReads;
  long coalescedWrites;

  /** By scope * {@link Command#COUNT} + command. */
  final long[] commands;

  /** Ticks during which at least one bank of the scope was open, up to the last change. */
  final long[] openTicks;

  private final int[] openBanks;
  private final long[] openSince;

  ChannelCounters(int scopes) {
    commands = new long[scopes * Command.COUNT];
    openTicks = new long[scopes];
    openBanks = new int[scopes];
    openSince = new long[scopes];
  }

  void opened(int scope, long tick) {
    if (openBanks[scope]++ == 0) {
      openSince[scope] = tick;
    }
  }

  void closed(int scope, long tick) {
    if (--openBanks[scope] == 0) {
      openTicks[scope] += tick - openSince[scope];
    }
  }

  int openBanks() {
    int sum = 0;
    for (int banks : openBanks) {
      sum += banks;
    }
    return sum;
  }

  long openTicks(int scope, long now) {
    return openTicks[scope] + (openBanks[scope] > 0 ? now - openSince[scope] : 0);
  }

  long commands(Command command) {
    long sum = 0;
    for (int i = command.index(); i < commands.length; i += Command.COUNT) {
      sum += commands[i];
    }
    return sum;
  }
}
