package memwall.memory.dram.channel;

import memwall.memory.dram.standard.Command;

/** What a channel has done so far: requests by outcome, commands by kind and scope, open time. */
final class ChannelCounters {
  /** So many of the numbers of {@link #read} count requests; then come commands. */
  static final int REQUESTS = 7;

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

  /** Times that the scope entered a low-power state which it left again. */
  final long[] exits;

  /** Ticks of the scope in low-power states that it left, by state. */
  final long[] activeDownTicks;

  final long[] prechargedDownTicks;
  final long[] selfRefreshTicks;

  private final int[] openBanks;
  private final long[] openSince;

  ChannelCounters(int scopes) {
    commands = new long[scopes * Command.COUNT];
    openTicks = new long[scopes];
    exits = new long[scopes];
    activeDownTicks = new long[scopes];
    prechargedDownTicks = new long[scopes];
    selfRefreshTicks = new long[scopes];
    openBanks = new int[scopes];
    openSince = new long[scopes];
  }

  void opened(int scope, long tick) {
    opened(scope, 1, tick);
  }

  /** So many closed banks of a scope are opened. */
  void opened(int scope, int banks, long tick) {
    if (openBanks[scope] == 0) {
      openSince[scope] = tick;
    }
    openBanks[scope] += banks;
  }

  void closed(int scope, long tick) {
    closed(scope, 1, tick);
  }

  /** So many open banks of a scope are closed. */
  void closed(int scope, int banks, long tick) {
    openBanks[scope] -= banks;
    if (openBanks[scope] == 0) {
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

  /** Numbers that {@link #read} gives. */
  int size() {
    return 7 + commands.length + openTicks.length;
  }

  /** All counters up to now. */
  void read(long[] into, long now) {
    into[0] = rowHits;
    into[1] = rowMisses;
    into[2] = rowConflicts;
    into[3] = reads;
    into[4] = writes;
    into[5] = forwardedReads;
    into[6] = coalescedWrites;
    System.arraycopy(commands, 0, into, 7, commands.length);
    for (int scope = 0; scope < openTicks.length; scope++) {
      into[7 + commands.length + scope] = openTicks(scope, now);
    }
  }

  /** Sets all counters to what they are to be now. */
  void write(long[] from, long now) {
    rowHits = from[0];
    rowMisses = from[1];
    rowConflicts = from[2];
    reads = from[3];
    writes = from[4];
    forwardedReads = from[5];
    coalescedWrites = from[6];
    System.arraycopy(from, 7, commands, 0, commands.length);
    System.arraycopy(from, 7 + commands.length, openTicks, 0, openTicks.length);
    java.util.Arrays.fill(openSince, now);
  }

  /** Of what {@link #read} gave, or differences of that: commands of a kind in a scope. */
  long of(long[] numbers, int command, int scope) {
    return numbers[REQUESTS + scope * Command.COUNT + command];
  }

  /**
   * Commands and open time that were counted elsewhere come so many times. No bank is open.
   *
   * @param growth of the numbers of {@link #read}
   */
  void add(long[] growth, long times) {
    for (int i = 0; i < commands.length; i++) {
      commands[i] += growth[REQUESTS + i] * times;
    }
    for (int scope = 0; scope < openTicks.length; scope++) {
      openTicks[scope] += growth[REQUESTS + commands.length + scope] * times;
    }
  }

  /**
   * What was counted in a period comes so many times more.
   *
   * @param growth of the numbers of {@link #read} in a period
   * @param now end of the last period
   */
  void grow(long[] growth, long periods, long now, long periodTicks) {
    for (int i = 0; i < commands.length; i++) {
      commands[i] += growth[7 + i] * periods;
    }
    for (int scope = 0; scope < openTicks.length; scope++) {
      if (openBanks[scope] > 0) {
        // What is open now was opened so much later, or stayed open and counts when it closes.
        openSince[scope] +=
            growth[7 + commands.length + scope] == periodTicks ? 0 : periods * periodTicks;
      }
      if (openBanks[scope] == 0 || growth[7 + commands.length + scope] != periodTicks) {
        openTicks[scope] += growth[7 + commands.length + scope] * periods;
      }
    }
  }

  /** Sets how many banks of a scope are open. */
  void setOpen(int scope, int banks) {
    openBanks[scope] = banks;
  }

  int openBanks(int scope) {
    return openBanks[scope];
  }
}
