package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Blocks by their erases. */
class BlockStoreTest {
  @Test
  void countsBlocksByErases() {
    FlashGeometry geometry = new FlashGeometry(1, 1, 3, 3_000, 4, 4096);
    BlockStore store = new BlockStore(geometry, 100, 1_000);
    long[] bins = new long[8];
    assertThat(store.countErases(bins)).isZero();
    assertThat(bins).containsExactly(9_000, 0, 0, 0, 0, 0, 0, 0);
    int[] erases = {1, 1, 2, 3, 4, 7, 8, 64, 100};
    for (int block = 0; block < erases.length; block++) {
      for (int i = 0; i < erases[block]; i++) {
        // The last chunk is not full.
        assertThat(store.erase(8_999 - block)).isEqualTo(FlashStatus.DONE);
      }
    }
    bins = new long[8];
    assertThat(store.countErases(bins)).isEqualTo(100);
    assertThat(bins).containsExactly(8_991, 2, 2, 2, 1, 0, 0, 2);
  }
}
