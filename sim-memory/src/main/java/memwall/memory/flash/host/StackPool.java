package memwall.memory.flash.host;

import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.law.BandwidthLaw;
import memwall.memory.flash.law.Lifetime;

/**
 * Equal stacks of flash over which data and wear are spread: what they read, write, buffer and how
 * long they last at a rate of tokens; all in closed form, written once, without refresh.
 *
 * @param stacks how many, 1 or more
 * @param stackBytes of each, 1 or more
 * @param endurance P/E cycles that blocks stand, 1 or more
 * @param reads of each stack: planes, page, tR and link
 * @param programPs time of a program (tPROG), 1 or more
 */
public record StackPool(
    int stacks, long stackBytes, int endurance, BandwidthLaw reads, long programPs) {
  private static final double SECONDS_PER_DAY = 86_400;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is below 1
   */
  public StackPool {
    if (stacks < 1 || stackBytes < 1 || endurance < 1 || programPs < 1) {
      throw new IllegalArgumentException("stacks, bytes, endurance and tPROG must be at least 1");
    }
  }

  /** Stacks of a kind. */
  public static StackPool of(int stacks, FlashSpec stack, int endurance) {
    FlashGeometry geometry = stack.geometry();
    BandwidthLaw reads =
        BandwidthLaw.of(
            geometry.planes(),
            geometry.pageBytes(),
            stack.timings().readPs(),
            geometry.channels() * stack.paths().linkBytesPerSec());
    return new StackPool(
        stacks, geometry.capacityBytes(), endurance, reads, stack.timings().programPs());
  }

  /** Bytes of all stacks. */
  public long capacityBytes() {
    return Math.multiplyExact(stackBytes, stacks);
  }

  /** What all stacks read, the lesser of array and link. */
  public double readBytesPerSec() {
    return stacks * reads.achievedBytesPerSec();
  }

  /** What all stacks program, planes x page / tPROG each. */
  public double writeBytesPerSec() {
    return stacks * reads.programBytesPerSec(programPs);
  }

  /** Buffer that hides the sense, filled while its other half is emptied: 2 x rate x tR each. */
  public long stagingBytes() {
    return stacks * reads.doubleBufferBytes();
  }

  /**
   * Mean P/E cycles of a block after days of writing.
   *
   * @param writeBytesPerSec of all stacks together, 0 or more
   */
  public double cycles(double writeBytesPerSec, double days) {
    return writeBytesPerSec * days * SECONDS_PER_DAY / capacityBytes();
  }

  /**
   * Years until blocks are worn out.
   *
   * @param restingBytes whose blocks are never written again and so do not share the wear, less
   *     than the capacity
   * @param writeBytesPerSec of all stacks together, 0 or more
   */
  public double years(long restingBytes, double writeBytesPerSec) {
    return new Lifetime(capacityBytes() - restingBytes, endurance, 1, 0, 0).years(writeBytesPerSec);
  }

  /**
   * Bytes that serving writes a second: the KV cache of each prompt when it is admitted, and of
   * each token that is decoded.
   *
   * @param tokensPerSec decoded
   * @param promptTokens of a request, those whose KV cache is kept
   * @param outputTokens of a request
   * @param kvBytes of a token
   */
  public static double kvBytesPerSec(
      double tokensPerSec, double promptTokens, double outputTokens, long kvBytes) {
    return tokensPerSec * (promptTokens / outputTokens + 1) * kvBytes;
  }
}
