package memwall.memory.flash;

import memwall.core.config.Config;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.ftl.CleaningPolicy;
import memwall.memory.flash.ftl.FtlSpec;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code ftl} of a {@code flash} preset. */
final class FtlReader {
  private static final int LEAST_BLOCKS = 4;
  private static final int MOST_LEVELLING = 1_000_000_000;

  private FtlReader() {}

  /**
   * The translation layer of each plane.
   *
   * @param isKnown whether the geometry is that of the user, not a placeholder
   * @return null if the geometry has no room for it, which is a fault
   */
  static @Nullable FtlSpec read(
      Config section, FlashGeometry geometry, FlashWear wear, boolean isKnown) {
    double spare =
        section.number("spare", 0, 0.99, "Share of the pages that the host does not see");
    CleaningPolicy policy =
        section.choice("cleaning", CleaningPolicy.GREEDY, "Which full block is cleaned next");
    section.variesBy("cleaning");
    int choices =
        policy == CleaningPolicy.CHOICES
            ? (int) section.integer("choices", 1, 1000, "Blocks drawn, of which the best is taken")
            : 1;
    int free =
        (int)
            section.integer(
                "free_blocks", 2, 1 << 20, 2, "Blocks of a plane kept free; cleaning begins below");
    int atOnce =
        (int)
            section.integer(
                "cleaned_at_once",
                1,
                1 << 20,
                1,
                "Blocks of a plane that are cleaned side by side");
    boolean own =
        section.bool("own_cleaning_block", true, "Pages moved go to a block of their own");
    int levelling =
        (int)
            section.integer(
                "levelling",
                0,
                MOST_LEVELLING,
                0,
                "Difference of erases above which the least worn data are moved; 0: never");
    section.finish();
    int blocks = geometry.blocksPerPlane();
    int reserved = free + (own ? 2 : 1);
    long most = ((long) blocks - reserved) * geometry.pagesPerBlock();
    long logical = (long) (geometry.pagesPerPlane() * (1 - spare));
    if (blocks < LEAST_BLOCKS || logical < 1 || logical > most) {
      if (!isKnown) {
        return null;
      }
      section.fault(
          "spare",
          "of "
              + blocks
              + " blocks a plane the host would see "
              + (double) logical / geometry.pagesPerBlock()
              + "; allowed are more than 0, at most all but "
              + reserved
              + " kept free and open, of at least "
              + LEAST_BLOCKS);
      return null;
    }
    return new FtlSpec(
        blocks,
        geometry.pagesPerBlock(),
        (int) logical,
        policy,
        choices,
        free,
        atOnce,
        own,
        levelling,
        wear.endurance(),
        wear.readLimit());
  }
}
