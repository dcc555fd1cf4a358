package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import org.junit.jupiter.api.Test;

/** Nothing is lost and everything is counted, whatever fails. */
class HostFaultsTest {
  private record Owned(int id, int firstSet, int sets) {}

  /** Totals over all schedules, so that the test is known to have tested something. */
  private static final class Totals {
    long failures;
    long retired;
    long scattered;
    long full;
    long swaps;
    long aged;
    long disturbed;
    long replayed;
    long restored;
    long worn;
    long checked;
    long inHostCopy;
  }

  @Test
  void randomFaultsLoseNothing() {
    Totals totals = new Totals();
    Randomized.check(10_000, random -> schedule(random, totals));
    assertThat(totals.failures).isGreaterThan(50_000);
    assertThat(totals.retired).isGreaterThan(20_000);
    assertThat(totals.scattered).isGreaterThan(5_000);
    assertThat(totals.full).isGreaterThan(30_000);
    assertThat(totals.swaps).isGreaterThan(200);
    assertThat(totals.aged).isGreaterThan(500_000);
    assertThat(totals.disturbed).isGreaterThan(20_000);
    assertThat(totals.replayed).isGreaterThan(100_000);
    assertThat(totals.restored).isGreaterThan(10_000);
    assertThat(totals.worn).isGreaterThan(400);
    assertThat(totals.checked).isGreaterThan(1_000_000);
    assertThat(totals.inHostCopy).isLessThan(totals.checked / 50);
  }

  private static void schedule(SplittableRandom random, Totals totals) {
    int dies = 1 + random.nextInt(2);
    FlashGeometry geometry =
        new FlashGeometry(
            1 + random.nextInt(2),
            dies,
            1 + random.nextInt(3),
            6 + random.nextInt(8),
            1 + random.nextInt(5),
            4096);
    int endurance = 3 + random.nextInt(40);
    FlashWear wear = new FlashWear(endurance, 1 + random.nextInt(60), 86_400, 85, 1.1, 50_000, 5);
    HostSpec spec =
        new HostSpec(
            dies == 2 && random.nextBoolean() ? 1 : dies,
            random.nextInt(3),
            1 + random.nextInt(2),
            1 + random.nextInt(4),
            random.nextBoolean() ? 50_000 : 0,
            0.9,
            random.nextBoolean() ? wear.readLimit() : Integer.MAX_VALUE,
            1 + random.nextInt(3));
    double failing = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1;
    TaggedFlash flash = new TaggedFlash(geometry, random.split(), failing);
    ExtentStore store = new ExtentStore(geometry, wear, spec, flash);
    flash.serve(store);
    List<Owned> owned = new ArrayList<>();
    boolean mayLoseBlocks = random.nextInt(3) == 0;
    long appended = 0;
    for (int step = 0; step < 40; step++) {
      store.advanceTo(store.nowS() + random.nextDouble() * 20_000, 85);
      switch (random.nextInt(mayLoseBlocks ? 8 : 6)) {
        case 0 -> {
          int first = random.nextInt(store.map().dieSets());
          int sets = 1 + random.nextInt(store.map().dieSets() - first);
          owned.add(new Owned(store.create(first, sets), first, sets));
        }
        case 1, 2, 3 -> {
          if (!owned.isEmpty()) {
            Owned to = owned.get(random.nextInt(owned.size()));
            long before = store.pages(to.id());
            long pages = random.nextInt(3 * store.map().zonePages());
            long some = store.append(to.id(), pages);
            assertThat(store.pages(to.id())).isEqualTo(before + some);
            totals.full += some < pages ? 1 : 0;
            appended += some;
          }
        }
        case 4 -> {
          if (!owned.isEmpty()) {
            Owned gone = owned.remove(random.nextInt(owned.size()));
            store.free(gone.id());
            flash.freed(gone.id());
          }
        }
        case 5 -> check(store, flash, owned, mayLoseBlocks, totals);
        case 6 -> {
          int zone = random.nextInt(store.map().zones());
          if (store.written(zone) > 0) {
            store.blockLost(zone, random.nextInt(store.written(zone)));
          }
        }
        default -> {
          if (random.nextInt(10) == 0) {
            store.retire(
                random.nextBoolean() ? RetirementLevel.BANK : RetirementLevel.DIE,
                random.nextInt(geometry.planes()));
          }
        }
      }
      for (int i = 0; i < 50 && store.nextDueS() <= store.nowS() && store.maintain(); i++) {}
      laws(store, flash, geometry, endurance);
    }
    check(store, flash, owned, mayLoseBlocks, totals);
    HostCounts counts = store.counts();
    assertThat(counts.programs(WriteCause.HOST)).isGreaterThanOrEqualTo(appended);
    totals.failures += counts.failedPrograms();
    totals.retired += counts.blocksRetired();
    totals.scattered += counts.zonesRetired();
    totals.swaps += counts.programs(WriteCause.SWAP) > 0 ? 1 : 0;
    totals.aged += counts.programs(WriteCause.AGE);
    totals.disturbed += counts.programs(WriteCause.READS);
    totals.replayed += counts.programs(WriteCause.REPLAY);
    totals.restored += counts.restoredPages();
    totals.worn += store.wear().retired().wornZones();
  }

  private static void check(
      ExtentStore store,
      TaggedFlash flash,
      List<Owned> owned,
      boolean mayLoseBlocks,
      Totals totals) {
    for (Owned of : owned) {
      long pages = store.pages(of.id());
      long lost = flash.check(of.id(), of.firstSet(), of.sets(), pages);
      if (!mayLoseBlocks) {
        totals.checked += pages;
        totals.inHostCopy += lost;
      }
    }
    // The host needs its own copy for long only where not even a reserved zone is left.
    // Moving may fail once more, and work the next time.
    for (int refused = 0; refused < 4 && store.nextDueS() <= store.nowS(); ) {
      refused += store.maintain() ? 0 : 1;
    }
    for (int zone = 0; zone < store.map().zones(); zone++) {
      if (store.hasLost(zone)) {
        int set = store.map().dieSet(zone);
        assertThat(store.freeZones(set) * store.roomPages(set)).isLessThan(store.written(zone));
      }
    }
  }

  /** Conservation of pages, zones and erases. */
  private static void laws(
      ExtentStore store, TaggedFlash flash, FlashGeometry geometry, int endurance) {
    HostCounts counts = store.counts();
    ZoneMap map = store.map();
    assertThat(store.freeZones() + store.usedZones() + store.retiredZones()).isEqualTo(map.zones());
    long live = 0;
    for (int zone = 0; zone < map.zones(); zone++) {
      live += store.livePages(zone);
    }
    assertThat(counts.programs()).isEqualTo(live + counts.invalidated());
    assertThat(counts.programs()).isEqualTo(flash.programs);
    assertThat(counts.failedPrograms()).isEqualTo(flash.failures);
    assertThat(counts.blocksErased()).isGreaterThanOrEqualTo(counts.blocksReplayed());
    assertThat(store.blockErases()).isEqualTo(counts.blocksErased());
    assertThat(flash.readPages).isGreaterThanOrEqualTo(counts.programs(WriteCause.AGE));
    // A zone is erased block by block as it is written.
    assertThat(flash.erases()).isLessThanOrEqualTo(counts.blocksErased());
    int most = 0;
    for (int plane = 0; plane < geometry.planes(); plane++) {
      for (int block = 0; block < geometry.blocksPerPlane(); block++) {
        most = Math.max(most, flash.erases(plane, block));
      }
    }
    assertThat(most).isLessThanOrEqualTo(endurance);
  }
}
