package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
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
import memwall.memory.dram.standard.TimingChecker;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Host and compute in the same queues, banks and refreshes. */
class PimHostTest {
  private static final ImmutableList<Command> COMMANDS = ImmutableList.copyOf(Command.values());

  private static PimSpec with(PimSpec spec, AllBankSpec compute, PimTimings timings) {
    return new PimSpec(
        spec.name(),
        spec.dram(),
        spec.reach(),
        compute,
        timings,
        spec.banksPerProcessor(),
        spec.inputBytes(),
        spec.accumulators(),
        spec.resultBytes(),
        spec.vectorsPerPass(),
        spec.formats(),
        spec.launchPs(),
        spec.multiplyPj(),
        spec.vectorFlopsPerSec(),
        spec.headPipelining());
  }

  /**
   * Random programs on all units beside a random host, all controllers and refreshes: a second
   * reading of the device accepts every command, and every request and program ends.
   */
  @TestFactory
  Stream<DynamicTest> everyCommandIsLegal() {
    // LPDDR5: what WCK does between host and compute is not in the second reading.
    return PimDeviceTest.PRESETS.stream()
        .filter(name -> !name.startsWith("lpddr5"))
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
    PimTimings timings = PimClosedFormTest.timings(random);
    boolean second = random.nextInt(3) == 0;
    int activate = preset.unitBanks() >> random.nextInt(3);
    PimSpec spec =
        with(
            preset,
            new AllBankSpec(
                preset.compute().level(),
                activate,
                second,
                random.nextInt(100),
                random.nextInt(100),
                PimPriorityTest.either(random),
                1 + random.nextInt(2000)),
            timings);
    DramStandard standard = spec.standard();
    RefreshPolicy refresh = random.nextInt(4) == 0 ? RefreshPolicy.NONE : RefreshPolicy.ALL_BANK;
    ControllerSpec controller =
        ControllerSpec.usual("bank-interleaved")
            .queues(random.nextInt(1, 65), random.nextInt(1, 65))
            .page(random.nextBoolean() ? PagePolicy.OPEN : PagePolicy.CLOSED, random.nextInt(1, 5))
            .refresh(refresh)
            .blocking(random.nextBoolean() ? RefreshBlocking.CHANNEL : RefreshBlocking.BANK)
            .mapping("bank-interleaved", random.nextBoolean())
            .build();
    DramChannel channel = new DramChannel(standard, controller, spec.compute());
    long interval = refresh == RefreshPolicy.NONE ? 0 : standard.refreshTicks();
    PimChecker checker = new PimChecker(spec, new TimingChecker(spec.dram().standard(), interval));
    channel.onCommand(
        (tick, command, bank, row) -> checker.issue(tick, COMMANDS.get(command), bank, row));
    int[] programs = {0, 0};
    channel.onProgram((unit, began, ran, done) -> programs[1]++);
    long[] done = {0};
    channel.onCompletion((word, write, accepted, doneTicks) -> done[0]++);
    long accepted = 0;
    int gap = random.nextInt(1, 60);
    for (int step = 0; step < 1500; step++) {
      if (random.nextInt(40) == 0) {
        int unit = random.nextInt(channel.units());
        if (!channel.isComputing(unit)) {
          channel.begin(unit, PimClosedFormTest.program(random, timings.registerRow()));
          programs[0]++;
        }
      }
      long bursts = standard.capacityBytes() / standard.burstBytes();
      long address = random.nextLong(bursts) * standard.burstBytes();
      if (channel.offer(address, random.nextInt(4) == 0, step)) {
        accepted++;
      }
      channel.advanceTo(channel.nowTicks() + random.nextInt(gap));
    }
    // Long enough for every program and every request.
    channel.advanceTo(channel.nowTicks() + 400_000);
    assertThat(programs[1]).as("programs that ended").isEqualTo(programs[0]).isPositive();
    assertThat(done[0]).as("requests that ended").isEqualTo(accepted);
    assertThat(checker.checked()).isGreaterThan(500);
  }

  @Test
  void refreshOfSingleBanksIsRefused() {
    PimSpec spec = PimReader.builtIn("gddr6-aim");
    ControllerSpec controller = PimDeviceTest.controller(RefreshPolicy.PER_BANK);
    assertThatThrownBy(() -> new DramChannel(spec.standard(), controller, spec.compute()))
        .hasMessage(
            "with refresh of single banks there is always one that all-bank commands wait for;"
                + " memory that computes needs the refresh all-bank or none");
  }

