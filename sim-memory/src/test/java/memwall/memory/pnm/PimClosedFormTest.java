package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.Controllers;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** Programs on the exact channel against the closed form, and that against formulas by hand. */
class PimClosedFormTest {
  private static final String HBM3 = "hbm3-6400-16gb-8hi";
  private static final String DDR5 = "ddr5-4800an-16gb-x8";
  private static final String LPDDR5 = "lpddr5-6400-8gb-x16";
  private static final List<String> DEVICES = List.of(HBM3, DDR5, LPDDR5);

  private static ControllerSpec controller(RefreshPolicy refresh) {
    return Controllers.usual().refresh(refresh).spec();
  }

  private static final Map<String, DramStandard> BASES = new ConcurrentHashMap<>();

  private static DramStandard base(String device) {
    return BASES.computeIfAbsent(device, name -> DramDevice.builtIn(name).standard());
  }

  private static long run(DramChannel channel, StepProgram program, int unit) {
    long[] done = {-1};
    channel.onProgram((number, began, ran, doneTicks) -> done[0] = doneTicks - began);
    channel.begin(unit, program.fresh());
    long limit = channel.nowTicks() + 1_000_000_000L;
    while (done[0] < 0 && channel.nowTicks() < limit) {
      channel.advanceToChange(limit);
    }
    assertThat(done[0]).as("the program ends").isNotNegative();
    return done[0];
  }

  private static StepProgram rows(int rows, int multiplies) {
    StepProgram program = new StepProgram();
    for (int row = 0; row < rows; row++) {
      program.activate(row);
      program.times(Step.MULTIPLY, multiplies);
      program.precharge();
    }
    return program;
  }

  /**
   * The formula by hand, in clocks, HBM3: rows of 32 multiplies 6 clocks apart, broadcast activates
   * of one and a half clocks (on the grid of whole clocks: half a clock more to the multiply).
   */
  @Test
  void rowsOfMultipliesByHand() {
    PimTimings timings = new PimTimings(6, 4, 2, 2, 1, 0, false);
    AllBankSpec compute = new AllBankSpec(1, 32, false, 40, 60);
    DramStandard standard = PimRules.extended(base(HBM3), compute, timings);
    DramChannel channel = new DramChannel(standard, controller(RefreshPolicy.NONE), compute);
    int rows = 50;
    long ticks = run(channel, rows(rows, 32), 0);
    // Activate heard on its third tick, read on its second, precharge on its first.
    long toMultiply = 2 * 31 + 3 - 2 + 1; // rounded up to a rising edge
    long toClose = 2 * 9 + 2 - 1 + 1;
    long toOpen = 2 * 26 + 1 - 3;
    long row = toMultiply + 31 * 12 + toClose;
    long first = 41; // mode switch of 40 ticks, begun at tick 0: the first rising edge then
    assertThat(ticks).isEqualTo(first + (rows - 1) * (row + toOpen) + row + 60);
    assertThat(channel.commands(Command.ACTAB)).isEqualTo(rows);
    assertThat(channel.commands(Command.MACAB)).isEqualTo(32L * rows);
    assertThat(channel.commands(Command.PREAB)).isEqualTo(rows);
    assertThat(channel.heldTicks(0)).isEqualTo(ticks);
  }

  /** The row cycle binds where few columns are read: tRAS and tRP, 72 clocks. */
  @Test
  void shortRowsAreBoundByTheRowCycle() {
    PimTimings timings = new PimTimings(2, 0, 2, 2, 1, 0, false);
    AllBankSpec compute = new AllBankSpec(1, 32, false, 0, 0);
    DramStandard standard = PimRules.extended(base(HBM3), compute, timings);
    DramChannel one = new DramChannel(standard, controller(RefreshPolicy.NONE), compute);
    DramChannel two = new DramChannel(standard, controller(RefreshPolicy.NONE), compute);
    long period = run(two, rows(102, 1), 0) - run(one, rows(2, 1), 0);
    assertThat(period).isEqualTo(100 * 2 * 72L);
  }

