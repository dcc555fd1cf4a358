package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import memwall.memory.pnm.PimLeapTest.Run;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows of kernels that were carried out before are leapt over, and nobody can tell. */
final class PimMemoTest {
  private static final int LAYERS = 20;

  static Stream<String> presets() {
    return PimDeviceTest.PRESETS.stream();
  }

  private static long commands(DramChannel channel) {
    long sum = 0;
    for (Command command : Command.values()) {
      // Those for a whole unit are counted in each of its scopes.
      int scopes = command == Command.ACTAB ? 1 : channel.scopes() / channel.units();
      sum += command.isAllBank() ? channel.commands(command) / scopes : 0;
    }
    return sum;
  }

  private static List<PimKernel> kernels(PimSpec spec) {
    NumberFormat format = spec.formats().get(0);
    return List.of(new Attention(4, 8, 1, 128, 300, format), new Gemv(4096, 1024, 1, format));
  }

  /**
   * Equal kernels with random gaps, so that refreshes come at other moments in each: the same ends
   * and counters as where every command is planned, and of the later ones hardly any is planned.
   */
  @ParameterizedTest
  @MethodSource("presets")
  void equalKernelsAreRemembered(String name) {
    PimSpec spec = PimReader.builtIn(name);
    ControllerSpec controller = PimDeviceTest.controller(RefreshPolicy.ALL_BANK);
    for (PimKernel kernel : kernels(spec)) {
      PimPlan plan = PimPlan.of(spec, 1, kernel);
      SplittableRandom random = new SplittableRandom(7);
      Run leaping = new Run(spec.standard(), controller, spec.compute(), false);
      Run watched = new Run(spec.standard(), controller, spec.compute(), true);
      long planned = 0;
      long all = 0;
      for (int layer = 0; layer < LAYERS; layer++) {
        long gap = random.nextInt(20_000);
        final long before = commands(leaping.channel);
        final long leaptBefore = leaping.channel.leaptCommands();
        for (Run run : List.of(leaping, watched)) {
          run.channel.advanceTo(run.channel.nowTicks() + gap);
          for (int unit = 0; unit < run.channel.units(); unit++) {
            run.channel.begin(unit, plan.program(layer));
          }
          while (run.channel.isComputing()) {
            run.channel.advanceToChange(Long.MAX_VALUE / 8);
          }
        }
        assertThat(leaping.log).isEqualTo(watched.log);
        assertThat(leaping.state()).isEqualTo(watched.state());
        if (layer >= LAYERS / 2) {
          long issued = commands(leaping.channel) - before;
          all += issued;
          planned += issued - (leaping.channel.leaptCommands() - leaptBefore);
        }
      }
      assertThat(planned).as("%s %s: planned of %s", name, kernel, all).isLessThan(all / 4 + 1);
    }
  }

  /**
   * A few programs again and again, beside a host that comes in the middle, with refresh intervals
   * that change, looked at any time.
   */
  @TestFactory
  Stream<DynamicTest> leapsOverRowsChangeNothing() {
    return presets()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      PimSpec spec = PimReader.builtIn(name);
                      Randomized.check(12, random -> check(spec, random));
                    }));
  }

  private static void check(PimSpec preset, SplittableRandom random) {
    PimTimings timings =
        random.nextBoolean() ? preset.timings() : PimClosedFormTest.timings(random);
    AllBankSpec its = preset.compute();
    AllBankSpec compute =
        new AllBankSpec(
            its.level(),
            random.nextBoolean() ? its.activateBanks() : preset.unitBanks() >> random.nextInt(3),
            random.nextInt(3) == 0,
            random.nextInt(100),
            random.nextInt(100),
            PimPriorityTest.either(random),
            1 + random.nextInt(2000));
    DramStandard standard = PimRules.extended(preset.dram().standard(), compute, timings);
    ControllerSpec controller = PimLeapTest.controller(random);
    Run leaping = new Run(standard, controller, compute, false);
    Run watched = new Run(standard, controller, compute, true);
    List<Run> runs = List.of(leaping, watched);
    List<StepProgram> programs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      programs.add(PimLeapTest.program(random, timings.registerRow(), standard.rows()));
    }
    long bursts = standard.capacityBytes() / standard.burstBytes();
    int hostEvery = 1 + random.nextInt(60);
    for (int step = 0; step < 120; step++) {
      if (random.nextInt(2) == 0) {
        StepProgram program = programs.get(random.nextInt(programs.size()));
        boolean inStep = random.nextInt(4) > 0;
        int one = random.nextInt(leaping.channel.units());
        for (int unit = 0; unit < leaping.channel.units(); unit++) {
          if ((inStep || unit == one) && !watched.channel.isComputing(unit)) {
            for (Run run : runs) {
              run.channel.begin(unit, program.fresh(step));
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
      if (random.nextInt(30) == 0) {
        int divisor = 1 << random.nextInt(3);
        for (Run run : runs) {
          run.channel.divideRefreshInterval(divisor);
        }
      }
      long until =
          watched.channel.nowTicks() + random.nextInt(random.nextInt(3) == 0 ? 900 : 30_000);
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
  }
}
