package memwall.memory.dram.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;
import org.jspecify.annotations.Nullable;

/**
 * A controller that does every tick what the rules say, with plain lists and no thought of speed:
 * the oracle of {@link DramChannel}.
 *
 * <p>A long class on purpose: the whole controller on one page, all of its state in one place, and
 * nothing shared with what it judges.
 */
final class TickOracle {
  /** A request, or a maintenance command (then {@code end} is what it ends with). */
  private static final class Entry {
    long word;
    boolean write;
    long transaction;
    int bank;
    int row;
    long accepted;
    boolean counted;
    Command end = Command.RD;
    long deadline;
  }

  private record Choice(Entry entry, Command command, List<Entry> from) {}

  record Completion(long word, boolean write, long accepted, long done) {}

  final List<Completion> completions = new ArrayList<>();
  final List<String> commands = new ArrayList<>();
  long rowHits;
  long rowMisses;
  long rowConflicts;
  long now;
  boolean changed;

  private final DramStandard standard;
  private final ControllerSpec spec;
  private final AddressMapping mapping;
  private final IssueHistory history;
  private final List<Entry> reads = new ArrayList<>();
  private final List<Entry> writes = new ArrayList<>();
  private final List<Entry> active = new ArrayList<>();
  private final List<Entry> halfOpen = new ArrayList<>();
  private final List<Entry> maintenance = new ArrayList<>();
  private final List<Completion> underWay = new ArrayList<>();
  private final int[] openRow;
  private final int[] bursts;
  private final boolean[] injected;
  private final int banksPerScope;
  private boolean writeMode;
  private @Nullable Choice afterCas;
  private long wckOff;
  private long interval;
  private long lastRefresh;
  private long nextRefresh;
  private int nextBank;
  private final List<Entry> restOfSet = new ArrayList<>();
  private final long[][] roundFrom;
  private final Map<String, Long> asleepTicks = new HashMap<>();
  private final long[] restFrom;
  private final long[] lastBurst;
  private final boolean[] refreshesItself;

  /** Since when the scope sleeps, -1 if it does not; as what; from when on it hears commands. */
  private final long[] asleepFrom;

  private final String[] asleepAs;
  private final long[] hearsFrom;
  private long pairedTick = -1;
  private Command pairedCommand = Command.ACT;
  private int pairedBank;

  TickOracle(DramStandard standard, ControllerSpec spec) {
    this.standard = standard;
    this.spec = spec;
    mapping = AddressMapping.of(standard, spec.mapping(), spec.bankHash());
    history = new IssueHistory(standard);
    openRow = new int[standard.banks()];
    Arrays.fill(openRow, -1);
    bursts = new int[standard.banks()];
    injected = new boolean[standard.banks()];
    int scopes = 1;
    for (int i = 0; i <= standard.refreshLevel(); i++) {
      scopes *= standard.levels().get(i).count();
    }
    banksPerScope = standard.banks() / scopes;
    roundFrom = new long[scopes][sids()];
    restFrom = new long[scopes];
    lastBurst = new long[scopes];
    refreshesItself = new boolean[scopes];
    asleepFrom = new long[scopes];
    Arrays.fill(asleepFrom, -1);
    asleepAs = new String[scopes];
    hearsFrom = new long[scopes];
    interval = interval(1);
    nextRefresh = interval;
  }

  private int sids() {
    return standard.levels().stream()
        .filter(level -> level.name().equals("sid"))
        .mapToInt(level -> level.count())
        .findFirst()
        .orElse(1);
  }

  private long interval(int divisor) {
    return switch (spec.refresh()) {
      case NONE -> Long.MAX_VALUE / 4;
      case ALL_BANK -> standard.refreshTicks() / divisor;
      case PER_BANK -> standard.bankRefreshTicks() / divisor;
      case SAME_BANK -> standard.sameBankRefreshTicks() / divisor;
    };
  }

