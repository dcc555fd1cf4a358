package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The store over a simulated device whose programs fail, in simulated time. */
class HostDeviceTest {
  private static final long US = 1_000_000;
  private static final double PS_PER_S = 1e12;

  /** Sends what the store wants to a device, and what the device says to the store. */
  private static final class Host implements HostOperations {
    final BlockStore blocks;
    final FlashDevice device;
    final Map<Long, int[]> requests = new HashMap<>();
    final ArrayDeque<int[]> failures = new ArrayDeque<>();
    final Map<FlashStatus, Integer> ends = new HashMap<>();
    private @Nullable ExtentStore store;
    private long words;

    Host(FlashGeometry geometry, FlashWear wear, SplittableRandom random, double failing) {
      blocks = new BlockStore(geometry, wear.endurance(), wear.readLimit());
      FlashErrors errors =
          new FlashErrors() {
            @Override
            public int retries(int erases, int reads, long agePs, long nowPs) {
              return 0;
            }

            @Override
            public long cleanSenses() {
              return 0;
            }

            @Override
            public void skip(long senses) {}

            @Override
            public boolean programFails(int erases) {
              return random.nextDouble() < failing;
            }
          };
      FlashSpec spec =
          new FlashSpec(
              geometry,
              new FlashTimings(0, 4 * US, 0, 3 * US, 75 * US, 1000 * US, 2 * US, US),
              new FlashPaths(4_096_000_000L, false, 0, 0, 0, 0, 0),
              new FlashRules(2, true, 0, 0, 256, 64, false, ReadPriority.ARRIVAL, 1, 0, 0));
      device = new FlashDevice(spec, blocks, errors, this::done);
    }

    ExtentStore store() {
      return Objects.requireNonNull(store);
    }

    @Override
    public void read(int zone, int page, int pages, WriteCause cause) {
      for (int i = page; i < page + pages; i++) {
        if (!store().hasLost(zone)) {
          ask(zone, i);
        }
      }
    }

    void ask(int zone, int page) {
      requests.put(words, new int[] {zone, page, 0});
      device.read(store().plane(zone, page), store().pageOfPlane(zone, page), 4096, true, words++);
    }

    @Override
    public int program(
        int zone, int page, int pages, int step, int extent, long data, WriteCause cause) {
      for (int i = 0; i < pages; i++) {
        int at = page + i * step;
        requests.put(words, new int[] {zone, at, 1});
        device.program(store().plane(zone, at), store().pageOfPlane(zone, at), words++);
      }
      return pages;
    }

    private void done(long word, long donePs, FlashStatus status) {
      int[] request = Objects.requireNonNull(requests.remove(word));
      ends.merge(status, 1, Integer::sum);
      if (status == FlashStatus.PROGRAM_FAILED) {
        failures.add(request);
      } else if (status == FlashStatus.REFRESH_SOON) {
        assertThat(request[2]).isZero();
        store().refreshSoon(request[0]);
      }
    }

    /** Until the device has nothing left to do and all failures are dealt with. */
    void settle() {
      while (device.nextPs() != Long.MAX_VALUE || !failures.isEmpty()) {
        if (device.nextPs() != Long.MAX_VALUE) {
          device.advanceTo(device.nextPs());
        }
        // Only when the device is idle: no request of before may follow the replay.
        if (device.nextPs() == Long.MAX_VALUE && !failures.isEmpty()) {
          int[] failure = failures.remove();
          store().programFailed(failure[0], failure[1]);
        }
      }
      store().advanceTo(device.nowPs() / PS_PER_S, 85);
    }

    int ended(FlashStatus status) {
      return ends.getOrDefault(status, 0);
    }
  }

  @Test
  void everyPageIsThere() {
    int[] failed = {0};
    int[] soon = {0};
    Randomized.check(
        600,
        random -> {
          Host host = run(random);
          failed[0] += host.ended(FlashStatus.PROGRAM_FAILED);
          soon[0] += host.ended(FlashStatus.REFRESH_SOON);
        });
    assertThat(failed[0]).isGreaterThan(1_000);
    assertThat(soon[0]).isGreaterThan(100);
  }

  private static Host run(SplittableRandom random) {
    FlashGeometry geometry =
        new FlashGeometry(1, 1 + random.nextInt(2), 1 + random.nextInt(4), 16, 4, 4096);
    // Simulated seconds are milliseconds here: refresh every 50 ms.
    FlashWear wear = new FlashWear(200, 1 + random.nextInt(40), 1e3, 85, 1.1, 0.05, 5);
    HostSpec spec =
        new HostSpec(
            geometry.diesPerChannel(), 3, 1, 4, 0.05, 1, Integer.MAX_VALUE, 1 + random.nextInt(2));
    double failing = random.nextBoolean() ? 0 : random.nextDouble() * 0.1;
    Host host = new Host(geometry, wear, random.split(), failing);
    ExtentStore store = new ExtentStore(geometry, wear, spec, host);
    host.store = store;
    List<Integer> live = new ArrayList<>();
    long appended = 0;
    for (int step = 0; step < 30; step++) {
      switch (random.nextInt(4)) {
        case 0 -> live.add(store.create());
        case 1 -> {
          if (live.size() > 1) {
            store.free(live.remove(0));
          }
        }
        default -> {
          if (!live.isEmpty()) {
            int extent = live.get(random.nextInt(live.size()));
            appended += store.append(extent, random.nextInt(store.map().zonePages()));
          }
        }
      }
      host.settle();
      for (int i = 0; i < 20 && store.nextDueS() <= store.nowS() && store.maintain(); i++) {
        host.settle();
      }
      if (!live.isEmpty()) {
        int extent = live.get(random.nextInt(live.size()));
        store.read(
            extent,
            0,
            store.pages(extent),
            (zone, page, pages) -> {
              for (int i = page; i < page + pages; i++) {
                host.ask(zone, i);
              }
            });
        host.settle();
      }
    }
    // Whatever was read was there.
    assertThat(host.requests).isEmpty();
    assertThat(host.ended(FlashStatus.ERASED_PAGE)).isZero();
    assertThat(host.ended(FlashStatus.RETIRED)).isZero();
    HostCounts counts = store.counts();
    assertThat(counts.programs(WriteCause.HOST)).isGreaterThanOrEqualTo(appended);
    // What the store believes programmed was, or was refused after a failure and replayed.
    assertThat(host.device.counters().programs() + host.device.counters().refusals())
        .isEqualTo(counts.programs());
    if (failing == 0) {
      assertThat(host.ended(FlashStatus.WRITE_ORDER)).isZero();
      assertThat(host.device.counters().programs()).isEqualTo(counts.programs());
      assertThat(counts.programs(WriteCause.HOST)).isEqualTo(appended);
    }
    return host;
  }
}
