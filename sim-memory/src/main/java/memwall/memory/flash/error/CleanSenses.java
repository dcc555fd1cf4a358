package memwall.memory.flash.error;

/** Every page is correct at once. */
public record CleanSenses() implements SenseErrors {
  @Override
  public double strain(double cycles, double hours, double reads) {
    return 0;
  }

  @Override
  public double failure(double strain, int sense) {
    return 0;
  }

  @Override
  public int maxRetries() {
    return 0;
  }

  @Override
  public boolean ages() {
    return false;
  }
}
