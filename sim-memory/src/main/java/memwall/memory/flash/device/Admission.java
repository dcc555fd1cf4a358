package memwall.memory.flash.device;

/** Lets so many requests of a channel in at once; others wait in front, first in, first out. */
final class Admission {
  private final Lists waiting;
  private final int[] inside;
  private final int most;
  private long waits;

  Admission(Requests requests, int channels, int most) {
    waiting = new Lists(requests, channels);
    inside = new int[channels];
    this.most = most;
  }

  /** Whether a request may go on; else it waits. */
  boolean enter(int channel, int request) {
    if (inside[channel] < most) {
      inside[channel]++;
      return true;
    }
    waiting.add(channel, request);
    waits++;
    return false;
  }

  /** One is through; the one that may go on instead, none if {@link Lists#NONE}. */
  int leave(int channel) {
    if (waiting.first(channel) != Lists.NONE) {
      return waiting.take(channel);
    }
    inside[channel]--;
    return Lists.NONE;
  }

  /** How many had to wait so far. */
  long waits() {
    return waits;
  }
}