  void divideRefreshInterval(int divisor) {
    interval = interval(divisor);
    if (spec.refresh() != RefreshPolicy.NONE) {
      nextRefresh = Math.max(now + 1, lastRefresh + interval);
    }
  }

  int pending() {
    return reads.size() + writes.size() + active.size() + halfOpen.size() + underWay.size();
  }

  boolean offer(long address, boolean write, long word) {
    long transaction = address / standard.burstBytes();
    if (writes.stream().anyMatch(entry -> entry.transaction == transaction)) {
      if (write) {
        completions.add(new Completion(word, true, now, now));
      } else {
        underWay.add(new Completion(word, false, now, now + 1));
      }
      return true;
    }
    List<Entry> queue = write ? writes : reads;
    if (queue.size() >= (write ? spec.writeQueue() : spec.readQueue())) {
      return false;
    }
    long location = mapping.decode(address);
    Entry entry = new Entry();
    entry.word = word;
    entry.write = write;
    entry.transaction = transaction;
    entry.bank = AddressMapping.bank(location);
    entry.row = AddressMapping.row(location);
    entry.accepted = now;
    entry.end = write ? Command.WR : Command.RD;
    queue.add(entry);
    return true;
  }

  void tick() {
    now++;
    changed = false;
    for (Completion completion : List.copyOf(underWay)) {
      if (completion.done <= now) {
        completions.add(completion);
        underWay.remove(completion);
        changed = true;
      }
    }
    refresh();
    closePages();
    sleepAndWake();
    if (standard.bus() == BusKind.TWO_STEP_ACTIVATE) {
      twoStep();
    } else if (standard.bus() == BusKind.SINGLE) {
      issue(select(true, command -> true), true);
    } else {
      boolean rising = standard.bus() == BusKind.DUAL || now % 2 == 1;
      if (rising) {
        issue(select(true, Command::isColumn), true);
      }
      Choice choice = selectRow(rising);
      issue(choice, true);
      if (choice != null && rising && standard.bus() == BusKind.DUAL_HALF_CLOCK) {
        pairedTick = now + (choice.command == Command.ACT ? 3 : 1);
        pairedCommand = choice.command;
        pairedBank = choice.entry.bank;
      }
    }
  }

  private @Nullable Choice selectRow(boolean rising) {
    return select(false, command -> !command.isColumn(), choice -> onEdge(choice, rising));
  }

  private boolean onEdge(Choice choice, boolean rising) {
    if (rising) {
      return true;
    }
    Command command = choice.command;
    if (command != Command.PREPB && command != Command.PREAB) {
      return false;
    }
    if (now != pairedTick || scope(pairedBank) != scope(choice.entry.bank)) {
      return true;
    }
    boolean all = pairedCommand == Command.PREAB || pairedCommand == Command.REFAB;
    return !all && command == Command.PREPB && choice.entry.bank != pairedBank;
  }

  // Maintenance --------------------------------------------------------------------------------

  private void refresh() {
    if (!restOfSet.isEmpty()) {
      enterOfSet();
      return;
    }
    if (now < nextRefresh) {
      return;
    }
    switch (spec.refresh()) {
      case NONE -> {
        return;
      }
      case ALL_BANK -> {
        for (int bank = 0; bank < openRow.length; bank += banksPerScope) {
          if (!isAsleepAs(scope(bank), "self") || isForScope(scope(bank))) {
            refreshesItself[scope(bank)] =
                spec.selfRefreshTicks() > 0
                    && !isForScope(scope(bank))
                    && now - lastBurst[scope(bank)] >= spec.selfRefreshTicks();
            maintenance.add(command(Command.REFAB, bank));
          }
        }
      }
      case PER_BANK -> {
        if (roundFrom.length > 1 && standard.bus() == BusKind.DUAL_HALF_CLOCK) {
          int sid = nextBank / (banksPerScope / sids());
          for (long[] scope : roundFrom) {
            if (now < scope[sid]) {
              return;
            }
          }
          for (int scope = 0; scope < roundFrom.length; scope++) {
            restOfSet.add(command(Command.REFPB, scope * banksPerScope + nextBank));
          }
          nextBank = (nextBank + 1) % banksPerScope;
          enterOfSet();
        } else {
          maintenance.add(command(Command.REFPB, nextBank));
          nextBank = (nextBank + 1) % openRow.length;
        }
      }
      case SAME_BANK -> {
        for (int bank = 0; bank < openRow.length; bank += banksPerScope) {
          maintenance.add(command(Command.REFSB, bank + nextBank));
        }
        nextBank = (nextBank + 1) % standard.groupBanks();
      }
    }
    lastRefresh = now;
    nextRefresh = now + interval;
  }

