package memwall.memory.flash.device;

import memwall.core.leap.StateSink;

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

  /** Whether some of a channel wait. */
  boolean hasWaiting(int channel) {
    return waiting.first(channel) != Lists.NONE;
  }

  /** Takes one that waits, without letting it in. */
  int takeWaiting(int channel) {
    return waiting.take(channel);
  }

  /** How many had to wait so far. */
  long waits() {
    return waits;
  }

  /** How many of a channel could enter at once. */
  int room(int channel) {
    return most - inside[channel];
  }

  /** How many of a channel are inside. */
  int inside(int channel) {
    return inside[channel];
  }

  /** Becomes like another; what was counted stays. */
  void copyFrom(Admission other) {
    waiting.copyFrom(other.waiting, 0);
    System.arraycopy(other.inside, 0, inside, 0, inside.length);
  }

  /** Writes who is inside and who waits. */
  void describe(StateSink sink, PageBuffers buffers, Naming names) {
    for (int channel = 0; channel < inside.length; channel++) {
      sink.put(inside[channel]);
      waiting.describe(channel, sink, buffers, names);
    }
  }
}
