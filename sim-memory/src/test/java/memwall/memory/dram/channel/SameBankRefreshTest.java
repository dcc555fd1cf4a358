package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** DDR5 REFsb: whom it keeps waiting, and how long. */
final class SameBankRefreshTest {
  private static final ImmutableList<Command> COMMANDS = ImmutableList.copyOf(Command.values());

  private final DramStandard standard = DramDevice.builtIn("ddr5-4800an-16gb-x8").standard();
  private final DramChannel channel =
      new DramChannel(standard, Controllers.usual().refresh(RefreshPolicy.SAME_BANK).spec());
  private final List<Issued> issued = new ArrayList<>();

  private record Issued(long tick, Command command, int bank) {}

  SameBankRefreshTest() {
    channel.onCommand(
        (tick, command, bank, row) -> issued.add(new Issued(tick, COMMANDS.get(command), bank)));
  }

  private int ticks(String name) {
    return standard.timings().get(name);
  }

  private void read(int bank, int row) {
    AddressMapping mapping = AddressMapping.of(standard, AddressMapping.BANK_INTERLEAVED);
    assertThat(channel.offer(mapping.encode(AddressMapping.location(bank, row, 0)), false, 0))
        .isTrue();
  }

  private Issued first(Command command, int bank) {
    return issued.stream()
        .filter(one -> one.command == command && one.bank == bank)
        .findFirst()
        .orElseThrow();
  }

  /** ACT is heard a clock after it begins, REFsb at once: a clock less between their beginnings. */
  @Test
  void coveredBanksWaitForItOthersOnlyForItsBeginning() {
    channel.advanceTo(ticks("nREFIsb"));
    assertThat(issued).containsExactly(new Issued(ticks("nREFIsb"), Command.REFSB, 0));
    long begin = ticks("nREFIsb");
    int group = standard.groupBanks();
    read(3 * group, 1); // the same bank of the fourth group
    read(3 * group + 1, 1);
    channel.advanceTo(begin + ticks("nREFSBRD") - 2);
    assertThat(issued).hasSize(1);
    channel.advanceTo(begin + ticks("nREFSBRD") - 1);
    assertThat(issued).last().isEqualTo(new Issued(channel.nowTicks(), Command.ACT, 3 * group + 1));
    channel.advanceTo(begin + ticks("nRFCsb") - 2);
    assertThat(issued).noneMatch(one -> one.bank == 3 * group);
    channel.advanceTo(begin + ticks("nRFCsb") - 1);
    assertThat(first(Command.ACT, 3 * group).tick).isEqualTo(channel.nowTicks());
  }

  /** Open rows of the banks that it covers are closed before, others stay open. */
  @Test
  void onlyItsBanksAreClosed() {
    int group = standard.groupBanks();
    read(0, 5);
    read(2 * group, 5);
    read(2 * group + 1, 5);
    channel.advanceTo(ticks("nREFIsb") - 1);
    assertThat(channel.openBanks()).isEqualTo(3);
    channel.advanceTo(ticks("nREFIsb") + ticks("nRP") + ticks("nPPD"));
    assertThat(channel.openBanks()).isEqualTo(1);
    long last = first(Command.PREPB, 2 * group).tick;
    assertThat(last - first(Command.PREPB, 0).tick).isEqualTo(ticks("nPPD"));
    assertThat(first(Command.REFSB, 0).tick).isEqualTo(last + ticks("nRP"));
  }

  /** In the round of a rank every bank comes once. */
  @Test
  void allBanksComeInTurn() {
    channel.advanceTo(8L * ticks("nREFIsb"));
    assertThat(issued).hasSize(8).allMatch(one -> one.command == Command.REFSB);
    assertThat(issued.stream().map(one -> one.bank)).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
    assertThat(standard.bankRefreshesOfSameBank()).isEqualTo(4);
  }
}