  /** The checker is worth something: one tick early, and a command into the wrong state. */
  @Test
  void theCheckerRefuses() {
    PimSpec spec = PimReader.builtIn("gddr6-aim");
    PimChecker one = new PimChecker(spec, new TimingChecker(spec.dram().standard(), 0));
    assertThatThrownBy(() -> one.issue(1, Command.MACAB, 0, -1))
        .hasMessageContaining("closed bank");
    PimChecker two = new PimChecker(spec, new TimingChecker(spec.dram().standard(), 0));
    int rcd = spec.dram().clocks().get("nRCDRD");
    two.issue(1, Command.ACTAB, 0, 5);
    assertThatThrownBy(() -> two.issue(rcd, Command.MACAB, 0, -1))
        .hasMessageContaining("MACab after ACTab");
    two.issue(rcd + 1, Command.MACAB, 0, -1);
    assertThatThrownBy(() -> two.issue(rcd + 2, Command.MACAB, 0, -1))
        .hasMessageContaining("MACab after MACab");
    assertThatThrownBy(() -> two.issue(rcd + 9, Command.REFAB, 0, -1))
        .hasMessageContaining("over an open row");
    assertThatThrownBy(() -> two.issue(rcd + 10, Command.ACT, 3, 1))
        .hasMessageContaining("while compute has rows");
  }

  /**
   * Without a second row buffer a read that arrives in the middle waits for the end of the mode.
   */
  @Test
  void aBlockedReadWaitsForTheEndOfTheMode() {
    PimSpec spec = PimReader.builtIn("gddr6-aim");
    DramChannel channel =
        new DramChannel(
            spec.standard(), PimDeviceTest.controller(RefreshPolicy.NONE), spec.compute());
    StepProgram program = new StepProgram();
    program.activate(7);
    program.times(Step.MULTIPLY, 64);
    program.precharge();
    List<Long> reads = new ArrayList<>();
    List<Long> precharges = new ArrayList<>();
    channel.onCommand(
        (tick, command, bank, row) -> {
          if (command == Command.RD.index()) {
            reads.add(tick);
          } else if (command == Command.PREAB.index()) {
            precharges.add(tick);
          }
        });
    channel.begin(0, program);
    channel.advanceTo(20);
    assertThat(channel.offer(0, false, 1)).isTrue();
    channel.advanceTo(10_000);
    var clocks = spec.dram().clocks();
    assertThat(precharges).hasSize(1);
    assertThat(reads).containsExactly(precharges.get(0) + clocks.get("nRP") + clocks.get("nRCDRD"));
    assertThat(channel.heldTicks(0)).isEqualTo(precharges.get(0));
  }

  /** A read whose row was open gets its burst before the rows are closed for compute. */
  @Test
  void whatWasActivatedIsFinishedFirst() {
    PimSpec spec = PimReader.builtIn("gddr6-aim");
    DramChannel channel =
        new DramChannel(
            spec.standard(), PimDeviceTest.controller(RefreshPolicy.NONE), spec.compute());
    List<Command> commands = new ArrayList<>();
    channel.onCommand((tick, command, bank, row) -> commands.add(COMMANDS.get(command)));
    channel.offer(0, false, 1);
    channel.advanceTo(5);
    channel.begin(0, PimClosedFormTest.program(new SplittableRandom(1), false));
    channel.advanceTo(100_000);
    assertThat(commands.subList(0, 3)).containsExactly(Command.ACT, Command.RD, Command.PREAB);
  }

  /** With one row buffer the host waits as long as the kernel; with two hardly at all. */
  @Test
  void latencyOfTheHostBesideAKernel() {
    HostLoad host = new HostLoad(0.1, 11);
    PimSpec blocking = PimReader.builtIn("hbm-pim-aquabolt-xl");
    Gemv gemv = new Gemv(4096, 4096, 1, NumberFormat.FP16);
    ControllerSpec controller = PimDeviceTest.controller(RefreshPolicy.ALL_BANK);
    PimResult held = new PimDevice(blocking, controller, 4).run(gemv, host);
    assertThat(held.heldPs()).isBetween(held.timePs() * 9 / 10, held.timePs());
    // The first read to come waits for the whole kernel, later ones for what is left of it.
    assertThat(held.host().maxPs()).isBetween(held.heldPs() * 9 / 10, held.heldPs() * 13 / 10);
    assertThat(held.host().meanPs()).isBetween(held.heldPs() * 2 / 5, held.heldPs() * 4 / 5);
    PimSpec beside = PimReader.builtIn("neupims");
    PimDevice neupims = new PimDevice(beside, controller, 1);
    PimResult free = neupims.run(gemv, host);
    assertThat(free.heldPs()).isZero();
    HostLatency alone = neupims.hostAlone(host, 2_000);
    assertThat(free.host().meanPs()).isBetween(alone.meanPs() * 4 / 5, alone.meanPs() * 5 / 2);
    assertThat(free.host().maxPs()).isLessThan(free.timePs() / 2);
    // And the kernel hardly notices the host: it shares command and data buses only.
    PimResult quiet = neupims.run(gemv, HostLoad.NONE);
    assertThat(free.timePs()).isBetween(quiet.timePs(), quiet.timePs() * 12 / 10);
  }
}