  /** Activates of four banks, four banks per tFAW: eight groups take seven windows. */
  @Test
  void staggeredActivatesKeepTheWindow() {
    AllBankSpec compute = new AllBankSpec(1, 4, false, 0, 0);
    PimTimings timings = new PimTimings(4, 0, 2, 2, 4, 4, false);
    DramStandard standard = PimRules.extended(base(HBM3), compute, timings);
    DramChannel channel = new DramChannel(standard, controller(RefreshPolicy.NONE), compute);
    List<Long> activates = new ArrayList<>();
    List<Long> multiplies = new ArrayList<>();
    channel.onCommand(
        (tick, command, bank, row) -> {
          if (command == Command.ACTAB.index()) {
            activates.add(tick);
          } else if (command == Command.MACAB.index()) {
            multiplies.add(tick);
          }
        });
    run(channel, rows(1, 1), 0);
    for (int i = 1; i < 8; i++) {
      assertThat(activates.get(i) - activates.get(i - 1)).isEqualTo(2 * 24L);
    }
    assertThat(multiplies.get(0) - activates.get(7)).isEqualTo(64);
  }

  @Test
  void randomProgramsTakeWhatTheClosedFormSays() {
    Randomized.check(
        400,
        random -> {
          DramStandard base = base(DEVICES.get(random.nextInt(DEVICES.size())));
          AllBankSpec compute = compute(random, base);
          PimTimings timings = timings(random);
          DramStandard standard = PimRules.extended(base, compute, timings);
          DramChannel channel = new DramChannel(standard, controller(RefreshPolicy.NONE), compute);
          long start = random.nextInt(50);
          channel.advanceTo(start);
          StepProgram program = program(random, timings.registerRow());
          int banks = standard.banks() / channel.units();
          PimClosedForm form = new PimClosedForm(standard, compute, timings, banks);
          assertThat(run(channel, program, random.nextInt(channel.units())))
              .as("%s %s %s", standard.name(), compute, timings)
              .isEqualTo(form.ticks(program, start));
        });
  }

  static AllBankSpec compute(SplittableRandom random, DramStandard base) {
    int level = random.nextInt(base.refreshLevel() + 1);
    int banks = base.banks();
    for (int i = 0; i <= level; i++) {
      banks /= base.levels().get(i).count();
    }
    int activate = Math.max(1, banks >> random.nextInt(6));
    return new AllBankSpec(
        level, activate, random.nextBoolean(), random.nextInt(100), random.nextInt(100));
  }

  static PimTimings timings(SplittableRandom random) {
    return new PimTimings(
        1 + random.nextInt(12),
        random.nextInt(12),
        1 + random.nextInt(6),
        1 + random.nextInt(6),
        1 + random.nextInt(8),
        random.nextInt(3) * 4,
        random.nextInt(3) == 0);
  }

  /** Rows of multiplies with loads and reads around; inside a row where registers need one. */
  static StepProgram program(SplittableRandom random, boolean registerRow) {
    StepProgram program = new StepProgram();
    int rows = 1 + random.nextInt(20);
    for (int row = 0; row < rows; row++) {
      if (random.nextInt(3) == 0) {
        transfer(program, registerRow, Step.LOAD, 1 + random.nextInt(20));
      }
      program.activate(row);
      int parts = 1 + random.nextInt(3);
      for (int part = 0; part < parts; part++) {
        program.times(Step.MULTIPLY, 1 + random.nextInt(40));
        if (!registerRow && random.nextInt(3) == 0) {
          program.times(Step.READ, 1 + random.nextInt(4));
        }
      }
      program.precharge();
      if (random.nextInt(4) == 0) {
        transfer(program, registerRow, Step.READ, 1 + random.nextInt(8));
      }
      if (random.nextInt(6) == 0) {
        program.times(Step.WAIT, 1 + random.nextInt(200));
      }
    }
    return program;
  }

  private static void transfer(StepProgram program, boolean registerRow, Step step, int count) {
    if (registerRow) {
      program.activate(0);
    }
    program.times(step, count);
    if (registerRow) {
      program.precharge();
    }
  }
}
