package memwall.memory.dram.bulk;

import java.util.ArrayDeque;
import memwall.memory.dram.channel.DramChannel;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of a port's channel: one after the other in order of submission, all units at once,
 * each kernel as soon as the last unit is through with the one before.
 */
final class KernelQueue {
  private record Kernel(UnitPrograms programs, Transfer transfer) {}

  private final DramChannel channel;
  private final TransferQueue queue;
  private final ArrayDeque<Kernel> waiting = new ArrayDeque<>();
  private @Nullable Transfer running;
  private int unitsLeft;
  private long endTick;

  KernelQueue(DramChannel channel, TransferQueue queue) {
    this.channel = channel;
    this.queue = queue;
    if (channel.units() > 0) {
      channel.onProgram(this::ended);
    }
  }

  /** Appends a kernel; {@link #begin} must follow. */
  void add(UnitPrograms programs, long word) {
    if (channel.units() == 0) {
      throw new IllegalStateException("the banks of this port's channel do not compute");
    }
    waiting.add(new Kernel(programs, queue.take(word)));
  }

  private void ended(int unit, long began, long ran, long doneTicks) {
    Transfer transfer = running;
    if (transfer == null) {
      throw new IllegalStateException("nothing runs");
    }
    transfer.lastDone = Math.max(transfer.lastDone, doneTicks);
    if (--unitsLeft == 0) {
      endTick = transfer.lastDone;
      queue.finish(transfer);
    }
  }

  /** Begins the next kernel now if the one before is over. */
  void begin() {
    if (running != null && unitsLeft == 0 && channel.nowTicks() >= endTick) {
      running = null;
    }
    Kernel next = running == null ? waiting.poll() : null;
    if (next == null) {
      return;
    }
    next.transfer().lastDone = 0;
    running = next.transfer();
    unitsLeft = channel.units();
    for (int unit = 0; unit < channel.units(); unit++) {
      channel.begin(unit, next.programs().of(unit));
    }
  }

  /** Whether a kernel runs or waits, or the last one's end is still to come. */
  boolean isBusy() {
    return running != null;
  }

  /** To which tick the channel may go at once: no further than where a kernel could begin. */
  long limit(long tick) {
    return running != null && unitsLeft == 0 ? Math.min(tick, endTick) : tick;
  }

  /** No kernel is complete before this tick, but for those that the queue delivers. */
  long earliestEnd() {
    return running != null && unitsLeft > 0 ? channel.leastProgramEndTicks() : BulkPort.NEVER;
  }
}
