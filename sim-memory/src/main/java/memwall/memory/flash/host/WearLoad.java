package memwall.memory.flash.host;

/**
 * What a device has to bear for years, at even rates. Part of its data rests (weights), part comes
 * and goes in the order in which it came (KV cache); all of it is read alike.
 *
 * @param restingBytes written once, 0 or more
 * @param passingBytes of the data that comes and goes, 0 or more
 * @param writeBytesPerSec at which it comes, 0 or more; 0 if there is none of it
 * @param readBytesPerSec of all data together, 0 or more
 * @param celsius temperature of the flash
 */
public record WearLoad(
    long restingBytes,
    long passingBytes,
    double writeBytesPerSec,
    double readBytesPerSec,
    double celsius) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is negative or endless, or data comes that goes at
   *     once
   */
  public WearLoad {
    if (restingBytes < 0 || passingBytes < 0) {
      throw new IllegalArgumentException("bytes that rest and pass must not be negative");
    }
    if (!(writeBytesPerSec >= 0 && writeBytesPerSec <= Double.MAX_VALUE)
        || !(readBytesPerSec >= 0 && readBytesPerSec <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("rates must be 0 or more");
    }
    if (!(celsius > -273.15)) {
      throw new IllegalArgumentException("a temperature of " + celsius + " C");
    }
    if (writeBytesPerSec > 0 && passingBytes == 0) {
      throw new IllegalArgumentException("data comes, but has no room to stay");
    }
  }

  /** Bytes that are there at any time. */
  public long liveBytes() {
    return restingBytes + passingBytes;
  }

  /** Seconds for which data that comes and goes stays; infinite if none comes. */
  public double stayS() {
    return passingBytes / writeBytesPerSec;
  }
}