  private void enterOfSet() {
    Entry entry = restOfSet.remove(0);
    maintenance.add(entry);
    int position = entry.bank % banksPerScope;
    int perSid = banksPerScope / sids();
    if (position % perSid == perSid - 1) {
      roundFrom[scope(entry.bank)][position / perSid] = now + standard.timings().get("nRFCpb");
    }
  }

  private static Entry command(Command end, int bank) {
    Entry entry = new Entry();
    entry.end = end;
    entry.bank = bank;
    return entry;
  }

  private void closePages() {
    if (spec.page() == PagePolicy.OPEN) {
      return;
    }
    for (int bank = 0; bank < openRow.length; bank++) {
      if (bursts[bank] >= spec.pageHits()
          && !injected[bank]
          && history.allows(Command.PREPB, bank, now)) {
        injected[bank] = true;
        maintenance.add(command(Command.PREPB, bank));
      }
    }
  }

  private int scope(int bank) {
    return bank / banksPerScope;
  }

  private boolean covers(Entry entry, int bank) {
    int group = standard.groupBanks();
    return switch (entry.end) {
      case REFAB -> scope(entry.bank) == scope(bank);
      case REFSB -> scope(entry.bank) == scope(bank) && entry.bank % group == bank % group;
      default -> entry.bank == bank;
    };
  }

  /** The ways on: one, but for closing one of several open banks. */
  private List<Choice> ways(Entry entry) {
    List<Choice> ways = new ArrayList<>();
    for (int bank = 0; entry.end == Command.REFSB && bank < openRow.length; bank++) {
      if (covers(entry, bank) && openRow[bank] >= 0) {
        ways.add(new Choice(command(Command.PREPB, bank), Command.PREPB, maintenance));
      }
    }
    return ways.isEmpty() ? List.of(next(entry)) : ways;
  }

  private Choice next(Entry entry) {
    boolean open = false;
    for (int bank = 0; bank < openRow.length; bank++) {
      int it = bank;
      if (covers(entry, bank)) {
        open |= openRow[bank] >= 0 || halfOpen.stream().anyMatch(half -> half.bank == it);
      }
    }
    Command command = entry.end;
    if (open) {
      command = entry.end == Command.REFAB ? Command.PREAB : Command.PREPB;
    }
    return new Choice(entry, command, maintenance);
  }

  private boolean inUse(Entry entry) {
    return active.stream().anyMatch(one -> covers(entry, one.bank))
        || halfOpen.stream().anyMatch(one -> covers(entry, one.bank));
  }

  // Selection ----------------------------------------------------------------------------------

  private @Nullable Choice select(boolean withActive, Predicate<Command> onBus) {
    return select(withActive, onBus, choice -> true);
  }

  private @Nullable Choice select(
      boolean withActive, Predicate<Command> onBus, Predicate<Choice> onEdge) {
    if (withActive) {
      Choice best = null;
      for (Entry entry : active) {
        Choice choice = new Choice(entry, entry.end, active);
        if (ready(choice) && (best == null || entry.accepted < best.entry.accepted)) {
          best = choice;
        }
      }
      if (best != null) {
        return best;
      }
    }
    boolean headOfLine = spec.blocking() == RefreshBlocking.CHANNEL;
    for (Entry entry : maintenance) {
      for (Choice choice : ways(entry)) {
        if (!inUse(entry) && onBus.test(choice.command) && onEdge.test(choice) && ready(choice)) {
          return choice;
        }
      }
      if (headOfLine) {
        return null;
      }
    }
    if (headOfLine && !maintenance.isEmpty()) {
      return null;
    }
    return selectQueued(onBus, onEdge);
  }

