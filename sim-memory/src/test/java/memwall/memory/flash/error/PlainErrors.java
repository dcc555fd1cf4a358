package memwall.memory.flash.error;

import memwall.core.random.RandomStream;
import memwall.memory.flash.device.FlashErrors;

/** Draws for every sense by itself: the model that gaps are compared with. */
final class PlainErrors implements FlashErrors {
  private final ErrorSpec spec;
  private final DataAge age;
  private final RandomStream random;

  PlainErrors(ErrorSpec spec, DataAge age, RandomStream random) {
    this.spec = spec;
    this.age = age;
    this.random = random;
  }

  /** Age that does not matter. */
  static DataAge ageless() {
    return new DataAge(1.1, 40, Double.POSITIVE_INFINITY, 40);
  }

  /** What the law says of a block. */
  static double strain(ErrorSpec spec, DataAge age, int erases, int reads, long agePs, long nowPs) {
    double hours = age.hours(agePs, nowPs) + (erases == 0 ? spec.startHours() : 0);
    return spec.senses().strain((double) spec.startCycles() + erases, hours, reads);
  }

  @Override
  public int retries(int erases, int reads, long agePs, long nowPs) {
    double strain = strain(spec, age, erases, reads, agePs, nowPs);
    int senses = spec.senses().maxRetries() + 1;
    for (int sense = 0; sense < senses; sense++) {
      if (random.nextDouble() >= spec.senses().failure(strain, sense)) {
        return sense;
      }
    }
    return -senses;
  }

  @Override
  public long cleanSenses() {
    return 0;
  }

  @Override
  public void skip(long senses) {}

  @Override
  public boolean programFails(int erases) {
    return false;
  }
}
