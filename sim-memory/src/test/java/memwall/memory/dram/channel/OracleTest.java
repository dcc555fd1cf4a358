package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import memwall.memory.dram.channel.TickOracle.Completion;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Tiers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The channel does what a controller does that looks at every tick: same completions, same commands
 * at the same ticks, for random controllers, streams and standards.
 */
final class OracleTest {
  private static final List<DramStandard> STANDARDS = standards();

  private static List<DramStandard> standards() {
    List<DramStandard> standards =
        new ArrayList<>(
            List.of(
                HandMade.ddr5(1),
                HandMade.ddr5(2),
                HandMade.lpddr5(1),
                HandMade.lpddr5(2),
                HandMade.hbm3(1),
                HandMade.hbm3(2),
                HandMade.hbm3(3),
                HandMade.hbm3(4),
                dual(HandMade.hbm3(2))));
    for (String name : Presets.builtIn().names("dram")) {
      standards.add(DramDevice.builtIn(name).standard());
    }
    for (String name : Tiers.DEVICES) {
      standards.add(Tiers.of(name, new SplittableRandom(standards.size()), 2));
      standards.add(Tiers.of(name, new SplittableRandom(standards.size()), 2));
    }
    return standards;
  }

  /** With two buses but commands on every tick, as HBM2 has them. */
  private static DramStandard dual(DramStandard s) {
    return copy(s, "dual", BusKind.DUAL, s.refreshTicks(), s.bankRefreshTicks());
  }

  private static DramStandard copy(DramStandard s, ImmutableMap<String, Integer> timings) {
    return copy(s, s.name(), s.bus(), s.refreshTicks(), s.bankRefreshTicks(), timings);
  }

  private static DramStandard copy(
      DramStandard s, String name, BusKind bus, long refreshTicks, long bankRefreshTicks) {
    return copy(s, name, bus, refreshTicks, bankRefreshTicks, s.timings());
  }

  private static DramStandard copy(
      DramStandard s,
      String name,
      BusKind bus,
      long refreshTicks,
      long bankRefreshTicks,
      ImmutableMap<String, Integer> timings) {
    return s.toBuilder()
        .name(name)
        .bus(bus)
        .refreshTicks(refreshTicks, bankRefreshTicks)
        .timings(timings)
        .build();
  }

  @Test
  void sameAsEveryTick() {
    Randomized.check(300, random -> compare(random, 60));
  }

  @Test
  void sameAsEveryTickWithLowPower() {
    Randomized.check(300, random -> compareAsleep(random, 60));
  }

  @Test
  @Tag("slow")
  void sameAsEveryTickWithLowPowerForLong() {
    Randomized.check(10_000, random -> compareAsleep(random, 200));
  }

  @Test
  @Tag("slow")
  void sameAsEveryTickForLong() {
    Randomized.check(20_000, random -> compare(random, 300));
  }

  /** Refreshes far more often, so that short streams meet many; the rules stay. */
  private static DramStandard refreshed(DramStandard s, long most, SplittableRandom random) {
    // The shortest interval that will be asked for leaves time for requests.
    long interval = most * (s.timings().get("nRFC") + random.nextInt(200, 2_000));
    long perBank = s.bankRefreshTicks() == 0 ? 0 : most * random.nextInt(200, 500);
    long allBanks = random.nextInt(4) == 0 ? s.refreshTicks() : interval;
    DramStandard often = copy(s, s.name(), s.bus(), allBanks, perBank);
    // The device's own interval leaves no time when it is divided by four.
    if (s.sameBankRefreshTicks() == 0 || (most == 1 && random.nextInt(3) == 0)) {
      return often;
    }
    Map<String, Integer> timings = new LinkedHashMap<>(s.timings());
    // Two ranks that are refreshed in turn must leave time as well.
    int sameBank = 2 * timings.get("nRFCsb") + random.nextInt(200, 700);
    timings.put("nREFIsb", Math.toIntExact(most * sameBank));
    return copy(often, ImmutableMap.copyOf(timings));
  }

