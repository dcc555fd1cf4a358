package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** Which channels have a ring of banks, and by how many places its banks may be renamed. */
final class BankRingTest {
  private static BankRing ring(
      String device, String mapping, boolean hash, PagePolicy page, RefreshPolicy refresh) {
    DramStandard standard = DramDevice.builtIn(device).standard();
    ControllerSpec controller =
        ControllerSpec.usual(mapping).page(page, 4).refresh(refresh).mapping(mapping, hash).build();
    return BankRing.of(standard, controller, AddressMapping.of(standard, mapping, hash));
  }

  private static BankRing ring(String device, String mapping) {
    return ring(device, mapping, false, PagePolicy.OPEN, RefreshPolicy.ALL_BANK);
  }

  private static void isOf(BankRing ring, int banks, int step) {
    assertThat(ring.isRing()).isTrue();
    assertThat(ring.banks()).isEqualTo(banks);
    assertThat(ring.abreast()).isEqualTo(1);
    assertThat(ring.step()).isEqualTo(step);
  }

  private static void isAbreast(BankRing ring, int places, int abreast, int step, int block) {
    assertThat(ring.isRing()).isTrue();
    assertThat(ring.places()).isEqualTo(places);
    assertThat(ring.abreast()).isEqualTo(abreast);
    assertThat(ring.step()).isEqualTo(step);
    assertThat(ring.block()).isEqualTo(block);
  }

  // The order of the fields is that of the levels from the top down: one bank is like the next, but
  // refresh scopes stay where they are.
  @Test
  void rowContiguousChannelsAreRings() {
    isOf(ring("ddr5-4800an-16gb-x8", AddressMapping.ROW_CONTIGUOUS), 32, 1);
    isOf(ring("ddr5-4800an-16gb-x8-2r", AddressMapping.ROW_CONTIGUOUS), 64, 2);
    isOf(ring("hbm3-6400-16gb-8hi", AddressMapping.ROW_CONTIGUOUS), 64, 2);
    isOf(ring("hbm3-6400-16gb-12hi", AddressMapping.ROW_CONTIGUOUS), 96, 2);
    isOf(ring("hbm3-6400-16gb-16hi", AddressMapping.ROW_CONTIGUOUS), 128, 2);
    isOf(ring("lpddr5-6400-8gb-x16", AddressMapping.ROW_CONTIGUOUS), 16, 1);
  }

  // All banks of a group before the next group: only groups as a whole may be renamed. All banks of
  // one rank before the other rank: none may.
  @Test
  void otherOrdersKeepGroupsTogether() {
    isOf(ring("ddr5-4800an-16gb-x8", "column bank bankgroup rank row"), 32, 4);
    isOf(ring("ddr5-4800an-16gb-x8-2r", "column bankgroup bank rank row"), 64, 64);
  }

  // As in the presets of memories: a run goes over a bank of every group at a time, through the
  // banks of all groups, then to the next stack or rank.
  @Test
  void splitColumnsPutBanksAbreast() {
    isAbreast(
        ring("hbm3-5234-16gb-8hi", "pseudochannel column:2 bankgroup column bank sid row"),
        8,
        8,
        4,
        4);
    isAbreast(
        ring("hbm3-6400-16gb-12hi", "pseudochannel column:2 bankgroup column bank sid row"),
        12,
        8,
        4,
        4);
    isAbreast(ring("lpddr5x-8533-16gb-x16", "column:1 bankgroup column bank rank row"), 4, 4, 1, 1);
    isAbreast(
        ring("ddr5-4800an-16gb-x8-2r", "column:1 bankgroup column bank rank row"), 8, 8, 8, 4);
    // All banks at once are one place only; those of a whole stack are too many abreast.
    assertThat(ring("lpddr5x-8533-16gb-x16", "column:1 bankgroup bank column row").isRing())
        .isFalse();
    assertThat(
            ring("hbm3-5234-16gb-8hi", "pseudochannel column:2 bankgroup bank column sid row")
                .isRing())
        .isFalse();
  }

