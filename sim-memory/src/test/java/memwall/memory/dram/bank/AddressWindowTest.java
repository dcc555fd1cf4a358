package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import memwall.core.Randomized;
import memwall.memory.dram.bulk.BurstPattern;
import org.junit.jupiter.api.Test;

/** Where in a region transfers lie. */
final class AddressWindowTest {
  @Test
  void runsGoOnWhereTheLastOneEndedAndFromTheEndToTheBeginning() {
    AddressWindow window = new AddressWindow(0, 1000, 100, 1);
    BurstPattern run = window.pattern(Long.MAX_VALUE);
    assertThat(run).isEqualTo(BurstPattern.run(1000, 100));
    assertThat(window.advance(run, false, 60)).isZero();
    assertThat(window.advance(run, false, 60)).isEqualTo(60);
    assertThat(window.advance(run, false, 250)).isEqualTo(20);
    assertThat(window.advance(run, false, 1)).isEqualTo(70);
    // Writers have a place of their own.
    assertThat(window.advance(run, true, 1)).isZero();
    assertThat(window.advance(run, true, 1)).isEqualTo(1);
  }

  @Test
  void blocksBeginAtAFreshPlaceAndVisitTheRegionOnce() {
    Randomized.check(
        200,
        random -> {
          long bursts = 64L * (1 + random.nextInt(20));
          AddressWindow window = new AddressWindow(0, 512, bursts, random.nextLong(100));
          long block = 1L + random.nextInt(32);
          BurstPattern order = window.pattern(block);
          assertThat(order.block()).isEqualTo(block);
          assertThat(window.pattern(block)).isSameAs(order);
          long blocks = bursts / block;
          Set<Long> firsts = new HashSet<>();
          for (long i = 0; i < blocks; i++) {
            long position = window.advance(order, false, 1 + random.nextLong(block));
            assertThat(position % block).isZero();
            long first = order.burst(position);
            assertThat(first).isBetween(512L, 512 + bursts - block);
            firsts.add(first);
          }
          assertThat(firsts).hasSize((int) blocks);
          assertThat(window.advance(order, false, 1)).isZero();
        });
  }

  @Test
  void blocksLongerThanHalfTheRegionAreARun() {
    AddressWindow window = new AddressWindow(0, 0, 64, 1);
    assertThat(window.pattern(33)).isEqualTo(BurstPattern.run(0, 64));
    assertThat(window.pattern(32).block()).isEqualTo(32);
    assertThat(window.pattern(Long.MAX_VALUE)).isEqualTo(BurstPattern.run(0, 64));
  }
}
