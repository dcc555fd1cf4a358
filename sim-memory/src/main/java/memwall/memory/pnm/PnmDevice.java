package memwall.memory.pnm;

import memwall.core.unit.Units;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Reach;

/**
 * An engine beside the channels. Its reads are ordinary transactions in the queues of the channels,
 * beside those of the host; every channel has the same share, so one is simulated, exactly, and
 * stands for all. FLOPs overlap with reads: the engine works on bursts as they come and reads no
 * further ahead than its memory holds.
 */
public final class PnmDevice {
  private static final long LONGEST_TICKS = Long.MAX_VALUE / 8;
  private static final double FEMTOS_PER_SECOND = 1e15;

  private final PnmSpec spec;
  private final ControllerSpec controller;
  private final DramStandard standard;
  private final long channels;

  /** A device at rest; each kernel runs on fresh channels. */
  public PnmDevice(PnmSpec spec, ControllerSpec controller) {
    this.spec = spec;
    this.controller = controller;
    standard = spec.dram().standard();
    channels = (long) spec.dram().channels() * spec.devices();
  }

  /**
   * Runs a kernel.
   *
   * @throws IllegalArgumentException if the matrices do not fit, saying what was given and what is
   *     allowed
   */
  public PnmResult run(PimKernel kernel, HostLoad host) {
    long share = (kernel.matrixBytes() + channels - 1) / channels;
    long bursts = (share + standard.burstBytes() - 1) / standard.burstBytes();
    if (bursts * standard.burstBytes() > standard.capacityBytes()) {
      throw new IllegalArgumentException(
          "the matrices of "
              + kernel.matrixBytes()
              + " B need more than the "
              + standard.capacityBytes() * channels
              + " B of "
              + spec.name());
    }
    DramChannel channel = new DramChannel(standard, controller);
    HostTraffic traffic = new HostTraffic(channel, host, standard.dataBuses());
    Stream stream = new Stream(channel, bursts, kernel);
    traffic.shareWith(stream);
    while (stream.doneTick < 0) {
      traffic.step(LONGEST_TICKS);
    }
    long activates = channel.commands(Command.ACT) + channel.commands(Command.ACT1);
    long reads = channel.reads();
    long hits = channel.rowHits();
    double rowShare = activates * (double) bursts / Math.max(1, reads);
    traffic.close();
    while (!traffic.isDone()) {
      traffic.step(channel.nowTicks() + standard.refreshTicks());
    }
    return result(kernel, stream, rowShare, hits, reads, traffic.latency());
  }

  private PnmResult result(
      PimKernel kernel, Stream stream, double activates, long hits, long reads, HostLatency host) {
    long resultBytes = kernel.resultBytes();
    long inputBytes = kernel.inputBytes();
    long readPs = PimDevice.picos(standard, stream.lastReadTick);
    long workPs = PimDevice.picos(standard, stream.doneTick);
    long readBytes = stream.bursts * standard.burstBytes() * channels;
    long flops = Math.multiplyExact(2, kernel.multiplications());
    DramEnergy energy = spec.dram().energy();
    double linkBits = (resultBytes + inputBytes) * 8.0;
    long boundPs =
        Math.max(
            Units.transferPs(kernel.matrixBytes(), spec.peakBytesPerSec()),
            Units.transferPs(flops, spec.flopsPerSec()));
    return new PnmResult(
        spec.launchPs()
            + workPs
            + 2 * spec.linkLatencyPs()
            + Units.transferPs(inputBytes, spec.linkBytesPerSec())
            + Units.transferPs(resultBytes, spec.linkBytesPerSec()),
        readPs,
        boundPs,
        flops,
        readBytes,
        inputBytes,
        resultBytes,
        hits,
        reads,
        activates * channels * energy.activatePj() + energy.readPj(readBytes * 8, Reach.BASE_DIE),
        flops * spec.flopPj(),
        linkBits * spec.linkPjPerBit(),
        kernel.matrixBytes() * 8.0 * energy.streamPjPerBit(standard, Reach.HOST),
        host);
  }

  /** The engine's reads of one channel, one burst after the other. */
  final class Stream {
    /** Marks the engine's requests among the host's. */
    static final long WORD = -1;

    private final DramChannel channel;
    final long bursts;
    private final double burstTicks;
    private final long ahead;
    private long offered;
    private long arrived;
    private double workDone;
    private double allowed;
    private final double allowance;
    long lastReadTick;
    long doneTick = -1;

    Stream(DramChannel channel, long bursts, PimKernel kernel) {
      this.channel = channel;
      this.bursts = bursts;
      double flopsOfBurst = 2.0 * kernel.multiplications() / channels / bursts;
      double engineRate = (double) spec.flopsPerSec() / channels;
      burstTicks = flopsOfBurst / engineRate * FEMTOS_PER_SECOND / standard.tickFemtos();
      ahead = Math.max(1, spec.sramBytes() / channels / standard.burstBytes());
      // With a share below one the engine offers at that part of the channel's data rate.
      allowance =
          spec.engineShare() < 1
              ? standard.burstTicks() / (spec.engineShare() * standard.dataBuses())
              : 0;
    }

    /** First tick at which the engine has something to offer; far away while the queue is full. */
    double nextOffer() {
      return offered < bursts && roomLeft() && allowed > channel.nowTicks()
          ? allowed
          : Double.MAX_VALUE;
    }

    // Bursts that wait to be worked on or are under way fill the engine's memory.
    private boolean roomLeft() {
      double behind = Math.max(0, workDone - channel.nowTicks());
      long unworked = burstTicks == 0 ? 0 : (long) Math.ceil(behind / burstTicks);
      return offered - arrived + unworked < ahead;
    }

    /** When room appears because the engine worked, not because the channel moved. */
    double nextRoom() {
      return burstTicks > 0 && offered < bursts && !roomLeft() && arrived == offered
          ? workDone - (ahead - 1) * burstTicks
          : Double.MAX_VALUE;
    }

    /** Offers what it may now. */
    void offer() {
      while (offered < bursts && roomLeft() && allowed <= channel.nowTicks()) {
        if (!channel.offer(offered * standard.burstBytes(), false, WORD)) {
          return;
        }
        offered++;
        allowed = Math.max(allowed, channel.nowTicks() - 1.0) + allowance;
      }
    }

    /** Takes a burst. */
    void completed(long tick) {
      arrived++;
      workDone = Math.max(workDone, (double) tick) + burstTicks;
      lastReadTick = tick;
      if (arrived == bursts) {
        doneTick = (long) Math.ceil(workDone);
      }
    }
  }
}
