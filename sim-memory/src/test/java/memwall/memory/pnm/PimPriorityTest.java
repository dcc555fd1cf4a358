package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.channel.AllBankPriority;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.TimingChecker;
import memwall.memory.pnm.PimKernel.Attention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who goes first where a second row buffer lets host and compute work at once. */
final class PimPriorityTest {
  private static final ImmutableList<Command> COMMANDS = ImmutableList.copyOf(Command.values());

  /** Longer than any test. */
  private static final long NEVER_TICKS = 1L << 40;

  /** What a host that saturates the channel sends. */
  private enum Host {
    NOTHING,
    READS,
    WRITES,
    BOTH
  }

  static AllBankPriority either(SplittableRandom random) {
    return random.nextBoolean() ? AllBankPriority.COMPUTE : AllBankPriority.FIRST_READY;
  }

  /** What happened while a program ran. */
  private record Outcome(
      long ticks, long bursts, long longestHostGap, long longestComputeGap, List<Long> commands) {}

  private static AllBankSpec compute(AllBankPriority priority, long patience) {
    AllBankSpec its = PimReader.builtIn("neupims").compute();
    return new AllBankSpec(
        its.level(),
        its.activateBanks(),
        true,
        its.enterTicks(),
        its.exitTicks(),
        priority,
        patience);
  }

  private static Outcome run(
      StepProgram program, AllBankSpec compute, Host host, RefreshPolicy refresh) {
    PimSpec spec = PimReader.builtIn("neupims");
    var standard = spec.standard();
    DramChannel channel = new DramChannel(standard, PimDeviceTest.controller(refresh), compute);
    long interval = refresh == RefreshPolicy.NONE ? 0 : standard.refreshTicks();
    PimChecker checker = new PimChecker(spec, new TimingChecker(spec.dram().standard(), interval));
    long[] last = {0, 0};
    long[] gap = {0, 0};
    channel.onCommand(
        (tick, number, bank, row) -> {
          Command command = COMMANDS.get(number);
          checker.issue(tick, command, bank, row);
          boolean isBurst = command == Command.RD || command == Command.WR;
          int side = isBurst ? 0 : 1;
          if (isBurst || command.isAllBank()) {
            gap[side] = Math.max(gap[side], tick - last[side]);
            last[side] = tick;
          }
        });
    long[] sent = {0, 1L << 20};
    // The host is under way when the program comes.
    feed(channel, host, sent);
    while (channel.nowTicks() < 2000) {
      channel.advanceToChange(2000);
      feed(channel, host, sent);
    }
    final long before = channel.reads() + channel.writes();
    final long began = channel.nowTicks();
    gap[0] = 0;
    last[1] = began;
    channel.begin(0, program.fresh());
    while (channel.isComputing()) {
      channel.advanceToChange(NEVER_TICKS);
      feed(channel, host, sent);
    }
    List<Long> commands = new ArrayList<>();
    for (Command command : COMMANDS) {
      commands.add(command.isAllBank() ? channel.commands(command) : 0);
    }
    assertThat(checker.checked()).isPositive();
    return new Outcome(
        channel.nowTicks() - began,
        channel.reads() + channel.writes() - before,
        Math.max(gap[0], channel.nowTicks() - last[0]),
        gap[1],
        commands);
  }

  /** Keeps the queues full with bursts that follow each other in rows. */
  private static void feed(DramChannel channel, Host host, long[] sent) {
    int bytes = channel.standard().burstBytes();
    while (host == Host.READS || host == Host.BOTH) {
      if (!channel.offer(sent[0] * bytes, false, sent[0])) {
        break;
      }
      sent[0]++;
    }
    while (host == Host.WRITES || host == Host.BOTH) {
      if (!channel.offer(sent[1] * bytes, true, sent[1])) {
        break;
      }
      sent[1]++;
    }
  }

  private static StepProgram attention() {
    PimSpec spec = PimReader.builtIn("neupims");
    return PimPlan.of(spec, 1, new Attention(8, 8, 1, 128, 400, NumberFormat.FP16)).program();
  }

  /** Bursts of input and of results without end, as close as the device allows. */
  private static StepProgram bursts(int turns) {
    StepProgram program = new StepProgram();
    int loop = program.loop(turns);
    program.times(Step.LOAD, 1);
    program.times(Step.READ, 1);
    program.close(loop, 0);
    return program;
  }

