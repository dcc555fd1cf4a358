package memwall.memory.flash.device;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small device under test: 1 channel, 1 die, 4 planes, 4 blocks of 8 pages of 4 KiB; tR 4 us,
 * tPROG 75 us, tBERS 1 ms, 1 us a page on the link. What differs is said by the test.
 */
final class FlashRig {
  static final long US = 1_000_000;
  static final int PAGE = 4096;
  static final FlashGeometry GEOMETRY = new FlashGeometry(1, 1, 4, 4, 8, PAGE);
  static final FlashTimings TIMINGS =
      new FlashTimings(0, 4 * US, 0, 3 * US, 75 * US, 1000 * US, 2 * US, US);
  static final FlashPaths PATHS = new FlashPaths(4_096_000_000L, false, 0, 0, 0, 0, 0);

  /** A request's end. */
  record End(long word, long donePs, FlashStatus status) {}

  final List<End> ends = new ArrayList<>();
  final FlashDevice device;

  FlashRig(FlashSpec spec, @Nullable BlockStore blocks, FlashErrors errors) {
    device =
        new FlashDevice(
            spec,
            blocks,
            errors,
            (word, donePs, status) -> ends.add(new End(word, donePs, status)));
  }

  FlashRig(FlashRules rules) {
    this(new FlashSpec(GEOMETRY, TIMINGS, PATHS, rules), null, FlashErrors.NONE);
  }

  static FlashRules rules(int buffers, ReadPriority priority) {
    return new FlashRules(buffers, true, 0, 0, 256, 64, false, priority, 1, 0, 0);
  }

  /** Goes on until nothing is due. */
  List<End> finish() {
    while (device.nextPs() != Long.MAX_VALUE) {
      device.advanceTo(device.nextPs());
    }
    return ends;
  }
}
