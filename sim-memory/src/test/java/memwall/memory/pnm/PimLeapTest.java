package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.PagePolicy;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Law F1 for programs: a channel that leaps over equal columns and turns does what one does that is
 * watched and so plans every command.
 */
class PimLeapTest {
  /** A program of random loops, at most two deep, its rows closed at the end of each turn. */
  static StepProgram program(SplittableRandom random, boolean registers, int rows) {
    StepProgram program = new StepProgram();
    int parts = 1 + random.nextInt(3);
    for (int part = 0; part < parts; part++) {
      int outer = program.loop(1 + random.nextInt(4));
      transfer(program, registers, Step.LOAD, random.nextInt(12), rows);
      int loop = program.loop(1 + random.nextInt(random.nextBoolean() ? 8 : 200));
      boolean transfers = random.nextInt(3) == 0;
      program.activate(random.nextInt(100));
      program.times(Step.MULTIPLY, 1 + random.nextInt(40));
      if (!registers && transfers) {
        program.times(Step.READ, 1 + random.nextInt(4));
        program.times(Step.MULTIPLY, random.nextInt(20));
      }
      program.precharge();
      if (random.nextInt(3) == 0) {
        transfer(program, registers, Step.READ, 1 + random.nextInt(4), rows);
      }
      if (random.nextInt(4) == 0) {
        program.times(Step.WAIT, 1 + random.nextInt(300));
      }
      program.close(loop, random.nextInt(3));
      transfer(program, registers, Step.READ, random.nextInt(5), rows);
      program.close(outer, 7);
    }
    return program;
  }

  private static void transfer(
      StepProgram program, boolean registers, Step step, int count, int rows) {
    if (registers) {
      program.activateRegisters(rows - 1);
    }
    program.times(step, count);
    if (registers) {
      program.precharge();
    }
  }

  /** A channel, the host's requests and kernels, and what came of them. */
  static final class Run {
    final DramChannel channel;
    final List<String> log = new ArrayList<>();

    Run(DramStandard standard, ControllerSpec controller, AllBankSpec compute, boolean watched) {
      channel = new DramChannel(standard, controller, compute);
      channel.onCompletion(
          (word, write, accepted, done) ->
              log.add(word + (write ? " written " : " read ") + accepted + " " + done));
      channel.onProgram(
          (unit, began, ran, done) ->
              log.add("unit " + unit + " began " + began + " ran " + ran + " done " + done));
      if (watched) {
        channel.onCommand((tick, command, bank, row) -> {});
      }
    }

    /** All that can be seen from outside. */
    List<Long> state() {
      List<Long> state = new ArrayList<>();
      for (Command command : Command.values()) {
        state.add(channel.commands(command));
      }
      for (int scope = 0; scope < channel.scopes(); scope++) {
        state.add(channel.openTicks(scope));
      }
      for (int unit = 0; unit < channel.units(); unit++) {
        state.add(channel.heldTicks(unit));
        state.add(channel.isComputing(unit) ? 1L : 0L);
      }
      state.add(channel.rowHits());
      state.add(channel.rowMisses());
      state.add(channel.rowConflicts());
      state.add((long) channel.openBanks());
      if (!channel.isComputing()) {
        channel.describe(state::add, 0);
      }
      return state;
    }
  }

  static ControllerSpec controller(SplittableRandom random) {
    return ControllerSpec.usual("bank-interleaved")
        .queues(random.nextInt(1, 65), random.nextInt(1, 65))
        .page(random.nextInt(4) > 0 ? PagePolicy.OPEN : PagePolicy.CLOSED, random.nextInt(1, 5))
        .refresh(random.nextInt(4) == 0 ? RefreshPolicy.NONE : RefreshPolicy.ALL_BANK)
        .blocking(random.nextBoolean() ? RefreshBlocking.CHANNEL : RefreshBlocking.BANK)
        .mapping("bank-interleaved", random.nextBoolean())
        .build();
  }

