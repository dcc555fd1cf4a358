package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.PagePolicy;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Laws F1 and F6 where ranks, stacks or whatever else lie above the row, so that a run goes through
 * all rows of some banks before it comes to others: transfers inside of such segments and over
 * their borders.
 */
final class LeapingSegmentsTest {
  private static final List<DramStandard> STANDARDS =
      Stream.of(
              "ddr5-4800an-16gb-x8-2r",
              "ddr5-4800an-16gb-x8",
              "hbm3-6400-16gb-8hi",
              "hbm3-6400-16gb-12hi",
              "hbm3-5234-16gb-8hi",
              "lpddr5x-8533-16gb-x16",
              "ddr4-3200aa-8gb-x8")
          .map(name -> DramDevice.builtIn(name).standard())
          .toList();

  /** In any order, one or two levels above the row; mostly the topmost ones. */
  private static String order(SplittableRandom random, DramStandard standard) {
    List<String> fields = new ArrayList<>();
    boolean usual = random.nextInt(4) > 0;
    for (Level level : standard.levels().subList(1, standard.levels().size())) {
      fields.add(usual ? 0 : random.nextInt(fields.size() + 1), level.name());
    }
    List<String> above = new ArrayList<>();
    int count = random.nextInt(3) == 0 ? 2 : 1;
    while (above.size() < count && fields.size() > 1) {
      above.add(0, fields.remove(fields.size() - 1));
    }
    int columnBits = Integer.numberOfTrailingZeros(standard.bursts());
    switch (random.nextInt(4)) {
      case 0 -> fields.add("column");
      case 1, 2 -> {
        int again = 1 + random.nextInt(Math.min(3, fields.size()));
        fields.add(again, "column");
        fields.add(random.nextInt(again), "column:" + (1 + random.nextInt(columnBits - 1)));
      }
      default -> fields.add(0, "column");
    }
    return String.join(" ", fields) + " row " + String.join(" ", above);
  }

  private static ControllerSpec controller(SplittableRandom random, DramStandard standard) {
    ControllerSpec any = RandomTraffic.controller(random, standard);
    boolean plain = random.nextInt(3) > 0;
    return any.toBuilder()
        .page(plain ? PagePolicy.OPEN : any.page(), any.pageHits())
        .mapping(order(random, standard), !plain && any.bankHash())
        .build();
  }

  /** Runs from a few places around the borders of segments, some over and over. */
  private static Traffic traffic(
      SplittableRandom random, DramStandard standard, ControllerSpec controller, int transfers) {
    Traffic traffic = new Traffic();
    traffic.look(random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0);
    long all = standard.capacityBytes() / standard.burstBytes();
    AddressMapping mapping =
        AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    long segment = all / mapping.segments();
    int row = (int) Math.max(standard.bursts(), mapping.rowBursts());
    BurstPattern pattern = BurstPattern.run(0, all);
    Traffic.Bulk[] kinds = new Traffic.Bulk[1 + random.nextInt(4)];
    int mood = random.nextInt(3);
    for (int i = 0; i < transfers; i++) {
      Traffic.Bulk known = kinds[random.nextInt(kinds.length)];
      if (known != null && random.nextInt(4) > 0) {
        traffic.add(known);
        continue;
      }
      long place = random.nextInt(mapping.segments() + 1) * segment;
      place -= random.nextInt(random.nextBoolean() ? row : 6 * row);
      place += random.nextInt(4) == 0 ? row : 0;
      long bursts =
          switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(200);
            case 1 -> row * (1L + random.nextInt(3));
            case 2 -> 1 + random.nextInt(6 * row);
            default -> 1 + random.nextInt(2000);
          };
      place = Math.max(0, Math.min(place, all - bursts));
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

  /**
   * Long runs that are alike but for how many rows before the border of a segment they begin, so
   * that some go over it, after ever the same gap or at ever other phases of the refresh.
   */
  private static Traffic alike(
      SplittableRandom random, DramStandard standard, ControllerSpec controller) {
    Traffic traffic = new Traffic();
    long all = standard.capacityBytes() / standard.burstBytes();
    AddressMapping mapping =
        AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    long segment = all / mapping.segments();
    int row = (int) Math.max(standard.bursts(), mapping.rowBursts());
    int rows = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 6);
    long bursts = (long) rows * row + random.nextInt(row);
    int offset = random.nextBoolean() ? 0 : random.nextInt(row);
    boolean isEven = random.nextBoolean();
    boolean write = random.nextBoolean();
    BurstPattern pattern = BurstPattern.run(0, all);
    int transfers = (int) Math.max(6, Math.min(40, 60_000 / bursts));
    for (int i = 0; i < transfers; i++) {
      long border = (1L + random.nextInt(mapping.segments())) * segment;
      long place = border - row * (1L + random.nextInt(rows + 2)) + offset;
      place -= Math.max(0, (place + bursts - all + row - 1) / row * row);
      long gap = isEven ? -2000 : -1 - (long) random.nextInt(5000);
      traffic.add(new Traffic.Bulk(pattern, place, bursts, write, gap));
    }
    return traffic;
  }

