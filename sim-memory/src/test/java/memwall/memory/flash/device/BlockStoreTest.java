package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.memory.flash.ReachableBytes;
import org.junit.jupiter.api.Test;

/** What is known of blocks, and what it costs. */
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

  /** Data of before the run have its wear and age: no erase is counted for them. */
  @Test
  void filledBlocksAreAsOldAsTheRunSays() {
    List<Long> seen = new ArrayList<>();
    FlashErrors errors =
        new FlashErrors() {
          @Override
          public int retries(int erases, int reads, long agePs, long nowPs) {
            seen.add((long) erases);
            seen.add(nowPs - agePs);
            return 0;
          }

          @Override
          public long cleanSenses() {
            return 0;
          }

          @Override
          public void skip(long senses) {}

          @Override
          public boolean programFails(int erases) {
            return false;
          }
        };
    BlockStore blocks = new BlockStore(FlashRig.GEOMETRY, 10, 100);
    blocks.fill(blocks.block(0, 0), 2);
    blocks.fill(blocks.block(1, 0), 0);
    FlashSpec spec =
        new FlashSpec(
            FlashRig.GEOMETRY,
            FlashRig.TIMINGS,
            FlashRig.PATHS,
            FlashRig.rules(2, ReadPriority.ARRIVAL));
    FlashRig rig = new FlashRig(spec, blocks, errors);
    rig.device.advanceTo(5_000_000_000_000L);
    rig.device.read(0, 1, FlashRig.PAGE, false, 0);
    rig.finish();
    assertThat(seen).containsExactly(0L, 0L);
    // Written in the run: once erased, and of that second.
    rig.device.program(0, 0, 1);
    rig.finish();
    seen.clear();
    rig.device.read(0, 0, FlashRig.PAGE, false, 3);
    rig.finish();
    assertThat(seen).containsExactly(1L, 5_000_000_000_000L);
    assertThat(blocks.erases(blocks.block(1, 0))).isZero();
  }

  @Test
  void blocksChangePlaces() {
    FlashGeometry geometry = new FlashGeometry(1, 1, 1, 9_000, 4, 4096);
    BlockStore store = new BlockStore(geometry, 100, 1_000);
    store.restore(3, 2, 70);
    store.restore(8_000, 4, 5);
    assertThat(store.read(3, 3 * 4)).isEqualTo(FlashStatus.DONE);
    store.retire(4);
    store.exchange(3, 8_000);
    assertThat(store.erases(3)).isEqualTo(5);
    assertThat(store.writtenPages(3)).isEqualTo(4);
    assertThat(store.reads(3)).isZero();
    assertThat(store.erases(8_000)).isEqualTo(70);
    assertThat(store.writtenPages(8_000)).isEqualTo(2);
    assertThat(store.reads(8_000)).isEqualTo(1);
    store.exchange(4, 8_000);
    assertThat(store.isRetired(8_000)).isTrue();
    assertThat(store.isRetired(4)).isFalse();
    assertThat(store.writtenPages(4)).isEqualTo(2);
    store.replace(8_000);
    assertThat(store.isRetired(8_000)).isFalse();
    assertThat(store.erases(8_000)).isZero();
    assertThat(store.writtenPages(8_000)).isZero();
  }

  /** Asking about blocks that were never used costs nothing. */
  @Test
  void stateIsSmall() {
    FlashGeometry geometry = new FlashGeometry(16, 1, 16, 2048, 256, 4096);
    BlockStore store = new BlockStore(geometry, 100_000, Integer.MAX_VALUE);
    int blocks = geometry.planes() * geometry.blocksPerPlane();
    long empty = ReachableBytes.of(store);
    for (int block = 0; block < blocks; block++) {
      assertThat(store.erases(block) + store.reads(block) + store.writtenPages(block)).isZero();
    }
    assertThat(ReachableBytes.of(store)).isEqualTo(empty).isLessThan(2_000);
    for (int block = 0; block < blocks; block++) {
      store.restore(block, block % 100 == 0 ? 3 : 256, 60_000);
    }
    assertThat(ReachableBytes.of(store)).isBetween(blocks * 25L / 4, blocks * 26L / 4);
    store.addReads(5, 70_000);
    store.addReads(5_000, 20_000_000);
    assertThat(store.reads(5)).isEqualTo(70_000);
    assertThat(store.reads(5_000)).isEqualTo(20_000_000);
    assertThat((double) store.stateBytes() / ReachableBytes.of(store)).isBetween(0.98, 1.02);
  }
}
