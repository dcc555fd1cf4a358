package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * Turns on the buses that commands and data share, one a channel: data that has been sensed goes
 * first, in the order in which it was; then the next plane, round robin, that has a command (the
 * order of MQSim's out-of-order transaction scheduler).
 */
final class SharedBus {
  /** No request, no plane. */
  static final int IDLE = -1;

  private final int planesPerChannel;
  private final int words;
  private final Lists data;
  private final long[] candidates;
  private final int[] turn;
  private final int[] carries;

  SharedBus(Requests requests, int channels, int planesPerChannel) {
    this.planesPerChannel = planesPerChannel;
    words = (planesPerChannel + 63) / 64;
    data = new Lists(requests, channels);
    candidates = new long[channels * words];
    turn = new int[channels];
    carries = new int[channels];
    Arrays.fill(carries, IDLE);
  }

  boolean isBusy(int channel) {
    return carries[channel] != IDLE;
  }

  void carry(int channel, int request) {
    carries[channel] = request;
  }

  /** The bus is free again; what it carried. */
  int release(int channel) {
    int request = carries[channel];
    carries[channel] = IDLE;
    return request;
  }

  void addData(int channel, int request) {
    data.add(channel, request);
  }

  boolean hasData(int channel) {
    return data.first(channel) != Lists.NONE;
  }

  int takeData(int channel) {
    return data.take(channel);
  }

  void addCandidate(int channel, int planeOfChannel) {
    candidates[channel * words + (planeOfChannel >> 6)] |= 1L << planeOfChannel;
  }

  boolean isCandidate(int channel, int planeOfChannel) {
    return (candidates[channel * words + (planeOfChannel >> 6)] & 1L << planeOfChannel) != 0;
  }

  /** Takes the next plane that has a command; {@link #IDLE} if there is none. */
  int takeCandidate(int channel) {
    int from = turn[channel];
    int first = channel * words;
    int word = from >> 6;
    long rest = candidates[first + word] & -1L << from;
    for (int i = 0; i <= words; i++) {
      if (rest != 0) {
        int plane = (word << 6) + Long.numberOfTrailingZeros(rest);
        candidates[first + word] &= ~(1L << plane);
        turn[channel] = plane + 1 == planesPerChannel ? 0 : plane + 1;
        return plane;
      }
      word = word + 1 == words ? 0 : word + 1;
      rest = candidates[first + word];
    }
    return IDLE;
  }

  /** Writes whose turn it is, who waits, and what is carried. */
  void describe(StateSink sink, Requests requests, PageBuffers buffers, Naming names) {
    for (int channel = 0; channel < turn.length; channel++) {
      sink.put(turn[channel]);
      sink.put(carries[channel] == IDLE ? 0 : 1);
      if (carries[channel] != IDLE) {
        requests.describe(carries[channel], sink, buffers, names);
      }
      data.describe(channel, sink, buffers, names);
    }
    for (long word : candidates) {
      sink.put(word);
    }
  }
}
