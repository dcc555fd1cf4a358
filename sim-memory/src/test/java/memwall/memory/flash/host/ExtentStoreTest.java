package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.ReachableBytes;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashStatus;
import org.junit.jupiter.api.Test;

/** Extents over zones: where data lie, what is written for what, when it is written anew. */
class ExtentStoreTest {
  private static final double DAY_S = 86_400;
  private static final ExtentStore.Runs NOWHERE = (zone, page, pages) -> {};

  /** 2 channels of 2 dies of 4 planes of 20 blocks of 8 pages; zones of 64 pages. */
  private static final FlashGeometry GEOMETRY = new FlashGeometry(2, 2, 4, 20, 8, 4096);

  private static final FlashWear WEAR = new FlashWear(1000, 100, 2 * DAY_S, 85, 1.1, DAY_S, 5);

  private static ExtentStore store(HostSpec spec) {
    return new ExtentStore(GEOMETRY, WEAR, spec, HostOperations.SILENT);
  }

  private static ExtentStore store() {
    return store(HostSpec.of(WEAR, 2, 2));
  }

  /** Without refresh, faults and levelling nothing is written but what the host appends. */
  @Test
  void appendsAreNotAmplified() {
    Randomized.check(
        200,
        random -> {
          ExtentStore store =
              store(new HostSpec(2, 2, 1, Integer.MAX_VALUE, 0, 1, Integer.MAX_VALUE, 1));
          ArrayDeque<Integer> live = new ArrayDeque<>();
          long appended = 0;
          for (int i = 0; i < 200; i++) {
            if (!live.isEmpty() && (store.freeZones() < 8 || random.nextInt(3) == 0)) {
              store.free(live.remove());
            }
            int id = store.create();
            live.add(id);
            for (int j = random.nextInt(4); j > 0; j--) {
              appended += store.append(id, random.nextInt(200));
            }
          }
          HostCounts counts = store.counts();
          assertThat(counts.programs(WriteCause.HOST)).isEqualTo(appended);
          assertThat(counts.programs()).isEqualTo(appended);
          assertThat(counts.writeAmplification()).isEqualTo(1);
          assertThat(counts.blocksErased()).isEqualTo(counts.zonesErased() * store.map().width());
          assertThat(store.wear().written().writeAmplification()).isEqualTo(1);
          assertThat(store.wear().meanErases() * store.wear().blocks())
              .isCloseTo((double) counts.blocksErased(), within(1e-6));
        });
  }

  /** Pages go round over die sets, then over the planes of a zone; OCP HBF 0.7, 5.7. */
  @Test
  void pagesAreStriped() {
    ExtentStore store = store();
    int id = store.create();
    assertThat(store.append(id, 300)).isEqualTo(300);
    List<String> seen = new ArrayList<>();
    assertThat(
            store.read(
                id, 120, 20, (zone, page, pages) -> seen.add(zone + ":" + page + "+" + pages)))
        .isEqualTo(FlashStatus.DONE);
    // 20 pages over 2 sets: the last 4 of their first zones, the first 6 of their second.
    assertThat(seen).containsExactly("0:60+4", "1:0+6", "18:60+4", "19:0+6");
    assertThat(store.plane(18, 61)).isEqualTo(8 + 61 % 8);
    assertThat(store.pageOfPlane(18, 61)).isEqualTo(61 / 8);
    assertThat(store.pageOfPlane(19, 61)).isEqualTo(8 + 61 / 8);
    for (int page = 0; page < 64; page++) {
      long address = (64 + page) * 64L;
      BlockAddress block = BlockAddress.of(GEOMETRY, address);
      assertThat(block.block()).isEqualTo(1);
      assertThat(block.bank()).isEqualTo(store.plane(1, page));
      assertThat(block.row() + 8).isEqualTo(store.pageOfPlane(1, page));
      assertThat(block.unit(0)).isEqualTo(64 + page % 8);
      assertThat(block.unit(block.row())).isEqualTo(64 + page);
    }
  }

  @Test
  void addressesBeyondTheChannelAreRefused() {
    long end = 20L * 64 * 64;
    assertThat(BlockAddress.of(GEOMETRY, end - 1).unit(7)).isEqualTo(20 * 64 - 1);
    assertThatThrownBy(() -> BlockAddress.of(GEOMETRY, end))
        .hasMessage("no address " + end + " in the channel");
  }

