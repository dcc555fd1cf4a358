package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.channel.StreamFrame;
import org.jspecify.annotations.Nullable;

/** Makes nodes of what the exact channel is, and the exact channel what a node says. */
final class States {
  final StreamFrame frame;
  final StateBuffer buffer;
  private final ChannelImage image;
  private final Automaton automaton;
  private final Checkpoints checkpoints;

  /** Whether ages matter to nothing but their order: compute asks how old requests are. */
  private final boolean derives;

  States(
      ChannelImage image,
      Automaton automaton,
      Checkpoints checkpoints,
      StreamFrame frame,
      StateBuffer buffer,
      boolean derives) {
    this.image = image;
    this.automaton = automaton;
    this.checkpoints = checkpoints;
    this.frame = frame;
    this.buffer = buffer;
    this.derives = derives;
  }

  /**
   * The node of what the channel is now, while a transfer is fed or at rest after it; null if it
   * has none.
   */
  @Nullable Node look(Transfer transfer, boolean isAtRest) {
    frame.at(
        transfer.runFirst,
        transfer.next,
        transfer.next + transfer.runLeft,
        transfer.write,
        transfer.slot);
    if (isAtRest) {
      frame.rest();
    }
    return image.describe(frame, buffer) ? intern(transfer, isAtRest) : null;
  }

  /** The node of the state that was described, with what the channel does not know of it. */
  private @Nullable Node intern(Transfer transfer, boolean isAtRest) {
    boolean isFar =
        checkpoints.isRing
            || (checkpoints.isFarFromRowEnd(transfer.next)
                && frame.back() <= transfer.next % checkpoints.rowBursts);
    put(transfer, isAtRest, isFar);
    Node node =
        automaton.intern(
            buffer.packed(),
            buffer.packedLength(),
            frame.foreign(),
            frame.window(),
            isFar && !isAtRest);
    if (node != null && node.core == null && !isAtRest && derives) {
      long waitTicks = image.waitTicks();
      if (waitTicks > 0) {
        image.describe(frame, buffer, waitTicks);
        put(transfer, isAtRest, isFar);
      }
      automaton.note(node, buffer, waitTicks);
    }
    return node;
  }

  // What the channel does not know of its state.
  private void put(Transfer transfer, boolean isAtRest, boolean isFar) {
    buffer.put(isAtRest ? 1 : 0);
    buffer.put(transfer.next / checkpoints.rowBursts % checkpoints.hashPeriod);
    checkpoints.putSegment(transfer.next, frame.back(), buffer);
    if (checkpoints.hasTiers) {
      checkpoints.putKinds(transfer.next, frame.back(), image, buffer);
    }
    if (!isAtRest) {
      buffer.put(transfer.write ? 1 : 0);
      buffer.put(
          isFar
              ? -1 - checkpoints.place(transfer.next, frame.window())
              : transfer.next % checkpoints.rowBursts);
    }
  }

  /**
   * Puts the channel into the state of a node; in a ring its banks have to be set before.
   *
   * @param place where it is to be
   * @param transfer the one under way; null at rest
   * @param waiting requests of others that stay in their queue
   */
  void restore(Node node, Cursor place, @Nullable Transfer transfer, int waiting) {
    long word = 0;
    boolean write = false;
    if (transfer != null) {
      word = transfer.slot;
      write = transfer.write;
    }
    frame.at(0, place.next, place.next + place.runLeft, write, word);
    if (transfer == null) {
      frame.rest();
    }
    frame.keepWaiting(waiting);
    buffer.unpack(node.state);
    image.restore(frame, buffer, place.tick, place.due);
  }
}
