package memwall.memory.dram.bulk;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import memwall.memory.dram.bulk.Traffic.Bulk;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.PagePolicy;
import memwall.memory.dram.channel.QueueOrder;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;

/** Random controllers and transfers. */
final class RandomTraffic {
  /** DDR5-4800, HBM3-6400 and LPDDR5-6400: one of each kind of bus. */
  private static final List<DramStandard> STANDARDS =
      Stream.of("ddr5-4800an-16gb-x8", "hbm3-6400-16gb-8hi", "lpddr5-6400-8gb-x16")
          .map(name -> DramDevice.builtIn(name).standard())
          .toList();

  private RandomTraffic() {}

  static List<DramStandard> standards() {
    return STANDARDS;
  }

  static <T> T one(SplittableRandom random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  static ControllerSpec controller(SplittableRandom random, DramStandard standard) {
    boolean plain = random.nextInt(3) > 0;
    RefreshPolicy refresh =
        one(
            random,
            List.of(
                RefreshPolicy.ALL_BANK,
                RefreshPolicy.ALL_BANK,
                RefreshPolicy.ALL_BANK,
                RefreshPolicy.NONE,
                standard.bankRefreshTicks() > 0
                    ? RefreshPolicy.PER_BANK
                    : standard.sameBankRefreshTicks() > 0
                        ? RefreshPolicy.SAME_BANK
                        : RefreshPolicy.ALL_BANK));
    // A low watermark of 0 never lets the reference's controller go back to reads.
    int high = plain ? 80 : 1 + random.nextInt(100);
    return ControllerSpec.usual(AddressMapping.BANK_INTERLEAVED)
        .queues(
            plain ? 32 : one(random, List.of(1, 2, 3, 8, 32, 64)),
            plain ? 32 : one(random, List.of(1, 2, 3, 8, 32, 64)))
        .watermarks(high, plain ? 20 : 1 + random.nextInt(high))
        .page(
            random.nextInt(5) == 0 ? PagePolicy.CLOSED : PagePolicy.OPEN,
            one(random, List.of(1, 4, 16)))
        .refresh(refresh)
        .blocking(random.nextInt(4) == 0 ? RefreshBlocking.BANK : RefreshBlocking.CHANNEL)
        .mapping(
            switch (random.nextInt(5)) {
              case 0 -> splitOrder(random, standard);
              case 1, 2 -> AddressMapping.ROW_CONTIGUOUS;
              default -> AddressMapping.BANK_INTERLEAVED;
            },
            random.nextInt(4) == 0)
        .order(random.nextInt(4) == 0 ? QueueOrder.FR_FCFS : QueueOrder.FR_FCFS_ROW_HIT)
        .build();
  }

  /** A controller under which runs go round a ring of banks, mostly in the usual order. */
  static ControllerSpec ringController(SplittableRandom random, DramStandard standard) {
    ControllerSpec any = controller(random, standard);
    RefreshPolicy refresh = any.refresh().isInTurn() ? RefreshPolicy.ALL_BANK : any.refresh();
    return ControllerSpec.usual(
            switch (random.nextInt(6)) {
              case 0 -> ringOrder(random, standard);
              case 1, 2 -> splitOrder(random, standard);
              default -> AddressMapping.ROW_CONTIGUOUS;
            })
        .queues(any.readQueue(), any.writeQueue())
        .watermarks(any.writeHighPercent(), any.writeLowPercent())
        .page(PagePolicy.OPEN, 1)
        .refresh(refresh)
        .blocking(any.blocking())
        .build();
  }

  /** Page by page, the banks in any order. */
  private static String ringOrder(SplittableRandom random, DramStandard standard) {
    return "column " + String.join(" ", levels(random, standard)) + " row";
  }

  private static List<String> levels(SplittableRandom random, DramStandard standard) {
    List<String> fields = new ArrayList<>();
    for (Level level : standard.levels().subList(1, standard.levels().size())) {
      fields.add(random.nextInt(fields.size() + 1), level.name());
    }
    return fields;
  }

  /** Some bursts of a bank, then those of others, and all over again: some banks are abreast. */
  private static String splitOrder(SplittableRandom random, DramStandard standard) {
    List<String> fields = levels(random, standard);
    int columnBits = Integer.numberOfTrailingZeros(standard.bursts());
    int again = 1 + random.nextInt(Math.min(3, fields.size()));
    fields.add(Math.min(again, fields.size()), "column");
    fields.add(random.nextInt(again), "column:" + (1 + random.nextInt(columnBits - 1)));
    return String.join(" ", fields) + " row";
  }

  /**
   * Transfers in a small part of the memory, so that they meet rows that others left, from less
   * than a page to a few times round the ring, some of them over and over.
   */
  static Traffic aroundTheRing(SplittableRandom random, DramStandard standard, int transfers) {
    Traffic traffic = new Traffic();
    traffic.look(random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0);
    long all = standard.capacityBytes() / standard.burstBytes();
    BurstPattern pattern = BurstPattern.run(0, all);
    int page = standard.bursts();
    int banks = standard.banks();
    long base = random.nextInt(4) == 0 ? 0 : random.nextLong(all / 2) / page * page;
    int mood = random.nextInt(5);
    Bulk[] kinds = new Bulk[1 + random.nextInt(5)];
    for (int i = 0; i < transfers; i++) {
      Bulk known = kinds[random.nextInt(kinds.length)];
      if (known != null && random.nextInt(4) > 0) {
        traffic.add(known);
        continue;
      }
      int reach = random.nextInt(3) == 0 ? 3 * banks : 1 + random.nextInt(4);
      long place = base + (long) random.nextInt(reach) * page;
      place += random.nextBoolean() ? 0 : random.nextInt(page);
      long bursts =
          switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(page);
            case 1 -> page * (1L + random.nextInt(banks));
            case 2 -> 1 + random.nextInt(3 * banks * page);
            default -> 1 + random.nextInt(6 * page);
          };
      long gap =
          switch (mood) {
            case 0 -> -1;
            case 1 -> -1 - (long) random.nextInt(300);
            case 2 -> -1 - (long) random.nextInt(20_000);
            case 3 -> random.nextInt(3) == 0 ? random.nextInt(5000) : -200;
            default -> -1 - (long) random.nextInt(2) * random.nextInt(4000);
          };
      Bulk bulk = new Bulk(pattern, place, bursts, random.nextInt(4) == 0, gap);
      kinds[random.nextInt(kinds.length)] = bulk;
      traffic.add(bulk);
    }
    return traffic;
  }

