package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** A set of places in one ring or several against a plain bit set. */
final class BankSetTest {
  private static void same(BankSet set, BitSet plain, int size) {
    for (int place = 0; place < size; place++) {
      assertThat(set.is(place)).as("place %s of %s", place, size).isEqualTo(plain.get(place));
    }
    assertThat(Long.bitCount(set.low()) + Long.bitCount(set.high())).isEqualTo(plain.cardinality());
  }

  @Test
  void equalsAPlainSet() {
    Randomized.check(
        3000,
        random -> {
          int rings = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
          int ring = 1 + random.nextInt(128 / rings);
          int size = rings * ring;
          BankSet set = new BankSet(size, ring);
          BitSet plain = new BitSet();
          for (int step = 0; step < 20; step++) {
            int place = random.nextInt(size);
            int start = place - place % ring;
            switch (random.nextInt(4)) {
              case 0 -> {
                set.add(place);
                plain.set(place);
              }
              case 1 -> {
                set.remove(place);
                plain.clear(place);
              }
              case 2 -> {
                int count = random.nextInt(ring + 5);
                set.addRange(place, count);
                for (int i = 0; i < count; i++) {
                  plain.set(start + (place - start + i) % ring);
                }
              }
              default -> {
                int further = random.nextInt(ring);
                set.rotate(place, further);
                BitSet rotated = (BitSet) plain.clone();
                for (int i = 0; i < ring; i++) {
                  rotated.set(start + (i + further) % ring, plain.get(start + i));
                }
                plain = rotated;
              }
            }
            same(set, plain, size);
            int run = 0;
            while (run < ring && plain.get(start + (place - start + run) % ring)) {
              run++;
            }
            int most = random.nextInt(ring + 1);
            assertThat(set.run(place, most)).isEqualTo(Math.min(run, most));
          }
        });
  }
}
