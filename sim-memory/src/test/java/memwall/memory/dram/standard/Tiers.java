package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.SplittableRandom;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;

/** Shipped devices with random tiers, for tests. */
public final class Tiers {
  /** One of each kind of bus. */
  public static final ImmutableList<String> DEVICES =
      ImmutableList.of(
          "ddr5-4800an-16gb-x8", "hbm2-2000-8gb-8hi", "hbm3-6400-16gb-8hi", "lpddr5-6400-8gb-x16");

  private Tiers() {}

  /** A device with one to six tiers of at most so many rows. */
  public static DramStandard of(String preset, SplittableRandom random, int mostRows) {
    DramStandard plain = DramDevice.builtIn(preset).standard();
    StringBuilder text = new StringBuilder("dram:\n  extends: " + preset + "\n  tiers:\n");
    int tiers = random.nextInt(1, 7);
    int left = plain.rows();
    for (int i = 0; i < tiers && left > 0; i++) {
      int rows = random.nextInt(1, Math.min(left, mostRows) + 1);
      left -= rows;
      text.append("    - name: tier").append(i).append("\n      rows: ").append(rows);
      text.append("\n      timings: ").append(timings(plain, random)).append("\n");
    }
    return read(text.toString());
  }

  /** The device of a text; it must be sound. */
  public static DramStandard read(String text) {
    Faults faults = new Faults();
    Config root = ConfigLoader.fromText("tiers", text, faults);
    DramDevice device = DramDevice.read(root.preset("dram", "dram", "The device"));
    root.finish();
    faults.throwIfAny();
    return device.standard();
  }

  /** From a quarter to three times as long; the row cycle follows. */
  private static String timings(DramStandard plain, SplittableRandom random) {
    int perClock = plain.bus().ticksPerClock();
    ImmutableMap.Builder<String, Integer> some = ImmutableMap.builder();
    int cycle = 0;
    for (String name : RowTier.OWN_TIMINGS) {
      Integer ticks = plain.timings().get(name);
      if (ticks == null || name.equals("nRC")) {
        continue;
      }
      int clocks = ticks / perClock;
      if (random.nextInt(4) > 0) {
        clocks = random.nextInt(Math.max(1, clocks / 4), 3 * clocks + 1);
        some.put(name, clocks);
      }
      cycle += name.equals("nRAS") || name.equals("nRP") ? clocks : 0;
    }
    some.put("nRC", cycle + random.nextInt(3));
    return some.buildOrThrow().toString().replace("=", ": ");
  }
}
