package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** What a channel says of its next burst and of its reads under way. */
final class LeastIssueTest {
  private static final List<DramStandard> STANDARDS =
      List.of(HandMade.ddr5(2), HandMade.lpddr5(1), HandMade.hbm3(1));
  private static final Set<Integer> BURSTS =
      Stream.of(Command.RD, Command.WR, Command.RDA, Command.WRA)
          .map(Command::index)
          .collect(Collectors.toSet());

  // Neither a burst goes before the tick that was told, nor is a read complete at another one than
  // that; and now and then there is more to tell than the next tick.
  @Test
  void burstsGoNoEarlier() {
    long[] told = {0};
    Randomized.check(
        200,
        random -> {
          DramStandard standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
          RefreshPolicy refresh =
              random.nextBoolean() ? RefreshPolicy.ALL_BANK : RefreshPolicy.NONE;
          DramChannel channel =
              new DramChannel(
                  standard,
                  Controllers.usual()
                      .queue(8)
                      .page(random.nextInt(3) == 0 ? PagePolicy.CLOSED : PagePolicy.OPEN, 1)
                      .refresh(refresh)
                      .spec());
          long[] least = {0};
          long[] lastDone = {0};
          channel.onCommand(
              (tick, command, bank, row) -> {
                if (BURSTS.contains(command)) {
                  assertThat(tick).isGreaterThanOrEqualTo(least[0]);
                }
              });
          channel.onCompletion((word, write, accepted, done) -> lastDone[0] = done);
          for (int round = 0; round < 60; round++) {
            least[0] = 0;
            for (int i = random.nextInt(6); i > 0; i--) {
              long address = (long) random.nextInt(4000) * standard.burstBytes();
              channel.offer(address, random.nextInt(3) == 0, 0);
            }
            channel.advanceTo(channel.nowTicks() + random.nextInt(1, 60));
            least[0] = channel.leastIssueTicks();
            assertThat(least[0]).isGreaterThan(channel.nowTicks());
            told[0] += least[0] > channel.nowTicks() + 1 ? 1 : 0;
            int reads = channel.readsInFlight();
            if (reads > 0 && channel.readsForwarded() == 0) {
              int count = random.nextInt(1, reads + 1);
              long end = channel.readsDoneTicks(count);
              channel.advanceTo(end - 1);
              assertThat(lastDone[0]).isLessThan(end);
              assertThat(channel.readsInFlight()).isGreaterThanOrEqualTo(reads - count + 1);
              channel.advanceTo(end);
            }
            channel.advanceTo(channel.nowTicks() + random.nextInt(1, 200));
          }
        });
    assertThat(told[0]).isGreaterThan(1000);
  }
}
