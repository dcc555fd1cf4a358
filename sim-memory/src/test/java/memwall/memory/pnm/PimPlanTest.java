package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankProgram;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.Test;

/** Programs as loops against programs written out. */
class PimPlanTest {
  private static final List<PimSpec> SPECS =
      PimDeviceTest.PRESETS.stream().map(PimReader::builtIn).toList();

  private record Entry(Step step, long count, int row) {}

  private static List<Entry> steps(AllBankProgram program) {
    List<Entry> steps = new ArrayList<>();
    while (program.step() != Step.END) {
      Step step = program.step();
      steps.add(new Entry(step, program.count(), step == Step.ACTIVATE ? program.row() : -1));
      program.advance();
    }
    return steps;
  }

  /** What a program says is left is what comes, at every step. */
  private static void checkLeft(AllBankProgram program) {
    long multiplies = program.left(Step.MULTIPLY);
    long waits = program.left(Step.WAIT);
    while (program.step() != Step.END) {
      assertThat(program.left(Step.MULTIPLY)).isEqualTo(multiplies);
      assertThat(program.left(Step.WAIT)).isEqualTo(waits);
      multiplies -= program.step() == Step.MULTIPLY ? program.count() : 0;
      waits -= program.step() == Step.WAIT ? program.count() : 0;
      program.advance();
    }
    assertThat(multiplies).isZero();
    assertThat(waits).isZero();
  }

  private static PimSpec random(SplittableRandom random) {
    PimSpec spec = SPECS.get(random.nextInt(SPECS.size()));
    PimTimings old = spec.timings();
    PimTimings timings =
        new PimTimings(
            old.multiplyClocks(),
            old.resultClocks(),
            old.loadClocks(),
            old.readClocks(),
            old.activateClocks(),
            old.banksPerWindow(),
            random.nextBoolean());
    int vectors = 1 + random.nextInt(3);
    return new PimSpec(
        spec.name(),
        spec.dram(),
        spec.reach(),
        spec.compute(),
        timings,
        spec.banksPerProcessor(),
        ((long) spec.dram().standard().burstBytes() * vectors) << random.nextInt(7),
        1 + random.nextInt(40),
        1 + random.nextInt(64),
        vectors,
        spec.formats(),
        0,
        1,
        random.nextBoolean() ? 0 : 1L << (30 + random.nextInt(12)),
        random.nextBoolean());
  }

  private static PimKernel kernel(SplittableRandom random, NumberFormat format) {
    if (random.nextBoolean()) {
      return new Attention(
          1 + random.nextInt(40),
          1 + random.nextInt(8),
          1 + random.nextInt(5),
          1 + random.nextInt(200),
          1 + random.nextInt(1500),
          format);
    }
    return new Gemv(
        1 + random.nextInt(1 << random.nextInt(14)),
        1 + random.nextInt(1 << random.nextInt(13)),
        1 + random.nextInt(7),
        format);
  }

  @Test
  void loopsAreTheStepsWrittenOut() {
    int[] compared = {0, 0};
    Randomized.check(
        100,
        random -> {
          PimSpec spec = random(random);
          PimKernel kernel = kernel(random, spec.formats().get(0));
          int devices = 1 + random.nextInt(3);
          PlainPimPlan plain;
          try {
            plain = PlainPimPlan.of(spec, devices, kernel);
          } catch (IllegalArgumentException refused) {
            assertThatThrownBy(() -> PimPlan.of(spec, devices, kernel))
                .hasMessage(refused.getMessage());
            compared[1]++;
            return;
          }
          PimPlan plan = PimPlan.of(spec, devices, kernel);
          AllBankProgram written = plain.program().fresh();
          List<Entry> steps = steps(plan.program(0));
          assertThat(steps).isEqualTo(steps(written));
          if (steps.size() < 2000) {
            checkLeft(plan.program(0));
          }
          assertThat(plan.rowsUsed()).isEqualTo(plain.rowsUsed());
          assertThat(plan.additions()).isEqualTo(plain.additions());
          assertThat(plan.vectorFlops()).isEqualTo(plain.vectorFlops());
          assertThat(plan.program().size()).isLessThan(240);
          PimClosedForm form =
              new PimClosedForm(spec.standard(), spec.compute(), spec.timings(), spec.unitBanks());
          for (int at = 0; at < 2; at++) {
            assertThat(form.ticks(plan.program(), at)).isEqualTo(form.ticks(plain.program(), at));
          }
          compared[0]++;
        });
    assertThat(compared[0]).isGreaterThan(compared[1]);
  }

