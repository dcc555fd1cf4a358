package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Law F1 where stretches are put together from others that differ in ages only. */
final class DerivationsTest {
  private static final List<String> DEVICES =
      List.of(
          "hbm3-5234-16gb-8hi", "hbm3e-8000-24gb-8hi", "hbm4-8000-32gb-12hi", "hbm3-6400-16gb-8hi");
  private static final List<String> MAPPINGS =
      List.of(
          "pseudochannel column:2 bankgroup column sid bank row",
          "pseudochannel column:2 bankgroup column bank sid row",
          "pseudochannel bankgroup column bank row sid",
          "bank-interleaved");

  /** Shorter and longer than from one look at the channel to the next, and just as long. */
  private static final List<Integer> QUEUES = List.of(32, 96, 128, 200);

  private static ControllerSpec controller(String mapping, int queue) {
    return ControllerSpec.usual(mapping)
        .queues(queue, queue)
        .blocking(RefreshBlocking.BANK)
        .build();
  }

  /** Few lengths and places, and gaps of any length, so that states are met with other ages. */
  private static Traffic traffic(SplittableRandom random, DramStandard standard, int transfers) {
    Traffic traffic = new Traffic();
    long capacity = standard.capacityBytes() / standard.burstBytes();
    BurstPattern pattern = BurstPattern.run(0, capacity);
    long[] lengths = {64, 540, 1500, 1500 + random.nextInt(2000)};
    boolean isMixed = random.nextBoolean();
    for (int i = 0; i < transfers; i++) {
      long length = lengths[random.nextInt(lengths.length)];
      long position = 2048L * random.nextInt(3) + (random.nextInt(4) == 0 ? random.nextInt(64) : 0);
      boolean isWrite = random.nextInt(isMixed ? 3 : 12) == 0;
      // Mostly the channel comes to rest; else a transfer arrives in the middle.
      long gap = random.nextInt(6) > 0 ? -1 - random.nextInt(4000) : random.nextInt(6000);
      traffic.add(new Traffic.Bulk(pattern, position, length, isWrite, gap));
    }
    traffic.look(random.nextBoolean() ? 0 : 7);
    return traffic;
  }

  private static void random(int runs, int transfers) {
    long[] derived = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = DramDevice.builtIn(RandomTraffic.one(random, DEVICES)).standard();
          int queue = RandomTraffic.one(random, QUEUES);
          ControllerSpec controller = controller(RandomTraffic.one(random, MAPPINGS), queue);
          Traffic traffic = traffic(random, standard, transfers);
          LeapingPort port = new LeapingPort(standard, controller);
          Traffic.Outcome leaping = traffic.serve(port);
          Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
          String what = standard.name() + " " + controller + " " + traffic.bulks();
          assertThat(leaping.completions()).as(what).isEqualTo(exact.completions());
          assertThat(leaping.counters()).as(what).isEqualTo(exact.counters());
          assertThat(leaping.latencies()).as(what).isEqualTo(exact.latencies());
          derived[0] += port.derived();
        });
    assertThat(derived[0]).isGreaterThan(runs);
  }

  @Test
  void stretchesThatArePutTogetherAreThoseThatWouldBeSimulated() {
    random(20, 100);
  }

  @Test
  @Tag("slow")
  void manyStretchesThatArePutTogether() {
    random(400, 600);
  }

  // As many refreshes, with a transfer at some moment of each, and two between them, one on an even
  // and one on an odd tick.
  private static Traffic duringRefreshes(DramStandard standard, int refreshes) {
    SplittableRandom random = new SplittableRandom(1);
    Traffic traffic = new Traffic();
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    int refreshTicks = standard.timings().getOrDefault("nRFC", 0);
    long last = 0;
    for (int i = 1; i <= refreshes; i++) {
      long due = i * standard.refreshTicks();
      long[] ticks = {
        due + 200 + random.nextInt(refreshTicks - 200),
        due + standard.refreshTicks() / 2,
        due + standard.refreshTicks() / 2 + 3001
      };
      for (long tick : ticks) {
        traffic.add(new Traffic.Bulk(pattern, 4096, 700, false, tick - last));
        last = tick;
      }
    }
    return traffic;
  }

  /** Who comes while all banks are being refreshed is served as whoever came before him. */
  @Test
  void transfersThatWaitForARefreshAreSimulatedOnce() {
    DramStandard standard = DramDevice.builtIn("hbm3-5234-16gb-8hi").standard();
    for (int queue : QUEUES) {
      ControllerSpec controller = controller(MAPPINGS.get(0), queue);
      LeapingPort few = new LeapingPort(standard, controller);
      LeapingPort many = new LeapingPort(standard, controller);
      duringRefreshes(standard, 60).serve(few);
      Traffic traffic = duringRefreshes(standard, 300);
      Traffic.Outcome leaping = traffic.serve(many);
      Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
      assertThat(leaping.completions()).isEqualTo(exact.completions());
      assertThat(leaping.counters()).isEqualTo(exact.counters());
      assertThat(leaping.latencies()).isEqualTo(exact.latencies());
      String what = few.counters() + ", later " + many.counters();
      assertThat(many.counters().edgesLearned())
          .as(what)
          .isLessThan(few.counters().edgesLearned() + 10);
      assertThat(many.counters().restarts()).as(what).isLessThan(few.counters().restarts() + 10);
    }
  }
}
