package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Law F1: a leaping port gives the same answers as an exact one, in completions, counters, the
 * whole histogram of latencies and what follows. Law F6: leaving any part out of the state breaks
 * it.
 */
final class LeapingPortTest {
  private static String what(ControllerSpec controller, DramStandard standard, Traffic traffic) {
    return standard.name() + " " + controller + " " + traffic.bulks();
  }

  private static PortCounters equal(
      ControllerSpec controller, DramStandard standard, Traffic traffic) {
    return equal(new LeapingPort(standard, controller), controller, standard, traffic);
  }

  private static PortCounters equal(
      LeapingPort port, ControllerSpec controller, DramStandard standard, Traffic traffic) {
    Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
    Traffic.Outcome leaping = traffic.serve(port);
    if (!leaping.sameAs(exact)) {
      String what = what(controller, standard, traffic);
      assertThat(leaping.completions()).as(what).isEqualTo(exact.completions());
      assertThat(leaping.counters()).as(what).isEqualTo(exact.counters());
      assertThat(leaping.latencies()).as(what).isEqualTo(exact.latencies());
    }
    PortCounters counters = port.counters();
    assertThat(counters.simulatedBursts() + counters.leaptBursts()).isEqualTo(counters.bursts());
    return counters;
  }

  private static PortCounters random(
      SplittableRandom random, DramStandard standard, int transfers, int meanBursts) {
    return equal(
        RandomTraffic.controller(random, standard),
        standard,
        RandomTraffic.traffic(random, standard, transfers, meanBursts));
  }

