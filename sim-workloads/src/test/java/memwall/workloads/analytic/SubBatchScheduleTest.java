package memwall.workloads.analytic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** The timetable of two sub-batches against one made by hand and its bounds. */
final class SubBatchScheduleTest {
  @Test
  void twoLayersByHand() {
    SubBatchSchedule schedule = new SubBatchSchedule(1);
    for (int batch = 0; batch < 2; batch++) {
      schedule.chip(batch, 1);
      schedule.repeat(batch, 1);
      schedule.chip(batch, 2);
      schedule.near(batch, 0, 10);
      schedule.chip(batch, 4);
      schedule.repeat(batch, 2);
      schedule.chip(batch, 5);
      schedule.repeat(batch, 1);
    }
    schedule.run();
    // Chip: A 0-3, B 3-6, A 13-19, B 23-29, A 33-42, B 43-52.
    // Memory: A 3-13, B 13-23, A 23-33, B 33-43.
    assertThat(schedule.endPs()).isEqualTo(52);
    assertThat(schedule.waitedPs(0)).isEqualTo(7 + 4 + 4 + 1);
  }

  @Test
  void batchesWithoutKernelsAreOnlyChip() {
    SubBatchSchedule schedule = new SubBatchSchedule(2);
    for (int batch = 0; batch < 2; batch++) {
      schedule.chip(batch, 3);
      schedule.repeat(batch, 4);
      schedule.chip(batch, 1);
      schedule.repeat(batch, 1);
    }
    schedule.run();
    assertThat(schedule.endPs()).isEqualTo(26);
    assertThat(schedule.waitedPs(0)).isZero();
    assertThat(schedule.waitedPs(1)).isZero();
  }

  /** At least either side, at most both; repeats are what they say. */
  @Test
  void liesBetweenItsBounds() {
    Randomized.check(
        200,
        random -> {
          int layers = 1 + random.nextInt(5);
          SubBatchSchedule schedule = new SubBatchSchedule(2);
          SubBatchSchedule unrolled = new SubBatchSchedule(2);
          double chip = 0;
          double[] near = new double[2];
          for (int batch = 0; batch < 2; batch++) {
            double before = random.nextInt(9);
            double qkv = random.nextInt(9);
            double attention = random.nextInt(30);
            double middle = random.nextInt(9);
            double products = random.nextInt(30);
            double after = random.nextInt(9);
            boolean second = random.nextBoolean();
            schedule.chip(batch, before);
            unrolled.chip(batch, before);
            schedule.repeat(batch, 1);
            for (int layer = 0; layer < layers; layer++) {
              List<SubBatchSchedule> both =
                  layer == 0 ? List.of(schedule, unrolled) : List.of(unrolled);
              for (SubBatchSchedule one : both) {
                one.chip(batch, qkv);
                one.near(batch, 0, attention);
                one.chip(batch, middle);
                if (second) {
                  one.near(batch, 1, products);
                  one.chip(batch, after);
                }
              }
            }
            schedule.repeat(batch, layers);
            schedule.chip(batch, 7);
            unrolled.chip(batch, 7);
            schedule.repeat(batch, 1);
            unrolled.repeat(batch, 1);
            chip += before + 7 + layers * (qkv + middle + (second ? after : 0));
            near[0] += layers * attention;
            near[1] += second ? layers * products : 0;
          }
          schedule.run();
          unrolled.run();
          assertThat(schedule.endPs()).isEqualTo(unrolled.endPs());
          assertThat(schedule.endPs())
              .isBetween(Math.max(chip, Math.max(near[0], near[1])), chip + near[0] + near[1]);
          assertThat(schedule.endPs())
              .isCloseTo(chip + schedule.waitedPs(0) + schedule.waitedPs(1), within(1e-9));
        });
  }
}
