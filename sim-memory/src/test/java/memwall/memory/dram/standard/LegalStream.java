package memwall.memory.dram.standard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random command streams that obey the {@link TimingRule}s of a standard, mostly as tightly as they
 * allow: the commands of a controller that wants everything at once. Knows nothing of timing
 * parameters beyond the rules, the refresh interval and what LPDDR5 asks of a controller.
 *
 * <p>A long class on purpose, as {@code TickOracle}: all of its state in one place, and nothing
 * shared with the channels that it stands beside.
 */
public final class LegalStream {
  private static final int CLOSED = -1;
  private static final int TRIES = 6;

  /** Takes the commands. */
  public interface Listener {
    /**
     * Called before each command.
     *
     * @param tick when it is issued, {@code earliest} or later
     * @param earliest first tick at which it is legal
     * @param binding indices in {@link LegalStream#rules} of those that forbid it just before that
     */
    void command(
        long tick, long earliest, Command command, int bank, int row, List<Integer> binding);
  }

  private record Candidate(Command command, int bank, int row, long earliest) {}

  private final DramStandard standard;
  private final SplittableRandom random;
  private final Listener listener;
  private final boolean bankRefresh;
  private final int banks;
  private final int unitBanks;
  private final int[] below;
  private final List<TimingRule> rules = new ArrayList<>();

  /** Kind of rows that a rule is about; all kinds if it counts commands. */
  private final List<Integer> ruleKinds = new ArrayList<>();

  private final Map<Command, List<Integer>> waits = new EnumMap<>(Command.class);
  private final Map<Command, List<Integer>> starts = new EnumMap<>(Command.class);
  private final List<List<Deque<Long>>> history = new ArrayList<>();
  private final int[] openRow;
  private final int[] halfOpenRow;
  private final long[] deadline;
  private final long[] refreshed;
  private final int half;
  private long now;
  private boolean lastWasColumn;

  /** Tick of the last command on the bus that the last command was not on. */
  private long otherBusTick = -1;

  private boolean lastWasWhole;
  private boolean lastWasSame;
  private int lastBank;
  private long wckRunsUntil;
  private int ahead = -1;
  private long risingTick = -1;
  private Command risingCommand = Command.ACT;
  private int risingBank;

  /** A stream from tick 0 with all banks closed. */
  public LegalStream(
      DramStandard standard, SplittableRandom random, boolean bankRefresh, Listener listener) {
    this.standard = standard;
    this.random = random;
    this.bankRefresh = bankRefresh;
    this.listener = listener;
    banks = standard.banks();
    below = new int[standard.levels().size()];
    int rest = banks;
    for (int i = 0; i < below.length; i++) {
      rest /= standard.levels().get(i).count();
      below[i] = rest;
    }
    unitBanks = below[standard.refreshLevel()];
    for (int kind = 0; kind < standard.rowKinds(); kind++) {
      for (TimingRule rule : standard.rules(kind)) {
        if (kind == 0 || rule.window() == 1) {
          rules.add(rule);
          ruleKinds.add(kind);
        }
      }
    }
    half = standard.bus().ticksPerClock();
    for (Command command : Command.values()) {
      List<Integer> waiting = new ArrayList<>();
      List<Integer> starting = new ArrayList<>();
      for (int i = 0; i < rules.size(); i++) {
        if (rules.get(i).before().contains(command)) {
          waiting.add(i);
        }
        if (rules.get(i).after().contains(command)) {
          starting.add(i);
        }
      }
      waits.put(command, waiting);
      starts.put(command, starting);
    }
    for (TimingRule rule : rules) {
      List<Deque<Long>> nodes = new ArrayList<>();
      for (int node = 0; node < banks / below[rule.level()]; node++) {
        nodes.add(new ArrayDeque<>());
      }
      history.add(nodes);
    }
    openRow = new int[banks];
    Arrays.fill(openRow, CLOSED);
    halfOpenRow = openRow.clone();
    deadline = new long[banks];
    refreshed = new long[banks];
  }

  /** All rules, those of tiers included. */
  public List<TimingRule> rules() {
    return rules;
  }

  /** The tick of the last command. */
  public long now() {
    return now;
  }

  /** Issues at least so many commands more. */
  public void run(int commands) {
    for (int i = 0; i < commands; i++) {
      step();
    }
  }

