package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.Controllers;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Law F1 for long writes behind reads that wait until the writes are fed. */
final class WaitingReadsTest {
  private static void random(int runs) {
    long[] leapt = {0};
    long[] all = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller =
              random.nextBoolean()
                  ? RandomTraffic.ringController(random, standard)
                  : RandomTraffic.controller(random, standard);
          Traffic traffic = RandomTraffic.readsThatWait(random, standard, 1 + random.nextInt(12));
          LeapingPort port = new LeapingPort(standard, controller);
          Traffic.Outcome leaping =
              random.nextBoolean()
                  ? traffic.serve(port)
                  : traffic.serveLookingAhead(port, random.split());
          Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
          String what = standard.name() + " " + controller + " " + traffic.bulks();
          assertThat(leaping.completions()).as(what).isEqualTo(exact.completions());
          assertThat(leaping.counters()).as(what).isEqualTo(exact.counters());
          assertThat(leaping.latencies()).as(what).isEqualTo(exact.latencies());
          leapt[0] += port.counters().leaptBursts();
          all[0] += port.counters().bursts();
        });
    assertThat(leapt[0]).isGreaterThan(all[0] / 4);
  }

  @Test
  void readsThatWait() {
    random(60);
  }

  @Test
  @Tag("slow")
  void manyReadsThatWait() {
    random(20_000);
  }

  @Test
  void aLongWriteBehindAReadIsLeaptOver() {
    DramStandard standard = DramDevice.builtIn("hbm3-6400-16gb-8hi").standard();
    ControllerSpec controller = Controllers.usual().spec();
    LeapingPort port = new LeapingPort(standard, controller);
    Traffic traffic = new Traffic();
    BurstPattern pattern = BurstPattern.run(0, 1 << 20);
    traffic.add(new Traffic.Bulk(pattern, 0, 4_000, false, 0));
    traffic.add(new Traffic.Bulk(pattern, 500_000, 400_000, true, 0));
    Traffic.Outcome leaping = traffic.serve(port);
    assertThat(leaping.completions())
        .isEqualTo(traffic.serve(new ExactPort(standard, controller)).completions());
    assertThat(port.counters().leaptBursts()).isGreaterThan(300_000);
  }
}
