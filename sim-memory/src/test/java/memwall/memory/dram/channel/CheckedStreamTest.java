package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Tiers;
import memwall.memory.dram.standard.TimingChecker;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever a channel of whatever device issues, under whatever controller, the independent timing
 * checker accepts.
 */
final class CheckedStreamTest {
  private static final ImmutableList<Command> COMMANDS = ImmutableList.copyOf(Command.values());
  private static final int REQUESTS = 600;

  @TestFactory
  Stream<DynamicTest> everyCommandIsLegal() {
    return Presets.builtIn().names("dram").stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      DramStandard standard = DramDevice.builtIn(name).standard();
                      Randomized.check(1, random -> checkControllers(standard, random));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> everyCommandIsLegalInTiers() {
    return Tiers.DEVICES.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        Randomized.check(
                            2,
                            random -> checkControllers(Tiers.of(name, random, 20_000), random))));
  }

  /** Every refresh and page policy; whatever else a controller has is drawn. */
  private static void checkControllers(DramStandard standard, SplittableRandom random) {
    List<RefreshPolicy> policies = new ArrayList<>(List.of(RefreshPolicy.values()));
    if (standard.bankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.PER_BANK);
    }
    if (standard.sameBankRefreshTicks() == 0) {
      policies.remove(RefreshPolicy.SAME_BANK);
    }
    for (RefreshPolicy refresh : policies) {
      for (PagePolicy page : PagePolicy.values()) {
        for (RefreshBlocking blocking : RefreshBlocking.values()) {
          ControllerSpec spec = controller(refresh, page, blocking, random);
          check(standard, spec, random);
          if (standard.hasLowPower() && !refresh.isInTurn()) {
            // With self-refresh there would be fewer refreshes than the checker asks for.
            int down = random.nextInt(1, 400);
            check(standard, spec.toBuilder().lowPower(down, 0).build(), random);
          }
        }
      }
    }
  }

  private static ControllerSpec controller(
      RefreshPolicy refresh, PagePolicy page, RefreshBlocking blocking, SplittableRandom random) {
    return ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS)
        .queues(random.nextInt(1, 65), random.nextInt(1, 65))
        .watermarks(random.nextInt(50, 100), random.nextInt(1, 50))
        .page(page, random.nextInt(1, 5))
        .refresh(refresh)
        .blocking(blocking)
        .mapping(
            random.nextBoolean() ? AddressMapping.ROW_CONTIGUOUS : AddressMapping.BANK_INTERLEAVED,
            random.nextBoolean())
        .build();
  }

  private static void check(DramStandard standard, ControllerSpec spec, SplittableRandom random) {
    TimingChecker checker =
        new TimingChecker(
            standard,
            switch (spec.refresh()) {
              case NONE -> 0;
              case ALL_BANK -> standard.refreshTicks();
              case PER_BANK -> standard.bankRefreshTicks() * standard.banks();
              case SAME_BANK -> standard.sameBankRefreshTicks() * standard.groupBanks();
            });
    DramChannel channel = new DramChannel(standard, spec);
    channel.onCommand(
        (tick, command, bank, row) -> checker.issue(tick, COMMANDS.get(command), bank, row));
    long completed = play(channel, random);
    checker.end(channel.nowTicks());
    assertThat(checker.checked()).isGreaterThanOrEqualTo(channel.reads() + channel.writes());
    assertThat(completed)
        .isEqualTo(
            channel.reads()
                + channel.writes()
                + channel.forwardedReads()
                + channel.coalescedWrites());
  }

  /** Bursts of requests, local or not, between short and long rests. */
  private static long play(DramChannel channel, SplittableRandom random) {
    long[] completed = new long[1];
    channel.onCompletion((word, write, accepted, done) -> completed[0]++);
    int writePercent = random.nextInt(4) * 33;
    boolean local = random.nextBoolean();
    long bytes = channel.standard().burstBytes();
    long bursts = channel.standard().capacityBytes() / bytes;
    long at = random.nextLong(bursts);
    long offered = 0;
    while (offered < REQUESTS) {
      for (int i = random.nextInt(40); i > 0; i--) {
        at = local && random.nextInt(8) > 0 ? (at + 1) % bursts : random.nextLong(bursts);
        if (channel.offer(at * bytes, random.nextInt(100) < writePercent, 0)) {
          offered++;
        }
      }
      channel.advanceTo(channel.nowTicks() + random.nextInt(1, 1 << random.nextInt(1, 12)));
      if (random.nextInt(20) == 0) {
        channel.advanceTo(channel.nowTicks() + 3 * channel.standard().refreshTicks());
      }
    }
    while (channel.pending() > 0) {
      channel.advanceToChange(channel.nowTicks() + 100_000);
    }
    channel.advanceTo(channel.nowTicks() + 4 * channel.standard().refreshTicks());
    assertThat(completed[0]).isEqualTo(offered);
    return completed[0];
  }
}
