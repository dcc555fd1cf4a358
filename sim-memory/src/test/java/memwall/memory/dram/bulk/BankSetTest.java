package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** A set of places in a ring against a plain bit set. */
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
          int size = 1 + random.nextInt(128);
          BankSet set = new BankSet(size);
          BitSet plain = new BitSet();
          for (int step = 0; step < 20; step++) {
            int place = random.nextInt(size);
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
                int count = random.nextInt(size + 5);
                set.addRange(place, count);
                for (int i = 0; i < count; i++) {
                  plain.set((place + i) % size);
                }
              }
              default -> {
                set.rotate(place);
                BitSet rotated = new BitSet();
                for (int i = 0; i < size; i++) {
                  rotated.set((i + place) % size, plain.get(i));
                }
                plain = rotated;
              }
            }
            same(set, plain, size);
            int run = 0;
            while (run < size && plain.get((place + run) % size)) {
              run++;
            }
            int most = random.nextInt(size + 1);
            assertThat(set.run(place, most)).isEqualTo(Math.min(run, most));
          }
        });
  }
}