  @Test
  void pagesNeverWrittenAndExtentsFreed() {
    ExtentStore store = store();
    int id = store.create(1, 1);
    store.append(id, 10);
    assertThat(store.read(id, 8, 5, NOWHERE)).isEqualTo(FlashStatus.ERASED_PAGE);
    assertThat(store.counts().erasedReads()).isEqualTo(3);
    assertThat(store.counts().readPages()).isEqualTo(2);
    assertThat(store.read(id, 20, 1, NOWHERE)).isEqualTo(FlashStatus.ERASED_PAGE);
    assertThat(store.counts().erasedReads()).isEqualTo(4);
    store.free(id);
    assertThat(store.usedZones()).isZero();
    assertThatThrownBy(() -> store.append(id, 1)).hasMessage("extent 0 was freed");
    assertThat(store.create()).isEqualTo(id);
  }

  /** All but the zones in reserve can be filled, and again once something is freed. */
  @Test
  void fullStore() {
    ExtentStore store = store();
    int id = store.create();
    assertThat(store.append(id, 1_000_000)).isEqualTo(2 * 17 * 64);
    assertThat(store.append(id, 1)).isZero();
    assertThat(store.counts().refusedPages()).isEqualTo(1_000_000 - 2 * 17 * 64 + 1);
    store.free(id);
    assertThat(store.append(store.create(), 500)).isEqualTo(500);
  }

  /** A worn-out device refuses to be written; nothing that is there is lost. */
  @Test
  void wornOut() {
    FlashWear wear = new FlashWear(3, 100, DAY_S, 85, 1.1, 0, 5);
    ExtentStore store =
        new ExtentStore(GEOMETRY, wear, HostSpec.of(wear, 2, 2), HostOperations.SILENT);
    long appended = 0;
    for (int i = 0; i < 500; i++) {
      int id = store.create(0, 1);
      long some = store.append(id, 128);
      appended += some;
      if (some == 128) {
        store.free(id);
      }
    }
    // 17 of 18 zones, the reserve left out, three times each, or less by what is left over.
    assertThat(appended).isBetween(3L * 16 * 64, 3L * 18 * 64);
    WearReport report = store.wear();
    assertThat(report.retired().wornZones()).isGreaterThanOrEqualTo(15);
    assertThat(report.retired().zones()).isZero();
    assertThat(report.retired().lostBytes()).isEqualTo(report.retired().wornZones() * 64 * 4096);
    assertThat(store.freeZones() + store.usedZones() + store.retiredZones()).isEqualTo(36);
  }

  // Refresh ------------------------------------------------------------------------------------

  private static int maintainUntil(ExtentStore store, double untilS, double celsius) {
    int times = 0;
    while (store.nextDueS() <= untilS) {
      store.advanceTo(Math.max(store.nowS(), store.nextDueS()), celsius);
      assertThat(store.maintain()).isTrue();
      times++;
    }
    store.advanceTo(untilS, celsius);
    return times;
  }

  /** Every 24 hours, whatever the temperature; no earlier. */
  @Test
  void refreshByAge() {
    ExtentStore store = store();
    int id = store.create(0, 1);
    store.append(id, 200);
    assertThat(store.nextDueS()).isEqualTo(DAY_S);
    store.advanceTo(DAY_S - 1, 40);
    assertThat(store.maintain()).isFalse();
    assertThat(maintainUntil(store, 10.5 * DAY_S, 40)).isEqualTo(10 * 4);
    assertThat(store.counts().programs(WriteCause.AGE)).isEqualTo(10 * 200);
    assertThat(store.counts().writeAmplification()).isEqualTo(11);
    assertThat(store.read(id, 0, 200, NOWHERE)).isEqualTo(FlashStatus.DONE);
  }

  /** Hot hours count more: at 95 C data of 48 hours at 85 C last less than a day. */
  @Test
  void refreshByRetention() {
    ExtentStore store = store();
    store.append(store.create(0, 1), 64);
    double hot = 1 / Aging.of(WEAR).accelerationFactor(95);
    store.advanceTo(0.2 * 2 * DAY_S * hot, 95);
    // 80 % of the retention is left; the interval of a day comes first when it is cool.
    assertThat(store.nextDueS()).isCloseTo(2 * DAY_S * hot, within(1e-3));
    store.advanceTo(store.nowS(), 85);
    assertThat(store.nextDueS()).isEqualTo(DAY_S);
    store.advanceTo(store.nowS(), 95);
    store.advanceTo(2 * DAY_S * hot, 95);
    assertThat(store.maintain()).isTrue();
    assertThat(store.maintain()).isFalse();
  }

