package memwall.memory.flash.error;

import memwall.core.config.Config;
import memwall.core.random.RandomStreams;
import memwall.memory.flash.device.FlashErrors;

/**
 * What goes wrong in a flash device, and how worn and old it is when a run begins. Section {@code
 * errors} of a preset.
 *
 * @param senses how likely pages have to be sensed again
 * @param programs how likely programs fail
 * @param startCycles P/E cycles of every block before the run, 0 or more
 * @param startHours age of the data that are there at the start, in hours at the reference
 *     temperature, 0 or more
 */
public record ErrorSpec(
    SenseErrors senses, ProgramErrors programs, int startCycles, double startHours) {
  /** Nothing goes wrong. */
  public static final ErrorSpec CLEAN = new ErrorSpec(new CleanSenses(), ProgramErrors.NONE, 0, 0);

  /** Checks the ranges. */
  public ErrorSpec {
    if (startCycles < 0 || !(startHours >= 0 && startHours <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          startCycles + " cycles and " + startHours + " hours before the run");
    }
  }

  /**
   * Reads the keys of section {@code errors}; faults are recorded there, all in one pass.
   *
   * @param config the section
   */
  public static ErrorSpec read(Config config) {
    return new ErrorReader(config).spec();
  }

  /**
   * What goes wrong in one device, drawn at random.
   *
   * @param streams of the run
   * @param component path of the device; each has numbers of its own
   * @param age of the data in it
   */
  public FlashErrors sampler(RandomStreams streams, String component, DataAge age) {
    return senses instanceof CleanSenses && !programs.arePossible() && !age.expires()
        ? FlashErrors.NONE
        : new SampledErrors(
            this,
            age,
            streams.stream(component, "retries"),
            streams.stream(component, "program failures"));
  }
}