  // A stack or rank above the row: its banks are a ring, and the same banks of the next one
  // another.
  @Test
  void banksOfEachSegmentAreARing() {
    BankRing stacks =
        ring("hbm3-5234-16gb-8hi", "pseudochannel column:2 bankgroup column bank row sid");
    isAbreast(stacks, 4, 8, 1, 1);
    assertThat(stacks.banks()).isEqualTo(64);
    assertThat(stacks.ringBanks()).isEqualTo(32);
    long second = 4L << 14; // rows of 16,384
    assertThat(stacks.segmentEnd(0)).isEqualTo(second);
    assertThat(stacks.segmentEnd(second - 1)).isEqualTo(second);
    assertThat(stacks.segmentEnd(second)).isEqualTo(2 * second);
    assertThat(stacks.index(3)).isEqualTo(24);
    assertThat(stacks.index(second - 1)).isEqualTo(24);
    assertThat(stacks.index(second)).isEqualTo(32);
    assertThat(stacks.index(second + 1)).isEqualTo(40);
    assertThat(stacks.index(2 * second)).isZero();
    assertThat(stacks.number(32) - stacks.number(0)).isEqualTo(16);
    assertThat(stacks.page(40, 1 << 14)).isEqualTo(second + 1);
    assertThat(stacks.row(second + 1)).isEqualTo(1 << 14);
    BankRing ranks = ring("ddr5-4800an-16gb-x8-2r", "column bankgroup bank row rank");
    isOf(ranks, 64, 1);
    assertThat(ranks.ringBanks()).isEqualTo(32);
    assertThat(ranks.scope(31)).isZero();
    assertThat(ranks.scope(32)).isEqualTo(1);
    // Two banks of a group are too few.
    assertThat(ring("ddr5-4800an-16gb-x8", "column bank row bankgroup").isRing()).isFalse();
  }

  // A run from the middle of a page on visits only some of the banks abreast.
  @Test
  void runsVisitBanksOfAPage() {
    BankRing ring = ring("lpddr5x-8533-16gb-x16", "column:1 bankgroup column bank rank row");
    int page = ring.pageBursts();
    assertThat(page).isEqualTo(4 * 64);
    long second = ring.firstBurst(1);
    for (int bank = 0; bank < ring.abreast(); bank++) {
      assertThat(ring.visits(1, bank, second, second + page)).isTrue();
      assertThat(ring.visits(1, bank, 0, second)).isFalse();
      assertThat(ring.visits(1, bank, 0, second + 2L * bank)).isFalse();
      assertThat(ring.visits(1, bank, 0, second + 2L * bank + 1)).isTrue();
      assertThat(ring.visits(1, bank, second + page - 8 + 2L * bank + 1, 9L * page)).isTrue();
      assertThat(ring.visits(1, bank, second + page - 8 + 2L * bank + 2, 9L * page)).isFalse();
    }
  }

  @Test
  void whatGoesByTheNumbersOfBanksHasNoRing() {
    String device = "hbm3-6400-16gb-8hi";
    String mapping = AddressMapping.ROW_CONTIGUOUS;
    assertThat(ring(device, AddressMapping.BANK_INTERLEAVED).isRing()).isFalse();
    assertThat(ring(device, mapping, true, PagePolicy.OPEN, RefreshPolicy.ALL_BANK).isRing())
        .isFalse();
    assertThat(ring(device, mapping, false, PagePolicy.CLOSED, RefreshPolicy.ALL_BANK).isRing())
        .isFalse();
    assertThat(ring(device, mapping, false, PagePolicy.OPEN, RefreshPolicy.PER_BANK).isRing())
        .isFalse();
  }

  // Every bank is renamed to one that lies in the same company, and back.
  @Test
  void renamingKeepsGroups() {
    DramStandard standard = DramDevice.builtIn("hbm3-6400-16gb-12hi").standard();
    Geometry geometry = new Geometry(standard);
    keepsGroups(standard, geometry, ring("hbm3-6400-16gb-12hi", AddressMapping.ROW_CONTIGUOUS));
    keepsGroups(
        standard,
        geometry,
        ring("hbm3-6400-16gb-12hi", "pseudochannel column:2 bankgroup column bank sid row"));
    keepsGroups(
        standard,
        geometry,
        ring("hbm3-6400-16gb-12hi", "pseudochannel column:2 bankgroup column bank row sid"));
    // Of each group, so its banks do not stay together: only all of them may be renamed.
    keepsGroups(
        standard,
        geometry,
        ring("hbm3-6400-16gb-12hi", "column bank sid row bankgroup pseudochannel"));
  }

  private static void keepsGroups(DramStandard standard, Geometry geometry, BankRing ring) {
    int bankLevel = standard.levels().size() - 1;
    for (long at = 0; at < (long) ring.places() * ring.banks() / ring.ringBanks(); at++) {
      // The first row of every segment.
      long page = at / ring.places() * ring.segmentEnd(0) + at % ring.places();
      int rotation = ring.rotation(ring.firstBurst(page), false);
      int[] order = ring.order(bankLevel, rotation);
      for (int index = 0; index < ring.banks(); index++) {
        int bank = ring.number(index);
        assertThat(order[ring.renamed(bank, rotation)]).isEqualTo(bank);
        for (int level = 0; level < bankLevel; level++) {
          int[] nodes = ring.order(level, rotation);
          assertThat(order[bank] >>> geometry.shift(level))
              .isEqualTo(nodes[bank >>> geometry.shift(level)]);
        }
        assertThat(geometry.scope(order[bank])).isEqualTo(geometry.scope(bank));
      }
    }
  }
}
