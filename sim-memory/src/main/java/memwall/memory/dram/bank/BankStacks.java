package memwall.memory.dram.bank;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import memwall.core.Simulation;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.memory.stack.StackSpec;
import org.jspecify.annotations.Nullable;

/**
 * The stacks of a memory's devices that are simulated; none if the memory is in no stack. They are
 * watched while the memory works or engines on their logic dies do.
 */
final class BankStacks implements Server.Activity {
  private final BankStack[] stacks;
  private final BooleanSupplier memoryRests;
  private @Nullable Server engines;

  /**
   * The stacks of devices at rest. All do the same, so that the statistics of the first are those
   * of each.
   *
   * @param lanes all channels that are simulated, those of a device after those of the one before
   * @param memoryRests whether nothing of the memory is under way
   */
  BankStacks(
      Simulation simulation,
      Stats stats,
      BankSpec spec,
      ChannelLane[] lanes,
      BooleanSupplier memoryRests) {
    this.memoryRests = memoryRests;
    StackSpec stack = spec.stack();
    int devices = stack == null ? 0 : Math.max(1, lanes.length / spec.lanes());
    stacks = new BankStack[devices];
    for (int device = 0; stack != null && device < devices; device++) {
      int each = lanes.length / devices;
      Stats its = device == 0 ? stats : new Stats().child(stats.path() + ".device" + device);
      stacks[device] =
          new BankStack(
              simulation,
              its.child("stack"),
              spec,
              stack,
              Arrays.copyOfRange(lanes, device * each, (device + 1) * each));
    }
  }

  boolean areNone() {
    return stacks.length == 0;
  }

  /** The stack of the first device, for tests. */
  BankStack first() {
    return stacks[0];
  }

  /** The memory computes. */
  void compute(KernelSide side) {
    for (BankStack stack : stacks) {
      stack.compute(side);
    }
  }

  /** Engines of the chip are on the logic dies from now on. */
  void carry(Server server) {
    engines = server;
    for (BankStack stack : stacks) {
      stack.carry(server);
    }
    server.onActivity(this);
  }

  /** Work begins. */
  void resume() {
    for (BankStack stack : stacks) {
      stack.resume();
    }
  }

  /** Something is over; they pause if it was the last. */
  void rest() {
    boolean areNeeded = engines != null && engines.queued() > 0;
    if (!areNeeded && memoryRests.getAsBoolean()) {
      for (BankStack stack : stacks) {
        stack.pause();
      }
    }
  }

  @Override
  public void begins() {
    resume();
  }

  @Override
  public void ends() {
    rest();
  }

  /** Does what heat asked for while nothing was under way. */
  void catchUp() {
    for (BankStack stack : stacks) {
      stack.catchUp();
    }
  }

  /** Adds a sentence for each law that is broken. */
  void check(List<String> broken) {
    for (BankStack stack : stacks) {
      broken.addAll(stack.brokenLaws());
    }
  }
}
