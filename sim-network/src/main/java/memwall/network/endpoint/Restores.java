package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * Weights and KV that come to spares over the network, where they meet the messages of the others.
 *
 * <p>A transfer is cut into pieces. Its source, the node of the next rank that has one, reads them
 * one behind the other; a piece leaves when it has been read and fewer pieces than the window are
 * under way. Processors of ranks have nothing to do with it. On an idle network that takes a piece
 * from the one to the other in w, the last of n pieces of the same size, each read in r, comes
 * latency + n r + w after the beginning if w is at most window x r; with a window of 1 and w at
 * least r it comes latency + r + n w after.
 *
 * <p>If the source dies the next rank's node goes on, with the pieces that have not come. If there
 * is none, or a piece has no way between nodes that work, the spare is never ready.
 */
final class Restores {
  /** Carries messages from node to node. */
  interface Sender {
    /** Sends a message; one of both is called with the word. */
    void send(int from, int to, long bytes, Completion arrived, Completion givenUp, long word);
  }

  private static final int PIECE_BITS = 24;
  private static final int PIECE_MASK = (1 << PIECE_BITS) - 1;

  private final Simulation simulation;
  private final RestoreSpec spec;
  private final Lives lives;
  private final Sender sender;
  private final Event read;
  private final Event path;
  private final List<Transfer> transfers = new ArrayList<>();
  private final List<Restore> restores = new ArrayList<>();

  private final Counter pieces;
  private final Counter arrived;
  private final Counter givenUp;
  private final Counter bytes;

  /** All that a spare needs. */
  private static final class Restore {
    final int rank;
    final int spare;
    final long word;
    int partsLeft;

    Restore(int rank, int spare, long word) {
      this.rank = rank;
      this.spare = spare;
      this.word = word;
    }
  }

  /** Data that come in pieces. */
  private static final class Transfer {
    final int number;
    final Restore restore;
    final RestoreSpec.Transfer data;
    final long startPs;

    /** By piece, the node that sent it last. */
    final int[] from;

    int source;
    int next;
    int underWay;
    int left;
    boolean isReading;

    Transfer(int number, Restore restore, RestoreSpec.Transfer data, long startPs, int count) {
      this.number = number;
      this.restore = restore;
      this.data = data;
      this.startPs = startPs;
      from = new int[count];
      left = count;
    }

    long word(int piece) {
      return ((long) number << PIECE_BITS) | piece;
    }
  }

  Restores(Simulation simulation, Stats stats, RestoreSpec spec, Lives lives, Sender sender) {
    this.simulation = simulation;
    this.spec = spec;
    this.lives = lives;
    this.sender = sender;
    read = simulation.event("restore-read", this::leave);
    path = simulation.event("restore-path", number -> partDone(restores.get((int) number)));
    pieces = stats.counter("pieces", "1", "Messages with weights or KV for spares");
    arrived = stats.counter("arrived", "1", "Of them, those that came to a spare");
    givenUp = stats.counter("given_up", "1", "Of them, those that the network gave up");
    bytes = stats.counter("bytes", "bytes", "Of those that came");
  }

  /**
   * A spare begins to load.
   *
   * @param word given to {@link Lives#restored} when it has all, void if the spare dies before
   */
  void begin(int rank, int spare, long word) {
    Restore restore = new Restore(rank, spare, word);
    restores.add(restore);
    List<Transfer> made = new ArrayList<>();
    add(made, restore, spec.weights());
    add(made, restore, spec.kv());
    restore.partsLeft = made.size() + 1;
    path.in(spec.pathPs(), restores.size() - 1);
    made.forEach(this::goOn);
  }

  private void add(List<Transfer> made, Restore restore, RestoreSpec.@Nullable Transfer data) {
    if (data != null) {
      int count = data.pieces(spec.pieceBytes());
      Transfer transfer = new Transfer(transfers.size(), restore, data, simulation.nowPs(), count);
      transfer.source = lives.nextNode(restore.rank);
      transfers.add(transfer);
      made.add(transfer);
    }
  }

  /** The next piece is read, if it may leave then. */
  private void goOn(Transfer transfer) {
    if (transfer.isReading
        || transfer.next == transfer.from.length
        || transfer.underWay == spec.window()) {
      return;
    }
    transfer.isReading = true;
    long until = Math.min(transfer.data.bytes(), (transfer.next + 1) * spec.pieceBytes());
    long readPs = Math.addExact(transfer.startPs, transfer.data.readPs(until));
    read.at(Math.max(simulation.nowPs(), readPs), transfer.number);
  }

  private void leave(long number) {
    Transfer transfer = transfers.get((int) number);
    transfer.isReading = false;
    if (lives.isOver(transfer.restore.word)) {
      return;
    }
    transfer.underWay++;
    send(transfer, transfer.next++);
    goOn(transfer);
  }

  private void send(Transfer transfer, int piece) {
    if (transfer.source != Lives.NONE && lives.isNodeDead(transfer.source)) {
      transfer.source = lives.nextNode(transfer.restore.rank);
    }
    if (transfer.source == Lives.NONE) {
      return; // Nobody has it any more.
    }
    transfer.from[piece] = transfer.source;
    pieces.add(1);
    sender.send(
        transfer.source,
        transfer.restore.spare,
        pieceBytes(transfer, piece),
        this::arrive,
        this::giveUp,
        transfer.word(piece));
  }

  private long pieceBytes(Transfer transfer, int piece) {
    return Math.min(spec.pieceBytes(), transfer.data.bytes() - piece * spec.pieceBytes());
  }

  private void arrive(long word) {
    Transfer transfer = transfers.get((int) (word >>> PIECE_BITS));
    arrived.add(1);
    bytes.add(pieceBytes(transfer, (int) word & PIECE_MASK));
    if (lives.isOver(transfer.restore.word)) {
      return;
    }
    transfer.underWay--;
    if (--transfer.left == 0) {
      partDone(transfer.restore);
    } else {
      goOn(transfer);
    }
  }

  private void giveUp(long word) {
    Transfer transfer = transfers.get((int) (word >>> PIECE_BITS));
    int piece = (int) word & PIECE_MASK;
    givenUp.add(1);
    if (!lives.isOver(transfer.restore.word) && lives.isNodeDead(transfer.from[piece])) {
      send(transfer, piece);
    }
  }

  private void partDone(Restore restore) {
    if (--restore.partsLeft == 0) {
      lives.restored(restore.word, spec.thenPs());
    }
  }

  /**
   * Compares what was sent with what came, when nothing is under way.
   *
   * @return a sentence for each law that does not hold
   */
  List<String> checkLaws() {
    return pieces.value() == arrived.value() + givenUp.value()
        ? List.of()
        : List.of(
            pieces.value()
                + " pieces sent to spares, "
                + arrived.value()
                + " came, "
                + givenUp.value()
                + " given up");
  }
}
