package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.Controllers;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** A port that looks ahead gives the answers of one that is told every tick. */
final class LookAheadTest {
  private interface Maker {
    BulkPort make(DramStandard standard, ControllerSpec controller);
  }

  private static void random(int runs, Maker maker) {
    long[] wakes = {0, 0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          int transfers = 1 + random.nextInt(12);
          Traffic traffic =
              switch (random.nextInt(5)) {
                case 0 -> RandomTraffic.repeated(random, standard, 60, 500);
                case 1 -> RandomTraffic.readsAndPairs(random, standard);
                default ->
                    RandomTraffic.traffic(random, standard, transfers, 1 + random.nextInt(200));
              };
          Traffic.Outcome ahead =
              traffic.serveLookingAhead(maker.make(standard, controller), random.split());
          Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
          String what = standard.name() + " " + controller + " " + traffic.bulks();
          assertThat(ahead.completions()).as(what).isEqualTo(exact.completions());
          assertThat(ahead.counters()).as(what).isEqualTo(exact.counters());
          assertThat(ahead.latencies()).as(what).isEqualTo(exact.latencies());
          wakes[0] += ahead.wakes();
          wakes[1] += exact.wakes();
        });
    assertThat(wakes[0]).isLessThan(wakes[1] / 2);
  }

  @Test
  void exactly() {
    random(300, ExactPort::new);
  }

  @Test
  void leaping() {
    random(300, LeapingPort::new);
  }

  @Test
  void tickByTick() {
    Randomized.check(
        40,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic = RandomTraffic.traffic(random, standard, 4, 40);
          Traffic.Outcome every = traffic.serveTickByTick(new ExactPort(standard, controller));
          Traffic.Outcome ahead =
              traffic.serveLookingAhead(new LeapingPort(standard, controller), random.split());
          assertThat(ahead.completions()).isEqualTo(every.completions());
        });
  }

  // Rows of many banks have to be opened: the first bound is far from the end.
  @Test
  void theWakeIsTheCompletion() {
    DramStandard standard = DramDevice.builtIn("ddr5-4800an-16gb-x8").standard();
    BulkPort port = new ExactPort(standard, Controllers.usual().spec());
    long[] done = {0};
    port.onCompletion((word, tick) -> done[0] = tick);
    port.submit(BurstPattern.scattered(0, 1 << 20, 1, 1), 0, 64, true, 0, 0);
    long bound = port.wakeTick();
    port.lookAhead(bound + 10);
    assertThat(port.wakeTick()).isGreaterThan(bound + 10);
    port.lookAhead(100_000);
    long wake = port.wakeTick();
    port.advanceTo(wake - 1);
    assertThat(done[0]).isZero();
    port.advanceTo(wake);
    assertThat(done[0]).isEqualTo(wake);
    assertThat(port.wakeTick()).isEqualTo(BulkPort.NEVER);
  }
}
