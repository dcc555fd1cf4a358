package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.replay.FlashReplay;
import memwall.memory.flash.replay.FlashReplayResult;
import memwall.memory.flash.replay.FlashReplaySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A replayed trace gives what the host of the MQSim rows measures, to the picosecond. */
class ReplayAgainstHostTest {
  private static final FlashPart DEVICE =
      new FlashPart(
          "mqsim-d1",
          MqsimDevices.small(),
          new FlashWear(100_000, Integer.MAX_VALUE, 1e9, 40, 1.1, 0, 5),
          new FlashEnergy(0, 0, 0, 0, 0, 0, 0));

  @TempDir Path temp;

  private FlashReplayResult replay(int depth, List<String> rows) throws IOException {
    Path file = Files.write(temp.resolve("trace"), rows);
    FlashReplaySpec spec = new FlashReplaySpec(DEVICE, depth, OptionalLong.empty(), 1, 0, 1);
    FlashReplayResult result =
        FlashReplay.run(file, null, spec, FlashReplay.scan(file, null, spec));
    assertThat(result.brokenLaws()).isEmpty();
    return result;
  }

  private static void same(FlashReplayResult result, HostLoop host) {
    assertThat(result.readLatency().meanTicks()).isCloseTo(host.allMeanPs(), within(1e-3));
    assertThat(result.lastPs()).isEqualTo(host.lastPs());
    assertThat(result.counters()).isEqualTo(host.counters());
  }

  /** MQSim's own format; its times do not matter. */
  @ParameterizedTest
  @CsvSource({"1, 2000", "8, 5000", "64, 20000"})
  void closedLoop(int depth, int requests) throws IOException {
    HostLoop host = new HostLoop(MqsimDevices.small(), 16384, requests, false);
    host.runClosed(depth);
    SplittableRandom random = new SplittableRandom(798);
    long pages = MqsimDevices.small().geometry().pages();
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      rows.add("0 0 " + 32 * random.nextLong(pages) + " 32 1");
    }
    same(replay(depth, rows), host);
  }

  @Test
  void poissonArrivals() throws IOException {
    int requests = 20_000;
    HostLoop host = new HostLoop(MqsimDevices.small(), 16384, requests, false);
    host.runPoisson(60_000);
    SplittableRandom random = new SplittableRandom(798);
    long pages = MqsimDevices.small().geometry().pages();
    List<String> rows = new ArrayList<>(List.of("time_ps,op,address,bytes"));
    double atPs = 0;
    for (int i = 0; i < requests; i++) {
      atPs += -StrictMath.log(1 - random.nextDouble()) / 60_000 * 1e12;
      rows.add((long) atPs + ",R," + 16384 * random.nextLong(pages) + ",16384");
    }
    same(replay(0, rows), host);
  }
}
