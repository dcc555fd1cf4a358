package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingChecker;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No command of a channel breaks its standard, for every preset: see {@link TimingChecker}. */
final class CheckedStreamsTest {
  private static final ImmutableList<Command> COMMANDS = ImmutableList.copyOf(Command.values());
  private static final int REQUESTS = 600;

  static Stream<String> presets() {
    return Presets.builtIn().names("dram").stream();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyCommandIsLegal(String preset) {
    DramStandard standard = DramDevice.builtIn(preset).standard();
    SplittableRandom random = new SplittableRandom(7);
    List<RefreshPolicy> policies = new ArrayList<>(List.of(RefreshPolicy.values()));
    if (standard.bankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.PER_BANK);
    }
    for (RefreshPolicy policy : policies) {
      for (PagePolicy page : PagePolicy.values()) {
        for (RefreshBlocking blocking : RefreshBlocking.values()) {
          String mapping =
              random.nextBoolean()
                  ? AddressMapping.ROW_CONTIGUOUS
                  : AddressMapping.BANK_INTERLEAVED;
          check(
              standard,
              new ControllerSpec(
                  32, 32, 80, 20, page, 1 + random.nextInt(4), policy, blocking, mapping, false),
              random);
        }
      }
    }
  }

  private static void check(
      DramStandard standard, ControllerSpec controller, SplittableRandom random) {
    TimingChecker checker =
        new TimingChecker(
            standard, controller.refresh() == RefreshPolicy.NONE ? 0 : standard.refreshTicks());
    DramChannel channel = new DramChannel(standard, controller);
    channel.onCommand(
        (tick, command, bank, row) -> checker.issue(tick, COMMANDS.get(command), bank, row));
    long next = 0;
    int writePercent = random.nextInt(3) * 40;
    for (int i = 0; i < REQUESTS; ) {
      long address = random.nextInt(3) > 0 ? next : random.nextLong(standard.capacityBytes());
      next = (address + standard.burstBytes()) % standard.capacityBytes();
      if (channel.offer(address, random.nextInt(100) < writePercent, i)) {
        i++;
      } else {
        channel.advanceToChange(channel.nowTicks() + 100_000);
      }
      if (random.nextInt(8) == 0) {
        channel.advanceTo(channel.nowTicks() + random.nextInt(40));
      }
      if (random.nextInt(300) == 0) {
        channel.advanceTo(channel.nowTicks() + 3 * standard.refreshTicks());
      }
    }
    channel.advanceTo(channel.nowTicks() + 4 * standard.refreshTicks());
    checker.end(channel.nowTicks());
    assertThat(checker.checked()).isGreaterThan(REQUESTS);
  }
}