  /** Data that nobody refreshed. */
  @Test
  void expiredData() {
    ExtentStore store = store();
    int id = store.create(0, 1);
    store.append(id, 64);
    store.advanceTo(2 * DAY_S, 85);
    assertThat(store.read(id, 0, 10, NOWHERE)).isEqualTo(FlashStatus.DONE);
    store.advanceTo(2 * DAY_S + 1, 85);
    assertThat(store.read(id, 0, 10, NOWHERE)).isEqualTo(FlashStatus.EXPIRED);
    assertThat(store.counts().expiredReads()).isEqualTo(10);
  }

  /** A block may be read 100 times; its zone is written anew after one more. */
  @Test
  void refreshByReads() {
    ExtentStore store = store();
    int id = store.create(0, 1);
    store.append(id, 128);
    for (int i = 0; i < 12; i++) {
      assertThat(store.read(id, 0, 64, NOWHERE)).isEqualTo(FlashStatus.DONE);
    }
    assertThat(store.reads(0)).isEqualTo(96);
    for (int i = 0; i < 4; i++) {
      assertThat(store.read(id, 8, 1, NOWHERE)).isEqualTo(FlashStatus.DONE);
      assertThat(store.read(id, 9, 2, NOWHERE)).isEqualTo(FlashStatus.DONE);
    }
    assertThat(store.nextDueS()).isEqualTo(DAY_S);
    assertThat(store.read(id, 16, 1, NOWHERE)).isEqualTo(FlashStatus.REFRESH_SOON);
    assertThat(store.nextDueS()).isZero();
    assertThat(store.maintain()).isTrue();
    assertThat(store.maintain()).isFalse();
    assertThat(store.counts().programs(WriteCause.READS)).isEqualTo(64);
    assertThat(store.read(id, 16, 1, NOWHERE)).isEqualTo(FlashStatus.DONE);
  }

  /** Ages spread over a day: the refreshes of an hour are a 24th of all. */
  @Test
  void agesAreSpread() {
    ExtentStore store = store();
    store.append(store.create(), 2 * 16 * 64);
    store.advanceTo(100, 85);
    store.spreadAges(DAY_S);
    assertThat(maintainUntil(store, 100 + DAY_S / 2, 85)).isBetween(16, 18);
  }

  // Levelling ----------------------------------------------------------------------------------

  /** However cold some data are, no two zones differ by more than the threshold and one. */
  @Test
  void levelling() {
    long[] swaps = {0};
    Randomized.check(
        300,
        random -> {
          int threshold = 1 + random.nextInt(6);
          HostSpec spec =
              new HostSpec(2, 1, 1 + random.nextInt(3), threshold, 0, 1, Integer.MAX_VALUE, 1);
          ExtentStore store = store(spec);
          List<Integer> cold = new ArrayList<>();
          for (int i = random.nextInt(30); i > 0; i--) {
            int id = store.create(i % 2, 1);
            store.append(id, 1 + random.nextInt(64));
            cold.add(id);
          }
          for (int i = 0; i < 400; i++) {
            int id = store.create(random.nextInt(2), 1);
            store.append(id, 1 + random.nextInt(200));
            for (int set = 0; set < 2; set++) {
              int least = Integer.MAX_VALUE;
              int most = 0;
              for (int zone = set * 19; zone < set * 19 + 19; zone++) {
                least = Math.min(least, store.zoneErases(zone));
                most = Math.max(most, store.zoneErases(zone));
              }
              assertThat(most - least).isLessThanOrEqualTo(threshold + 1);
            }
            store.free(id);
            if (random.nextInt(50) == 0 && !cold.isEmpty()) {
              store.free(cold.remove(cold.size() - 1));
            }
          }
          swaps[0] += store.counts().programs(WriteCause.SWAP);
        });
    assertThat(swaps[0]).isGreaterThan(50_000);
  }

  // Blocks -------------------------------------------------------------------------------------

