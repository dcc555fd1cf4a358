package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import memwall.core.unit.Units;

/**
 * A host that reads from a device, requests of whole pages or parts of one; pages lie over
 * channels, then chips, then planes. The first tenth of the completions does not count.
 */
final class HostLoop {
  private final FlashSpec spec;
  private final int bytes;
  private final int requests;
  private final boolean isSequential;
  private final FlashDevice device;
  private final SplittableRandom random = new SplittableRandom(798);
  private final long[] arrivalPs;
  private final long[] endPs;
  private final int[] left;
  private final long[] latencies;
  private final int pagesPerRequest;

  /** The host link passes a request as a whole; the device counts one page of it. */
  private final long restToHostPs;

  private final PriorityQueue<long[]> completions =
      new PriorityQueue<>(
          (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
  private long sequentialPage;
  private int submitted;
  private int completed;
  private long firstCountedPs;
  private long lastPs;

  HostLoop(FlashSpec spec, int bytes, int requests, boolean isSequential) {
    this.spec = spec;
    this.bytes = bytes;
    this.requests = requests;
    this.isSequential = isSequential;
    pagesPerRequest = Math.max(1, bytes / spec.geometry().pageBytes());
    long rest = Math.max(0, bytes - spec.geometry().pageBytes());
    long hostRate = spec.paths().hostBytesPerSec();
    restToHostPs = hostRate == 0 ? 0 : Units.transferPs(rest, hostRate);
    arrivalPs = new long[requests];
    endPs = new long[requests];
    left = new int[requests];
    latencies = new long[requests];
    device = new FlashDevice(spec, null, FlashErrors.NONE, this::pageDone);
  }

  private void pageDone(long word, long donePs, FlashStatus status) {
    assertThat(status).isEqualTo(FlashStatus.DONE);
    int request = (int) word;
    endPs[request] = Math.max(endPs[request], donePs);
    if (--left[request] == 0) {
      completions.add(new long[] {endPs[request] + restToHostPs, request});
    }
  }

  private void submit(long nowPs) {
    int request = submitted++;
    arrivalPs[request] = nowPs;
    left[request] = pagesPerRequest;
    long pages = spec.geometry().pages();
    long page;
    if (isSequential) {
      page = sequentialPage;
      sequentialPage += pagesPerRequest;
    } else {
      page = random.nextLong(pages / pagesPerRequest) * pagesPerRequest;
    }
    for (int i = 0; i < pagesPerRequest; i++) {
      long at = (page + i) % pages;
      FlashGeometry geometry = spec.geometry();
      int channel = (int) (at % geometry.channels());
      long rest = at / geometry.channels();
      int die = (int) (rest % geometry.diesPerChannel());
      rest /= geometry.diesPerChannel();
      int plane = (int) (rest % geometry.planesPerDie());
      rest /= geometry.planesPerDie();
      device.read(
          geometry.plane(channel, die, plane),
          (int) rest,
          Math.min(bytes, geometry.pageBytes()),
          false,
          request);
    }
  }

  /** So many requests are under way at once. */
  void runClosed(int depth) {
    for (int i = 0; i < Math.min(depth, requests); i++) {
      submit(0);
    }
    while (completed < requests) {
      run(Long.MAX_VALUE);
      if (submitted < requests) {
        submit(lastPs);
      }
    }
  }

  /** Requests come at random, so many a second. */
  void runPoisson(double perSecond) {
    double atPs = 0;
    for (int i = 0; i < requests; i++) {
      atPs += -StrictMath.log(1 - random.nextDouble()) / perSecond * 1e12;
      long ps = (long) atPs;
      while (run(ps)) {}
      device.advanceTo(ps);
      submit(ps);
    }
    while (completed < requests) {
      run(Long.MAX_VALUE);
    }
  }

  /** Goes to the next completion, at most to a time; whether there was one. */
  private boolean run(long mostPs) {
    while (true) {
      long nextDone = completions.isEmpty() ? Long.MAX_VALUE : completions.peek()[0];
      long next = Math.min(nextDone, device.nextPs());
      if (next > mostPs || next == Long.MAX_VALUE) {
        return false;
      }
      device.advanceTo(next);
      if (!completions.isEmpty() && completions.peek()[0] <= next) {
        complete(completions.remove());
        return true;
      }
    }
  }

  private void complete(long[] completion) {
    lastPs = completion[0];
    if (completed == requests / 10) {
      firstCountedPs = lastPs;
    }
    latencies[completed++] = lastPs - arrivalPs[(int) completion[1]];
  }

  boolean isOnePageEach() {
    return pagesPerRequest == 1;
  }

  double meanUs() {
    return Arrays.stream(latencies).skip(requests / 10).average().orElseThrow() / 1e6;
  }

  /** Of all completions, in picoseconds. */
  double allMeanPs() {
    return Arrays.stream(latencies).average().orElseThrow();
  }

  long lastPs() {
    return lastPs;
  }

  double quantileUs(double share) {
    long[] sorted = Arrays.stream(latencies).skip(requests / 10).sorted().toArray();
    return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)] / 1e6;
  }

  double requestsPerSec() {
    return (requests - requests / 10 - 1) / ((lastPs - firstCountedPs) / 1e12);
  }

  FlashCounters counters() {
    return device.counters();
  }

  /** Every request ended once, with all its bytes; nothing is left. */
  void checkLaws() {
    assertThat(completed).isEqualTo(requests);
    assertThat(left).containsOnly(0);
    device.advanceTo(Math.max(device.nowPs(), lastPs));
    assertThat(device.pending()).isZero();
    assertThat(device.activePlanes()).isZero();
    assertThat(device.counters().readBytes()).isEqualTo((long) requests * bytes);
    assertThat(device.counters().senses() + device.counters().bufferHits())
        .isEqualTo((long) requests * pagesPerRequest);
  }
}