  /** Attention with precedence takes hardly longer than on a channel of its own. */
  @ParameterizedTest
  @EnumSource(names = {"READS", "BOTH"})
  void computeKeepsItsPace(Host host) {
    StepProgram program = attention();
    AllBankSpec first = compute(AllBankPriority.COMPUTE, 1000);
    AllBankSpec ready = compute(AllBankPriority.FIRST_READY, 1000);
    Outcome quiet = run(program, first, Host.NOTHING, RefreshPolicy.NONE);
    Outcome preferred = run(program, first, host, RefreshPolicy.NONE);
    Outcome asReady = run(program, ready, host, RefreshPolicy.NONE);
    assertThat(preferred.ticks()).isBetween(quiet.ticks(), quiet.ticks() * 105 / 100);
    assertThat(asReady.ticks()).isGreaterThan(quiet.ticks() * 3 / 2);
    assertThat(preferred.commands()).isEqualTo(quiet.commands()).isEqualTo(asReady.commands());
    // And the host has most of the bus meanwhile.
    assertThat(preferred.bursts()).isGreaterThan(preferred.ticks() / 4);
  }

  /**
   * A program that wants the data bus always leaves none to the host but by patience: then the host
   * waits no longer than that and for its burst.
   */
  @ParameterizedTest
  @ValueSource(longs = {100, 1000, 5000})
  void theHostGetsABurstInTime(long patience) {
    for (Host host : List.of(Host.READS, Host.WRITES, Host.BOTH)) {
      Outcome bounded =
          run(bursts(2000), compute(AllBankPriority.COMPUTE, patience), host, RefreshPolicy.NONE);
      assertThat(bounded.longestHostGap()).as("%s", host).isBetween(patience - 100, patience + 200);
      assertThat(bounded.bursts()).isPositive();
      Outcome starved =
          run(
              bursts(2000),
              compute(AllBankPriority.COMPUTE, NEVER_TICKS),
              host,
              RefreshPolicy.NONE);
      assertThat(starved.longestHostGap()).as("%s", host).isGreaterThan(20_000);
      assertThat(starved.commands()).isEqualTo(bounded.commands());
    }
  }

  /** Where the first that is ready goes, a host that streams lets no input through but in time. */
  @ParameterizedTest
  @ValueSource(longs = {100, 1000, 5000})
  void computeGetsACommandInTime(long patience) {
    StepProgram program = bursts(40);
    Outcome bounded =
        run(
            program,
            compute(AllBankPriority.FIRST_READY, patience),
            Host.READS,
            RefreshPolicy.NONE);
    assertThat(bounded.longestComputeGap()).isBetween(patience - 100, patience + 200);
    assertThat(bounded.ticks()).isGreaterThan(20 * (patience - 100));
    assertThat(bounded.bursts()).isGreaterThan(bounded.ticks() / 4);
  }

  /** Random programs beside each host: all commands are issued, and every bound holds. */
  @Test
  void bothSidesProgress() {
    Randomized.check(
        30,
        random -> {
          StepProgram program = PimClosedFormTest.program(random, false);
          long patience = 200L + random.nextInt(2000);
          AllBankSpec compute = compute(either(random), patience);
          Host host = Host.values()[1 + random.nextInt(3)];
          Outcome busy = run(program, compute, host, RefreshPolicy.ALL_BANK);
          Outcome quiet = run(program, compute, Host.NOTHING, RefreshPolicy.ALL_BANK);
          assertThat(busy.commands()).isEqualTo(quiet.commands());
          long refresh = 2L * PimReader.builtIn("neupims").dram().clocks().get("nRFC");
          // A refresh waits for open rows, and both sides for it.
          assertThat(busy.longestHostGap()).isLessThan(patience + quiet.ticks() + refresh);
          assertThat(busy.longestComputeGap()).isLessThan(2 * patience + refresh + 600);
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5})
  void patienceIsAtLeastATick(long patience) {
    assertThatThrownBy(() -> compute(AllBankPriority.COMPUTE, patience))
        .hasMessage("patience must be at least a tick");
  }
}