  private @Nullable Choice selectQueued(Predicate<Command> onBus, Predicate<Choice> onEdge) {
    if (writeMode) {
      writeMode =
          100 * writes.size() >= spec.writeLowPercent() * spec.writeQueue() || reads.isEmpty();
    } else {
      writeMode =
          100 * writes.size() > spec.writeHighPercent() * spec.writeQueue() || reads.isEmpty();
    }
    List<Entry> queue = writeMode ? writes : reads;
    for (Entry entry : queue) { // in order of acceptance: the first that can is the one
      if (spec.blocking() == RefreshBlocking.BANK
          && maintenance.stream().anyMatch(one -> covers(one, entry.bank))) {
        continue;
      }
      if (halfOpen.stream().anyMatch(half -> half.bank == entry.bank)) {
        continue;
      }
      Choice choice = new Choice(entry, wanted(entry), queue);
      if (choice.command == Command.PREPB && !mayClose(entry, queue)) {
        continue;
      }
      if (choice.command == Command.ACT1 && !halfOpen.isEmpty()) {
        continue;
      }
      if (onBus.test(choice.command) && onEdge.test(choice) && ready(choice)) {
        return choice;
      }
    }
    return null;
  }

  private Command wanted(Entry entry) {
    if (openRow[entry.bank] < 0) {
      return standard.bus() == BusKind.TWO_STEP_ACTIVATE ? Command.ACT1 : Command.ACT;
    }
    return openRow[entry.bank] == entry.row ? entry.end : Command.PREPB;
  }

  private boolean mayClose(Entry entry, List<Entry> queue) {
    return active.stream().noneMatch(one -> one.bank == entry.bank)
        && (spec.order() == QueueOrder.FR_FCFS
            || queue.stream()
                .noneMatch(
                    one ->
                        one.bank == entry.bank
                            && one.row == openRow[one.bank]
                            && one.accepted <= entry.accepted));
  }

  // Low power ----------------------------------------------------------------------------------

  private boolean isForScope(int scope) {
    return hasRequest(scope) || maintenance.stream().anyMatch(entry -> scope(entry.bank) == scope);
  }

  private boolean hasRequest(int scope) {
    return List.of(reads, writes, active, halfOpen).stream()
        .flatMap(List::stream)
        .anyMatch(entry -> scope(entry.bank) == scope);
  }

  private boolean isAsleepAs(int scope, String state) {
    return asleepFrom[scope] >= 0 && asleepAs[scope].equals(state);
  }

  /** Ticks in a state so far. */
  long asleepTicks(int scope, String state) {
    return asleepTicks.getOrDefault(scope + state, 0L)
        + (isAsleepAs(scope, state) ? now + 1 - asleepFrom[scope] : 0);
  }

  private boolean anyOpen(int scope) {
    for (int bank = scope * banksPerScope; bank < (scope + 1) * banksPerScope; bank++) {
      if (openRow[bank] >= 0) {
        return true;
      }
    }
    return false;
  }