  /**
   * Transfers that begin a little before the end of a page and are short or go once round the ring,
   * or that lie there one round later: of banks abreast they visit some, and what they leave is
   * met, or passed by and met the next time.
   */
  static Traffic partsOfPages(SplittableRandom random, DramStandard standard, int transfers) {
    Traffic traffic = new Traffic();
    long all = standard.capacityBytes() / standard.burstBytes();
    BurstPattern pattern = BurstPattern.run(0, all);
    int round = standard.bursts() * standard.banks();
    long base = (1 + random.nextLong(all / 2 / round)) * round;
    int reach = 1 + random.nextInt(60);
    Bulk[] kinds = new Bulk[2 + random.nextInt(4)];
    for (int i = 0; i < kinds.length; i++) {
      long place = Math.max(0, base + (long) random.nextInt(3) * round - random.nextInt(reach));
      long bursts =
          switch (random.nextInt(4)) {
            case 0 -> Math.max(1, round - 100 + random.nextInt(200));
            case 1 -> round + random.nextInt(4 * standard.bursts());
            default -> 1 + random.nextInt(30);
          };
      kinds[i] =
          new Bulk(pattern, place, bursts, random.nextInt(5) == 0, -1 - (long) random.nextInt(500));
    }
    for (int i = 0; i < transfers; i++) {
      traffic.add(kinds[random.nextInt(kinds.length)]);
    }
    return traffic;
  }

  /** A few transfers of some bursts on the average, mostly runs. */
  static Traffic traffic(
      SplittableRandom random, DramStandard standard, int transfers, int meanBursts) {
    Traffic traffic = new Traffic();
    long all = standard.capacityBytes() / standard.burstBytes();
    int mood = random.nextInt(4);
    traffic.look(random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0);
    long place = random.nextLong(all / 2);
    for (int i = 0; i < transfers; i++) {
      int bursts = 1 + random.nextInt(2 * meanBursts);
      if (random.nextInt(3) == 0) {
        place = random.nextLong(all / 2);
      } else if (random.nextInt(3) == 0) {
        place = Math.max(0, place - random.nextInt(2 * meanBursts));
      }
      BurstPattern pattern =
          switch (random.nextInt(8)) {
            case 0 -> BurstPattern.scattered(place, all / 8 / 64 * 64, 1L << random.nextInt(7), i);
            case 1 -> BurstPattern.strided(place, all / 8 / 64 * 64, 1L << random.nextInt(7));
            case 2 -> BurstPattern.run(place, bursts + random.nextInt(bursts));
            default -> BurstPattern.run(place, all / 4);
          };
      long position = pattern.bursts() < all / 8 ? random.nextInt(bursts) : 0;
      long gap =
          switch (mood) {
            case 0 -> -1 - (long) random.nextInt(4000);
            case 1 -> random.nextInt(3) == 0 ? 0 : random.nextInt(20 * meanBursts);
            case 2 -> 0;
            default -> random.nextInt(2) == 0 ? -1 : random.nextInt(3 * meanBursts);
          };
      boolean write = mood == 2 ? random.nextBoolean() : random.nextInt(4) == 0;
      traffic.add(new Bulk(pattern, position, bursts, write, gap));
      place += bursts;
    }
    return traffic;
  }

  /** A few transfers over and over, with gaps that are always the same or take few values. */
  static Traffic repeated(SplittableRandom random, DramStandard standard) {
    return repeated(random, standard, random.nextInt(4) == 0 ? 2000 : 200, 20_000);
  }