  private void step() {
    if (finishActivate()) {
      return;
    }
    List<Candidate> candidates = new ArrayList<>();
    int owing = owingBank();
    if (owing >= 0) {
      candidates.add(refreshStep(owing));
    }
    boolean again = owing < 0 && lastWasWhole && random.nextInt(3) == 0;
    if (again) {
      candidates.add(afterWhole());
    } else if (owing < 0 && random.nextInt(6) == 0) {
      again = true; // what waits for this bank's own timings
      candidates.add(candidate(lastBank));
    }
    for (int i = 0; i < TRIES && owing < 0; i++) {
      candidates.add(candidate(random.nextInt(banks)));
    }
    Candidate chosen = candidates.get(0);
    boolean hurry = !again && random.nextInt(10) < 6;
    for (Candidate each : candidates) {
      if (hurry && each.earliest() < chosen.earliest()) {
        chosen = each;
      }
    }
    long slack = random.nextInt(10) < 7 ? 0 : random.nextInt(random.nextInt(8) == 0 ? 400 : 12);
    if (pendingDeadline() <= chosen.earliest() + slack + 3) {
      finish(earliestPending());
      return;
    }
    if (chosen.command().isColumn()
        && standard.bus() == BusKind.TWO_STEP_ACTIVATE
        && chosen.earliest() + slack >= wckRunsUntil) {
      synchronised(chosen, slack);
    } else {
      issue(chosen, chosen.earliest() + slack);
    }
  }

  /** CAS, and its burst in the next tick. */
  private void synchronised(Candidate burst, long slack) {
    boolean read = burst.command() == Command.RD || burst.command() == Command.RDA;
    long tick = Math.max(now + 1, burst.earliest() + slack - 1);
    Command cas = read ? Command.CASRD : Command.CASWR;
    issue(new Candidate(cas, burst.bank(), burst.row(), now + 1), tick);
    issue(new Candidate(burst.command(), burst.bank(), burst.row(), tick + 1), tick + 1);
  }

  private void issue(Candidate candidate, long tick) {
    while (!fits(candidate.command(), candidate.bank(), tick)) {
      tick++;
    }
    Command command = candidate.command();
    int bank = candidate.bank();
    listener.command(
        tick,
        candidate.earliest(),
        command,
        bank,
        candidate.row(),
        binding(command, bank, candidate.earliest()));
    record(command, bank, candidate.row(), tick);
  }

  private static void record(Deque<Long> last, long tick, int window) {
    last.addLast(tick);
    if (last.size() > window) {
      last.removeFirst();
    }
  }

  /** The same bank of every group of its rank. */
  private List<Integer> sameBanks(int bank) {
    int group = standard.groupBanks();
    List<Integer> banks = new ArrayList<>();
    for (int i = bank % group; i < unitBanks; i += group) {
      banks.add(bank / unitBanks * unitBanks + i);
    }
    return banks;
  }

  /** Whether the same bank of no group has a row, or half of one. */
  private boolean areSameClosed(int bank) {
    return sameBanks(bank).stream()
        .allMatch(each -> openRow[each] == CLOSED && halfOpenRow[each] == CLOSED);
  }

  private void record(Command command, int bank, int row, long tick) {
    List<Integer> kinds = kinds(command, bank, row);
    for (int i : starts.get(command)) {
      TimingRule rule = rules.get(i);
      if (command == Command.REFSB && rule.level() == below.length - 1) {
        for (int each : sameBanks(bank)) {
          record(history.get(i).get(each), tick, 1);
        }
        continue;
      }
      if (rule.window() == 1 && !kinds.contains(ruleKinds.get(i))) {
        continue;
      }
      record(history.get(i).get(bank / below[rule.level()]), tick, rule.window());
    }
    if (lastWasColumn != command.isColumn()) {
      otherBusTick = now;
    }
    if (ahead >= 0
        && ((command == Command.REFAB && ahead / unitBanks == bank / unitBanks)
            || (command == Command.REFPB && ahead == bank))) {
      ahead = -1;
    }
    now = tick;
    lastWasColumn = command.isColumn();
    lastWasWhole = command == Command.REFAB || command == Command.PREAB || command == Command.REFSB;
    lastWasSame = command == Command.REFSB;
    lastBank = bank;
    int first = bank / unitBanks * unitBanks;
    switch (command) {
      case ACT -> openRow[bank] = row;
      case ACT1 -> {
        halfOpenRow[bank] = row;
        deadline[bank] = tick + timing("nAAD");
      }
      case ACT2 -> {
        openRow[bank] = row;
        halfOpenRow[bank] = CLOSED;
      }
      case PREPB, RDA, WRA -> openRow[bank] = CLOSED;
      case PREAB -> Arrays.fill(openRow, first, first + unitBanks, CLOSED);
      case REFAB -> {
        for (int i = first; i < first + unitBanks; i++) {
          refreshed[i]++;
        }
      }
      case REFPB -> refreshed[bank]++;
      default -> {}
    }
    if (command.isColumn()) {
      boolean read = command == Command.RD || command == Command.RDA;
      int latency = read ? standard.readLatencyTicks() : standard.writeLatencyTicks();
      wckRunsUntil = Math.max(wckRunsUntil, tick + latency + timing("nWCKPST"));
    } else if (half == 2 && tick % 2 == 1) {
      risingTick = tick;
      risingCommand = command;
      risingBank = bank;
    }
  }

