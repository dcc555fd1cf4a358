package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankProgram;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.Command;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimPlan;
import memwall.memory.pnm.PimSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /**
   * The same kernel again and again under shares that change: a channel that remembers rows does
   * what one does that is watched and plans every command.
   */
  @ParameterizedTest
  @ValueSource(strings = {"hbm2-aquabolt-xl-pim", "hbm3-attacc-pim", "hbm2-neupims"})
  void rowsAreRememberedWithTheirShare(String name) {
    BankSpec memory = BankRig.preset(name);
    PimKernel kernel = new PimKernel.Gemv(20_000, 1500, 1, NumberFormat.FP16);
    PimPlan its = PimPlan.of(memory.pim(), 1, kernel);
    Randomized.check(
        3,
        random -> {
          List<DramChannel> channels = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            channels.add(
                new DramChannel(memory.standard(), memory.controller(), memory.pim().compute()));
          }
          channels.get(1).onCommand((tick, command, bank, row) -> {});
          for (int step = 0; step < 150; step++) {
            int level = random.nextInt(3);
            if (random.nextInt(4) == 0) {
              duty.set(level, 1 - 0.25 * level);
            }
            long until = channels.get(0).nowTicks() + random.nextInt(5000);
            for (DramChannel channel : channels) {
              if (!channel.isComputing()) {
                beginAll(channel, its);
              }
              channel.advanceTo(until);
            }
            assertThat(counts(channels.get(0))).isEqualTo(counts(channels.get(1)));
          }
          assertThat(channels.get(0).leaptCommands())
              .isGreaterThan(channels.get(0).commands(Command.MACAB) / 4);
        });
  }

  private void beginAll(DramChannel channel, PimPlan its) {
    for (int unit = 0; unit < channel.units(); unit++) {
      channel.begin(unit, new PacedProgram(its.program(0), duty, its.rowTicks()));
    }
  }

  private static List<Long> counts(DramChannel channel) {
    List<Long> counts = new ArrayList<>();
    for (Command command : Command.values()) {
      counts.add(channel.commands(command));
    }
    for (int scope = 0; scope < channel.scopes(); scope++) {
      counts.add(channel.openTicks(scope));
    }
    counts.add(channel.leastProgramEndTicks());
    return counts;
  }
}
