package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.memory.dram.bank.BankRig.Step;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No kernel in the banks begins before writes to its region that were submitted before it. */
final class WriteFenceTest {
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;

  static Stream<String> pimPresets() {
    return NearComputeTest.pimPresets();
  }

  @Test
  void writesThatFinishInAnyOrder() {
    Randomized.check(
        50,
        random -> {
          WriteFence fence = new WriteFence();
          List<Long> underWay = new ArrayList<>();
          List<Long> kernels = new ArrayList<>();
          for (int i = 0; i < 500; i++) {
            int action = random.nextInt(3);
            if (action == 0 || (action == 1 && underWay.isEmpty())) {
              underWay.add(fence.submitted());
            } else if (action == 1) {
              int which = random.nextInt(underWay.size());
              fence.finished(underWay.remove(which));
            } else {
              kernels.add(fence.now());
            }
            for (long kernel : kernels) {
              boolean free = underWay.stream().noneMatch(write -> write < kernel);
              assertThat(fence.isPassed(kernel)).isEqualTo(free);
            }
            List<Long> state = new ArrayList<>();
            fence.describe(state::add);
            assertThat(state.stream().skip(1).filter(done -> done == 0)).hasSize(underWay.size());
          }
        });
  }

  private static long[] donePs(String name, Usage written, int writes, long delayPs) {
    BankSpec spec = NearComputeTest.quiet(name);
    BankRig rig = new BankRig(spec, 1, true);
    PimKernel kernel = new Gemv(4096, 4096, 1, spec.pim().formats().get(0));
    List<Step> script = new ArrayList<>();
    for (int i = 0; i < writes; i++) {
      script.add(new Step(0, true, written, 1 << 20, RUN));
    }
    script.add(Step.of(delayPs, kernel));
    rig.schedule(script);
    rig.simulation.run();
    assertThat(rig.memory.brokenLaws()).isEmpty();
    assertThat(rig.memory.outstanding()).isZero();
    long lastWritePs = 0;
    for (int i = 0; i < writes; i++) {
      lastWritePs = Math.max(lastWritePs, rig.donePs.get(i) - spec.pathPs());
    }
    return new long[] {lastWritePs, rig.donePs.get(writes), rig.memory.boundPs(kernel)};
  }

  /** From both sides: not before the last write is there, and at once when it is. */
  @ParameterizedTest
  @MethodSource("pimPresets")
  void aKernelBeginsBehindEarlierWritesOfItsRegion(String name) {
    long launchPs = BankRig.preset(name).pim().launchPs();
    long[] held = donePs(name, Usage.KV, 3, 0);
    assertThat(held[0]).isGreaterThan(launchPs);
    // Then rows of the host are closed and units that share a bus take turns.
    long leastPs = held[0] + held[2] - launchPs;
    assertThat(held[1]).isBetween(leastPs, leastPs + 200_000);
    // Writes that were done before cost nothing.
    long laterPs = held[0] + 1_000_000;
    long[] free = donePs(name, Usage.KV, 3, laterPs);
    assertThat(free[1] - laterPs).isBetween(held[2], held[2] + 200_000);
    // Nor do those of other regions.
    assertThat(donePs(name, Usage.WEIGHTS, 3, 0)[1]).isLessThan(held[1]);
  }

  /** A kernel whose writes are there waits for those in front of it all the same. */
  @ParameterizedTest
  @MethodSource("pimPresets")
  void kernelsKeepTheirOrder(String name) {
    BankSpec spec = NearComputeTest.quiet(name);
    BankRig rig = new BankRig(spec, 1, true);
    PimKernel kernel = new Gemv(64, 64, 1, spec.pim().formats().get(0));
    rig.schedule(
        List.of(
            new Step(0, true, Usage.KV, 1 << 22, RUN),
            Step.of(0, kernel),
            new Step(0, false, Usage.WEIGHTS, 0, RUN, kernel),
            Step.of(0, kernel)));
    rig.simulation.run();
    assertThat(rig.donePs.get(1)).isGreaterThan(rig.donePs.get(0) - spec.pathPs());
    assertThat(rig.donePs.get(2)).isGreaterThan(rig.donePs.get(1));
    assertThat(rig.donePs.get(3)).isGreaterThan(rig.donePs.get(2));
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }
}