  /** Kinds of the rows that a command goes to, before it does. */
  private List<Integer> kinds(Command command, int bank, int row) {
    List<Integer> kinds = new ArrayList<>();
    if (command == Command.PREAB) {
      int first = bank / unitBanks * unitBanks;
      for (int i = first; i < first + unitBanks; i++) {
        if (openRow[i] != CLOSED) {
          kinds.add(standard.rowKind(openRow[i]));
        }
      }
    } else if (command != Command.REFAB && command != Command.REFPB && command != Command.REFSB) {
      kinds.add(standard.rowKind(openRow[bank] == CLOSED ? row : openRow[bank]));
    }
    return kinds.isEmpty() ? List.of(0) : kinds;
  }

  private int timing(String name) {
    return standard.timings().getOrDefault(name, 0);
  }

  // ---- what to do next ----

  private boolean finishActivate() {
    int bank = earliestPending();
    if (bank >= 0 && (deadline[bank] <= now + 4 || random.nextInt(3) == 0)) {
      finish(bank);
      return true;
    }
    return false;
  }

  private void finish(int bank) {
    issue(candidate(Command.ACT2, bank, halfOpenRow[bank]), now + 1);
  }

  private int earliestPending() {
    int earliest = -1;
    if (standard.bus() != BusKind.TWO_STEP_ACTIVATE) {
      return earliest;
    }
    for (int bank = 0; bank < banks; bank++) {
      if (halfOpenRow[bank] != CLOSED && (earliest < 0 || deadline[bank] < deadline[earliest])) {
        earliest = bank;
      }
    }
    return earliest;
  }

  private long pendingDeadline() {
    int bank = earliestPending();
    return bank < 0 ? Long.MAX_VALUE : deadline[bank];
  }

  /** A bank whose refresh is due, or one that is refreshed ahead of time now and then; or -1. */
  private int owingBank() {
    if (ahead < 0 && random.nextInt(100) == 0) {
      ahead = random.nextInt(banks);
    }
    if (ahead >= 0) {
      return ahead;
    }
    for (int bank = 0; bank < banks; bank++) {
      if (now / standard.refreshTicks() - refreshed[bank] > 2) {
        return bank;
      }
    }
    return -1;
  }

  private Candidate refreshStep(int bank) {
    int first = bank / unitBanks * unitBanks;
    if (bankRefresh) {
      return openRow[bank] != CLOSED
          ? candidate(Command.PREPB, bank, openRow[bank])
          : halfOpenRow[bank] != CLOSED
              ? candidate(Command.ACT2, bank, halfOpenRow[bank])
              : candidate(Command.REFPB, bank, 0);
    }
    int open = 0;
    int last = first;
    for (int i = first; i < first + unitBanks; i++) {
      if (halfOpenRow[i] != CLOSED) {
        return candidate(Command.ACT2, i, halfOpenRow[i]);
      }
      if (openRow[i] != CLOSED) {
        open++;
        last = i;
      }
    }
    if (open == 0) {
      if (hasSameBankRefresh() && random.nextInt(3) > 0) {
        int same = lastBank / unitBanks == bank / unitBanks ? lastBank : bank;
        return candidate(Command.REFSB, same, 0);
      }
      boolean once = random.nextInt(4) == 0; // a row cycle just before the refresh
      return once ? activate(bank) : candidate(Command.REFAB, bank, 0);
    }
    return switch (random.nextInt(open == 1 ? 8 : 60)) {
      case 0 -> candidate(Command.RDA, last, openRow[last]);
      case 1 -> candidate(Command.WRA, last, openRow[last]);
      case 2, 3 -> candidate(Command.PREAB, last, 0);
      case 4 -> candidate(Command.RD, last, openRow[last]);
      case 5 -> candidate(Command.WR, last, openRow[last]);
      default -> candidate(Command.PREPB, last, openRow[last]);
    };
  }

