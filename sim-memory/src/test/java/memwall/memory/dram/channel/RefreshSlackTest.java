package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** A refresh that becomes due within its slack leads to the same commands at the same ticks. */
final class RefreshSlackTest {
  private static final int MOST_SHIFT = 16;

  private static final List<DramStandard> STANDARDS =
      Presets.builtIn().names("dram").stream()
          .map(name -> DramDevice.builtIn(name).standard())
          .toList();

  /** Bursts that are offered as fast as they are taken, in a row or anywhere. */
  private record Stream(long first, int bursts, boolean write, boolean isRandom, long seed) {
    static Stream random(SplittableRandom random) {
      return new Stream(
          random.nextInt(4000),
          150 + random.nextInt(300),
          random.nextInt(3) == 0,
          random.nextInt(4) == 0,
          random.nextLong());
    }
  }

  /** What a channel at rest does with a stream if the first refresh is due at a tick. */
  private static final class Run {
    final List<String> commands = new ArrayList<>();
    final long earlier;
    final long later;

    Run(DramStandard standard, ControllerSpec spec, Stream stream, long due) {
      DramChannel channel = new DramChannel(standard, spec);
      ChannelImage image = channel.image();
      AddressMapping mapping = AddressMapping.of(standard, spec.mapping(), spec.bankHash());
      BankRing ring = BankRing.of(standard, spec, mapping);
      StreamFrame frame = new StreamFrame(standard, spec, mapping, ring);
      frame.at(0, 0, 1, false, 0);
      frame.rest();
      StateBuffer buffer = new StateBuffer();
      assertThat(image.describe(frame, buffer)).isTrue();
      byte[] packed = buffer.packed();
      buffer.unpack(Arrays.copyOf(packed, buffer.packedLength()));
      image.restore(frame, buffer, 0, due);
      image.watch();
      channel.onCommand(
          (tick, command, bank, row) ->
              commands.add(tick + " " + command + " " + bank + " " + row));
      SplittableRandom random = new SplittableRandom(stream.seed());
      long all = standard.capacityBytes() / standard.burstBytes();
      for (int i = 0; i < stream.bursts(); i++) {
        long burst = stream.isRandom() ? random.nextLong(all) : stream.first() + i;
        while (!channel.offer(burst * standard.burstBytes(), stream.write(), i)) {
          channel.advanceToChange(channel.nowTicks() + 1_000_000);
        }
      }
      earlier = image.refreshEarlier();
      later = image.refreshLater();
    }
  }

  @Test
  void theSameCommandsWithinTheSlack() {
    long[] found = {0, 0};
    Randomized.check(
        150,
        random -> {
          DramStandard standard = STANDARDS.get(random.nextInt(STANDARDS.size()));
          int queue = random.nextBoolean() ? 32 : 16;
          ControllerSpec spec =
              ControllerSpec.usual(
                      random.nextBoolean()
                          ? AddressMapping.ROW_CONTIGUOUS
                          : AddressMapping.BANK_INTERLEAVED)
                  .queues(queue, queue)
                  .blocking(random.nextBoolean() ? RefreshBlocking.CHANNEL : RefreshBlocking.BANK)
                  .build();
          Stream stream = Stream.random(random);
          long due = 2L + random.nextInt(1500);
          Run run = new Run(standard, spec, stream, due);
          String what = standard.name() + " " + spec + " " + stream + " due " + due;
          for (long shift = -Math.min(MOST_SHIFT, run.earlier);
              shift <= Math.min(MOST_SHIFT, run.later);
              shift++) {
            Run other = new Run(standard, spec, stream, due + shift);
            assertThat(other.commands).as(what + " and " + shift).isEqualTo(run.commands);
          }
          found[0] += run.earlier;
          found[1] += run.later;
        });
    assertThat(found[0]).isGreaterThan(100);
    assertThat(found[1]).isGreaterThan(100);
  }

  // Just outside of the slack something is different, mostly.
  @Test
  void otherCommandsOutsideOfTheSlack() {
    DramStandard standard = DramDevice.builtIn("ddr5-4800an-16gb-x8").standard();
    ControllerSpec spec = ControllerSpec.usual(AddressMapping.BANK_INTERLEAVED).build();
    Stream stream = new Stream(0, 300, false, false, 1);
    int[] others = {0};
    int known = 0;
    for (long due = 200; due < 700; due++) {
      Run run = new Run(standard, spec, stream, due);
      if (run.earlier + run.later == 0) {
        continue;
      }
      known++;
      Run later = new Run(standard, spec, stream, due + run.later + 1);
      others[0] += later.commands.equals(run.commands) ? 0 : 1;
    }
    assertThat(known).isGreaterThan(250);
    assertThat(others[0]).isGreaterThan(known / 2);
  }
}