  private static ControllerSpec controller(DramStandard standard, SplittableRandom random) {
    int high = random.nextInt(1, 101);
    List<RefreshPolicy> policies = new ArrayList<>(List.of(RefreshPolicy.values()));
    if (standard.bankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.PER_BANK);
    }
    if (standard.sameBankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.SAME_BANK);
    }
    return ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS)
        .queues(random.nextInt(1, 41), random.nextInt(1, 41))
        .watermarks(high, random.nextInt(1, high + 1))
        .page(random.nextBoolean() ? PagePolicy.OPEN : PagePolicy.CLOSED, random.nextInt(1, 6))
        .refresh(policies.get(random.nextInt(policies.size())))
        .blocking(random.nextBoolean() ? RefreshBlocking.CHANNEL : RefreshBlocking.BANK)
        .mapping(
            random.nextBoolean() ? AddressMapping.ROW_CONTIGUOUS : AddressMapping.BANK_INTERLEAVED,
            random.nextBoolean())
        .order(random.nextInt(3) == 0 ? QueueOrder.FR_FCFS : QueueOrder.FR_FCFS_ROW_HIT)
        .build();
  }

  private static void compare(SplittableRandom random, int requests) {
    int mostDivisor = 1 << random.nextInt(3);
    DramStandard standard =
        refreshed(STANDARDS.get(random.nextInt(STANDARDS.size())), mostDivisor, random);
    compare(standard, controller(standard, random), mostDivisor, random, requests);
  }

  /** With power-down or self-refresh or both. */
  private static void compareAsleep(SplittableRandom random, int requests) {
    int mostDivisor = 1 << random.nextInt(3);
    DramStandard standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
    while (!standard.hasLowPower()) {
      standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
    }
    standard = refreshed(standard, mostDivisor, random);
    RefreshPolicy refresh = random.nextInt(4) == 0 ? RefreshPolicy.NONE : RefreshPolicy.ALL_BANK;
    long down = random.nextInt(4) == 0 ? 0 : random.nextInt(1, 1 << random.nextInt(1, 11));
    boolean sleepsDeeply = refresh == RefreshPolicy.ALL_BANK && random.nextBoolean();
    ControllerSpec spec =
        controller(standard, random).toBuilder()
            .refresh(refresh)
            .lowPower(down, sleepsDeeply ? random.nextInt(1, 1 << random.nextInt(1, 14)) : 0)
            .build();
    compare(standard, spec, mostDivisor, random, requests);
  }

  private static void compare(
      DramStandard standard,
      ControllerSpec spec,
      int mostDivisor,
      SplittableRandom random,
      int requests) {
    TickOracle oracle = new TickOracle(standard, spec);
    DramChannel channel = new DramChannel(standard, spec);
    List<Completion> completions = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    channel.onCompletion(
        (word, write, accepted, done) ->
            completions.add(new Completion(word, write, accepted, done)));
    ImmutableList<Command> names = ImmutableList.copyOf(Command.values());
    channel.onCommand(
        (tick, command, bank, row) ->
            commands.add(tick + " " + names.get(command) + " " + bank + " " + row));
    Stream stream = new Stream(standard, random);
    for (int i = 0; i < requests; ) {
      int batch = random.nextInt(1, 1 << random.nextInt(1, 6));
      for (int k = 0; k < batch; k++) {
        long address = stream.address();
        boolean write = stream.write();
        boolean accepted = oracle.offer(address, write, i);
        assertThat(channel.accepts(address, write)).isEqualTo(accepted);
        assertThat(channel.offer(address, write, i)).isEqualTo(accepted);
        if (accepted) {
          i++;
        }
      }
      advance(oracle, channel, random);
      if (spec.hasLowPower() && random.nextInt(4) == 0) {
        for (int pause = random.nextInt(1, 1 << random.nextInt(1, 14)); pause > 0; pause--) {
          oracle.tick();
        }
        channel.advanceTo(oracle.now);
      }
      if (random.nextInt(20) == 0) {
        int divisor = Math.min(mostDivisor, 1 << random.nextInt(3));
        oracle.divideRefreshInterval(divisor);
        channel.divideRefreshInterval(divisor);
      }
    }
    for (long end = oracle.now + 300_000; oracle.pending() > 0; ) {
      oracle.tick();
      assertThat(oracle.now).as("%s, %s", standard.name(), spec).isLessThan(end);
    }
    channel.advanceTo(oracle.now);
    int same = 0;
    while (same < Math.min(commands.size(), oracle.commands.size())
        && commands.get(same).equals(oracle.commands.get(same))) {
      same++;
    }
    assertThat(around(commands, same))
        .as("commands from the first that differs on, %s, %s", standard.name(), spec)
        .isEqualTo(around(oracle.commands, same));
    Comparator<Completion> byWord = Comparator.comparingLong(Completion::word);
    assertThat(completions.stream().sorted(byWord).toList())
        .isEqualTo(oracle.completions.stream().sorted(byWord).toList());
    assertThat(completions).isSortedAccordingTo(Comparator.comparingLong(Completion::done));
    assertThat(channel.rowHits()).isEqualTo(oracle.rowHits);
    assertThat(channel.rowMisses()).isEqualTo(oracle.rowMisses);
    assertThat(channel.rowConflicts()).isEqualTo(oracle.rowConflicts);
    assertThat(channel.pending()).isZero();
    conserves(channel, completions.size());
    for (int scope = 0; scope < channel.scopes(); scope++) {
      String which = standard.name() + " " + spec;
      assertThat(channel.lowPowerTicks(scope, LowPower.ACTIVE_POWER_DOWN))
          .as(which)
          .isEqualTo(oracle.asleepTicks(scope, "active"));
      assertThat(channel.lowPowerTicks(scope, LowPower.PRECHARGE_POWER_DOWN))
          .as(which)
          .isEqualTo(oracle.asleepTicks(scope, "precharged"));
      assertThat(channel.lowPowerTicks(scope, LowPower.SELF_REFRESH))
          .as(which)
          .isEqualTo(oracle.asleepTicks(scope, "self"));
    }
  }

  private static List<String> around(List<String> commands, int first) {
    return commands.subList(
        Math.max(0, Math.min(first, commands.size()) - 30), Math.min(first + 10, commands.size()));
  }

  private static void advance(TickOracle oracle, DramChannel channel, SplittableRandom random) {
    int ticks = random.nextInt(1, 1 << random.nextInt(1, 10));
    if (random.nextBoolean()) {
      for (int i = 0; i < ticks; i++) {
        oracle.tick();
      }
      channel.advanceTo(oracle.now);
    } else {
      long most = oracle.now + ticks;
      do {
        oracle.tick();
      } while (!oracle.changed && oracle.now < most);
      assertThat(channel.advanceToChange(most)).isEqualTo(oracle.now);
    }
  }

  /** What came in went out once; what was opened was closed or is open. */
  private static void conserves(DramChannel channel, long completed) {
    assertThat(channel.rowHits() + channel.rowMisses() + channel.rowConflicts())
        .isEqualTo(channel.reads() + channel.writes());
    assertThat(
            channel.reads()
                + channel.writes()
                + channel.forwardedReads()
                + channel.coalescedWrites())
        .isEqualTo(completed);
    assertThat(channel.commands(Command.RD) + channel.commands(Command.RDA))
        .isEqualTo(channel.reads());
    assertThat(channel.commands(Command.WR) + channel.commands(Command.WRA))
        .isEqualTo(channel.writes());
    long perScope = 0;
    for (int scope = 0; scope < channel.scopes(); scope++) {
      perScope += channel.commands(Command.RD, scope);
      assertThat(channel.openTicks(scope)).isBetween(0L, channel.nowTicks());
    }
    assertThat(perScope).isEqualTo(channel.commands(Command.RD));
  }

  /** Addresses in a few rows of a few banks, so that hits, conflicts and forwarding are common. */
  private static final class Stream {
    private final SplittableRandom random;
    private final AddressMapping plain;
    private final DramStandard standard;
    private final int writePercent;
    private final int banks;
    private final int rows;
    private final boolean sequential;
    private long next;

    Stream(DramStandard standard, SplittableRandom random) {
      this.random = random;
      this.standard = standard;
      plain = AddressMapping.of(standard, AddressMapping.ROW_CONTIGUOUS);
      writePercent = random.nextInt(4) * 33;
      banks = random.nextInt(1, standard.banks() + 1);
      rows = random.nextInt(1, 5);
      sequential = random.nextInt(4) == 0;
      next = random.nextInt(1 << 20);
    }

    long address() {
      if (sequential) {
        return next++ * standard.burstBytes();
      }
      return plain.encode(
          AddressMapping.location(
              random.nextInt(banks),
              random.nextInt(rows),
              random.nextInt(Math.min(8, standard.bursts()))));
    }

    boolean write() {
      return random.nextInt(100) < writePercent;
    }
  }
}
