package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** Reads of blocks, against an array of them. */
class ZoneReadsTest {
  private static final int ZONES = 600;
  private static final int WIDTH = 5;

  @Test
  void countsAsAnArrayDoes() {
    Randomized.check(
        60,
        random -> {
          ZoneReads reads = new ZoneReads(ZONES, WIDTH);
          int[][] plain = new int[ZONES][WIDTH];
          int[] columns = new int[ZONES];
          for (int zone = 0; zone < ZONES; zone++) {
            columns[zone] = 1 + random.nextInt(WIDTH);
          }
          int some = 1 + random.nextInt(ZONES);
          for (int i = 0; i < 3000; i++) {
            int zone = random.nextInt(some);
            if (random.nextInt(10) == 0) {
              reads.reset(zone);
              plain[zone] = new int[WIDTH];
              columns[zone] = 1 + random.nextInt(WIDTH);
              continue;
            }
            int first = random.nextInt(50);
            int pages = 1 + random.nextInt(random.nextInt(20) == 0 ? 1_000_000 : 30);
            reads.add(zone, first, pages, columns[zone]);
            for (int j = 0; j < columns[zone]; j++) {
              int column = (first + j) % columns[zone];
              plain[zone][column] += (pages + columns[zone] - 1 - j) / columns[zone];
            }
          }
          check(reads, plain, columns);
        });
  }

  /** Single columns beyond what two bytes hold, and back. */
  @Test
  void unevenReads() {
    ZoneReads reads = new ZoneReads(ZONES, WIDTH);
    int[][] plain = new int[ZONES][WIDTH];
    int[] columns = new int[ZONES];
    for (int zone = 0; zone < ZONES; zone++) {
      columns[zone] = WIDTH;
    }
    for (int i = 0; i < 200_000; i++) {
      int column = i % 3;
      reads.add(17, column, 1, WIDTH);
      plain[17][column]++;
      reads.add(400 + i % 100, 4, 1, WIDTH);
      plain[400 + i % 100][4]++;
    }
    check(reads, plain, columns);
    long before = reads.stateBytes();
    reads.reset(17);
    plain[17] = new int[WIDTH];
    check(reads, plain, columns);
    assertThat(reads.stateBytes()).isLessThan(before);
    // Numbers of a slot that was used before begin at 0.
    reads.reset(401);
    plain[401] = new int[WIDTH];
    reads.add(3, 2, 1, WIDTH);
    plain[3][2]++;
    check(reads, plain, columns);
  }

  private static void check(ZoneReads reads, int[][] plain, int[] columns) {
    for (int zone = 0; zone < ZONES; zone++) {
      int most = 0;
      for (int column = 0; column < columns[zone]; column++) {
        assertThat(reads.reads(zone, column)).isEqualTo(plain[zone][column]);
        most = Math.max(most, plain[zone][column]);
      }
      assertThat(reads.reads(zone)).isEqualTo(most);
    }
  }
}