  /**
   * Short transfers that find the channel at rest and begin as far before a border as others before
   * the ends of pages, so that what is inside at once looks alike.
   */
  private static Traffic starts(
      SplittableRandom random, DramStandard standard, ControllerSpec controller) {
    Traffic traffic = new Traffic();
    long all = standard.capacityBytes() / standard.burstBytes();
    AddressMapping mapping =
        AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    BurstPattern pattern = BurstPattern.run(0, all);
    long border =
        all / mapping.segments() * (1 + random.nextInt(Math.max(1, mapping.segments() - 1)));
    border = border < all ? border : all / 2; // a single level above the row with one node
    int before = 1 + random.nextInt(100);
    int bursts = before + 1 + random.nextInt(300);
    for (int i = 0; i < 12; i++) {
      long place = border + (long) random.nextInt(4) * standard.bursts() - before;
      traffic.add(new Traffic.Bulk(pattern, place, bursts, false, -30_000));
    }
    return traffic;
  }

  private static Traffic any(
      SplittableRandom random, DramStandard standard, ControllerSpec controller) {
    return switch (random.nextInt(7)) {
      case 0 -> RandomTraffic.repeated(random, standard);
      case 1, 2 -> alike(random, standard, controller);
      case 3 -> starts(random, standard, controller);
      default -> traffic(random, standard, controller, 1 + random.nextInt(25));
    };
  }

  private static PortCounters equal(
      DramStandard standard, ControllerSpec controller, Traffic traffic) {
    LeapingPort port = new LeapingPort(standard, controller);
    Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
    Traffic.Outcome leaping = traffic.serve(port);
    if (!leaping.sameAs(exact)) {
      String what = standard.name() + " " + controller + " " + traffic.bulks();
      assertThat(leaping.completions()).as(what).isEqualTo(exact.completions());
      assertThat(leaping.counters()).as(what).isEqualTo(exact.counters());
      assertThat(leaping.latencies()).as(what).isEqualTo(exact.latencies());
    }
    return port.counters();
  }

  private static void sameAsExact(int runs) {
    sameAsExact(runs, STANDARDS, (random, controller) -> controller);
  }

  private static void sameAsExact(
      int runs,
      List<DramStandard> standards,
      BiFunction<SplittableRandom, ControllerSpec, ControllerSpec> change) {
    long[] leapt = {0};
    long[] all = {0};
    long[] hits = {0};
    Randomized.check(
        runs,
        random -> {
          DramStandard standard = RandomTraffic.one(random, standards);
          ControllerSpec controller = change.apply(random, controller(random, standard));
          PortCounters counters = equal(standard, controller, any(random, standard, controller));
          leapt[0] += counters.leaptBursts();
          all[0] += counters.bursts();
          hits[0] += counters.tableHits();
        });
    assertThat(leapt[0]).isGreaterThan(all[0] / 4);
    assertThat(hits[0]).isGreaterThan(runs / 4);
  }

  @Test
  void transfersOverBorders() {
    sameAsExact(100);
  }

  @Test
  @Tag("slow")
  void manyTransfersOverBorders() {
    sameAsExact(10_000);
  }

  /** With few requests inside, banks of other segments are at rest when a refresh comes. */
  private static void shortQueues(int runs) {
    List<DramStandard> standards =
        Stream.of("hbm3-6400-16gb-8hi", "hbm3-5234-16gb-8hi", "hbm4-8000-32gb-12hi")
            .map(name -> DramDevice.builtIn(name).standard())
            .toList();
    sameAsExact(
        runs,
        standards,
        (random, controller) ->
            controller.toBuilder()
                .queues(1 + random.nextInt(4), 8 + random.nextInt(60))
                .refresh(RefreshPolicy.ALL_BANK)
                .page(PagePolicy.OPEN, 16)
                .build());
  }

  @Test
  void transfersOfShortQueues() {
    shortQueues(60);
  }

  @Test
  @Tag("slow")
  void manyTransfersOfShortQueues() {
    shortQueues(20_000);
  }

  // Stretches that are taken many times at once end before the border.
  @Test
  void sweepsOverTheBorder() {
    DramStandard standard = DramDevice.builtIn("hbm3-6400-16gb-8hi").standard();
    Randomized.check(
        12,
        random -> {
          ControllerSpec controller =
              ControllerSpec.usual("column pseudochannel bankgroup bank row sid").build();
          equal(standard, controller, alike(random, standard, controller));
        });
  }

  // A refresh of idle banks goes with the next rising edge: it waits for that one only.
  @Test
  void refreshesThatGoWithTheNextEdge() {
    DramStandard standard = DramDevice.builtIn("hbm3-6400-16gb-8hi").standard();
    ControllerSpec controller =
        ControllerSpec.usual("column bank bankgroup row sid pseudochannel").queues(1, 64).build();
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    Traffic traffic = new Traffic();
    for (long place : new long[] {25_165_312, 33_550_336, 25_164_288}) {
      traffic.add(new Traffic.Bulk(pattern, place, 2184, false, -2000));
    }
    equal(standard, controller, traffic);
  }

  @Test
  void segmentsCannotBeLeftOut() {
    boolean breaks = false;
    SplittableRandom random = new SplittableRandom(16);
    for (int run = 0; run < 1000 && !breaks; run++) {
      DramStandard standard = RandomTraffic.one(random, STANDARDS);
      ControllerSpec controller = controller(random, standard);
      Traffic traffic = traffic(random, standard, controller, 12);
      Traffic.Outcome exact = traffic.serve(new ExactPort(standard, controller));
      LeapingPort port = new LeapingPort(standard, controller);
      port.buffer().omit(StateBuffer.SEGMENT);
      try {
        breaks = !traffic.serve(port).sameAs(exact);
      } catch (RuntimeException e) {
        breaks = true;
      }
    }
    assertThat(breaks).isTrue();
  }
}
