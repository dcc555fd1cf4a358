package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** The description of a channel says all that its future depends on, and nothing else. */
final class DescribeTest {
  private static final List<DramStandard> STANDARDS =
      List.of(HandMade.ddr5(2), HandMade.lpddr5(1), HandMade.hbm3(2));

  private static ControllerSpec controller(SplittableRandom random, DramStandard standard) {
    List<RefreshPolicy> policies = new ArrayList<>(List.of(RefreshPolicy.values()));
    if (standard.bankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.PER_BANK);
    }
    if (standard.sameBankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.SAME_BANK);
    }
    return ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS)
        .queues(random.nextInt(2, 9), random.nextInt(2, 9))
        .page(random.nextBoolean() ? PagePolicy.OPEN : PagePolicy.CLOSED, 2)
        .refresh(policies.get(random.nextInt(policies.size())))
        .blocking(random.nextBoolean() ? RefreshBlocking.CHANNEL : RefreshBlocking.BANK)
        .build();
  }

  /** A channel, what it completed and issued, told relative to a tick and a row. */
  private static final class Rig {
    private final DramStandard standard;
    private final AddressMapping mapping;
    final DramChannel channel;
    final List<String> told = new ArrayList<>();
    long originTick;
    int originRow;

    Rig(DramStandard standard, ControllerSpec spec) {
      this.standard = standard;
      mapping = AddressMapping.of(standard, spec.mapping());
      channel = new DramChannel(standard, spec);
      channel.onCompletion(
          (word, write, accepted, done) ->
              told.add(
                  (write ? "W " : "R ") + (done - originTick) + " after " + (done - accepted)));
      channel.onCommand(
          (tick, command, bank, row) ->
              told.add(
                  (tick - originTick)
                      + " "
                      + command
                      + " "
                      + bank
                      + " "
                      + (row < 0 ? -1 : row - originRow)));
    }

    /** Random requests to few rows of few banks, at random times. */
    void play(SplittableRandom random, int steps) {
      for (int i = 0; i < steps; i++) {
        for (int k = random.nextInt(6); k > 0; k--) {
          offer(random.nextInt(3), random.nextInt(2), random.nextInt(3), random.nextInt(3) == 0);
        }
        channel.advanceTo(channel.nowTicks() + random.nextInt(1, 90));
      }
    }

    void offer(int bank, int row, int burst, boolean write) {
      long location =
          AddressMapping.location(bank * (standard.banks() / 3), originRow + row, burst);
      channel.offer(mapping.encode(location), write, 0);
    }

    List<Long> description() {
      List<Long> fields = new ArrayList<>();
      channel.describe(fields::add, originRow);
      return fields;
    }

    void from(long tick) {
      originTick = tick;
      told.clear();
    }
  }

  /** The same history, later and in other rows, leads to the same description. */
  @Test
  void isRelative() {
    Randomized.check(
        60,
        random -> {
          DramStandard standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
          ControllerSpec spec = controller(random, standard);
          long settled = 2L * standard.timings().get("nRFC");
          long period =
              spec.refresh() == RefreshPolicy.PER_BANK
                  ? standard.bankRefreshTicks() * standard.banks()
                  : 4 * standard.refreshTicks();
          Rig early = new Rig(standard, spec);
          Rig late = new Rig(standard, spec);
          late.originRow = random.nextInt(1, 1000);
          if (spec.refresh() == RefreshPolicy.PER_BANK) {
            early.channel.advanceTo(period); // SIDs remember their first round
          }
          early.channel.advanceTo(early.channel.nowTicks() + settled);
          late.channel.advanceTo(early.channel.nowTicks() + period * random.nextInt(1, 4));
          early.from(early.channel.nowTicks());
          late.from(late.channel.nowTicks());
          assertThat(late.description()).isEqualTo(early.description());
          long seed = random.nextLong();
          for (int i = 0; i < 4; i++) {
            early.play(new SplittableRandom(seed + i), 10);
            late.play(new SplittableRandom(seed + i), 10);
            assertThat(late.description()).isEqualTo(early.description());
            assertThat(late.told).isEqualTo(early.told);
          }
        });
  }

  /** Different histories with the same description have the same future. */
  @Test
  void saysAll() {
    int[] pairs = new int[1];
    Randomized.check(
        10,
        random -> {
          DramStandard standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
          ControllerSpec spec = controller(random, standard);
          Map<List<Long>, Long> seen = new HashMap<>();
          for (int i = 0; i < 100; i++) {
            long seed = random.nextLong();
            Long other = seen.putIfAbsent(after(standard, spec, seed).description(), seed);
            if (other != null) {
              pairs[0]++;
              Rig one = after(standard, spec, seed);
              Rig two = after(standard, spec, other);
              one.from(one.channel.nowTicks());
              two.from(two.channel.nowTicks());
              one.play(new SplittableRandom(i), 8);
              two.play(new SplittableRandom(i), 8);
              assertThat(one.told).isEqualTo(two.told);
              assertThat(one.description()).isEqualTo(two.description());
            }
          }
        });
    assertThat(pairs[0]).isGreaterThan(100);
  }

  /** One of few histories of a few requests, then a rest in which only part of it expires. */
  private static Rig after(DramStandard standard, ControllerSpec spec, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Rig rig = new Rig(standard, spec);
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      rig.offer(random.nextInt(2), random.nextInt(2), 0, random.nextInt(3) == 0);
      rig.channel.advanceTo(rig.channel.nowTicks() + random.nextInt(2) * 20L);
    }
    rig.channel.advanceTo(rig.channel.nowTicks() + random.nextInt(1, 4) * 70L);
    return rig;
  }
}
