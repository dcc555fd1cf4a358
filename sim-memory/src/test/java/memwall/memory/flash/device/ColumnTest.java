package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.Randomized;
import memwall.memory.flash.ReachableBytes;
import org.junit.jupiter.api.Test;

/** Numbers that take as many bytes as they need. */
class ColumnTest {
  @Test
  void keepsWhatAnArrayKeeps() {
    Randomized.check(
        200,
        random -> {
          int length = 1 + random.nextInt(20);
          int[] plain = new int[length];
          Column column = new Column(length);
          int bits = 1 + random.nextInt(31);
          for (int i = 0; i < 200; i++) {
            int at = random.nextInt(length);
            // Small numbers after large ones, too.
            int value = random.nextInt() >>> (32 - 1 - random.nextInt(bits));
            plain[at] = value;
            column.set(at, value);
            for (int j = 0; j < length; j++) {
              assertThat(column.get(j)).isEqualTo(plain[j]);
            }
          }
        });
  }

  @Test
  void growsByAByte() {
    Column column = new Column(1000);
    int[] most = {0xffff, 0xff_ffff, Integer.MAX_VALUE};
    for (int i = 0; i < most.length; i++) {
      column.set(7, most[i]);
      assertThat(column.get(7)).isEqualTo(most[i]);
      assertThat(column.stateBytes()).isEqualTo((2 + i) * 1000);
      assertThat(ReachableBytes.of(column)).isBetween(1000L * (2 + i), 1000L * (2 + i) + 80);
      if (i < 2) {
        column.set(8, most[i] + 1);
        assertThat(column.get(8)).isEqualTo(most[i] + 1);
        assertThat(column.get(7)).isEqualTo(most[i]);
      }
    }
    assertThat(column.get(9)).isZero();
  }
}