  private void sleepAndWake() {
    if (!spec.hasLowPower()) {
      return;
    }
    for (int scope = 0; scope < restFrom.length; scope++) {
      boolean isWanted = isForScope(scope);
      boolean isSelf = refreshesItself[scope];
      if (asleepFrom[scope] >= 0) {
        boolean wasSelf = isAsleepAs(scope, "self");
        refreshesItself[scope] &= !wasSelf && !hasRequest(scope);
        String least = wasSelf ? "nCKESR" : "nCKE";
        if (isWanted && now >= asleepFrom[scope] + standard.timings().get(least)) {
          asleepTicks.merge(scope + asleepAs[scope], now - asleepFrom[scope], Long::sum);
          asleepFrom[scope] = -1;
          hearsFrom[scope] = now + standard.timings().get(wasSelf ? "nXS" : "nXP");
          restFrom[scope] = hearsFrom[scope];
        }
      } else if (isWanted) {
        restFrom[scope] = Math.max(restFrom[scope], now);
        refreshesItself[scope] &= !hasRequest(scope);
      } else if (isSelf ? now >= restFrom[scope] : isDownTime(scope)) {
        asleepFrom[scope] = now;
        asleepAs[scope] = isSelf ? "self" : anyOpen(scope) ? "active" : "precharged";
      }
    }
  }

  private boolean isDownTime(int scope) {
    return spec.powerDownTicks() > 0 && now >= restFrom[scope] + spec.powerDownTicks();
  }

  private void heard(Command command, int bank) {
    long settles =
        command == Command.RD || command == Command.RDA ? standard.readLatencyTicks() : 0;
    if (command == Command.WR || command == Command.WRA) {
      settles = standard.writeLatencyTicks();
    }
    for (int kind = 0; kind < standard.rowKinds(); kind++) {
      for (TimingRule rule : standard.rules(kind)) {
        settles = rule.after().contains(command) ? Math.max(settles, rule.ticks()) : settles;
      }
    }
    restFrom[scope(bank)] = Math.max(restFrom[scope(bank)], now + settles);
  }

  private boolean isAwake(int bank) {
    return asleepFrom[scope(bank)] < 0 && now >= hearsFrom[scope(bank)];
  }

  private boolean ready(Choice choice) {
    return isAwake(choice.entry.bank) && history.allows(choice.command, choice.entry.bank, now);
  }

  // LPDDR5 -------------------------------------------------------------------------------------

  private void twoStep() {
    if (afterCas != null) {
      if (ready(afterCas)) {
        Choice choice = afterCas;
        afterCas = null;
        issue(choice, false);
      }
      return;
    }
    boolean halfReady =
        !halfOpen.isEmpty() && history.allows(Command.ACT2, halfOpen.get(0).bank, now);
    if (halfReady && halfOpen.get(0).deadline <= now) {
      secondHalf();
      return;
    }
    Choice choice = select(true, command -> true);
    if (choice == null) {
      if (halfReady) {
        secondHalf();
      }
      return;
    }
    if (choice.command.isColumn() && now >= wckOff) {
      if (!halfOpen.isEmpty() && halfOpen.get(0).deadline <= now + 1) {
        secondHalf();
        return;
      }
      Command cas = choice.entry.write ? Command.CASWR : Command.CASRD;
      if (!history.allows(cas, choice.entry.bank, now)) {
        throw new AssertionError("CAS has to wait");
      }
      log(cas, choice.entry.bank, choice.entry.row, choice.entry.row);
      afterCas = choice;
      return;
    }
    issue(choice, true);
  }

  private void secondHalf() {
    Entry entry = halfOpen.remove(0);
    if (now > entry.deadline) {
      throw new AssertionError("ACT2 after its deadline");
    }
    log(Command.ACT2, entry.bank, entry.row, entry.row);
    openRow[entry.bank] = entry.row;
    active.add(entry);
  }

  // Effects ------------------------------------------------------------------------------------