  @TestFactory
  Stream<DynamicTest> leapsChangeNothing() {
    return PimDeviceTest.PRESETS.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      PimSpec spec = PimReader.builtIn(name);
                      long[] commands = {0, 0};
                      Randomized.check(40, random -> check(spec, random, commands));
                      assertThat(commands[0]).as("leapt").isGreaterThan(commands[1] / 4);
                    }));
  }

  private static void check(PimSpec preset, SplittableRandom random, long[] commands) {
    PimTimings timings =
        random.nextBoolean() ? preset.timings() : PimClosedFormTest.timings(random);
    AllBankSpec compute = preset.compute();
    if (random.nextBoolean()) {
      compute =
          new AllBankSpec(
              compute.level(),
              preset.unitBanks() >> random.nextInt(3),
              random.nextInt(3) == 0,
              random.nextInt(100),
              random.nextInt(100),
              PimPriorityTest.either(random),
              1 + random.nextInt(2000));
    }
    DramStandard standard = PimRules.extended(preset.dram().standard(), compute, timings);
    ControllerSpec controller = controller(random);
    Run leaping = new Run(standard, controller, compute, false);
    Run watched = new Run(standard, controller, compute, true);
    List<Run> runs = List.of(leaping, watched);
    long bursts = standard.capacityBytes() / standard.burstBytes();
    boolean inStep = random.nextBoolean();
    int hostEvery = 1 + random.nextInt(12);
    for (int step = 0; step < 60; step++) {
      if (random.nextInt(3) == 0) {
        StepProgram program = program(random, timings.registerRow(), standard.rows());
        int one = random.nextInt(leaping.channel.units());
        for (int unit = 0; unit < leaping.channel.units(); unit++) {
          if ((inStep || unit == one) && !watched.channel.isComputing(unit)) {
            for (Run run : runs) {
              run.channel.begin(unit, program.fresh());
            }
          }
        }
      }
      if (random.nextInt(hostEvery) == 0) {
        long address = random.nextLong(bursts) * standard.burstBytes();
        boolean write = random.nextInt(3) == 0;
        boolean accepted = watched.channel.offer(address, write, step);
        assertThat(leaping.channel.offer(address, write, step)).isEqualTo(accepted);
      }
      long now = watched.channel.nowTicks();
      long until = now + random.nextInt(random.nextInt(4) == 0 ? 20_000 : 400);
      if (random.nextBoolean()) {
        for (Run run : runs) {
          run.channel.advanceTo(until);
        }
      } else {
        watched.channel.advanceToChange(until);
        leaping.channel.advanceToChange(until);
        assertThat(leaping.channel.nowTicks()).isEqualTo(watched.channel.nowTicks());
      }
      assertThat(leaping.state()).isEqualTo(watched.state());
      assertThat(leaping.log).isEqualTo(watched.log);
    }
    for (int i = 0; i < 200 && watched.channel.isComputing(); i++) {
      for (Run run : runs) {
        run.channel.advanceTo(run.channel.nowTicks() + 50_000);
      }
    }
    assertThat(leaping.log).isEqualTo(watched.log);
    assertThat(leaping.state()).isEqualTo(watched.state());
    assertThat(watched.channel.leaptCommands()).isZero();
    commands[0] += leaping.channel.leaptCommands();
    for (Command command : List.of(Command.ACTAB, Command.MACAB, Command.WRGB, Command.RDRES)) {
      commands[1] += watched.channel.commands(command);
    }
  }

  /** Kernels of models: nearly all of their commands are leapt over. */
  @Test
  void longKernelsAreMostlyLeaptOver() {
    for (String name : PimDeviceTest.PRESETS) {
      PimSpec spec = PimReader.builtIn(name);
      DramStandard standard = spec.standard();
      long columns = (long) standard.bursts() * standard.burstBytes();
      var gemv =
          new PimKernel.Gemv(spec.allProcessors() * 8, columns * 4, 1, spec.formats().get(0));
      PimPlan plan = PimPlan.of(spec, 1, gemv);
      List<Long> ends = new ArrayList<>();
      long[] leapt = new long[2];
      for (boolean watched : new boolean[] {false, true}) {
        Run run =
            new Run(
                standard,
                PimDeviceTest.controller(RefreshPolicy.ALL_BANK),
                spec.compute(),
                watched);
        for (int unit = 0; unit < run.channel.units(); unit++) {
          run.channel.begin(unit, plan.program(5));
        }
        while (run.channel.isComputing()) {
          run.channel.advanceToChange(Long.MAX_VALUE / 8);
        }
        ends.add(run.channel.nowTicks());
        leapt[0] = Math.max(leapt[0], run.channel.leaptCommands());
        leapt[1] = run.channel.commands(Command.MACAB);
      }
      assertThat(ends.get(0)).as(name).isEqualTo(ends.get(1));
      assertThat(leapt[0]).as(name).isGreaterThan(leapt[1] / 2);
    }
  }
}
