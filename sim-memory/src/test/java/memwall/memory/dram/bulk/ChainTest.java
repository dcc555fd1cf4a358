package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** Transfers that follow each other as they did before are served as by an exact port. */
final class ChainTest {
  /** Layer after layer of the same transfers, each in rows of its own; disturbed now and then. */
  private static Traffic layers(
      SplittableRandom random, DramStandard standard, ControllerSpec controller) {
    long all = standard.capacityBytes() / standard.burstBytes();
    AddressMapping mapping =
        AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    long row = Math.min(mapping.rowBursts(), 4096) * mapping.hashPeriod();
    Traffic traffic = new Traffic();
    int transfers = 1 + random.nextInt(4);
    long[] bursts = new long[transfers];
    boolean[] write = new boolean[transfers];
    long[] gap = new long[transfers];
    for (int i = 0; i < transfers; i++) {
      bursts[i] = 1L + random.nextInt(200);
      write[i] = random.nextInt(4) == 0;
      gap[i] = 1L + random.nextInt(random.nextBoolean() ? 20 : 600);
    }
    long begin = random.nextInt(3) == 0 ? all - 4 * row : random.nextInt(300);
    int wrap = 3 + random.nextInt(60);
    int quiet = random.nextInt(3) == 0 ? 1000 : 20;
    long position = Math.max(0, begin);
    int layers = 20 + random.nextInt(100);
    for (int layer = 0; layer < layers; layer++) {
      for (int i = 0; i < transfers; i++) {
        boolean isOther = random.nextInt(quiet) == 0;
        long length = isOther && random.nextBoolean() ? 1 + random.nextInt(300) : bursts[i];
        boolean itWrites = write[i] ^ (isOther && random.nextInt(4) == 0);
        long itsGap = -gap[i];
        if (isOther && random.nextBoolean()) {
          itsGap = random.nextBoolean() ? random.nextInt(400) : -1 - random.nextInt(600);
        }
        traffic.add(
            new Traffic.Bulk(BurstPattern.run(0, all), position % all, length, itWrites, itsGap));
        position += (length + row - 1) / row * row + (isOther ? random.nextInt(100) : 0);
      }
      if (layer % wrap == wrap - 1) {
        position = Math.max(0, begin);
      }
    }
    if (random.nextInt(3) == 0) {
      traffic.look(1 + random.nextInt(40));
    }
    return traffic;
  }

  private interface Controllers {
    ControllerSpec of(SplittableRandom random, DramStandard standard);
  }

  private static void random(int runs, Controllers controllers) {
    long[] taken = {0, 0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = controllers.of(random, standard);
          Traffic traffic = layers(random, standard, controller);
          LeapingPort port = new LeapingPort(standard, controller);
          Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
          Traffic.Outcome leaping =
              random.nextBoolean()
                  ? traffic.serve(port)
                  : traffic.serveLookingAhead(port, random.split());
          String what = standard.name() + " " + controller + " " + traffic.bulks();
          assertThat(leaping.completions()).as(what).isEqualTo(exact.completions());
          assertThat(leaping.counters()).as(what).isEqualTo(exact.counters());
          assertThat(leaping.latencies()).as(what).isEqualTo(exact.latencies());
          PortCounters counters = port.counters();
          assertThat(counters.simulatedBursts() + counters.leaptBursts())
              .isEqualTo(counters.bursts());
          taken[0] += port.chained();
          taken[1] += counters.transfers();
        });
    assertThat(taken[0]).isGreaterThan(taken[1] / 20);
  }

  @Test
  void anyChannel() {
    random(60, RandomTraffic::controller);
  }

  @Test
  void ringsOfBanks() {
    random(60, RandomTraffic::ringController);
  }

  // Whoever is told of a completion may submit at once.
  @Test
  void completionsMaySubmit() {
    DramStandard standard = DramDevice.builtIn("hbm3-6400-16gb-8hi").standard();
    ControllerSpec controller = ControllerSpec.usual(AddressMapping.BANK_INTERLEAVED).build();
    LeapingPort leaping = new LeapingPort(standard, controller);
    assertThat(submitting(leaping, standard))
        .isEqualTo(submitting(new ExactPort(standard, controller), standard));
    assertThat(leaping.chained()).isGreaterThan(1000);
  }

  private static List<Long> submitting(BulkPort port, DramStandard standard) {
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    List<Long> ends = new ArrayList<>();
    port.onCompletion(
        (word, tick) -> {
          ends.add(tick);
          if (word < 2000) {
            port.submit(pattern, (word + 1) % 500 * 4096, 100, false, word + 1, tick);
          }
        });
    port.submit(pattern, 0, 100, false, 0, 0);
    while (port.pending() > 0) {
      port.advanceTo(port.wakeTick());
    }
    return ends;
  }

  // A transfer that was begun as a link of the chain ends among others, or is looked at.
  @Test
  void othersMayComeInBetween() {
    DramStandard standard = DramDevice.builtIn("ddr5-4800an-16gb-x8").standard();
    ControllerSpec controller = ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS).build();
    Randomized.check(
        10,
        random -> {
          LeapingPort leaping = new LeapingPort(standard, controller);
          ExactPort exact = new ExactPort(standard, controller);
          long seed = random.nextLong();
          assertThat(disturbed(leaping, standard, new SplittableRandom(seed)))
              .isEqualTo(disturbed(exact, standard, new SplittableRandom(seed)));
          assertThat(leaping.chained()).isGreaterThan(20);
        });
  }

  private static List<String> disturbed(
      BulkPort port, DramStandard standard, SplittableRandom random) {
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    List<String> seen = new ArrayList<>();
    port.onCompletion((word, tick) -> seen.add(word + "@" + tick));
    long now = 0;
    for (int i = 0; i < 3000; i++) {
      now += 200;
      boolean write = i % 4 == 3;
      port.submit(pattern, i % 1000 * 8192L, 60, write, i, now);
      if (random.nextInt(200) == 0) {
        now += random.nextInt(200);
        port.advanceTo(now);
        switch (random.nextInt(3)) {
          case 0 -> seen.add(Traffic.counters(port.channel()));
          case 1 -> port.submit(pattern, 77, 40, random.nextBoolean(), 1000 + i, now);
          default -> seen.add(port.pending() + " " + Traffic.latencies(port));
        }
      }
      while (port.pending() > 0) {
        now = port.wakeTick();
        port.advanceTo(now);
      }
    }
    seen.add(Traffic.counters(port.channel()));
    return seen;
  }
}