  /** A few transfers over and over: so many bursts each on the average, so many altogether. */
  static Traffic repeated(SplittableRandom random, DramStandard standard, int mean, int most) {
    Traffic traffic = new Traffic();
    long all = standard.capacityBytes() / standard.burstBytes();
    int kinds = 1 + random.nextInt(4);
    Bulk[] some = new Bulk[kinds];
    for (int i = 0; i < kinds; i++) {
      some[i] =
          new Bulk(
              BurstPattern.run(0, all),
              random.nextBoolean() ? random.nextLong(all / 2) : random.nextInt(4000),
              1 + random.nextInt(2 * mean),
              random.nextInt(3) == 0,
              -1 - (long) random.nextInt(2000));
    }
    int repetitions = 3 + random.nextInt(most / mean / kinds);
    int hurry = random.nextInt(4);
    for (int i = 0; i < repetitions * kinds; i++) {
      Bulk bulk = some[i % kinds];
      boolean hurries = hurry > 0 && random.nextInt(8 * hurry) == 0;
      traffic.add(
          hurries
              ? new Bulk(
                  bulk.pattern(),
                  bulk.position(),
                  bulk.bursts(),
                  bulk.write(),
                  random.nextBoolean() ? 0 : random.nextInt(10 * mean))
              : bulk);
    }
    return traffic;
  }

  /**
   * A few writes, and long reads behind them at once, which they have to wait for: near by or not,
   * sometimes of what is written.
   */
  static Traffic writesThatWait(SplittableRandom random, DramStandard standard, int rounds) {
    Traffic traffic = new Traffic();
    traffic.look(random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0);
    long all = standard.capacityBytes() / standard.burstBytes();
    BurstPattern pattern = BurstPattern.run(0, all);
    long base = random.nextLong(all / 2);
    int most = 1 + random.nextInt(30);
    for (int round = 0; round < rounds; round++) {
      for (int i = random.nextInt(3); i > 0; i--) {
        traffic.add(new Bulk(pattern, base + random.nextInt(300), 40, false, -1));
      }
      for (int i = random.nextInt(3); i >= 0; i--) {
        long place =
            random.nextInt(3) == 0 ? base + random.nextInt(20_000) : random.nextLong(all / 2);
        long gap = i == 2 ? -1 - (long) random.nextInt(5000) : random.nextInt(200);
        traffic.add(new Bulk(pattern, place, 1 + random.nextInt(most), true, gap));
      }
      for (int i = random.nextInt(3); i >= 0; i--) {
        long place = base + (random.nextBoolean() ? 0 : random.nextInt(10_000));
        long gap = random.nextInt(4) == 0 ? random.nextInt(2000) : random.nextInt(3);
        traffic.add(new Bulk(pattern, place, 1 + random.nextInt(10_000), false, gap));
      }
    }
    return traffic;
  }

  /** Some reads, and at once long writes, which fill their queue so that the reads wait. */
  static Traffic readsThatWait(SplittableRandom random, DramStandard standard, int rounds) {
    Traffic traffic = new Traffic();
    traffic.look(random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0);
    long all = standard.capacityBytes() / standard.burstBytes();
    BurstPattern pattern = BurstPattern.run(0, all);
    long base = random.nextLong(all / 2);
    int most = 1 + random.nextInt(100);
    for (int round = 0; round < rounds; round++) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        long place =
            random.nextInt(3) == 0 ? base + random.nextInt(9000) : random.nextLong(all / 2);
        long gap = i == 2 ? -1 - (long) random.nextInt(5000) : random.nextInt(200);
        traffic.add(new Bulk(pattern, place, 1 + random.nextInt(most), false, gap));
      }
      for (int i = random.nextInt(3); i >= 0; i--) {
        long place = base + (random.nextBoolean() ? 0 : random.nextInt(10_000));
        long gap = random.nextInt(4) == 0 ? random.nextInt(2000) : random.nextInt(3);
        boolean write = random.nextInt(5) > 0;
        traffic.add(new Bulk(pattern, place, 1 + random.nextInt(10_000), write, gap));
      }
    }
    return traffic;
  }

  /**
   * Reads at ever other phases of the refresh, so that they are known to their ends but not in the
   * middle, and behind each a write and a read at once, which the channel orders by what it did
   * last.
   */
  static Traffic readsAndPairs(SplittableRandom random, DramStandard standard) {
    Traffic traffic = new Traffic();
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    int bursts = 2048 + random.nextInt(2048);
    for (int i = 0; i < 8; i++) {
      traffic.add(new Bulk(pattern, 0, bursts, false, -1 - (long) random.nextInt(4000)));
      traffic.add(new Bulk(pattern, 1 << 20, 8 + random.nextInt(17), true, -400));
      traffic.add(new Bulk(pattern, 1 << 19, 40, false, 0));
    }
    return traffic;
  }
}
