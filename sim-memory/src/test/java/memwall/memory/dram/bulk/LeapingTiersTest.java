package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Tiers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Laws F1 and F6 where rows are of several tiers: transfers inside of one and over their borders.
 */
final class LeapingTiersTest {
  private static DramStandard standard(SplittableRandom random) {
    String name = Tiers.DEVICES.get(random.nextInt(Tiers.DEVICES.size()));
    return Tiers.of(name, random, random.nextBoolean() ? 2 : 12);
  }

  private static ControllerSpec controller(SplittableRandom random, DramStandard standard) {
    ControllerSpec any = RandomTraffic.controller(random, standard);
    return random.nextBoolean()
        ? any
        : ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS)
            .refresh(any.refresh())
            .blocking(any.blocking())
            .build();
  }

  /** Runs from a few places, some over and over, in the first rows of all banks. */
  private static Traffic traffic(SplittableRandom random, DramStandard standard, int transfers) {
    Traffic traffic = new Traffic();
    traffic.look(random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0);
    long all = standard.capacityBytes() / standard.burstBytes();
    int rowBursts = standard.banks() * standard.bursts();
    BurstPattern pattern = BurstPattern.run(0, all);
    Traffic.Bulk[] kinds = new Traffic.Bulk[1 + random.nextInt(4)];
    int mood = random.nextInt(3);
    for (int i = 0; i < transfers; i++) {
      Traffic.Bulk known = kinds[random.nextInt(kinds.length)];
      if (known != null && random.nextInt(4) > 0) {
        traffic.add(known);
        continue;
      }
      long place = (long) random.nextInt(8) * rowBursts;
      place += random.nextBoolean() ? 0 : random.nextInt(rowBursts);
      long bursts =
          switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(200);
            case 1 -> rowBursts * (1L + random.nextInt(3));
            case 2 -> 1 + random.nextInt(6 * rowBursts);
            default -> 1 + random.nextInt(2000);
          };
      long gap =
          switch (mood) {
            case 0 -> -1 - (long) random.nextInt(300);
            case 1 -> random.nextInt(3) == 0 ? random.nextInt(5000) : -200;
            default -> -1 - (long) random.nextInt(2) * random.nextInt(20_000);
          };
      Traffic.Bulk bulk = new Traffic.Bulk(pattern, place, bursts, random.nextInt(4) == 0, gap);
      kinds[random.nextInt(kinds.length)] = bulk;
      traffic.add(bulk);
    }
    return traffic;
  }

  private static void sameAsExact(int runs) {
    long[] leapt = {0};
    long[] all = {0};
    long[] hits = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = standard(random);
          ControllerSpec controller = controller(random, standard);
          Traffic traffic =
              random.nextInt(4) == 0
                  ? RandomTraffic.repeated(random, standard)
                  : traffic(random, standard, 1 + random.nextInt(25));
          LeapingPort port = new LeapingPort(standard, controller);
          Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
          Traffic.Outcome leaping = traffic.serve(port);
          assertThat(leaping.sameAs(exact))
              .as("%s %s %s %s", standard.name(), standard.tiers(), controller, traffic.bulks())
              .isTrue();
          leapt[0] += port.counters().leaptBursts();
          all[0] += port.counters().bursts();
          hits[0] += port.counters().tableHits();
        });
    assertThat(leapt[0]).isGreaterThan(all[0] / 4);
    assertThat(hits[0]).isGreaterThan(runs / 4);
  }

  @Test
  void transfersOverBorders() {
    sameAsExact(120);
  }

  @Test
  @Tag("slow")
  void manyTransfersOverBorders() {
    sameAsExact(10_000);
  }

  @Test
  void kindsOfRowsCannotBeLeftOut() {
    boolean breaks = false;
    SplittableRandom random = new SplittableRandom(15);
    for (int run = 0; run < 1000 && !breaks; run++) {
      DramStandard standard = standard(random);
      ControllerSpec controller = controller(random, standard);
      Traffic traffic = traffic(random, standard, 12);
      Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
      LeapingPort port = new LeapingPort(standard, controller);
      port.buffer().omit(StateBuffer.TIERS);
      breaks = !traffic.serve(port).sameAs(exact);
    }
    assertThat(breaks).isTrue();
  }
}
