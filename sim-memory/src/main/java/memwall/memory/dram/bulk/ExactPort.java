package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * A port that simulates every command: the oracle of {@code LeapingPort}.
 *
 * <p>It never runs ahead of its owner, so a later transfer finds the channel as it is. Its wake
 * ticks are lower bounds of the next completion, from the bursts that are still to be issued; each
 * wake brings it closer by most of what is left.
 */
public final class ExactPort implements BulkPort {
  private final TransferQueue queue = new TransferQueue();
  private final Feeder feeder;
  private Sink sink = (word, doneTicks) -> {};
  private long transfers;
  private long bursts;

  /** A port to a channel at rest. */
  public ExactPort(DramStandard standard, ControllerSpec controller) {
    this(standard, controller, null);
  }

  /**
   * A port to a channel at rest whose banks may compute.
   *
   * @param standard with the commands of in-memory compute, if there is any
   * @param compute how they are carried out; null: the banks do not compute
   */
  public ExactPort(
      DramStandard standard, ControllerSpec controller, @Nullable AllBankSpec compute) {
    feeder = new Feeder(new DramChannel(standard, controller, compute), queue);
  }

  @Override
  public void onCompletion(Sink itsSink) {
    sink = itsSink;
  }

  @Override
  public void submit(
      BurstPattern pattern, long position, long itsBursts, boolean write, long word, long nowTick) {
    Feeder.check(pattern, position, itsBursts, feeder.channel.standard());
    Ticks.checkOrder(nowTick, feeder.channel.nowTicks());
    feeder.run(nowTick);
    queue.add(pattern, position, itsBursts, write, word);
    transfers++;
    bursts += itsBursts;
    feeder.feed();
  }

  @Override
  public void compute(UnitPrograms programs, long word, long nowTick) {
    Ticks.checkOrder(nowTick, feeder.channel.nowTicks());
    feeder.run(nowTick);
    feeder.kernels.add(programs, word);
    feeder.kernels.begin();
  }

  @Override
  public long wakeTick() {
    return feeder.earliestEnd();
  }

  @Override
  public void lookAhead(long tick) {
    if (!feeder.kernels.isBusy()) {
      feeder.runToEnd(tick);
    }
  }

  @Override
  public void advanceTo(long tick) {
    Ticks.checkOrder(tick, feeder.channel.nowTicks());
    feeder.run(tick);
    queue.deliver(tick, sink);
  }

  @Override
  public long pending() {
    return queue.pending();
  }

  @Override
  public DramChannel channel() {
    return feeder.channel;
  }

  @Override
  public TickCounts readLatencies() {
    return feeder.readLatencies;
  }

  @Override
  public PortCounters counters() {
    return new PortCounters(transfers, bursts, feeder.accepted, 0, 0, 0, 0, 0, 0);
  }
}