  private Candidate candidate(int bank) {
    if (halfOpenRow[bank] != CLOSED) {
      return candidate(Command.ACT2, bank, halfOpenRow[bank]);
    }
    int kind = random.nextInt(200);
    if (kind < 3 && !unitHas(halfOpenRow, bank)) {
      boolean closed = !unitHas(openRow, bank);
      return candidate(closed && kind == 0 ? Command.REFAB : Command.PREAB, bank, 0);
    }
    if (openRow[bank] == CLOSED) {
      if (kind < 20 && hasBankRefresh()) {
        return candidate(Command.REFPB, bank, 0);
      }
      if (kind < 40 && hasSameBankRefresh() && areSameClosed(bank)) {
        return candidate(Command.REFSB, bank, 0);
      }
      return activate(bank);
    }
    Command command =
        switch (kind % 10) {
          case 0, 1, 2 -> Command.RD;
          case 3, 4, 5 -> Command.WR;
          case 6 -> Command.RDA;
          case 7 -> Command.WRA;
          default -> Command.PREPB;
        };
    return candidate(command, bank, openRow[bank]);
  }

  /** What waits for the refresh or precharge of all banks that came last. */
  private Candidate afterWhole() {
    int bank = lastBank / unitBanks * unitBanks + random.nextInt(unitBanks);
    if (lastWasSame && unitHas(openRow, bank)) {
      return candidate(bank); // it left others open
    }
    return switch (random.nextInt(4)) {
      case 0 -> candidate(Command.REFAB, bank, 0);
      case 1 -> candidate(Command.PREAB, bank, 0);
      case 2 ->
          hasBankRefresh()
              ? candidate(Command.REFPB, bank, 0)
              : hasSameBankRefresh() ? candidate(Command.REFSB, bank, 0) : candidate(bank);
      default -> candidate(bank);
    };
  }

  private boolean hasSameBankRefresh() {
    return standard.sameBankRefreshTicks() > 0;
  }

  private boolean hasBankRefresh() {
    return standard.bankRefreshTicks() > 0;
  }

  private Candidate activate(int bank) {
    boolean twoSteps = standard.bus() == BusKind.TWO_STEP_ACTIVATE;
    return candidate(twoSteps ? Command.ACT1 : Command.ACT, bank, random.nextInt(standard.rows()));
  }

  /** Whether a bank of the rank or pseudo-channel has a row there. */
  private boolean unitHas(int[] rows, int bank) {
    int first = bank / unitBanks * unitBanks;
    boolean has = false;
    for (int i = first; i < first + unitBanks; i++) {
      has |= rows[i] != CLOSED;
    }
    return has;
  }

  // ---- when ----

  private Candidate candidate(Command command, int bank, int row) {
    long tick = Math.max(now, 0);
    for (int i : waits.get(command)) {
      tick = Math.max(tick, bound(command, i, bank));
    }
    while (!fits(command, bank, tick)) {
      tick++;
    }
    return new Candidate(command, bank, row, tick);
  }

  private long bound(Command command, int index, int bank) {
    if (command != Command.REFSB) {
      return bound(index, bank);
    }
    return sameBanks(bank).stream().mapToLong(each -> bound(index, each)).max().orElse(0);
  }

  /** The first tick that a rule allows. */
  private long bound(int index, int bank) {
    TimingRule rule = rules.get(index);
    int node = bank / below[rule.level()];
    if (!rule.sibling()) {
      return bound(rule, history.get(index).get(node));
    }
    int sisters = standard.levels().get(rule.level()).count();
    int eldest = node / sisters * sisters;
    long bound = 0;
    for (int each = eldest; each < eldest + sisters; each++) {
      if (each != node) {
        bound = Math.max(bound, bound(rule, history.get(index).get(each)));
      }
    }
    return bound;
  }

  private static long bound(TimingRule rule, Deque<Long> last) {
    return last.size() < rule.window() ? 0 : last.getFirst() + rule.ticks();
  }

  private List<Integer> binding(Command command, int bank, long earliest) {
    List<Integer> binding = new ArrayList<>();
    for (int i : waits.get(command)) {
      long bound = bound(command, i, bank);
      // Where commands begin on rising edges only, a rule may end half a clock before.
      if (bound > 0 && bound > earliest - half) {
        binding.add(i);
      }
    }
    return binding;
  }

  /** Whether buses and edges allow the command. */
  private boolean fits(Command command, int bank, long tick) {
    boolean otherBus = standard.bus().isDual() && command.isColumn() != lastWasColumn;
    long first = otherBus ? Math.max(now, otherBusTick + 1) : now + 1;
    if (tick < first || tick < 1) {
      return false;
    }
    if (half == 1 || tick % 2 == 1) {
      return true;
    }
    if (command != Command.PREPB && command != Command.PREAB) {
      return false;
    }
    long paired = risingTick + (risingCommand == Command.ACT ? 3 : 1);
    if (tick != paired || risingBank / unitBanks != bank / unitBanks) {
      return true;
    }
    boolean whole = risingCommand == Command.PREAB || risingCommand == Command.REFAB;
    return command == Command.PREPB && !whole && risingBank != bank;
  }
}
