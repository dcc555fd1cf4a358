package memwall.cli.report;

import java.util.List;

/**
 * Wear of the flash of one memory of a chip, and how long it lasts at the rates of a run. Amounts
 * and rates are of one chip, but for what was written. A number that does not exist is NaN, one
 * without bound infinite.
 *
 * @param memory name of the memory
 * @param devices stacks or modules per chip
 * @param capacityBytes per chip
 * @param readLimit what limits long reads, in a word
 * @param ratedCycles program/erase cycles that a block stands
 * @param written bytes by cause, of all chips together
 * @param cyclesUsedMean cycles that the run used, mean over the blocks
 * @param cyclesUsedMost of the block that was erased most; NaN where blocks are not simulated
 * @param blocks blocks by erases; empty where blocks are not simulated
 * @param load what the flash bears
 * @param intervals when data is written anew
 * @param years how long it lasts
 * @param shares where the cycles go
 * @param limitedBy cause that takes most cycles; empty if nothing wears
 * @param change what would have to be different
 */
public record FlashLife(
    String memory,
    int devices,
    long capacityBytes,
    String readLimit,
    double ratedCycles,
    List<Written> written,
    double cyclesUsedMean,
    double cyclesUsedMost,
    List<Bin> blocks,
    Load load,
    Intervals intervals,
    Years years,
    Shares shares,
    String limitedBy,
    Change change) {
  /** Copies the lists. */
  public FlashLife {
    written = List.copyOf(written);
    blocks = List.copyOf(blocks);
  }

  /**
   * Bytes written for one cause.
   *
   * @param cause {@code host}, {@code age}, {@code reads}, {@code swap} or {@code replay}
   * @param label the same in words
   */
  public record Written(String cause, String label, long bytes) {
    /** Checks the range. */
    public Written {
      if (bytes < 0) {
        throw new IllegalArgumentException(
            "bytes written for '" + cause + "' must be 0 or more: " + bytes);
      }
    }
  }

  /** Blocks that were erased so often, up to the next bin. */
  public record Bin(long erases, long blocks) {}

  /**
   * What the flash bears.
   *
   * @param restingBytes written once (weights)
   * @param passingBytes that come and go (KV cache), mean over the run
   * @param writeBytesPerSec by the host
   * @param readBytesPerSec of all data together
   * @param celsius temperature for which retention is taken
   */
  public record Load(
      long restingBytes,
      long passingBytes,
      double writeBytesPerSec,
      double readBytesPerSec,
      double celsius) {}

  /**
   * Seconds after which data is written anew; infinite if never.
   *
   * @param ageS because of its age
   * @param readsS because its blocks were read too often
   * @param swapS because what rests is in the way of even wear
   */
  public record Intervals(double ageS, double readsS, double swapS) {}

  /**
   * How long it lasts.
   *
   * @param cyclesPerYear mean P/E cycles of a block in a year at the rates of the run
   * @param left years at these rates; infinite if nothing wears
   * @param warranty years for which it is sold
   * @param warrantyBytesPerSec rate at which the host may write to last just so long; 0 if what
   *     rests wears it out before
   * @param leftAtWarranty years if the host writes at that rate
   */
  public record Years(
      double cyclesPerYear,
      double left,
      double warranty,
      double warrantyBytesPerSec,
      double leftAtWarranty) {}

  /** Shares in the cycles, adding up to 1, or all 0. */
  public record Shares(double host, double age, double reads, double swap) {}

  /**
   * What would have to be, each alone, to last so long; where it lasts longer, how far each may go.
   * NaN: that alone is not enough, or makes no difference.
   *
   * @param years to be reached
   * @param isReached whether it lasts so long as it is
   * @param writeBytesPerSec written by the host at most
   * @param readBytesPerSec read at most; infinite: reads make no difference
   * @param intervalSeconds between rewrites at least
   * @param celsius temperature at most, so that data last for that interval
   * @param cycles P/E cycles that a block must stand
   * @param devices per chip over which load and data would have to be spread
   */
  public record Change(
      double years,
      boolean isReached,
      double writeBytesPerSec,
      double readBytesPerSec,
      double intervalSeconds,
      double celsius,
      double cycles,
      double devices) {}

  /** Bytes written for all causes. */
  public long writtenBytes() {
    long sum = 0;
    for (Written part : written) {
      sum += part.bytes();
    }
    return sum;
  }

  /** What wears it, in a sentence. */
  public String sentence() {
    if (limitedBy.isEmpty()) {
      return "Nothing wears it at these rates.";
    }
    StringBuilder text = new StringBuilder(label(limitedBy)).append(" limits:");
    share(text, " host writes ", shares.host());
    share(text, " refresh by age ", shares.age());
    share(text, " refresh by reads ", shares.reads());
    share(text, " swaps to level wear ", shares.swap());
    text.setCharAt(text.length() - 1, '.');
    return text.toString();
  }

  private static void share(StringBuilder text, String words, double share) {
    if (share > 0) {
      text.append(words).append(Figures.percent(share)).append(" of the cycles,");
    }
  }

  private static String label(String cause) {
    return switch (cause) {
      case "age" -> "Refresh by age";
      case "reads" -> "Read disturb";
      case "swap" -> "Wear levelling";
      default -> "What the host writes";
    };
  }

  /** What would have to change, in a sentence. */
  public String changeSentence() {
    StringBuilder text = new StringBuilder();
    text.append(change.isReached() ? "It lasts " : "To last ");
    text.append(Figures.number(change.years())).append(" years");
    text.append(change.isReached() ? "; each alone, it could bear: " : ", each alone: ");
    int begin = text.length();
    may(text, begin, change.writeBytesPerSec(), "writes of at most ", true);
    may(text, begin, change.readBytesPerSec(), "reads of at most ", true);
    may(text, begin, change.intervalSeconds(), "a rewrite every ", false);
    if (!change.isReached() && Double.isFinite(change.celsius())) {
      text.append(text.length() > begin ? ", " : "").append("at most ");
      text.append(Figures.number(change.celsius())).append(" C");
    }
    text.append(text.length() > begin ? ", " : "").append("blocks of ");
    text.append(Figures.number(change.cycles())).append(" cycles");
    if (!change.isReached() && Double.isFinite(change.devices())) {
      text.append(", ").append(Figures.number(change.devices())).append(" devices a chip");
    }
    return text.append('.').toString();
  }

  private static void may(
      StringBuilder text, int begin, double value, String words, boolean isRate) {
    if (Double.isFinite(value)) {
      text.append(text.length() > begin ? ", " : "").append(words);
      text.append(isRate ? Figures.bytes(value) + "/s" : Figures.duration(value * 1e12));
    }
  }
}
