package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;
import org.junit.jupiter.api.Test;

/** Refreshes of a channel at rest: counted by closed form, and as if each had been issued. */
final class IdleRefreshesTest {
  private static final List<DramStandard> STANDARDS = standards();

  private static List<DramStandard> standards() {
    List<DramStandard> standards = new ArrayList<>();
    for (int sids = 1; sids <= 4; sids++) {
      standards.add(HandMade.hbm3(sids));
    }
    standards.add(HandMade.lpddr5(1));
    standards.add(HandMade.lpddr5(2));
    standards.add(HandMade.ddr5(2));
    for (String name : Presets.builtIn().names("dram")) {
      standards.add(DramDevice.builtIn(name).standard());
    }
    return standards;
  }

  private static ControllerSpec spec(RefreshPolicy refresh) {
    return spec(refresh, PagePolicy.OPEN);
  }

  private static ControllerSpec spec(RefreshPolicy refresh, PagePolicy page) {
    return Controllers.usual().queue(8).page(page, 2).refresh(refresh).spec();
  }

  private static long hours(DramStandard standard, int hours) {
    return 3_600_000_000_000_000_000L / standard.tickFemtos() * hours;
  }

  /** So many refreshes would take days to issue one by one. */
  @Test
  void threeHoursAtRestWithRefreshesOfAllBanks() {
    for (DramStandard standard : STANDARDS) {
      DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.ALL_BANK));
      long intervals = hours(standard, 3) / standard.refreshTicks();
      channel.advanceTo(intervals * standard.refreshTicks() + standard.refreshTicks() / 2);
      assertThat(channel.commands(Command.REFAB))
          .as(standard.name())
          .isEqualTo(intervals * channel.scopes());
    }
  }

  /**
   * Banks in turn, one each tREFIpb. With one stack (SID) its next round waits for tRFCpb after the
   * last bank of the last pseudo-channel, which is refreshed a tick after the one before.
   */
  @Test
  void threeHoursAtRestWithRefreshesBankByBank() {
    int tested = 0;
    for (DramStandard standard : STANDARDS) {
      if (standard.bankRefreshTicks() == 0) {
        continue;
      }
      DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.PER_BANK));
      long interval = standard.bankRefreshTicks();
      boolean inSets = standard.bus() == BusKind.DUAL_HALF_CLOCK;
      int atOnce = inSets ? channel.scopes() : 1;
      long turns = standard.banks() / atOnce;
      boolean waits = inSets && count(standard, "sid") == 1;
      long recovery = atOnce - 1 + (long) standard.timings().getOrDefault("nRFCpb", 0);
      long round = turns * interval + (waits ? Math.max(0, recovery - interval) : 0);
      long rounds = hours(standard, 3) / round;
      channel.advanceTo(interval + rounds * round + 4 * interval + interval / 2);
      assertThat(channel.commands(Command.REFPB))
          .as(standard.name())
          .isEqualTo((rounds * turns + 5) * atOnce);
      tested++;
    }
    assertThat(tested).isGreaterThan(15);
  }

  /** The same bank of all groups, in turn, every tREFIsb. */
  @Test
  void threeHoursAtRestWithRefreshesOfTheSameBank() {
    int tested = 0;
    for (DramStandard standard : STANDARDS) {
      if (standard.sameBankRefreshTicks() > 0) {
        DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.SAME_BANK));
        long interval = standard.sameBankRefreshTicks();
        long intervals = hours(standard, 3) / interval;
        channel.advanceTo(intervals * interval + interval / 2);
        assertThat(channel.commands(Command.REFSB))
            .as(standard.name())
            .isEqualTo(intervals * channel.scopes());
        tested++;
      }
    }
    assertThat(tested).isGreaterThanOrEqualTo(5);
  }

  private static int count(DramStandard standard, String level) {
    return standard.levels().stream()
        .filter(one -> one.name().equals(level))
        .mapToInt(Level::count)
        .findAny()
        .orElse(1);
  }

  private static List<Long> description(DramChannel channel) {
    List<Long> fields = new ArrayList<>();
    channel.describe(fields::add, 0);
    for (int scope = 0; scope < channel.scopes(); scope++) {
      for (Command command : Command.values()) {
        fields.add(channel.commands(command, scope));
      }
      fields.add(channel.openTicks(scope));
    }
    return fields;
  }

  private static RefreshPolicy policy(DramStandard standard, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      return RefreshPolicy.ALL_BANK;
    }
    return standard.bankRefreshTicks() > 0
        ? RefreshPolicy.PER_BANK
        : standard.sameBankRefreshTicks() > 0 ? RefreshPolicy.SAME_BANK : RefreshPolicy.ALL_BANK;
  }

  private static void offer(DramChannel one, DramChannel other, long address, boolean write) {
    assertThat(one.offer(address, write, 0)).isEqualTo(other.offer(address, write, 0));
  }

  /**
   * A listener keeps a channel from passing over anything. After every rest, of any length, both
   * are the same: every timer, counter, the cursor, what is due.
   */
  @Test
  void passedOverOrIssuedLeavesTheSame() {
    long[] passed = {0};
    Randomized.check(
        400,
        random -> {
          DramStandard standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
          RefreshPolicy policy = policy(standard, random);
          boolean inTurn = policy != RefreshPolicy.ALL_BANK;
          ControllerSpec spec =
              spec(policy, random.nextInt(3) == 0 ? PagePolicy.CLOSED : PagePolicy.OPEN);
          DramChannel passing = new DramChannel(standard, spec);
          DramChannel issuing = new DramChannel(standard, spec);
          long[] issued = {0};
          issuing.onCommand((tick, command, bank, row) -> issued[0]++);
          List<Long> passingDone = new ArrayList<>();
          List<Long> issuingDone = new ArrayList<>();
          passing.onCompletion((word, write, accepted, done) -> passingDone.add(done));
          issuing.onCompletion((word, write, accepted, done) -> issuingDone.add(done));
          for (int rest = 0; rest < 12; rest++) {
            for (int i = random.nextInt(4); i > 0; i--) {
              long address =
                  random.nextLong(standard.capacityBytes() / standard.burstBytes())
                      * standard.burstBytes();
              offer(passing, issuing, address, random.nextInt(3) == 0);
            }
            long ticks = rest(random, standard, inTurn);
            passing.advanceTo(passing.nowTicks() + ticks);
            issuing.advanceTo(issuing.nowTicks() + ticks);
            assertThat(description(passing)).as(standard.name()).isEqualTo(description(issuing));
            if (random.nextInt(6) == 0) {
              int divisor = 1 << random.nextInt(3);
              passing.divideRefreshInterval(divisor);
              issuing.divideRefreshInterval(divisor);
            }
          }
          assertThat(passingDone).isEqualTo(issuingDone);
          passed[0] += issued[0];
        });
    assertThat(passed[0]).isGreaterThan(100_000);
  }

  /** A refresh that comes late, because its bank was closed just before, is not passed over. */
  @Test
  void aBankThatWasJustClosedIsRefreshedLate() {
    DramStandard standard = HandMade.hbm3(2);
    long due = standard.bankRefreshTicks();
    long wait = standard.timings().get("nRFCpb");
    boolean late = false;
    for (long before = 1; before < 400; before++) {
      DramChannel passing =
          new DramChannel(standard, spec(RefreshPolicy.PER_BANK, PagePolicy.CLOSED));
      DramChannel issuing =
          new DramChannel(standard, spec(RefreshPolicy.PER_BANK, PagePolicy.CLOSED));
      long[] lateTicks = {0};
      issuing.onCommand(
          (tick, command, bank, row) -> {
            if (command == Command.REFPB.index() && bank == 0) {
              lateTicks[0] = tick - due;
            }
          });
      passing.advanceTo(due - before);
      issuing.advanceTo(due - before);
      for (int burst = 0; burst < 3; burst++) {
        long address =
            AddressMapping.of(standard, AddressMapping.BANK_INTERLEAVED)
                .encode(AddressMapping.location(0, 7, burst));
        offer(passing, issuing, address, true);
      }
      // At once to a tick at which a refresh in time has no effect any more, a late one has.
      long tick = due + wait + 14 + before % 20;
      passing.advanceTo(tick);
      issuing.advanceTo(tick);
      assertThat(description(passing))
          .as("%s ticks before", before)
          .isEqualTo(description(issuing));
      late |= lateTicks[0] > 40;
    }
    assertThat(late).isTrue();
  }

  private static long rest(SplittableRandom random, DramStandard standard, boolean inTurn) {
    long bank = Math.max(standard.bankRefreshTicks(), standard.sameBankRefreshTicks());
    long interval = inTurn ? bank : standard.refreshTicks();
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextLong(interval);
      case 1 -> interval * random.nextInt(1, 200) + random.nextInt(-3, 4);
      case 2 -> random.nextLong(1, interval * 20);
      default -> random.nextLong(1, interval * 300);
    };
  }
}