  private void issue(@Nullable Choice choice, boolean mayPrecharge) {
    if (choice == null) {
      return;
    }
    Entry entry = choice.entry;
    Command command = choice.command;
    if (choice.from != maintenance && !entry.counted) {
      entry.counted = true;
      if (command.isColumn()) {
        rowHits++;
      } else if (command == Command.PREPB) {
        rowConflicts++;
      } else {
        rowMisses++;
      }
    }
    if (command.isColumn()) {
      burst(choice, mayPrecharge);
      return;
    }
    boolean activates = command == Command.ACT || command == Command.ACT1;
    if (command == Command.PREPB && openRow[entry.bank] < 0) {
      history.issue(command, entry.bank, now, List.of(0)); // spends its time, but is not sent
    } else {
      log(
          command,
          entry.bank,
          activates ? entry.row : -1,
          activates ? entry.row : openRow[entry.bank]);
    }
    switch (command) {
      case PREPB -> {
        if (choice.from == maintenance && entry.end == Command.PREPB) {
          maintenance.remove(entry);
        }
        close(entry.bank);
      }
      case PREAB -> {
        for (int bank = 0; bank < openRow.length; bank++) {
          if (covers(entry, bank)) {
            close(bank);
          }
        }
      }
      case ACT -> {
        openRow[entry.bank] = entry.row;
        choice.from.remove(entry);
        active.add(entry);
        changed = true;
      }
      case ACT1 -> {
        choice.from.remove(entry);
        entry.deadline = now + standard.timings().get("nAAD");
        halfOpen.add(entry);
        changed = true;
      }
      default -> maintenance.remove(entry);
    }
  }

  private void burst(Choice choice, boolean mayPrecharge) {
    Entry entry = choice.entry;
    Command command = choice.command;
    choice.from.remove(entry);
    if (choice.from != active) {
      changed = true;
    }
    Command closing = entry.write ? Command.WRA : Command.RDA;
    boolean closes =
        spec.page() == PagePolicy.CLOSED
            && mayPrecharge
            && bursts[entry.bank] >= spec.pageHits()
            && active.stream().noneMatch(one -> one.bank == entry.bank)
            && history.allows(closing, entry.bank, now);
    log(closes ? closing : command, entry.bank, entry.row, entry.row);
    if (closes) {
      close(entry.bank);
    } else {
      bursts[entry.bank]++;
    }
    lastBurst[scope(entry.bank)] = now;
    if (entry.write) {
      completions.add(new Completion(entry.word, true, entry.accepted, now));
      changed = true;
      wckOff = Math.max(wckOff, now + standard.writeLatencyTicks() + postamble());
    } else {
      underWay.add(
          new Completion(entry.word, false, entry.accepted, now + standard.readLatencyTicks()));
      wckOff = Math.max(wckOff, now + standard.readLatencyTicks() + postamble());
    }
  }

  private int postamble() {
    return standard.timings().getOrDefault("nWCKPST", 0);
  }

  private void close(int bank) {
    openRow[bank] = -1;
    bursts[bank] = 0;
    injected[bank] = false;
    if (spec.blocking() == RefreshBlocking.BANK) { // where served in order it stays in line
      maintenance.removeIf(one -> one.end == Command.PREPB && one.bank == bank);
    }
  }

  /** The kinds of the rows that a precharge of all banks closes. */
  private List<Integer> openKinds(int itsScope) {
    List<Integer> kinds = new ArrayList<>();
    for (int bank = 0; bank < openRow.length; bank++) {
      if (scope(bank) == itsScope && openRow[bank] >= 0) {
        kinds.add(standard.rowKind(openRow[bank]));
      }
    }
    return kinds;
  }

  /** Records a command that goes to a row and is reported with another number. */
  private void log(Command command, int bank, int row, int itsRow) {
    if (!history.allows(command, bank, now)) {
      throw new AssertionError(command + " forbidden");
    }
    boolean isRefresh =
        command == Command.REFAB || command == Command.REFPB || command == Command.REFSB;
    List<Integer> kinds =
        command == Command.PREAB
            ? openKinds(scope(bank))
            : List.of(isRefresh ? 0 : standard.rowKind(itsRow));
    history.issue(command, bank, now, kinds);
    if (!isAwake(bank)) {
      throw new AssertionError(command + " to a scope that sleeps");
    }
    heard(command, bank);
    commands.add(now + " " + command + " " + bank + " " + row);
  }
}