  private static void randomShort(int runs) {
    long[] leapt = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic =
              random.nextInt(3) == 0
                  ? RandomTraffic.traffic(
                      random, standard, 1 + random.nextInt(6), 1 + random.nextInt(100))
                  : RandomTraffic.repeated(random, standard, 60, 500);
          leapt[0] += equal(controller, standard, traffic).leaptBursts();
        });
    assertThat(leapt[0]).isGreaterThan(20L * runs);
  }

  @Test
  void shortTransfers() {
    randomShort(10_000);
  }

  @Test
  @Tag("slow")
  void aMillionShortTransfers() {
    randomShort(1_000_000);
  }

  private static void randomLong(int runs, int mean) {
    long[] leapt = {0};
    long[] all = {0};
    Randomized.check(
        runs,
        random -> {
          PortCounters counters =
              random(
                  random,
                  RandomTraffic.one(random, RandomTraffic.standards()),
                  1 + random.nextInt(4),
                  mean);
          leapt[0] += counters.leaptBursts();
          all[0] += counters.bursts();
        });
    assertThat(leapt[0]).isGreaterThan(all[0] / 4);
  }

  @Test
  void longTransfers() {
    randomLong(100, 10_000);
  }

  @Test
  @Tag("slow")
  void manyLongTransfers() {
    randomLong(2000, 10_000);
    randomLong(200, 500_000);
  }

  // The same transfers again and again, at rest or not, until whole transfers are known.
  @Test
  void repeatedTransfers() {
    long[] hits = {0};
    Randomized.check(
        200,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic = RandomTraffic.repeated(random, standard);
          hits[0] += equal(controller, standard, traffic).tableHits();
        });
    assertThat(hits[0]).isGreaterThan(1000);
  }

  private static void aroundTheRing(int runs) {
    List<DramStandard> standards =
        Presets.builtIn().names("dram").stream()
            .map(name -> DramDevice.builtIn(name).standard())
            .toList();
    long[] leapt = {0};
    long[] all = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard =
              RandomTraffic.one(
                  random, random.nextBoolean() ? RandomTraffic.standards() : standards);
          ControllerSpec controller = RandomTraffic.ringController(random, standard);
          Traffic traffic =
              random.nextInt(4) == 0
                  ? RandomTraffic.partsOfPages(random, standard, 1 + random.nextInt(60))
                  : RandomTraffic.aroundTheRing(random, standard, 1 + random.nextInt(30));
          PortCounters counters = equal(controller, standard, traffic);
          leapt[0] += counters.leaptBursts();
          all[0] += counters.bursts();
        });
    assertThat(leapt[0]).isGreaterThan(all[0] / 2);
  }

  @Test
  void aroundTheRing() {
    aroundTheRing(150);
  }

  @Test
  @Tag("slow")
  void manyTimesAroundTheRing() {
    aroundTheRing(10_000);
  }

  // Three SIDs and a queue of 96: a few reads of the SID that was left wait until it comes back, so
  // that a stretch has to do with more than 64 banks.
  @Test
  void stretchesOfManyBanks() {
    DramStandard standard = DramDevice.builtIn("hbm3-5200-16gb-12hi").standard();
    ControllerSpec controller =
        ControllerSpec.usual("pseudochannel column:2 bankgroup column bank sid row")
            .queues(96, 96)
            .blocking(RefreshBlocking.BANK)
            .build();
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    Traffic traffic = new Traffic();
    for (int i = 0; i < 3; i++) {
      traffic.add(new Traffic.Bulk(pattern, 0, 400_000, false, -100_000));
    }
    PortCounters counters = equal(controller, standard, traffic);
    assertThat(counters.leaptBursts()).isGreaterThan(counters.bursts() / 3);
  }

  private static void writesThatWait(int runs) {
    long[] leapt = {0};
    long[] all = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic = RandomTraffic.writesThatWait(random, standard, 1 + random.nextInt(8));
          PortCounters counters = equal(controller, standard, traffic);
          leapt[0] += counters.leaptBursts();
          all[0] += counters.bursts();
        });
    assertThat(leapt[0]).isGreaterThan(all[0] / 3);
  }

  // Writes below the watermark wait for the reads behind them, which are leapt over all the same.
  @Test
  void writesThatWait() {
    writesThatWait(80);
  }

  @Test
  @Tag("slow")
  void manyWritesThatWait() {
    writesThatWait(5000);
  }

  @Test
  void readsAndPairs() {
    Randomized.check(
        60,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          equal(controller, standard, RandomTraffic.readsAndPairs(random, standard));
        });
  }

  @Test
  void everyPreset() {
    for (String name : Presets.builtIn().names("dram")) {
      DramStandard standard = DramDevice.builtIn(name).standard();
      long[] leapt = {0};
      Randomized.check(
          20,
          random -> leapt[0] += random(random, standard, 1 + random.nextInt(6), 400).leaptBursts());
      assertThat(leapt[0]).as(name).isGreaterThan(500);
    }
  }

  // A transfer arrives while another one is leapt over: at ticks of commands, of completions of
  // bursts, one before and one after.
  @Test
  void arrivalsAtCommands() {
    long[] leapt = {0};
    Randomized.check(
        60,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          long all = standard.capacityBytes() / standard.burstBytes();
          BurstPattern pattern = BurstPattern.run(0, all);
          boolean write = random.nextBoolean();
          Traffic.Bulk first =
              new Traffic.Bulk(
                  pattern, random.nextLong(all / 2), 200 + random.nextInt(600), write, -100);
          LongArrayList commands = new LongArrayList();
          ExactPort listened = new ExactPort(standard, controller);
          listened.channel().onCommand((tick, command, bank, row) -> commands.add(tick));
          Traffic alone = new Traffic();
          alone.add(first);
          alone.add(first);
          long start = alone.serve(listened).lastSubmission();
          commands.removeIf((long tick) -> tick < start);
          for (int i = 0; i < 12; i++) {
            long tick = commands.getLong(random.nextInt(commands.size()));
            long burst = tick + standard.readLatencyTicks();
            long at = random.nextBoolean() ? tick : burst;
            Traffic traffic = new Traffic();
            traffic.add(first);
            traffic.add(first);
            traffic.add(
                new Traffic.Bulk(
                    pattern,
                    random.nextLong(all / 2),
                    1 + random.nextInt(200),
                    random.nextBoolean(),
                    Math.max(0, at - start - 1 + random.nextInt(3))));
            leapt[0] += equal(controller, standard, traffic).leaptBursts();
          }
        });
    assertThat(leapt[0]).isGreaterThan(60_000);
  }

  // What is known, how much of it fits and in what order it was asked for changes no answer.
  @Test
  void littleMemory() {
    long[] refusals = {0};
    Randomized.check(
        60,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic = RandomTraffic.repeated(random, standard);
          LeapingPort port =
              new LeapingPort(standard, controller, random.nextBoolean() ? 0 : 40_000);
          refusals[0] += equal(port, controller, standard, traffic).refusals();
        });
    assertThat(refusals[0]).isGreaterThan(500);
  }

  @Test
  void refreshesMayComeMoreOften() {
    Randomized.check(
        60,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic = RandomTraffic.repeated(random, standard);
          ExactPort exact = new ExactPort(standard, controller);
          LeapingPort leaping = new LeapingPort(standard, controller);
          for (BulkPort port : List.of(exact, leaping)) {
            traffic.serve(port);
            port.channel().divideRefreshInterval(2);
          }
          Traffic later = traffic.after(exact.channel().nowTicks());
          assertThat(later.serve(leaping).sameAs(later.serve(exact)))
              .as(what(controller, standard, traffic))
              .isTrue();
        });
  }

  // F6: every part of the state is needed.
  @Test
  void noPartOfTheStateCanBeLeftOut() {
    for (int part = 0; part < StateBuffer.PARTS; part++) {
      if (part == StateBuffer.TIERS || part == StateBuffer.SEGMENT) {
        continue; // nothing in these channels; see LeapingTiersTest and LeapingSegmentsTest
      }
      boolean breaks = false;
      SplittableRandom random = new SplittableRandom(part);
      for (int run = 0; run < 3000 && !breaks; run++) {
        DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
        ControllerSpec controller = RandomTraffic.controller(random, standard);
        Traffic traffic =
            switch (run % 3) {
              case 0 -> RandomTraffic.repeated(random, standard, 60, 2000);
              case 1 -> RandomTraffic.traffic(random, standard, 4, 500);
              default -> RandomTraffic.readsAndPairs(random, standard);
            };
        Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
        LeapingPort port = new LeapingPort(standard, controller);
        port.buffer().omit(part);
        try {
          breaks = !traffic.serve(port).sameAs(exact);
        } catch (RuntimeException e) {
          breaks = true;
        }
      }
      assertThat(breaks).as("part %s of the state may be left out", part).isTrue();
    }
  }

  @Test
  void badTransfersAreRefused() {
    DramStandard standard = RandomTraffic.standards().get(0);
    LeapingPort port =
        new LeapingPort(standard, RandomTraffic.controller(new SplittableRandom(1), standard));
    assertThatThrownBy(() -> port.submit(BurstPattern.run(0, 4), 0, 5, false, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("transfer of 5 bursts; must be from 1 to the region's 4");
    port.advanceTo(10);
    assertThatThrownBy(() -> port.advanceTo(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tick 9 lies before tick 10, where the port already is");
  }
}