  /** A bank is lost: its pages come from the host's copy, zones are narrower from then on. */
  @Test
  void bankLost() {
    ExtentStore store = store();
    int id = store.create();
    store.append(id, 500);
    store.retire(RetirementLevel.BANK, 3);
    assertThat(store.read(id, 0, 500, NOWHERE)).isEqualTo(FlashStatus.RETIRED);
    assertThat(store.counts().lostReads()).isEqualTo(31);
    int times = 0;
    while (store.maintain()) {
      times++;
    }
    assertThat(times).isEqualTo(4);
    assertThat(store.counts().restoredPages()).isEqualTo(31);
    assertThat(store.read(id, 0, 500, NOWHERE)).isEqualTo(FlashStatus.DONE);
    assertThat(store.roomPages(0)).isEqualTo(56);
    WearReport.Retired retired = store.wear().retired();
    assertThat(retired.planes()).isEqualTo(1);
    assertThat(retired.lostBytes()).isEqualTo(18L * 8 * 4096);
    // 250 pages no longer fit four zones of 56.
    assertThat(store.usedZones()).isEqualTo(4 + 5 + 3);
  }

  @Test
  void dieAndChannelLost() {
    ExtentStore store = store();
    store.retire(RetirementLevel.DIE, 5);
    assertThat(store.roomPages(0)).isEqualTo(32);
    int id = store.create(0, 1);
    assertThat(store.append(id, 40)).isEqualTo(40);
    store.retire(RetirementLevel.CHANNEL, 0);
    assertThat(store.roomPages(0)).isZero();
    assertThat(store.append(id, 1)).isZero();
    assertThat(store.append(store.create(1, 1), 100)).isEqualTo(100);
    assertThat(store.maintain()).isFalse();
    assertThat(store.read(id, 0, 40, NOWHERE)).isEqualTo(FlashStatus.RETIRED);
    store.free(id);
    assertThat(store.freeZones() + store.usedZones() + store.retiredZones()).isEqualTo(36);
    assertThat(store.wear().retired().lostBytes()).isEqualTo(18L * 64 * 4096);
  }

  /** A lost block is replaced by a spare of its plane; without one, its zone is given up. */
  @Test
  void blocksLost() {
    ExtentStore store = store();
    int id = store.create(0, 1);
    store.append(id, 64);
    for (int i = 0; i < 3; i++) {
      int[] at = {0};
      store.read(id, 0, 1, (zone, page, pages) -> at[0] = zone);
      store.blockLost(at[0], 0);
      assertThat(store.read(id, 0, 64, NOWHERE)).isEqualTo(FlashStatus.RETIRED);
      assertThat(store.maintain()).isTrue();
      assertThat(store.retiredZones()).isEqualTo(i / 2);
    }
    WearReport.Retired retired = store.wear().retired();
    assertThat(retired.blocks()).isEqualTo(3);
    assertThat(retired.zones()).isEqualTo(1);
    // The seven good blocks of the zone that was given up are spares now.
    assertThat(retired.spareBlocks()).isEqualTo(16 * 2 - 2 + 7);
    assertThat(store.read(id, 0, 64, NOWHERE)).isEqualTo(FlashStatus.DONE);
  }

  // Size ---------------------------------------------------------------------------------------

  /**
   * The state of 512 GiB in blocks of 4 MiB and of 1 MiB, and of 4 TiB, filled, worn and read: what
   * the host and the device keep, all objects counted.
   */
  @Test
  void stateIsSmall() {
    assertThat(filledBytes(new FlashGeometry(16, 1, 16, 512, 1024, 4096))).isLessThan(2_100_000);
    assertThat(filledBytes(new FlashGeometry(16, 1, 16, 2048, 256, 4096))).isLessThan(8_000_000);
    assertThat(filledBytes(new FlashGeometry(16, 8, 16, 2048, 256, 4096))).isLessThan(42_000_000);
  }

