package memwall.memory.flash.replay;

import java.util.Optional;
import java.util.OptionalLong;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.flash.FlashPart;

/**
 * What a flash trace is replayed on, and how.
 *
 * @param part the device
 * @param depth accesses under way at once (closed loop); 0: each arrives at its time (open loop)
 * @param gapPs time from one arrival to the next instead of the trace's times, 0 or more; empty: as
 *     the trace says. Without a depth
 * @param fillShare share of the address space that holds data before the first access, 0 to 1
 * @param overwriteShare random pages that the host overwrote before, in address spaces; only with a
 *     translation layer
 * @param seed of all that is drawn
 */
public record FlashReplaySpec(
    FlashPart part,
    int depth,
    OptionalLong gapPs,
    double fillShare,
    double overwriteShare,
    long seed) {
  /** Most accesses under way at once. */
  public static final int MOST_DEPTH = 1 << 20;

  private static final double MOST_OVERWRITES = 1000;

  /** Checks what {@link #read} tells the user. */
  public FlashReplaySpec {
    if (depth < 0 || depth > MOST_DEPTH || gapPs.orElse(0) < 0) {
      throw new IllegalArgumentException("a depth of " + depth + ", a gap of " + gapPs + " ps");
    }
    if (!(fillShare >= 0 && fillShare <= 1 && overwriteShare >= 0)) {
      throw new IllegalArgumentException("filled " + fillShare + ", overwritten " + overwriteShare);
    }
  }

  /** Reads {@code flash} and {@code replay}; faults are recorded there. */
  public static FlashReplaySpec read(Config config) {
    FlashPart part =
        FlashPart.read(config.preset("flash", FlashPart.KIND, "The device that is accessed"));
    Config replay =
        config
            .optionalSection("replay", "How the trace is played")
            .orElseGet(() -> config.section("replay", "How the trace is played"));
    int depth =
        (int)
            replay.integer(
                "depth", 0, MOST_DEPTH, 0, "Accesses under way at once; 0: each at its time");
    Optional<String> gap =
        replay.optionalText("gap", "Time from one arrival to the next instead of the trace's");
    OptionalLong gapPs = OptionalLong.empty();
    if (gap.isPresent()) {
      gapPs =
          OptionalLong.of(
              replay.quantity(
                  "gap",
                  Dimension.TIME,
                  "Time from one arrival to the next instead of the trace's"));
      if (depth > 0) {
        replay.fault("gap", "accesses arrive when others end (depth), or every gap; give one");
      }
    }
    double fill = replay.number("fill", 0, 1, 0, "Share of the addresses that hold data before");
    double overwrite =
        replay.number(
            "overwrite", 0, MOST_OVERWRITES, 0, "Random overwrites before, in address spaces");
    if (overwrite > 0 && part.ftl() == null && !config.isPlaceholder("flash")) {
      replay.fault(
          "overwrite", "the device has no translation layer (ftl); its host overwrites nothing");
      overwrite = 0;
    }
    long seed = replay.integer("seed", 0, Long.MAX_VALUE, 1, "Seed of all that is drawn");
    FlashReplaySpec spec = new FlashReplaySpec(part, depth, gapPs, fill, overwrite, seed);
    config.finishAll();
    return spec;
  }
}