  /** 64 sequences of 8k tokens: what was tens of millions of steps is a few. */
  @Test
  void aLongKernelIsAShortProgram() {
    PimSpec spec = PimReader.builtIn("attacc-bank");
    Attention attention = new Attention(64, 8, 8, 128, 8192, NumberFormat.FP16);
    PimPlan plan = PimPlan.of(spec, 1, attention);
    assertThat(plan.program().size()).isLessThan(40);
    assertThat(plan.bankBytes()).isGreaterThanOrEqualTo(attention.matrixBytes());
    assertThat(plan.boundTicks()).isGreaterThan(1_000_000);
  }

  /**
   * AttAcc: the softmax of all heads but the last goes on beside the next one's scores; a slow one
   * is waited for as far as it is longer.
   */
  @Test
  void softmaxGoesOnBesideTheNextScores() {
    PimSpec spec = PimReader.builtIn("attacc-bank");
    assertThat(spec.headPipelining()).isTrue();
    int heads = 5;
    Attention attention =
        new Attention(heads * spec.dram().channels(), 1, 1, 128, 4096, NumberFormat.FP16);
    for (long rate : new long[] {spec.vectorFlopsPerSec(), spec.vectorFlopsPerSec() / 64}) {
      PimPlan beside = PimPlan.of(with(spec, rate, true), 1, attention);
      PimPlan behind = PimPlan.of(with(spec, rate, false), 1, attention);
      double ticksPerSec = 1e15 / (double) spec.dram().standard().tickFemtos();
      double units = (double) spec.dram().channels() * spec.units();
      double flops = (double) beside.vectorFlops() / (heads * units);
      long softmax = (long) Math.ceil(flops * units / (double) rate * ticksPerSec - 1e-6);
      assertThat(behind.program().total(Step.WAIT)).isEqualTo(heads * softmax);
      long scores = behind.program().total(Step.MULTIPLY) / heads / 2;
      long multiply =
          spec.timings().multiplyClocks() * spec.dram().standard().bus().ticksPerClock();
      long covered = Math.min(softmax, scores * multiply);
      assertThat(beside.program().total(Step.WAIT))
          .isEqualTo(heads * softmax - (heads - 1) * covered);
      assertThat(behind.boundTicks() - beside.boundTicks())
          .isCloseTo((heads - 1) * covered, within(heads * 100L));
      assertThat(beside.bankBytes()).isEqualTo(behind.bankBytes());
      assertThat(beside.rowsUsed()).isEqualTo(behind.rowsUsed());
      assertThat(beside.inputBytes()).isEqualTo(behind.inputBytes());
      assertThat(beside.vectorFlops()).isEqualTo(behind.vectorFlops());
    }
  }

  private static PimSpec with(PimSpec spec, long vectorFlopsPerSec, boolean headPipelining) {
    return new PimSpec(
        spec.name(),
        spec.dram(),
        spec.reach(),
        spec.compute(),
        spec.timings(),
        spec.banksPerProcessor(),
        spec.inputBytes(),
        spec.accumulators(),
        spec.resultBytes(),
        spec.vectorsPerPass(),
        spec.formats(),
        spec.launchPs(),
        spec.multiplyPj(),
        vectorFlopsPerSec,
        headPipelining);
  }

  @Test
  void rowsBeginWhereTheyAreToldIfTheyFit() {
    PimSpec spec = PimReader.builtIn("hbm-pim-aquabolt-xl");
    PimPlan plan = PimPlan.of(spec, 1, new Gemv(4096, 4096, 1, NumberFormat.FP16));
    int last = spec.dram().standard().rows() - 1;
    for (long first : new long[] {0, 100, last, 1L << 40}) {
      int least = Integer.MAX_VALUE;
      int most = -1;
      boolean registers = false;
      for (Entry entry : steps(plan.program(first))) {
        if (entry.step() == Step.ACTIVATE && entry.row() < last) {
          least = Math.min(least, entry.row());
          most = Math.max(most, entry.row());
        }
        registers |= entry.row() == last;
      }
      // The registers keep their row, the last one.
      assertThat(registers).isTrue();
      assertThat(most - least + 1).isEqualTo(plan.rowsUsed());
      assertThat((long) least).isEqualTo(Math.min(first, last - plan.rowsUsed()));
    }
  }
}