  private static long filledBytes(FlashGeometry geometry) {
    HostSpec spec = HostSpec.of(WEAR, geometry.diesPerChannel(), geometry.blocksPerPlane() / 64);
    ExtentStore store = new ExtentStore(geometry, WEAR, spec, HostOperations.SILENT);
    long pages = (long) store.map().zones() * store.map().zonePages();
    for (int i = 0; i < 100; i++) {
      int id = store.create();
      assertThat(store.append(id, pages / 101)).isEqualTo(pages / 101);
      // Reads that are not the same for all planes of a zone.
      for (long page = 0; page < pages / 101; page += store.map().zonePages() + 1) {
        store.read(id, page, 1, NOWHERE);
      }
    }
    BlockStore blocks = new BlockStore(geometry, WEAR.endurance(), WEAR.readLimit());
    for (int block = 0; block < geometry.planes() * geometry.blocksPerPlane(); block++) {
      blocks.restore(block, geometry.pagesPerBlock(), WEAR.endurance() / 2);
    }
    long host = ReachableBytes.of(store);
    assertThat((double) store.stateBytes()).isCloseTo((double) host, within(0.05 * host));
    return host + ReachableBytes.of(blocks);
  }

  /** Every block in service is in one bin, the bins follow each other. */
  @Test
  void histogram() {
    ExtentStore store = store(new HostSpec(2, 2, 1, Integer.MAX_VALUE, 0, 1, 1, 1));
    store.append(store.create(0, 1), 10 * 64);
    for (int i = 0; i < 400; i++) {
      int id = store.create(0, 1);
      store.append(id, 64);
      store.free(id);
    }
    WearReport report = store.wear();
    assertThat(report.blocks()).isEqualTo(36 * 8);
    assertThat(report.leastErases()).isZero();
    assertThat(report.mostErases()).isEqualTo(50);
    assertThat(report.meanErases()).isEqualTo(410.0 / 36);
    int from = 0;
    long blocks = 0;
    for (WearReport.Bin bin : report.histogram()) {
      assertThat(bin.fromErases()).isEqualTo(from);
      from = bin.toErases() + 1;
      blocks += bin.blocks();
    }
    assertThat(from).isGreaterThan(report.mostErases());
    assertThat(blocks).isEqualTo(report.blocks());
    // Never written, and written once and for all.
    assertThat(report.histogram().get(0)).isEqualTo(new WearReport.Bin(0, 1, (18 + 10) * 8));
    assertThat(report.histogram().get(25)).isEqualTo(new WearReport.Bin(50, 51, 8 * 8));
    assertThat(report.written().hostBytes()).isEqualTo(410L * 64 * 4096);
    assertThat(report.capacityBytes()).isEqualTo(36L * 64 * 4096);
  }

  // Messages -----------------------------------------------------------------------------------

  @Test
  void badDivisions() {
    assertThatThrownBy(() -> new ZoneMap(new FlashGeometry(1, 3, 1, 4, 1, 4096), 2, 0))
        .hasMessage("zones over 2 dies in channels of 3; must divide them");
    assertThatThrownBy(() -> new ZoneMap(GEOMETRY, 2, 19))
        .hasMessage("19 spare blocks of 20 leave less than 2");
    assertThatThrownBy(() -> store(new HostSpec(2, 0, 20, 1, 0, 1, 1, 1)))
        .hasMessage("20 zones in reserve of 20");
    assertThatThrownBy(() -> new HostSpec(0, 0, 1, 1, 0, 1, 1, 1))
        .hasMessage(
            "a zone needs a die, a die set a zone in reserve; spare blocks must be 0 or more");
    assertThatThrownBy(() -> new HostSpec(1, 0, 1, 0, 0, 1, 1, 1))
        .hasMessage("threshold of levelling, limit of reads and failures must be 1 or more");
    assertThatThrownBy(() -> new HostSpec(1, 0, 1, 1, 0, 1.5, 1, 1))
        .hasMessage("refresh must be 0 s or more, the share of retention above 0, at most 1");
  }

  @Test
  void badCalls() {
    ExtentStore store = store();
    assertThatThrownBy(() -> store.create(0, 0)).hasMessage("an extent needs a die set");
    assertThatThrownBy(() -> store.create(1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    int id = store.create();
    assertThatThrownBy(() -> store.append(id, -1)).hasMessage("-1 pages");
    assertThatThrownBy(() -> store.read(id, -1, 2, NOWHERE)).hasMessage("2 pages from -1");
    store.advanceTo(5, 85);
    assertThatThrownBy(() -> store.advanceTo(4, 85)).hasMessage("back from 5.0 s to 4.0 s");
    assertThatThrownBy(() -> store.retire(RetirementLevel.BLOCK, 0))
        .hasMessage("single blocks are lost by their zone and page");
  }
}
