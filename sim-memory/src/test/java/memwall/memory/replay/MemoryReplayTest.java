package memwall.memory.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import memwall.core.Allocation;
import memwall.core.Randomized;
import memwall.core.config.ConfigException;
import memwall.core.stat.TickHistogram;
import memwall.memory.dram.reference.DramReferenceDevice;
import memwall.memory.dram.reference.ReferenceMapping;
import memwall.memory.dram.standard.DramActivity;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.EnergyBreakdown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryReplayTest {
  private static final DramDevice DDR5 = DramDevice.builtIn("ddr5-4800an-16gb-x8");

  @TempDir Path folder;

  /** Channels do not wait for each other: many at once are each alone. */
  @Test
  void channelsAreEachOnTheirOwn() {
    Randomized.check(
        20,
        random -> {
          int channels = 1 + random.nextInt(5);
          ReplaySpec spec = spec(channels, 64L << random.nextInt(4), random.nextInt(3));
          AccessLocator locator = new AccessLocator(spec);
          List<String> whole = new ArrayList<>();
          List<List<String>> parts = new ArrayList<>();
          for (int i = 0; i < channels; i++) {
            parts.add(new ArrayList<>());
          }
          long cycle = 0;
          int accesses = 200 + random.nextInt(20_000);
          for (int i = 0; i < accesses; i++) {
            cycle += random.nextInt(12);
            long address = random.nextLong(1L << 14) * 64;
            char op = random.nextInt(3) == 0 ? 'W' : 'R';
            whole.add(cycle + "," + op + "," + address + ",64");
            MemoryAccess access = access(address, 64);
            parts
                .get(locator.channel(access, 0))
                .add(cycle + "," + op + "," + locator.inChannel(access, 0) + ",64");
          }
          ReplayResult all = replay(whole, spec);
          assertThat(all.brokenLaws()).isEmpty();
          Map<Long, Long> latencies = new TreeMap<>();
          long last = 0;
          for (int i = 0; i < channels; i++) {
            if (parts.get(i).isEmpty()) {
              continue;
            }
            ReplayResult one = replay(parts.get(i), spec(1, 64, spec.outstanding()));
            assertThat(all.channels().get(i).rowHits()).isEqualTo(one.channels().get(0).rowHits());
            assertThat(all.channels().get(i).rowConflicts())
                .isEqualTo(one.channels().get(0).rowConflicts());
            one.readLatency().forEach((ticks, count) -> latencies.merge(ticks, count, Long::sum));
            last = Math.max(last, one.lastTicks());
          }
          assertThat(all.lastTicks()).isEqualTo(last);
          assertThat(rows(all.readLatency())).isEqualTo(latencies);
        });
  }

  /** An access is all the transactions that it touches, each where the channels' turns say. */
  @Test
  void accessesAreSplit() {
    Randomized.check(
        300,
        random -> {
          ReplaySpec spec = spec(1 + random.nextInt(6), 64L << random.nextInt(5), 0);
          AccessLocator locator = new AccessLocator(spec);
          long bytes = 1L + random.nextInt(3_000);
          long address = random.nextLong(spec.capacityBytes() - bytes + 1);
          if (random.nextInt(4) == 0) {
            address = spec.capacityBytes() - bytes;
          }
          MemoryAccess access = access(address, bytes);
          assertThat(locator.fault(access)).isNull();
          Set<List<Long>> touched = new HashSet<>();
          for (long at = address; at < address + bytes; at++) {
            long unit = at / spec.interleaveBytes();
            long inside = unit / spec.channels() * spec.interleaveBytes();
            inside += at % spec.interleaveBytes();
            touched.add(List.of(unit % spec.channels(), inside / 64 * 64));
          }
          Set<List<Long>> transactions = new HashSet<>();
          long count = locator.transactions(access);
          for (long n = 0; n < count; n++) {
            long inside = locator.inChannel(access, n);
            assertThat(inside).isBetween(0L, DDR5.standard().capacityBytes() - 64);
            transactions.add(List.of((long) locator.channel(access, n), inside));
          }
          assertThat(transactions).isEqualTo(touched).hasSize((int) count);
        });
  }

  @Test
  void anAccessWithoutLengthIsOneTransaction() {
    AccessLocator locator = new AccessLocator(spec(2, 64, 0));
    MemoryAccess access = access(127, MemoryAccess.ONE_TRANSACTION);
    assertThat(locator.transactions(access)).isEqualTo(1);
    assertThat(locator.channel(access, 0)).isEqualTo(1);
    assertThat(locator.inChannel(access, 0)).isZero();
  }

  /** An access is complete with the last of its transactions, in whatever channel. */
  @Test
  void latencyOfAnAccessIsThatOfItsLastTransaction() throws IOException {
    // Closed bank: 77 ticks. Two bursts of one bank: the second waits for CCD_L, 12 ticks.
    ReplayResult two = replay(List.of("10,R,0,128"), spec(1, 64, 0, "row-contiguous"));
    assertThat(rows(two.controllerLatency())).isEqualTo(Map.of(77L, 1L, 89L, 1L));
    assertThat(rows(two.readLatency())).isEqualTo(Map.of(89L, 1L));
    assertThat(two.firstTicks()).isEqualTo(10);
    assertThat(two.lastTicks()).isEqualTo(99);
    assertThat(two.askedBytes()).isEqualTo(128);
    // Over two channels both take 77.
    ReplayResult spread = replay(List.of("10,R,0,128"), spec(2, 64, 0));
    assertThat(rows(spread.readLatency())).isEqualTo(Map.of(77L, 1L));
    // One byte in each of two bursts.
    ReplayResult unaligned = replay(List.of("10,R,63,2"), spec(2, 64, 0));
    assertThat(unaligned.askedBytes()).isEqualTo(2);
    assertThat(unaligned.movedBytes()).isEqualTo(128);
    // A write is complete when its command is issued: 1 + 34 ticks.
    assertThat(rows(replay(List.of("0,W,0,64"), spec(1, 64, 0)).writeLatency()))
        .isEqualTo(Map.of(35L, 1L));
  }

  /** One read of a closed bank: its commands by hand, and standby from time 0 to the last beat. */
  @Test
  void energyIsThatOfTheCommandsAndStates() throws IOException {
    ReplayResult result = replay(List.of("1000,R,0,64"), withGap(OptionalLong.empty(), 2));
    // Activate in tick 1001; 76 more ticks until the last beat. The other channel does nothing.
    long openTicks = result.lastTicks() - 1001;
    assertThat(openTicks).isEqualTo(76);
    long openPs = openTicks * 416;
    long bothPs = 2 * result.lastTicks() * 416;
    DramActivity activity = new DramActivity(1, 1, 0, 0, 0, openPs, bothPs - openPs, 0, 0, 0);
    EnergyBreakdown expected = DDR5.energy().of(activity);
    assertThat(result.energy().activatePj()).isEqualTo(expected.activatePj());
    assertThat(result.energy().ioPj()).isEqualTo(expected.ioPj());
    assertThat(result.energy().totalPj()).isCloseTo(expected.totalPj(), withinPercentage(1e-9));
  }

  @Test
  void beyondTheCapacity() throws IOException {
    ReplaySpec spec = spec(2, 256, 0);
    long capacity = spec.capacityBytes();
    assertThat(capacity).isEqualTo(2 * DDR5.standard().capacityBytes());
    Path file =
        Files.writeString(
            folder.resolve("t"),
            String.join(
                "\n",
                "op,address,bytes",
                "R," + (capacity - 1) + ",1",
                "R," + (capacity - 1) + ",2",
                "R," + capacity + ",1",
                "R,0," + (capacity + 1),
                "R," + Long.MAX_VALUE + ",1099511627776"));
    String end = " given, expected an end at or below the capacity of " + capacity + " B";
    assertThat(faults(file, spec))
        .containsExactly(
            file + ":3: 2 B at address " + (capacity - 1) + end,
            file + ":4: 1 B at address " + capacity + end,
            file + ":5: " + (capacity + 1) + " B at address 0" + end,
            file + ":6: 1099511627776 B at address 9223372036854775807" + end);
    Files.writeString(file, "LD " + (capacity - 1) + "\nST " + capacity + "\n");
    assertThat(faults(file, spec))
        .containsExactly(
            file
                + ":2: address "
                + capacity
                + " given, expected one below the capacity of "
                + capacity
                + " B");
  }

  @Test
  void vectorsThatDoNotFit() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("t"), "R 1,0,7,3,65535,63\nR 0,0,0,0\nW 2,0,0,0,0,0\nW 0,0,8,0,0,0\n");
    assertThat(faults(file, spec(2, 256, 0)))
        .containsExactly(
            file
                + ":2: found 4 indexes, expected 6 for ddr5-4800an-16gb-x8:"
                + " channel,rank,bankgroup,bank,row,column",
            file + ":3: 'channel': 2 given, expected a whole number from 0 to 1",
            file + ":4: 'bankgroup': 8 given, expected a whole number from 0 to 7");
  }

  @Test
  void aGapThatTakesTooLong() throws IOException {
    Path file = Files.writeString(folder.resolve("t"), "LD 0\nLD 0\nLD 0\n");
    ReplaySpec spec =
        new ReplaySpec(
            DDR5,
            DramReferenceDevice.controller(ReferenceMapping.M2, "AB"),
            1,
            256,
            OptionalLong.of(MemoryTrace.MAX_PS / 2),
            0);
    assertThat(faults(file, spec))
        .containsExactly(
            file
                + ": 3 accesses every 50000000000000000 ps take more than 27 hours; use a smaller"
                + " gap");
  }

  /** Accesses come every gap, rounded up to ticks of 416 ps; a gap of 0 forgets the times. */
  @Test
  void gaps() throws IOException {
    Path file = Files.writeString(folder.resolve("t"), "0 READ 0\n40 READ 7\n80 READ 9\n");
    ReplayResult spaced = MemoryReplay.run(file, null, withGap(1_000_000));
    // 2 us = 4807.7 ticks; the row is open by then, another bank's is not.
    assertThat(spaced.timed()).isTrue();
    assertThat(spaced.lastTicks()).isEqualTo(4808 + 77);
    assertThat(rows(spaced.readLatency())).isEqualTo(Map.of(77L, 3L));
    ReplayResult together = MemoryReplay.run(file, null, withGap(0));
    assertThat(together.timed()).isFalse();
    assertThat(together.firstTicks()).isZero();
    assertThat(MemoryReplay.run(file, null, spec(1, 256, 0)).timed()).isTrue();
  }

  private static ReplaySpec withGap(long gapPs) {
    return withGap(OptionalLong.of(gapPs), 1);
  }

  private static ReplaySpec withGap(OptionalLong gapPs, int channels) {
    return new ReplaySpec(
        DDR5, DramReferenceDevice.controller(ReferenceMapping.M2, "none"), channels, 256, gapPs, 0);
  }

  /** Times in picoseconds become the first tick at or after them, for any tick. */
  @Test
  void picosecondsBecomeTicks() {
    Randomized.check(
        60,
        random -> {
          boolean half = random.nextBoolean();
          DramDevice device = half ? DramDevice.builtIn("hbm3-6400-16gb-8hi") : DDR5;
          BigInteger tick = BigInteger.valueOf(device.standard().tickFemtos());
          long ps = random.nextLong(1 + (MemoryTrace.MAX_PS >>> random.nextInt(60)));
          BigInteger[] parts =
              BigInteger.valueOf(ps).multiply(BigInteger.valueOf(1000)).divideAndRemainder(tick);
          long expected = parts[0].longValueExact() + parts[1].signum();
          Path file = folder.resolve("t" + random.nextLong());
          Files.writeString(file, "time_ps,op,address\n" + ps + ",R,0\n");
          ReplaySpec spec =
              new ReplaySpec(
                  device,
                  DramReferenceDevice.controller(ReferenceMapping.M2, "none"),
                  1,
                  256,
                  OptionalLong.empty(),
                  0);
          assertThat(MemoryReplay.run(file, null, spec).firstTicks()).isEqualTo(expected);
        });
  }

  /** Twice as many accesses do not need twice the memory: nothing is allocated for one. */
  @Test
  void nothingIsAllocatedForAnAccess() throws IOException {
    Path shorter = lines(30_000);
    Path longer = lines(130_000);
    ReplaySpec spec = spec(3, 256, 0);
    MemoryReplay.run(shorter, null, spec);
    MemoryReplay.run(longer, null, spec);
    long first = Allocation.bytes(() -> MemoryReplay.run(shorter, null, spec));
    long second = Allocation.bytes(() -> MemoryReplay.run(longer, null, spec));
    assertThat((second - first) / 100_000.0).as("bytes per access").isLessThan(1);
  }

  private Path lines(int count) throws IOException {
    SplittableRandom random = new SplittableRandom(count);
    StringBuilder text = new StringBuilder("cycle,op,address,bytes\n");
    for (int i = 0; i < count; i++) {
      text.append(8L * i).append(random.nextInt(4) == 0 ? ",W," : ",R,");
      text.append(64 * random.nextLong(1L << 24)).append(",64\n");
    }
    return Files.writeString(folder.resolve("lines" + count), text);
  }

  private static ReplaySpec spec(int channels, long interleaveBytes, int outstanding) {
    return spec(channels, interleaveBytes, outstanding, "bank-interleaved");
  }

  private static ReplaySpec spec(
      int channels, long interleaveBytes, int outstanding, String mapping) {
    ReferenceMapping order =
        mapping.equals("row-contiguous") ? ReferenceMapping.M1 : ReferenceMapping.M2;
    return new ReplaySpec(
        DDR5,
        DramReferenceDevice.controller(order, "AB"),
        channels,
        interleaveBytes,
        OptionalLong.empty(),
        outstanding);
  }

  private static MemoryAccess access(long address, long bytes) {
    MemoryAccess access = new MemoryAccess();
    access.begin(1);
    access.address(address);
    access.bytes(bytes);
    return access;
  }

  private ReplayResult replay(List<String> lines, ReplaySpec spec) throws IOException {
    Path file = folder.resolve("replay");
    Files.deleteIfExists(file);
    Files.writeString(file, "cycle,op,address,bytes\n" + String.join("\n", lines) + "\n");
    return MemoryReplay.run(file, null, spec);
  }

  private static Map<Long, Long> rows(TickHistogram histogram) {
    Map<Long, Long> rows = new TreeMap<>();
    histogram.forEach(rows::put);
    return rows;
  }

  private static List<String> faults(Path file, ReplaySpec spec) {
    return catchThrowableOfType(ConfigException.class, () -> MemoryReplay.scan(file, null, spec))
        .faults();
  }
}
