package memwall.memory.flash.device;

/** Reads of each channel that wait for others, until a timer ends or a batch read comes. */
final class Gathering {
  private final Lists waiting;

  /** Which gathering of a channel this is: the timer of one that is over means nothing. */
  private final int[] number;

  Gathering(Requests requests, int channels) {
    waiting = new Lists(requests, channels);
    number = new int[channels];
  }

  /** A read joins; whether it is the first. */
  boolean add(int channel, int request) {
    boolean isFirst = waiting.first(channel) == Lists.NONE;
    waiting.add(channel, request);
    return isFirst;
  }

  int number(int channel) {
    return number[channel];
  }

  /** The gathering of a channel is over; those that waited are to be taken. */
  void end(int channel) {
    number[channel]++;
  }

  /** The next of those that waited; {@link Lists#NONE} if none is left. */
  int take(int channel) {
    return waiting.first(channel) == Lists.NONE ? Lists.NONE : waiting.take(channel);
  }
}
