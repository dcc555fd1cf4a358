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
        new ControllerSpec(
            32, 32, 80, 20, page, 4, refresh, RefreshBlocking.CHANNEL, mapping, hash);
    return BankRing.of(standard, controller, AddressMapping.of(standard, mapping, hash));
  }

  private static BankRing ring(String device, String mapping) {
    return ring(device, mapping, false, PagePolicy.OPEN, RefreshPolicy.ALL_BANK);
  }

  private static void isOf(BankRing ring, int banks, int step) {
    assertThat(ring.isRing()).isTrue();
    assertThat(ring.banks()).isEqualTo(banks);
    assertThat(ring.step()).isEqualTo(step);
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
    BankRing ring = ring("hbm3-6400-16gb-12hi", AddressMapping.ROW_CONTIGUOUS);
    int bankLevel = standard.levels().size() - 1;
    for (int rotation = 0; rotation < ring.banks() / ring.step(); rotation++) {
      int[] order = ring.order(bankLevel, rotation);
      for (int place = 0; place < ring.banks(); place++) {
        int bank = ring.number(place);
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
