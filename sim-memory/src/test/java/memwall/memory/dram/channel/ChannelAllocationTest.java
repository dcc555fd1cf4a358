package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.Allocation;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and commands allocate nothing once a channel stands. */
final class ChannelAllocationTest {
  private long completed;
  private long state = 1;

  private void run(DramChannel channel, int requests) {
    long before = completed;
    long offered = 0;
    while (completed < before + requests) {
      while (offered < requests) {
        state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        boolean write = (state >>> 60) < 5;
        boolean near = (state >>> 59 & 1) != 0;
        long address = (near ? offered * 64 : state >>> 34) & (1 << 24) - 1;
        if (!channel.offer(address & -64, write, offered)) {
          break;
        }
        offered++;
      }
      channel.advanceToChange(channel.nowTicks() + 100_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddr5", "lpddr5", "hbm3"})
  void nothingPerRequest(String name) {
    DramStandard standard =
        switch (name) {
          case "ddr5" -> HandMade.ddr5(2);
          case "lpddr5" -> HandMade.lpddr5(1);
          default -> HandMade.hbm3(2);
        };
    ControllerSpec spec =
        Controllers.usual().closesAfter(4).refresh(RefreshPolicy.ALL_BANK).hashed().spec();
    DramChannel channel = new DramChannel(standard, spec);
    channel.onCompletion((word, write, accepted, done) -> completed++);
    run(channel, 60_000);
    long allocated = Allocation.leastBytes(2, () -> run(channel, 20_000));
    assertThat(completed).isEqualTo(100_000);
    assertThat(allocated).isLessThan(Allocation.TOLERATED_BYTES);
  }
}
