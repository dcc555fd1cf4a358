package memwall.memory.flash.error;

import java.util.List;
import memwall.core.config.Config;
import memwall.memory.flash.law.ErrorCorrection;
import memwall.memory.flash.law.RawBitErrors;

/** Reads an {@link ErrorSpec}. */
final class ErrorReader {
  private static final double MOST = 1e300;
  private static final double MOST_EXPONENT = 100;
  private static final int MOST_CODEWORD_BITS = 1 << 24;
  private static final int MOST_CODEWORDS = 1 << 16;
  private static final int MOST_CYCLES = 1_000_000_000;
  private static final double MOST_HOURS = 1e9;
  private static final double ROUNDING = 1e-9;

  /** How pages fail. */
  private enum Model {
    CLEAN,
    POISSON,
    TABLE
  }

  private final Config config;

  ErrorReader(Config config) {
    this.config = config;
  }

  ErrorSpec spec() {
    Model model = config.choice("model", Model.class, "Where read retries come from");
    config.variesBy("model");
    SenseErrors senses =
        switch (model) {
          case CLEAN -> new CleanSenses();
          case POISSON -> bitErrors();
          case TABLE -> table();
        };
    ProgramErrors programs =
        config
            .optionalSection("program_failures", "How likely programs fail; else never")
            .map(ErrorReader::programs)
            .orElse(ProgramErrors.NONE);
    int cycles =
        (int)
            config.integer(
                "start_cycles", 0, MOST_CYCLES, 0, "P/E cycles of every block before the run");
    double hours =
        config.number(
            "start_age_hours",
            0,
            MOST_HOURS,
            0,
            "Age of the data that are there at the start, in hours at the retention's temperature");
    config.finish();
    return new ErrorSpec(senses, programs, cycles, hours);
  }

  private BitErrors bitErrors() {
    RawBitErrors rate =
        rate(config.section("rate", "Raw bit error rate: floor, wear, age and reads added up"));
    ErrorCorrection code = new ErrorCorrection(1, 0);
    Config section = config.section("code", "The code that corrects them");
    int bits =
        (int) section.integer("bits", 1, MOST_CODEWORD_BITS, "Data and parity of a codeword");
    int correctable =
        (int) section.integer("correctable", 0, MOST_CODEWORD_BITS, "Wrong bits that it corrects");
    if (correctable < bits) {
      code = new ErrorCorrection(bits, correctable);
    } else if (!section.isPlaceholder("bits")) {
      section.fault(
          "correctable", correctable + " of " + bits + " bits; allowed are fewer than all");
    }
    int codewords = (int) section.integer("per_page", 1, MOST_CODEWORDS, 1, "Codewords of a page");
    section.finish();
    return new BitErrors(
        rate,
        code,
        codewords,
        config.number("retry_factor", 0, 1, "By which each retry lowers the bit error rate"),
        (int) config.integer("retries", 0, RetryTable.MOST_RETRIES, "Retries of a page at most"));
  }

  private static RawBitErrors rate(Config section) {
    double floor = section.number("floor", 0, RawBitErrors.MOST, 0, "Of fresh blocks");
    Term wear = term(section, "wear", "By P/E cycles", false);
    Term age = term(section, "age", "By hours at the retention's temperature", true);
    Term reads = term(section, "reads", "By reads of the block since it was erased", true);
    section.finish();
    return new RawBitErrors(
        floor,
        wear.factor,
        wear.exponent,
        age.factor,
        age.wearExponent,
        age.exponent,
        reads.factor,
        reads.wearExponent,
        reads.exponent);
  }

  /** factor x cycles ^ wearExponent x quantity ^ exponent. */
  private record Term(double factor, double exponent, double wearExponent) {}

  private static Term term(Config section, String key, String sentence, boolean wears) {
    return section
        .optionalSection(key, sentence)
        .map(
            its -> {
              Term term =
                  new Term(
                      its.number("factor", 0, MOST, "Factor"),
                      its.number("exponent", 0, MOST_EXPONENT, 1, "Exponent"),
                      wears
                          ? its.number(
                              "wear_exponent", 0, MOST_EXPONENT, 0, "Exponent of P/E cycles")
                          : 0);
              its.finish();
              return term;
            })
        .orElse(new Term(0, 1, 0));
  }

  private RetryTable table() {
    List<Double> shares =
        config.numbers("shares", 0, 1, "Shares of the pages with 0, 1, 2, ... retries");
    double lost = config.number("lost", 0, 1, 0, "Share that is lost after the last retry");
    double sum = lost;
    for (double share : shares) {
      sum += share;
    }
    boolean areMany = shares.size() > RetryTable.MOST_RETRIES + 1;
    if (areMany) {
      config.fault(
          "shares", shares.size() + " shares; allowed are " + (RetryTable.MOST_RETRIES + 1));
    } else if (!(Math.abs(sum - 1) <= ROUNDING)
        && !config.isPlaceholder("shares")
        && !config.isPlaceholder("lost")) {
      config.fault("shares", "they and 'lost' make " + sum + "; they must make 1");
    }
    return areMany || shares.isEmpty()
        ? new RetryTable(List.of(0.0))
        : RetryTable.ofShares(shares, lost);
  }

  private static ProgramErrors programs(Config section) {
    ProgramErrors errors =
        new ProgramErrors(
            section.number("floor", 0, 1, 0, "Probability in a fresh block"),
            section.number("factor", 0, MOST, 0, "Of cycles ^ exponent, which is added"),
            section.number("exponent", 0, MOST_EXPONENT, 1, "Exponent of P/E cycles"));
    section.finish();
    return errors;
  }
}
