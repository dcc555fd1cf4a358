package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankProgram.Step;
import org.junit.jupiter.api.Test;

/** Going on row by row ends where going on step by step does. */
final class StepProgramRowsTest {
  /** Goes on behind the next precharge step by step; the steps on the way. */
  private static List<String> walk(StepProgram program) {
    List<String> steps = new ArrayList<>();
    while (program.step() != Step.END) {
      Step step = program.step();
      steps.add(step + " " + program.count());
      program.advance();
      if (step == Step.PRECHARGE) {
        break;
      }
    }
    return steps;
  }

  private static List<Long> state(StepProgram program) {
    List<Long> state = new ArrayList<>();
    for (Step step : Step.values()) {
      state.add(program.left(step));
    }
    state.add((long) program.position());
    state.add(program.step() == Step.ACTIVATE ? program.row() : -1L);
    return state;
  }

  @Test
  void rowsAndStepsEndInTheSamePlace() {
    long[] many = {0, 0};
    Randomized.check(
        40,
        random -> {
          StepProgram program = PimLeapTest.program(random, random.nextBoolean(), 1000);
          StepProgram slow = program.fresh(3);
          StepProgram fast = program.fresh(3);
          assertThat(fast.plan()).isSameAs(slow.plan()).isSameAs(program.plan());
          Map<Integer, List<String>> known = new HashMap<>();
          while (fast.place() >= 0) {
            int place = fast.place();
            assertThat(place).isLessThan(1 << 18);
            // The steps of two rows are those of every such place.
            StepProgram two = program.fresh(3);
            while (two.left(Step.PRECHARGE) > fast.left(Step.PRECHARGE)) {
              two.finishRow();
            }
            List<String> steps = walk(two);
            steps.addAll(walk(two));
            assertThat(known.computeIfAbsent(place, ignored -> steps)).isEqualTo(steps);
            fast.finishRow();
            walk(slow);
            assertThat(state(fast)).isEqualTo(state(slow));
            long alike = fast.place() == place ? fast.rowsAlike() : 0;
            if (alike > 0) {
              long rows = 1 + random.nextLong(alike);
              fast.finishRows(rows);
              for (long i = 0; i < rows; i++) {
                walk(slow);
              }
              assertThat(state(fast)).isEqualTo(state(slow));
              many[0]++;
            }
            many[1]++;
          }
          assertThat(slow.left(Step.PRECHARGE)).isZero();
        });
    assertThat(many[0]).isGreaterThan(100);
    assertThat(many[1]).isGreaterThan(1000);
  }

  @Test
  void tooManyRowsAreRefused() {
    StepProgram program = new StepProgram();
    int loop = program.loop(9);
    program.activate(0);
    program.precharge();
    program.close(loop, 1);
    assertThat(program.rowsAlike()).isEqualTo(7);
    assertThatThrownBy(() -> program.finishRows(8)).hasMessage("8 rows of 7");
    program.finishRows(7);
    assertThat(program.left(Step.PRECHARGE)).isEqualTo(2);
    assertThat(program.row()).isEqualTo(7);
    assertThat(program.rowsAlike()).isZero();
  }
}
