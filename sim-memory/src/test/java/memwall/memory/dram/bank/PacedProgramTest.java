package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.memory.dram.channel.AllBankProgram;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimPlan;
import memwall.memory.pnm.PimSpec;
import org.junit.jupiter.api.Test;

/** Programs that wait after each row, against the programs themselves. */
final class PacedProgramTest {
  private static final long ROW_TICKS = 100;

  private final PimSpec spec = BankRig.preset("hbm2-aquabolt-xl-pim").pim();
  private final PimPlan plan =
      PimPlan.of(spec, 1, new PimKernel.Gemv(3000, 700, 1, NumberFormat.FP16));
  private final PacedProgram.Duty duty = new PacedProgram.Duty();

  private AllBankProgram paced() {
    return new PacedProgram(plan.program(5), duty, ROW_TICKS);
  }

  private static List<String> steps(AllBankProgram program, boolean waits) {
    List<String> steps = new ArrayList<>();
    while (program.step() != Step.END) {
      if (waits || program.step() != Step.WAIT) {
        steps.add(
            program.step()
                + " "
                + program.count()
                + " "
                + program.row()
                + " "
                + program.left(Step.MULTIPLY));
      }
      program.advance();
    }
    return steps;
  }

  @Test
  void atFullShareItIsTheProgram() {
    assertThat(steps(paced(), true)).isEqualTo(steps(plan.program(5), true));
  }

  @Test
  void waitsAfterEachRowForWhatIsMissing() {
    duty.set(3, 0.4);
    assertThat(steps(paced(), false)).isEqualTo(steps(plan.program(5), false));
    AllBankProgram program = paced();
    Step before = Step.WAIT;
    long rows = 0;
    long waited = 0;
    while (program.step() != Step.END) {
      if (program.step() == Step.WAIT) {
        assertThat(before).isEqualTo(Step.PRECHARGE);
        assertThat(program.left(Step.WAIT)).isEqualTo(program.count());
        waited += program.count();
        rows++;
      } else {
        assertThat(before == Step.PRECHARGE).isFalse();
      }
      before = program.step();
      program.advance();
    }
    assertThat(waited).isEqualTo(rows * 150);
    assertThat(rows).isGreaterThan(10);
  }

  /** A share that changes makes the turns of a loop differ, and only from then on. */
  @Test
  void turnsAreAlikeOnlyAtOneShare() {
    AllBankProgram program = paced();
    while (program.turnsLeft() < 3) {
      program.advance();
    }
    int at = program.position();
    duty.set(1, 0.5);
    assertThat(program.position()).isNotEqualTo(at);
    duty.set(0, 1);
    assertThat(program.position()).isEqualTo(at);
    long left = program.turnsLeft();
    program.skip(2);
    assertThat(program.turnsLeft()).isEqualTo(left - 2);
  }
}
